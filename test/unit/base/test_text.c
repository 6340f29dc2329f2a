/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts: comparison, suggestions, buffers, maps by name and errors.
 */
#include "base/alloc.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"
#include "base/strmap.h"
#include <stdio.h>
#include "unit/unit.h"

static void texts_compare_bytewise_and_shorter_first(void **state) {
    (void)state;
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("a"), STR("ab")) < 0);
    assert_true(str_compare(STR("\xff"), STR("a")) > 0);
    assert_int_equal(str_compare(STR(""), STR("")), 0);
    assert_true(str_equal_ignore_case(STR("SeLect"), STR("sELECT")));
    assert_false(str_equal_ignore_case(STR("a"), STR("ab")));
}

static void distance_counts_edits_and_swaps(void **state) {
    (void)state;
    assert_int_equal(str_distance(STR("price"), STR("prise"), 9), 1);
    assert_int_equal(str_distance(STR("FORM"), STR("from"), 9), 1);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 9), 3);
    assert_int_equal(str_distance(STR("abc"), STR("xyz"), 1), 2);
}

static void the_nearest_word_is_suggested_and_a_far_one_is_not(void **state) {
    (void)state;
    const struct str words[] = {STR("price"), STR("bidder"), STR("auction")};
    assert_true(str_equal(str_nearest(STR("prise"), words, 3), STR("price")));
    assert_true(str_equal(str_nearest(STR("Biddre"), words, 3), STR("bidder")));
    assert_null(str_nearest(STR("zzzzz"), words, 3).at);
}

static void a_buffer_grows_and_remembers_a_failure(void **state) {
    (void)state;
    struct buf b = BUF_INIT;
    for (int i = 0; i < 1000; i++) buf_format(&b, "%d,", i);
    buf_i64(&b, INT64_MIN);
    assert_false(b.failed);
    assert_memory_equal(b.at, "0,1,2,", 6);
    assert_memory_equal(b.at + b.size_bytes - 20, "-9223372036854775808", 20);
    mem_fail_after(1);
    assert_false(buf_reserve(&b, 1 << 20));
    mem_fail_after(0);
    buf_text(&b, "lost");
    assert_true(b.failed);
    buf_reset(&b);
    buf_text(&b, "kept");
    assert_int_equal(b.size_bytes, 4);
    buf_deinit(&b);
}

static void a_map_keeps_insertion_order_through_removal(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 0);
    struct strmap *m = strmap_new(a);
    static int values[200];
    char name[16];
    for (int i = 0; i < 200; i++) {
        int n = snprintf(name, sizeof name, "k%d", i);
        assert_int_equal(strmap_put(m, (struct str){name, (size_t)n}, &values[i]), STATUS_OK);
    }
    assert_true(strmap_remove(m, STR("k7")));
    assert_false(strmap_remove(m, STR("k7")));
    assert_null(strmap_get(m, STR("k7")));
    assert_ptr_equal(strmap_get(m, STR("k199")), &values[199]);
    assert_int_equal(strmap_count(m), 199);
    assert_true(str_equal(strmap_at(m, 7)->key, STR("k8")));
    assert_int_equal(strmap_put(m, STR("k8"), &values[0]), STATUS_OK);
    assert_ptr_equal(strmap_get(m, STR("k8")), &values[0]);
    arena_free(a);
}

static void the_first_error_wins_and_context_goes_in_front(void **state) {
    (void)state;
    struct error e = ERROR_INIT;
    assert_int_equal(error_at(&e, STATUS_NOT_FOUND, (struct span){3, 5}, "no %s", "x"), STATUS_NOT_FOUND);
    error_set(&e, STATUS_BUG, "another");
    error_hint(&e, "try y");
    error_hint(&e, "try z");
    assert_int_equal(error_wrap(&e, "table %d", 7), STATUS_NOT_FOUND);
    assert_string_equal(e.message, "table 7: no x");
    assert_string_equal(e.hint, "try y");
    assert_int_equal(e.span.begin, 3);
    error_clear(&e);
    assert_int_equal(e.status, STATUS_OK);
    assert_int_equal(error_no_memory(&e, 42), STATUS_NO_MEMORY);
    assert_non_null(strstr(e.message, "42"));
    assert_int_equal(error_set(NULL, STATUS_IO, "nobody listens"), STATUS_IO);
}

static void a_long_error_is_cut_not_lost(void **state) {
    (void)state;
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct error e = ERROR_INIT;
    error_set(&e, STATUS_IO, "%s", text);
    assert_int_equal(strlen(e.message), ERROR_MESSAGE_MAX - 1);
    error_wrap(&e, "reading");
    assert_memory_equal(e.message, "reading: xxx", 12);
}

static void a_list_keeps_its_items_while_it_grows(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 0);
    struct list l = {0};
    static int items[100];
    for (int i = 0; i < 100; i++) assert_int_equal(list_push(&l, a, &items[i]), STATUS_OK);
    for (uint32_t i = 0; i < 100; i++) assert_ptr_equal(l.at[i], &items[i]);
    arena_free(a);
}

static void patterns_match_whole_texts(void **state) {
    (void)state;
    assert_true(str_matches(STR("orders.csv"), STR("*.csv"), '*', '?', false));
    assert_true(str_matches(STR("a"), STR("?"), '*', '?', false));
    assert_true(str_matches(STR(""), STR("**"), '*', '?', false));
    assert_true(str_matches(STR("JSON_VALUE"), STR("json%val_e"), '%', '_', true));
    assert_true(str_matches(STR("aXbXc"), STR("a%X%c"), '%', '_', false));
    assert_true(str_matches(STR("a%b"), STR("a%b"), '%', '_', false));
    assert_false(str_matches(STR("JSON_VALUE"), STR("json%"), '%', '_', false));
    assert_false(str_matches(STR("orders.csv"), STR("*.cs"), '*', '?', false));
    assert_false(str_matches(STR(""), STR("?"), '*', '?', false));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_compare_bytewise_and_shorter_first),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(the_nearest_word_is_suggested_and_a_far_one_is_not),
        cmocka_unit_test(a_buffer_grows_and_remembers_a_failure),
        cmocka_unit_test(a_map_keeps_insertion_order_through_removal),
        cmocka_unit_test(the_first_error_wins_and_context_goes_in_front),
        cmocka_unit_test(a_long_error_is_cut_not_lost),
        cmocka_unit_test(a_list_keeps_its_items_while_it_grows),
        cmocka_unit_test(patterns_match_whole_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
