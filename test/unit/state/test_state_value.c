/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a value can own (blobs, ordered maps, lists), timers and operator rows, checked against simple
 * models.
 */
#include "base/hash.h"
#include "state/state.h"
#include "type/type.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct state *state_open(void) {
    struct state_config c = {.reserve_bytes = UINT64_C(1) << 30};
    struct error e = ERROR_INIT;
    struct state *s = NULL;
    assert_int_equal(state_new(&c, &s, &e), STATUS_OK);
    return s;
}

static struct str text_of(char *buffer, size_t size, uint64_t v, uint32_t width) {
    int n = snprintf(buffer, size, "%0*llu", (int)width, (unsigned long long)v);
    return (struct str){buffer, (size_t)n};
}

static uint64_t number_of(struct str text) {
    uint64_t v = 0;
    for (size_t i = 0; i < text.size_bytes; i++) v = v * 10 + (uint64_t)(text.at[i] - '0');
    return v;
}

/* Keys of KEYS numbers as fixed-width text, whose order is that of the numbers. */
static void sorted_model(uint32_t key_width, uint32_t value_width_max) {
    enum { KEYS = 3000 };
    static uint32_t model[KEYS];
    memset(model, 0, sizeof model);
    struct state *s = state_open();
    struct error e = ERROR_INIT;
    uint64_t before = state_bytes(s);
    state_ref root = 0;
    uint64_t x = 99, count = 0;
    char kb[2048], vb[4096];
    for (uint32_t step = 1; step < 40000; step++) {
        x = hash_u64(x + step);
        uint32_t k = (uint32_t)(x % KEYS);
        struct str key = text_of(kb, sizeof kb, k, key_width);
        if (x >> 40 & 3) {
            struct str value =
                text_of(vb, sizeof vb, step, (uint32_t)(x >> 45) % value_width_max + 8);
            assert_int_equal(state_sorted_put(s, &root, key, value, &e), STATUS_OK);
            count += model[k] == 0;
            model[k] = step;
        } else {
            assert_int_equal(state_sorted_remove(s, &root, key), model[k] != 0);
            count -= model[k] != 0;
            model[k] = 0;
        }
        assert_int_equal(state_sorted_count(s, root), count);
    }
    struct sorted_cursor c;
    bool more = state_sorted_seek(s, root, (struct str){NULL, 0}, &c);
    for (uint32_t k = 0; k < KEYS; k++) {
        struct str key = text_of(kb, sizeof kb, k, key_width);
        struct str got = state_sorted_get(s, root, key);
        if (model[k] == 0) {
            assert_null(got.at);
            continue;
        }
        assert_int_equal(number_of(got), model[k]);
        assert_true(more);
        assert_true(str_equal(state_sorted_key(s, &c), key));
        more = state_sorted_next(s, &c);
    }
    assert_false(more);
    uint64_t back = 0;
    for (more = state_sorted_last(s, root, &c); more; more = state_sorted_prev(s, &c)) back++;
    assert_int_equal(back, count);
    state_sorted_free(s, &root);
    assert_int_equal(root, 0);
    assert_int_equal(state_bytes(s), before);
    state_free(s);
}

static void an_ordered_map_agrees_with_a_model(void **unused) {
    (void)unused;
    sorted_model(8, 1);
    sorted_model(8, 200);
}

static void an_ordered_map_takes_large_keys_and_values(void **unused) {
    (void)unused;
    sorted_model(600, 10);
    sorted_model(12, 3000);
}

static void emptying_an_ordered_map_from_the_front_frees_it(void **unused) {
    (void)unused;
    struct state *s = state_open();
    struct error e = ERROR_INIT;
    state_ref root = 0;
    char kb[32];
    for (uint64_t i = 0; i < 5000; i++)
        assert_int_equal(
            state_sorted_put(s, &root, text_of(kb, sizeof kb, i, 10), (struct str){"v", 1}, &e),
            STATUS_OK);
    for (uint64_t i = 0; i < 5000; i++) {
        struct sorted_cursor c;
        assert_true(state_sorted_seek(s, root, (struct str){NULL, 0}, &c));
        struct str key = text_of(kb, sizeof kb, i, 10);
        assert_true(str_equal(state_sorted_key(s, &c), key));
        assert_true(state_sorted_remove(s, &root, key));
    }
    assert_int_equal(root, 0);
    assert_int_equal(state_bytes(s), 4096);
    state_free(s);
}

