/* SPDX-License-Identifier: Apache-2.0 */
/* JSON decoding: conversions and errors as Flink 2.3 answered them; the predicted path agrees. */
#include "unit/format/format_fixture.h"

#include "format/json.h"

struct sample {
    const char *value, *expected;
};

/* Decodes {"a":value} into a column of type t, by both paths. */
static void check_type(const struct type *(*make)(struct types *), const struct sample *samples, size_t count, const char *standard) {
    for (size_t i = 0; i < count; i++) {
        for (int general = 0; general < 2; general++) {
            struct fixture *f = fixture_new();
            fixture_column(f, "a", make(f->types));
            if (standard != NULL) fixture_option(f, "timestamp-format.standard", standard);
            struct decoder *d = fixture_decoder(f, "json");
            json_decoder_force(d, general, NULL);
            struct str text = arena_format(f->arena, "{\"a\":%s}\n", samples[i].value);
            const char *got = fixture_run(f, d, text.at);
            if (strcmp(got, samples[i].expected) != 0) fail_msg("%s (path %d): %s, not %s", samples[i].value, general, got, samples[i].expected);
            d->ops->free(d);
            fixture_free(f);
        }
    }
}

#define CHECK(make, standard, ...) check_type(make, (const struct sample[]){__VA_ARGS__}, sizeof((const struct sample[]){__VA_ARGS__}) / sizeof(struct sample), standard)

static const struct type *int_type(struct types *p) { return type_simple(p, TYPE_INT, true); }
static const struct type *bigint_type(struct types *p) { return type_simple(p, TYPE_BIGINT, true); }
static const struct type *tinyint_type(struct types *p) { return type_simple(p, TYPE_TINYINT, true); }
static const struct type *double_type(struct types *p) { return type_simple(p, TYPE_DOUBLE, true); }
static const struct type *boolean_type(struct types *p) { return type_simple(p, TYPE_BOOLEAN, true); }
static const struct type *string_type(struct types *p) { return type_string(p, true); }
static const struct type *bytes_type(struct types *p) { return type_text(p, TYPE_VARBINARY, 100, true); }
static const struct type *decimal_type(struct types *p) { return type_decimal(p, 5, 2, true); }
static const struct type *date_type(struct types *p) { return type_simple(p, TYPE_DATE, true); }
static const struct type *timestamp_type(struct types *p) { return type_time(p, TYPE_TIMESTAMP, 3, true); }
static const struct type *ltz_type(struct types *p) { return type_time(p, TYPE_TIMESTAMP_LTZ, 3, true); }
static const struct type *array_type(struct types *p) { return type_array(p, int_type(p), true); }
static const struct type *map_type(struct types *p) { return type_map(p, string_type(p), int_type(p), true); }

static void whole_numbers_come_from_numbers_and_strings(void **state) {
    (void)state;
    CHECK(int_type, NULL, {"1", "+I[1]"}, {"\" 1 \"", "+I[1]"}, {"\"+1\"", "+I[1]"}, {"1.9", "+I[1]"}, {"-1.5", "+I[-1]"}, {"1e2", "+I[100]"}, {"\"1.5\"", "ERROR"},
          {"true", "ERROR"}, {"\"\"", "ERROR"}, {"null", "+I[null]"}, {"{}", "ERROR"}, {"9223372036854775807", "ERROR"}, {"-0", "+I[0]"}, {"01", "ERROR"}, {"+1", "ERROR"});
    CHECK(bigint_type, NULL, {"9223372036854775807", "+I[9223372036854775807]"}, {"9223372036854775808", "ERROR"}, {"1E400", "ERROR"}, {"-9223372036854775808", "+I[-9223372036854775808]"});
    CHECK(tinyint_type, NULL, {"300", "ERROR"}, {"-128", "+I[-128]"}, {"1.5", "ERROR"}, {"\"12\"", "+I[12]"});
}

static void reals_booleans_and_decimals_follow_java(void **state) {
    (void)state;
    CHECK(double_type, NULL, {"1", "+I[1.0]"}, {"\"NaN\"", "+I[NaN]"}, {"1e400", "+I[Infinity]"}, {"-0.0", "+I[-0.0]"}, {"0.1", "+I[0.1]"}, {"123456789012345678901234567890", "+I[1.2345678901234568E29]"}, {"\"x\"", "ERROR"});
    CHECK(boolean_type, NULL, {"true", "+I[true]"}, {"\"TRUE\"", "+I[true]"}, {"1", "+I[false]"}, {"\"yes\"", "+I[false]"});
    CHECK(decimal_type, NULL, {"1.005", "+I[1.01]"}, {"12345", "+I[null]"}, {"999.995", "+I[null]"}, {"\"abc\"", "ERROR"}, {"1e2", "+I[100.00]"}, {"-0.005", "+I[-0.01]"});
}

