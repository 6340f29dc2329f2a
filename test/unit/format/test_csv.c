/* SPDX-License-Identifier: Apache-2.0 */
/* CSV decoding: dialects, conversions and errors as Flink 2.3 answered them. */
#include "unit/format/format_fixture.h"

static struct fixture *int_and_string(void) {
    struct fixture *f = fixture_new();
    fixture_column(f, "a", type_simple(f->types, TYPE_INT, true));
    fixture_column(f, "b", type_string(f->types, true));
    return f;
}

static void expect(const char *key, const char *value, const char *text, const char *expected) {
    struct fixture *f = int_and_string();
    if (key != NULL) fixture_option(f, key, value);
    const char *got = fixture_decode(f, "csv", text);
    if (strcmp(got, expected) != 0) fail_msg("%s: %s, not %s", text, got, expected);
    fixture_free(f);
}

static void lines_and_quotes(void **state) {
    (void)state;
    expect(NULL, NULL, "1,a\r\n2,b\r3,c\n4,d", "+I[1, a]|+I[2, b]|+I[3, c]|+I[4, d]");
    expect(NULL, NULL, "1,\"a\r\nb\"\n", "+I[1, a\r\nb]");
    expect(NULL, NULL, "1,\"a\"\"b\" \n", "+I[1, a\"b]");
    expect(NULL, NULL, "1, \"a\"\n", "+I[1,  \"a\"]");
    expect(NULL, NULL, "1,\"a\"x\n", "ERROR");
    expect(NULL, NULL, "1,\"a\n2,b\n", "ERROR");
    expect(NULL, NULL, "1,a,\n", "+I[1, a]");
    expect(NULL, NULL, "1,a,,\n", "ERROR");
    expect(NULL, NULL, "1\n", "ERROR");
    expect(NULL, NULL, "\xef\xbb\xbf" "1,a\n", "+I[1, a]");
    expect(NULL, NULL, "\xff,b\n", "ERROR");
}

static void options_change_the_dialect(void **state) {
    (void)state;
    expect("field-delimiter", ";", "1;a,b\n", "+I[1, a,b]");
    expect("allow-comments", "true", "#c\n\n1,a\n \n", "+I[1, a]");
    expect("allow-comments", "false", "#c\n1,a\n", "ERROR");
    expect("trim-spaces", "true", "  1  ,  a b  \n", "+I[1, a b]");
    expect("escape-character", "\\", "1,a\\,b\n2,\"x\\\"y\"\n", "+I[1, a,b]|+I[2, x\"y]");
    expect("disable-quote-character", "true", "1,\"a\n", "+I[1, \"a]");
    expect("quote-character", "#", "1,#a,b#\n", "+I[1, a,b]");
    expect("null-literal", "null", "1,null\n", "+I[1, null]");
    expect("null-literal", "", ",\"\"\n", "+I[null, null]");
    expect("empty-string-as-null", "true", ",\n", "+I[null, null]");
    expect("ignore-trailing-unmappable", "true", "1,a,x,y\n", "+I[1, a]");
    expect("allow-trailing-comma", "false", "1,a,\n", "ERROR");
    expect("fail-on-missing-columns", "true", "1\n", "ERROR");
}

static void ignored_errors_keep_what_can_be_read(void **state) {
    (void)state;
    expect("ignore-parse-errors", "true", "x,a\n1\n1,\"a\"x\n2,b\n1,a,x\n\n", "+I[null, a]|+I[1, null]|+I[2, b]|+I[null, null]");
}

static void expect_cell(const struct type *t, struct fixture *f, const char *value, const char *expected) {
    f->count = 0;
    fixture_column(f, "a", t);
    fixture_column(f, "z", type_simple(f->types, TYPE_INT, true));
    struct str text = arena_format(f->arena, "%s,9\n", value);
    struct str whole = strcmp(expected, "ERROR") == 0 ? STR("ERROR") : arena_format(f->arena, "+I[%s, 9]", expected);
    const char *got = fixture_decode(f, "csv", text.at);
    if (strcmp(got, whole.at) != 0) fail_msg("%s: %s, not %s", value, got, whole.at);
}

static void values_convert_by_javas_parsers(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    const struct type *integer = type_simple(f->types, TYPE_INT, true), *date = type_simple(f->types, TYPE_DATE, true), *time = type_simple(f->types, TYPE_TIME, true);
    const struct type *timestamp = type_time(f->types, TYPE_TIMESTAMP, 3, true), *array = type_array(f->types, integer, true), *decimal = type_decimal(f->types, 5, 2, true);
    struct type_field fields[] = {{STR("x"), integer, {NULL, 0}}, {STR("y"), type_string(f->types, true), {NULL, 0}}};
    const struct type *row = type_row(f->types, fields, 2, true), *real = type_simple(f->types, TYPE_DOUBLE, true);
    expect_cell(integer, f, " +1 ", "1");
    expect_cell(integer, f, "1.0", "ERROR");
    expect_cell(integer, f, "", "ERROR");
    expect_cell(real, f, " 1.5d ", "1.5");
    expect_cell(real, f, "", "ERROR");
    expect_cell(decimal, f, "1.005", "1.01");
    expect_cell(decimal, f, " 1.5", "ERROR");
    expect_cell(date, f, "2020-1-2", "2020-01-02");
    expect_cell(date, f, " 2020-01-02", "ERROR");
    expect_cell(time, f, "12:34", "12:34");
    expect_cell(time, f, "12:34:56.789", "12:34:56");
    expect_cell(timestamp, f, "2020-02-30 00:00:00.1 ", "2020-02-29T00:00:00.100");
    expect_cell(array, f, "1;2; 3", "[1, 2, 3]");
    expect_cell(array, f, "", "[]");
    expect_cell(array, f, "1;;2", "ERROR");
    expect_cell(row, f, "1;a;c", "+I[1, a]");
    expect_cell(row, f, "", "null");
    expect_cell(row, f, "1", "ERROR");
    fixture_free(f);
}

static void projected_columns_go_by_position(void **state) {
    (void)state;
    struct fixture *f = int_and_string();
    fixture_column(f, "c", type_simple(f->types, TYPE_INT, true));
    struct type wanted = f->row;
    struct type_field last[] = {f->fields[2]};
    const struct type *types[] = {f->columns[2]};
    wanted.children = last;
    wanted.child_count = 1;
    struct options o;
    const struct format *format = format_find(STR("csv"));
    assert_int_equal(options_parse(f->arena, format->options, format->option_count, STR(""), &f->given, &o, &f->error), STATUS_OK);
    struct decode_target t = {.row = &wanted, .types = types, .column_count = 1, .physical = &f->row};
    struct decoder *d;
    assert_int_equal(csv_decoder_new(f->arena, &o, &t, &d, &f->error), STATUS_OK);
    f->columns[0] = types[0];
    f->count = 1;
    assert_string_equal(fixture_run(f, d, "bad,\"x,y\",7\n"), "+I[7]");
    d->ops->free(d);
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_quotes), cmocka_unit_test(options_change_the_dialect), cmocka_unit_test(ignored_errors_keep_what_can_be_read),
        cmocka_unit_test(values_convert_by_javas_parsers), cmocka_unit_test(projected_columns_go_by_position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