static void blobs_grow_and_shrink(void **unused) {
    (void)unused;
    struct state *s = state_open();
    struct error e = ERROR_INIT;
    static char bytes[100000];
    state_ref ref = 0;
    assert_int_equal(state_blob_get(s, ref).size_bytes, 0);
    for (size_t size = 0; size < sizeof bytes; size = size * 3 + 1) {
        memset(bytes, (int)(size % 251), size);
        assert_int_equal(state_blob_set(s, &ref, (struct str){bytes, size}, &e), STATUS_OK);
        struct str got = state_blob_get(s, ref);
        assert_non_null(got.at);
        assert_int_equal(got.size_bytes, size);
        assert_memory_equal(got.at, bytes, size);
    }
    assert_int_equal(state_blob_set(s, &ref, STR("small"), &e), STATUS_OK);
    assert_true(str_equal(state_blob_get(s, ref), STR("small")));
    state_blob_free(s, &ref);
    assert_int_equal(state_bytes(s), 4096);
    state_free(s);
}

static void lists_keep_their_rows_in_order(void **unused) {
    (void)unused;
    struct state *s = state_open();
    struct error e = ERROR_INIT;
    state_ref root = 0;
    static char row[5000];
    for (uint32_t i = 0; i < 3000; i++) {
        size_t size = hash_u64(i) % (i % 100 == 0 ? sizeof row : 60);
        memset(row, (int)(i % 251), size);
        assert_int_equal(state_list_append(s, &root, (struct str){row, size}, &e), STATUS_OK);
    }
    assert_int_equal(state_list_count(s, root), 3000);
    struct list_cursor c = {0};
    struct str got;
    for (uint32_t i = 0; i < 3000; i++) {
        size_t size = hash_u64(i) % (i % 100 == 0 ? sizeof row : 60);
        assert_true(state_list_next(s, root, &c, &got));
        assert_int_equal(got.size_bytes, size);
        memset(row, (int)(i % 251), size);
        assert_memory_equal(got.at, row, size);
    }
    assert_false(state_list_next(s, root, &c, &got));
    state_list_free(s, &root);
    assert_int_equal(state_bytes(s), 4096);
    state_free(s);
}

static void timers_come_in_time_order_and_once(void **unused) {
    (void)unused;
    struct arena *a = arena_new("test", 0);
    struct types *types = types_new(a);
    const struct type *bigint = type_simple(types, TYPE_BIGINT, false);
    struct state *s = state_open();
    struct error e = ERROR_INIT;
    struct state_timers *t = NULL;
    assert_int_equal(state_timers_open(s, "timers", &bigint, 1, &t, &e), STATUS_OK);
    int64_t time;
    struct str key;
    assert_false(state_timers_first(t, &time, &key));
    uint64_t k[2] = {0, 0};
    struct str row = {(const char *)k, sizeof k};
    for (uint64_t i = 0; i < 1000; i++) {
        k[1] = i;
        int64_t at = (int64_t)(i * 37 % 100) - 50;
        assert_int_equal(state_timers_add(t, at, row, &e), STATUS_OK);
        assert_int_equal(state_timers_add(t, at, row, &e), STATUS_OK);
    }
    k[1] = 0;
    state_timers_remove(t, -50, row);
    int64_t last = INT64_MIN;
    uint64_t last_key = 0, count = 0;
    while (state_timers_first(t, &time, &key)) {
        uint64_t got[2];
        assert_int_equal(key.size_bytes, sizeof got);
        memcpy(got, key.at, sizeof got);
        assert_int_equal(time, (int64_t)(got[1] * 37 % 100) - 50);
        assert_true(time > last || (time == last && got[1] > last_key));
        last = time;
        last_key = got[1];
        state_timers_remove(t, time, key);
        count++;
    }
    assert_int_equal(count, 999);
    state_free(s);
    arena_free(a);
}

static void operator_rows_are_replaced_whole(void **unused) {
    (void)unused;
    struct state *s = state_open();
    struct error e = ERROR_INIT;
    struct state_rows *r = NULL;
    assert_int_equal(state_rows_open(s, "splits", STATE_SPLIT, &r, &e), STATUS_OK);
    for (int round = 0; round < 3; round++) {
        state_rows_clear(r);
        for (uint32_t i = 0; i < 100; i++) {
            char b[16];
            assert_int_equal(state_rows_add(r, text_of(b, sizeof b, i + (uint32_t)round, 1), &e),
                             STATUS_OK);
        }
        assert_int_equal(state_rows_count(r), 100);
        char b[16];
        assert_true(str_equal(state_rows_at(r, 57), text_of(b, sizeof b, 57 + (uint32_t)round, 1)));
    }
    state_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordered_map_agrees_with_a_model),
        cmocka_unit_test(an_ordered_map_takes_large_keys_and_values),
        cmocka_unit_test(emptying_an_ordered_map_from_the_front_frees_it),
        cmocka_unit_test(blobs_grow_and_shrink),
        cmocka_unit_test(lists_keep_their_rows_in_order),
        cmocka_unit_test(timers_come_in_time_order_and_once),
        cmocka_unit_test(operator_rows_are_replaced_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