static void anything_becomes_a_string(void **state) {
    (void)state;
    CHECK(string_type, NULL, {"1.50", "+I[1.50]"}, {"true", "+I[true]"}, {"{\"x\" : 1, \"y\":[1, 2.50]}", "+I[{\"x\":1,\"y\":[1,2.5]}]"}, {"\"a\\u00e4\\n\"", "+I[a\xc3\xa4\n]"},
          {"\"\\ud83d\\ude00\"", "+I[\xf0\x9f\x98\x80]"}, {"\"\\ud800\"", "+I[?]"}, {"\"x\ty\"", "+I[x\ty]"}, {"\"\\q\"", "ERROR"}, {"\"a long text, longer than an inline view\"", "+I[a long text, longer than an inline view]"});
    CHECK(bytes_type, NULL, {"\"YWJj\"", "+I[[97, 98, 99]]"}, {"\"YWJj\\n\"", "+I[[97, 98, 99]]"}, {"\"YWI\"", "ERROR"}, {"\"!!\"", "ERROR"}, {"1", "ERROR"});
}

static void timestamps_follow_their_standard(void **state) {
    (void)state;
    CHECK(timestamp_type, NULL, {"\"2020-01-02 03:04:05\"", "+I[2020-01-02T03:04:05]"}, {"\"2020-01-02 03:04:05.123456789\"", "+I[2020-01-02T03:04:05.123]"},
          {"\"2020-02-30 00:00:00\"", "+I[2020-02-29T00:00]"}, {"\"2020-02-29 24:00:00\"", "+I[2020-03-01T00:00]"}, {"\"2020-02-29 24:00:05\"", "ERROR"}, {"\"2020-01-02 03:04:05.\"", "+I[2020-01-02T03:04:05]"},
          {"\"2020-01-02T03:04:05\"", "ERROR"}, {"\"2020-01-02 03:04\"", "ERROR"}, {"\"2020-01-02 03:04:60\"", "ERROR"}, {"\"2020-13-01 00:00:00\"", "ERROR"}, {"1577934245000", "ERROR"});
    CHECK(timestamp_type, "ISO-8601", {"\"2020-01-02T03:04\"", "+I[2020-01-02T03:04]"}, {"\"2020-01-02 03:04:05\"", "ERROR"}, {"\"2021-02-29T00:00:00\"", "ERROR"});
    CHECK(ltz_type, NULL, {"\"2020-01-02 03:04:05Z\"", "+I[2020-01-02T03:04:05Z]"}, {"\"2020-01-02 03:04:05\"", "ERROR"});
    CHECK(date_type, NULL, {"\"2020-01-02\"", "+I[2020-01-02]"}, {"\"2020-02-30\"", "ERROR"}, {"\"2020-1-2\"", "ERROR"});
}

static void nested_values_convert_inside(void **state) {
    (void)state;
    CHECK(array_type, NULL, {"[1,null,\"2\"]", "+I[[1, null, 2]]"}, {"[]", "+I[[]]"}, {"{}", "ERROR"}, {"[[1]]", "ERROR"});
    CHECK(map_type, NULL, {"{\"a\":1,\"b\":null}", "+I[{a=1, b=null}]"}, {"{\"a\":1,\"a\":2}", "+I[{a=2}]"}, {"[]", "ERROR"});
}

static struct fixture *int_and_string(void) {
    struct fixture *f = fixture_new();
    fixture_column(f, "a", int_type(f->types));
    fixture_column(f, "b", string_type(f->types));
    return f;
}

static void expect(const char *option, const char *text, const char *expected, uint32_t bad) {
    struct fixture *f = int_and_string();
    if (option != NULL) fixture_option(f, option, "true");
    const char *got = fixture_decode(f, "json", text);
    if (strcmp(got, expected) != 0) fail_msg("%s: %s, not %s", text, got, expected);
    assert_int_equal(f->bad, bad);
    fixture_free(f);
}

