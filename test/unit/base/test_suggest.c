/* SPDX-License-Identifier: Apache-2.0 */
/* What is suggested for a name that nothing goes by. */
#include "unit/unit.h"

#include "base/suggest.h"

static const struct str names[] = {{"price", 5}, {"source.monitor-interval", 23}, {"path", 4}};
enum { COUNT = sizeof names / sizeof *names };

static void the_nearest_name_is_suggested(void **state) {
    (void)state;
    assert_true(str_equal(suggest_name(STR("prise"), names, COUNT), names[0]));
    assert_true(str_equal(suggest_name(STR("PRICE"), names, COUNT), names[0]));
    assert_true(str_equal(suggest_name(STR("source.monitor-intervall"), names, COUNT), names[1]));
    assert_null(suggest_name(STR("twice"), names, COUNT).at);
    assert_null(suggest_name(STR(""), names, COUNT).at);
    assert_null(suggest_name(STR("price"), NULL, 0).at);
}

static void a_part_of_a_longer_name_is_enough(void **state) {
    (void)state;
    assert_true(str_equal(suggest_name(STR("interval"), names, COUNT), names[1]));
    assert_true(str_equal(suggest_name(STR("monitor-interval"), names, COUNT), names[1]));
    assert_null(suggest_name(STR("inter"), names, COUNT).at);
    static const struct str two[] = {{"a-size", 6}, {"b-size", 6}};
    assert_null(suggest_name(STR("size-of-it"), two, 2).at);
}

static void without_a_near_name_all_are_listed(void **state) {
    (void)state;
    struct error e = ERROR_INIT;
    (void)error_set(&e, STATUS_NOT_FOUND, "There is no column 'x'");
    assert_int_equal(suggest_hint(&e, STR("x"), names, COUNT, "There are"), STATUS_NOT_FOUND);
    assert_string_equal(e.hint, "There are price, source.monitor-interval and path");
    error_clear(&e);
    (void)error_set(&e, STATUS_NOT_FOUND, "There is no column 'pat'");
    (void)suggest_hint(&e, STR("pat"), names, COUNT, "There are");
    assert_string_equal(e.hint, "Did you mean 'path'?");
    error_clear(&e);
    (void)error_set(&e, STATUS_NOT_FOUND, "There is no column 'x'");
    (void)suggest_hint(&e, STR("x"), names, COUNT, NULL);
    assert_string_equal(e.hint, "");
}

static void long_lists_end_with_a_number(void **state) {
    (void)state;
    struct str many[20];
    struct buf out = BUF_INIT;
    for (int i = 0; i < 20; i++) many[i] = STR("c");
    suggest_list(&out, many, 20);
    buf_char(&out, '\0');
    assert_string_equal(out.at, "c, c, c, c, c, c, c, c, c, c, c, c and 8 more");
    buf_deinit(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_name_is_suggested),
        cmocka_unit_test(a_part_of_a_longer_name_is_enough),
        cmocka_unit_test(without_a_near_name_all_are_listed),
        cmocka_unit_test(long_lists_end_with_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
