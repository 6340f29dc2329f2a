/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fold of a changelog into its table: by row, by key, bounded in rows, and in memory that follows the live
 * rows whatever the number of changes.
 */
#include "unit/unit.h"

#include "api/fold.h"

#include <stdio.h>
#include <string.h>

#define NO_KEY ((struct str){NULL, 0})

static void apply(struct fold *f, enum row_kind kind, struct str key, const char *row) {
    assert_int_equal(fold_apply(f, kind, key, str_of(row)), STATUS_OK);
}

/* The live rows, joined by blanks. */
static void assert_rows(const struct fold *f, const char *wanted) {
    char text[256] = "";
    size_t n = 0;
    for (uint32_t i = 0; i < fold_slots(f); i++) {
        struct str row = fold_at(f, i);
        if (row.at != NULL) n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s", n == 0 ? "" : " ", STR_ARG(row));
    }
    assert_string_equal(text, wanted);
}

static void retractions_take_out_the_latest_equal_row(void **state) {
    (void)state;
    struct fold *f = fold_new(true);
    apply(f, ROW_INSERT, NO_KEY, "a");
    apply(f, ROW_INSERT, NO_KEY, "b");
    apply(f, ROW_INSERT, NO_KEY, "a");
    apply(f, ROW_DELETE, NO_KEY, "a");
    assert_rows(f, "a b");
    apply(f, ROW_UPDATE_BEFORE, NO_KEY, "a");
    apply(f, ROW_DELETE, NO_KEY, "never there");
    assert_rows(f, "b");
    assert_int_equal(fold_count(f), 1);
    fold_free(f);
}

static void an_update_keeps_its_place(void **state) {
    (void)state;
    struct fold *f = fold_new(true);
    apply(f, ROW_INSERT, NO_KEY, "a1");
    apply(f, ROW_INSERT, NO_KEY, "b1");
    apply(f, ROW_INSERT, NO_KEY, "c1");
    apply(f, ROW_UPDATE_BEFORE, NO_KEY, "a1");
    apply(f, ROW_UPDATE_AFTER, NO_KEY, "a2");
    assert_rows(f, "a2 b1 c1");
    apply(f, ROW_UPDATE_BEFORE, NO_KEY, "b1");
    apply(f, ROW_INSERT, NO_KEY, "d1");
    apply(f, ROW_UPDATE_AFTER, NO_KEY, "b2");
    assert_rows(f, "a2 c1 d1 b2");
    apply(f, ROW_UPDATE_BEFORE, NO_KEY, "c1");
    fold_drop_first(f);
    apply(f, ROW_UPDATE_AFTER, NO_KEY, "c2");
    assert_rows(f, "d1 b2 c2");
    apply(f, ROW_DELETE, NO_KEY, "c2");
    assert_int_equal(fold_count(f), 2);
    fold_free(f);
}

static void a_key_replaces_its_row(void **state) {
    (void)state;
    struct fold *f = fold_new(true);
    apply(f, ROW_INSERT, STR("1"), "1:x");
    apply(f, ROW_INSERT, STR("2"), "2:x");
    apply(f, ROW_UPDATE_AFTER, STR("1"), "1:y");
    assert_rows(f, "1:y 2:x");
    apply(f, ROW_DELETE, STR("1"), "1:anything");
    assert_rows(f, "2:x");
    fold_free(f);
}

static void the_oldest_row_goes_first(void **state) {
    (void)state;
    struct fold *f = fold_new(true), *plain = fold_new(false);
    apply(f, ROW_INSERT, NO_KEY, "a");
    apply(f, ROW_INSERT, NO_KEY, "b");
    apply(f, ROW_INSERT, NO_KEY, "a");
    fold_drop_first(f);
    assert_rows(f, "b a");
    apply(f, ROW_DELETE, NO_KEY, "a");
    apply(f, ROW_DELETE, NO_KEY, "a");
    assert_rows(f, "b");
    fold_drop_first(f);
    fold_drop_first(f);
    assert_int_equal(fold_count(f), 0);
    apply(plain, ROW_INSERT, NO_KEY, "x");
    apply(plain, ROW_INSERT, NO_KEY, "x");
    fold_drop_first(plain);
    assert_rows(plain, "x");
    fold_free(f);
    fold_free(plain);
}

/* As a counting query changes them: each key again and again. */
static void memory_follows_the_live_rows(void **state) {
    (void)state;
    enum { KEYS = 100, ROUNDS = 20000 };
    struct fold *f = fold_new(true);
    char row[64];
    for (uint32_t i = 0; i < KEYS * ROUNDS / 10; i++) {
        uint32_t key = i * 7919 % KEYS, count = i / KEYS;
        if (count > 0) {
            snprintf(row, sizeof row, "%u is %u", key, count - 1);
            apply(f, ROW_UPDATE_BEFORE, NO_KEY, row);
        }
        snprintf(row, sizeof row, "%u is %u", key, count);
        apply(f, ROW_UPDATE_AFTER, NO_KEY, row);
    }
    assert_int_equal(fold_count(f), KEYS);
    assert_true(fold_slots(f) < 200 * KEYS);
    fold_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retractions_take_out_the_latest_equal_row),
        cmocka_unit_test(an_update_keeps_its_place),
        cmocka_unit_test(a_key_replaces_its_row),
        cmocka_unit_test(the_oldest_row_goes_first),
        cmocka_unit_test(memory_follows_the_live_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