static void records_are_read_as_flink_reads_them(void **state) {
    (void)state;
    expect(NULL, "\n{\"a\":1,\"b\":\"x\"}\r\n\n{\"b\":\"y\",\"a\":2}", "+I[1, x]|+I[2, y]", 0);
    expect(NULL, "[{\"a\":1,\"b\":\"x\"},{\"a\":2}]\n[]\n", "+I[1, x]|+I[2, null]", 0);
    expect(NULL, "{\"a\":1,\"b\":\"x\"}garbage\n", "+I[1, x]", 0);
    expect(NULL, "{\"a\":1,\"a\":2,\"b\":\"x\"}\n", "+I[2, null]", 0);
    expect(NULL, "{\"a\":1,\"b\":\"x\",\"z\":01}\n", "ERROR", 0);
    expect(NULL, "{\"a\":1,\"b\":\"x\",}\n", "ERROR", 0);
    expect(NULL, "{\"a\":1,\"b\":\"\xff\"}\n", "ERROR", 0);
    expect(NULL, "5\n", "ERROR", 0);
    expect(NULL, "  \n", "ERROR", 0);
}

static void ignored_errors_are_counted(void **state) {
    (void)state;
    expect("ignore-parse-errors", "{\"a\":\"bad\",\"b\":\"x\"}\n{\"a\":1\n[1]\n{\"a\":2}\n", "+I[null, x]|+I[2, null]", 3);
}

static void a_missing_field_can_be_an_error(void **state) {
    (void)state;
    expect("fail-on-missing-field", "{\"a\":1,\"b\":null}\n", "+I[1, null]", 0);
    expect("fail-on-missing-field", "{\"a\":1}\n", "ERROR", 0);
}

static void a_bad_record_names_the_field(void **state) {
    (void)state;
    struct fixture *f = int_and_string();
    fixture_decode(f, "json", "{\"a\":\"bad\",\"b\":\"x\"}\n");
    assert_non_null(strstr(f->error.message, "field 'a' is"));
    fixture_free(f);
}

static void null_field_mode_keeps_the_row(void **state) {
    (void)state;
    struct fixture *f = int_and_string();
    f->mode = ERROR_MODE_NULL_FIELD;
    assert_string_equal(fixture_decode(f, "json", "{\"a\":\"bad\",\"b\":\"x\"}\n{\n"), "+I[null, x]");
    assert_int_equal(f->bad, 2);
    fixture_free(f);
}

/* The prediction changes with the records and never shows in the rows. */
static void changing_layouts_give_the_same_rows(void **state) {
    (void)state;
    struct fixture *f = int_and_string();
    struct buf text = BUF_INIT, expected = BUF_INIT;
    for (int i = 0; i < 60; i++) {
        static const char *const forms[] = {"{\"a\":%d,\"b\":\"x\"}\n", "{\"b\":\"x\",\"a\":%d}\n", "{\"z\":{\"a\":[1,{}]},\"a\":%d, \"b\" : \"x\"}\n", "{ \"q\":null,\"b\":\"x\",\"y\":-1.5e3,\"a\":%d}\n"};
        const char *form = forms[i < 30 ? i % 4 : i / 15];
        struct str line = arena_format(f->arena, "%s", form);
        for (size_t k = 0; k < line.size_bytes; k++) {
            if (line.at[k] == '%') buf_format(&text, "%d", i), k++;
            else buf_char(&text, line.at[k]);
        }
        buf_format(&expected, "%s+I[%d, x]", i == 0 ? "" : "|", i);
    }
    buf_char(&text, 0);
    buf_char(&expected, 0);
    assert_string_equal(fixture_decode(f, "json", text.at), expected.at);
    buf_deinit(&text);
    buf_deinit(&expected);
    fixture_free(f);
}

static void every_cpu_level_is_chosen_by_name(void **state) {
    (void)state;
    assert_non_null(json_fast_choose(NULL));
    assert_null(json_fast_choose("v9"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_come_from_numbers_and_strings), cmocka_unit_test(reals_booleans_and_decimals_follow_java),
        cmocka_unit_test(anything_becomes_a_string),                   cmocka_unit_test(timestamps_follow_their_standard),
        cmocka_unit_test(nested_values_convert_inside),                cmocka_unit_test(records_are_read_as_flink_reads_them),
        cmocka_unit_test(ignored_errors_are_counted),                  cmocka_unit_test(a_missing_field_can_be_an_error),
        cmocka_unit_test(a_bad_record_names_the_field),                cmocka_unit_test(null_field_mode_keeps_the_row),
        cmocka_unit_test(changing_layouts_give_the_same_rows),         cmocka_unit_test(every_cpu_level_is_chosen_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
