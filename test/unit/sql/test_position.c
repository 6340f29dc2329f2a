/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, columns and carets of printed errors. */
#include "unit/unit.h"

#include "sql/position.h"

static void check(const char *sql, struct span span, const char *hint, const char *expected) {
    struct error error = ERROR_INIT;
    struct buf out = BUF_INIT;
    (void)error_at(&error, STATUS_SYNTAX, span, "Wrong");
    if (hint != NULL) (void)error_hint(&error, "%s", hint);
    error_print(&out, &error, STR("job.sql"), str_of(sql));
    buf_char(&out, '\0');
    assert_string_equal(out.at, expected);
    buf_deinit(&out);
}

static void columns_count_code_points(void **state) {
    (void)state;
    struct str sql = STR("a\n\xc3\xa4\xe2\x82\xac b");
    struct position p = position_of(sql, 8);
    assert_int_equal(p.line, 2);
    assert_int_equal(p.column, 4);
    p = position_of(sql, 0);
    assert_int_equal(p.line, 1);
    assert_int_equal(p.column, 1);
    p = position_of(sql, 1000);
    assert_int_equal(p.line, 2);
}

static void the_caret_stands_under_the_span(void **state) {
    (void)state;
    check("SELECT\n  prise FROM t", (struct span){9, 14}, NULL,
          "job.sql:2:3: Wrong\n  2 |   prise FROM t\n    |   ^^^^^\n");
    check("\t\xc3\xa4 b\r\n", (struct span){4, 5}, "try", "job.sql:1:4: Wrong\n  1 |     \xc3\xa4 b\n    |       ^\nhint: try\n");
    check("ab", (struct span){2, 2}, NULL, "job.sql:1:3: Wrong\n  1 | ab\n    |   ^\n");
    check("ab", (struct span){0, 0}, NULL, "job.sql: Wrong\n");
}

static void wide_characters_take_two_columns(void **state) {
    (void)state;
    check("\xe6\xb5\x81\xe5\xbc\x8f x", (struct span){7, 8}, NULL, "job.sql:1:4: Wrong\n  1 | \xe6\xb5\x81\xe5\xbc\x8f x\n    |      ^\n");
    check("\xe6\xb5\x81 x", (struct span){0, 3}, NULL, "job.sql:1:1: Wrong\n  1 | \xe6\xb5\x81 x\n    | ^^\n");
    check("e\xcc\x81 x", (struct span){4, 5}, NULL, "job.sql:1:4: Wrong\n  1 | e\xcc\x81 x\n    |   ^\n");
}

static void each_line_of_a_span_is_marked(void **state) {
    (void)state;
    check("ab\ncd", (struct span){1, 5}, NULL, "job.sql:1:2: Wrong\n  1 | ab\n    |  ^\n  2 | cd\n    | ^^\n");
    check("a\n  b\nc", (struct span){0, 5}, NULL, "job.sql:1:1: Wrong\n  1 | a\n    | ^\n  2 |   b\n    |   ^\n");
    check("a\nb\nc\nd\ne\nf", (struct span){0, 11}, NULL,
          "job.sql:1:1: Wrong\n  1 | a\n    | ^\n  2 | b\n    | ^\n  ...\n  6 | f\n    | ^\n");
}

static void notes_stand_before_the_hint(void **state) {
    (void)state;
    struct error error = ERROR_INIT;
    struct buf out = BUF_INIT;
    (void)error_at(&error, STATUS_SYNTAX, (struct span){0, 1}, "Wrong");
    (void)error_hint(&error, "try");
    error_note_source(&error, "the view v:", STR("x\nyy"), (struct span){2, 4});
    error_print(&out, &error, STR("f"), STR("a"));
    buf_char(&out, '\0');
    assert_string_equal(out.at, "f:1:1: Wrong\n  1 | a\n    | ^\nthe view v:\n  2 | yy\n    | ^^\nhint: try\n");
    buf_deinit(&out);
}

static void a_terminal_gets_colours(void **state) {
    (void)state;
    struct error error = ERROR_INIT;
    struct buf out = BUF_INIT;
    (void)error_at(&error, STATUS_SYNTAX, (struct span){1, 2}, "Wrong");
    error_print_color(&out, &error, STR("f"), STR("ab"));
    buf_char(&out, '\0');
    assert_string_equal(out.at, "f:1:2: \033[1mWrong\033[0m\n\033[34m  1 |\033[0m ab\n\033[34m    |\033[0m  \033[1;31m^\033[0m\n");
    buf_deinit(&out);
}

static void long_lines_are_cut_around_the_span(void **state) {
    (void)state;
    char sql[1001];
    memset(sql, 'x', 1000);
    sql[1000] = '\0';
    struct error error = ERROR_INIT;
    struct buf out = BUF_INIT;
    (void)error_at(&error, STATUS_SYNTAX, (struct span){500, 503}, "Wrong");
    error_print(&out, &error, STR("f"), str_of(sql));
    assert_true(out.size_bytes < 300);
    buf_deinit(&out);
}

static void every_offset_can_be_printed(void **state) {
    (void)state;
    const char *sql = "\r\na\xc3\xa4\n\n\xe2\x82\xac\r\n\t;";
    for (uint32_t b = 0; b <= strlen(sql); b++) {
        for (uint32_t e = b; e <= strlen(sql) + 2; e++) {
            struct error error = ERROR_INIT;
            struct buf out = BUF_INIT;
            (void)error_at(&error, STATUS_SYNTAX, (struct span){b, e}, "Wrong");
            error_print(&out, &error, STR("f"), str_of(sql));
            assert_true(out.size_bytes > 0 && !out.failed);
            buf_deinit(&out);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_count_code_points),
        cmocka_unit_test(the_caret_stands_under_the_span),
        cmocka_unit_test(wide_characters_take_two_columns),
        cmocka_unit_test(each_line_of_a_span_is_marked),
        cmocka_unit_test(notes_stand_before_the_hint),
        cmocka_unit_test(a_terminal_gets_colours),
        cmocka_unit_test(long_lines_are_cut_around_the_span),
        cmocka_unit_test(every_offset_can_be_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
