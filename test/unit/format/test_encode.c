/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON, CSV and raw: byte for byte what Flink 2.3 wrote. */
#include "unit/format/format_fixture.h"

/* Encodes the rows decoded from JSON text by the given format. */
static void expect(struct fixture *f, const char *json, const char *format, const char *key, const char *value, const char *expected) {
    struct decoder *d = fixture_decoder(f, "json");
    struct batch_buffer *out;
    size_t used;
    struct encoder *n;
    struct options o;
    struct buf text = BUF_INIT;
    assert_int_equal(batch_buffer_new(f->arena, f->columns, f->count, FIXTURE_BATCH, &out), STATUS_OK);
    assert_int_equal(d->ops->decode(d, str_of(json), true, out, NULL, &used, &f->error), STATUS_OK);
    d->ops->free(d);
    if (key != NULL) fixture_option(f, key, value);
    const struct format *descriptor = format_find(str_of(format));
    assert_int_equal(options_parse(f->arena, descriptor->options, descriptor->option_count, STR(""), &f->given, &o, &f->error), STATUS_OK);
    assert_int_equal(format_impl_find(str_of(format))->encoder_new(f->arena, &o, &f->row, f->names, NULL, &n, &f->error), STATUS_OK);
    enum status st = STATUS_OK;
    for (uint32_t row = 0; row < out->batch.row_count && st == STATUS_OK; row++) st = n->ops->encode(n, &out->batch, row, &text, &f->error);
    if (st != STATUS_OK) buf_text(&text, "ERROR");
    buf_char(&text, 0);
    if (strcmp(text.at, expected) != 0) fail_msg("%s: %s, not %s", json, text.at, expected);
    n->ops->free(n);
    buf_deinit(&text);
    batch_buffer_free(out);
    f->given.count = 0;
}

static void json_values(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    fixture_column(f, "a", type_time(f->types, TYPE_TIMESTAMP, 3, true));
    fixture_column(f, "c", type_time(f->types, TYPE_TIMESTAMP_LTZ, 3, true));
    fixture_column(f, "d", type_simple(f->types, TYPE_DATE, true));
    fixture_column(f, "e", type_time(f->types, TYPE_TIME, 3, true));
    const char *in = "{\"a\":\"2020-01-02 03:04:05.120\",\"c\":\"2020-01-02 03:04:05.5Z\",\"d\":\"2020-01-02\",\"e\":\"01:02:03.12\"}\n";
    expect(f, in, "json", NULL, NULL, "{\"a\":\"2020-01-02 03:04:05.12\",\"c\":\"2020-01-02 03:04:05.5Z\",\"d\":\"2020-01-02\",\"e\":\"01:02:03.12\"}\n");
    expect(f, in, "json", "timestamp-format.standard", "ISO-8601", "{\"a\":\"2020-01-02T03:04:05.12\",\"c\":\"2020-01-02T03:04:05.5Z\",\"d\":\"2020-01-02\",\"e\":\"01:02:03.12\"}\n");
    expect(f, "{}\n", "json", NULL, NULL, "{\"a\":null,\"c\":null,\"d\":null,\"e\":null}\n");
    expect(f, "{}\n", "json", "encode.ignore-null-fields", "true", "{}\n");
    fixture_free(f);
}

static void decimals_are_stripped_or_plain(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    fixture_column(f, "a", type_decimal(f->types, 10, 2, true));
    fixture_column(f, "c", type_decimal(f->types, 30, 20, true));
    fixture_column(f, "d", type_decimal(f->types, 5, 5, true));
    fixture_column(f, "e", type_decimal(f->types, 10, 0, true));
    const char *in = "{\"a\":1.50,\"c\":0.00000000001,\"d\":0,\"e\":-100}\n";
    expect(f, in, "json", NULL, NULL, "{\"a\":1.5,\"c\":1E-11,\"d\":0,\"e\":-1E+2}\n");
    expect(f, in, "json", "encode.decimal-as-plain-number", "true", "{\"a\":1.50,\"c\":0.00000000001000000000,\"d\":0.00000,\"e\":-100}\n");
    expect(f, in, "csv", NULL, NULL, "1.5,1E-11,0,-1E+2\n");
    fixture_free(f);
}

static void nested_values_and_keys(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    const struct type *integer = type_simple(f->types, TYPE_INT, true), *text = type_string(f->types, true);
    struct type_field fields[] = {{STR("x"), integer, {NULL, 0}}, {STR("y"), text, {NULL, 0}}};
    fixture_column(f, "a", type_array(f->types, integer, true));
    fixture_column(f, "m", type_map(f->types, text, integer, true));
    fixture_column(f, "r", type_row(f->types, fields, 2, true));
    expect(f, "{\"a\":[1,null],\"m\":{\"k\":1,\"l\":null},\"r\":{\"x\":1}}\n", "json", NULL, NULL, "{\"a\":[1,null],\"m\":{\"k\":1,\"l\":null},\"r\":{\"x\":1,\"y\":null}}\n");
    fixture_free(f);
}

static void texts_are_escaped(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    fixture_column(f, "d", type_string(f->types, true));
    fixture_column(f, "e", type_text(f->types, TYPE_VARBINARY, 100, true));
    fixture_column(f, "x", type_simple(f->types, TYPE_DOUBLE, true));
    expect(f, "{\"d\":\"q\\\"\\\\/\\u0001\xc3\xa4\\n\",\"e\":\"AP8Q\",\"x\":\"NaN\"}\n", "json", NULL, NULL, "{\"d\":\"q\\\"\\\\/\\u0001\xc3\xa4\\n\",\"e\":\"AP8Q\",\"x\":\"NaN\"}\n");
    fixture_free(f);
}

static void csv_quotes_as_jackson_does(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    fixture_column(f, "i", type_simple(f->types, TYPE_INT, true));
    fixture_column(f, "s", type_string(f->types, true));
    const char *in = "{\"i\":0,\"s\":\"plain\"}\n{\"i\":1,\"s\":\"a b\"}\n{\"i\":2,\"s\":\"q\\\"x\"}\n{\"i\":3,\"s\":\"\"}\n{\"i\":4,\"s\":\"abcdefghijklmnopqrstuvwx\"}\n"
                     "{\"i\":5,\"s\":\"abcdefghijklmnopqrstuvwxy\"}\n{\"i\":6,\"s\":\"back\\\\slash\"}\n{\"i\":7,\"s\":\"#x\"}\n{\"i\":8}\n";
    expect(f, in, "csv", NULL, NULL, "0,plain\n1,\"a b\"\n2,\"q\"\"x\"\n3,\n4,abcdefghijklmnopqrstuvwx\n5,\"abcdefghijklmnopqrstuvwxy\"\n6,\"back\\slash\"\n7,\"#x\"\n8,\n");
    expect(f, in, "csv", "null-literal", "NUL", "0,plain\n1,\"a b\"\n2,\"q\"\"x\"\n3,\n4,abcdefghijklmnopqrstuvwx\n5,\"abcdefghijklmnopqrstuvwxy\"\n6,\"back\\slash\"\n7,\"#x\"\n8,NUL\n");
    expect(f, in, "csv", "disable-quote-character", "true", "0,plain\n1,a b\n2,q\"x\n3,\n4,abcdefghijklmnopqrstuvwx\n5,abcdefghijklmnopqrstuvwxy\n6,back\\slash\n7,#x\n8,\n");
    expect(f, in, "csv", "escape-character", "#", "0,plain\n1,\"a b\"\n2,\"q\"\"x\"\n3,\n4,abcdefghijklmnopqrstuvwx\n5,\"abcdefghijklmnopqrstuvwxy\"\n6,back\\slash\n7,\"##x\"\n8,\n");
    expect(f, in, "csv", "field-delimiter", "\\t", "0\tplain\n1\t\"a b\"\n2\t\"q\"\"x\"\n3\t\n4\tabcdefghijklmnopqrstuvwx\n5\t\"abcdefghijklmnopqrstuvwxy\"\n6\t\"back\\slash\"\n7\t#x\n8\t\n");
    fixture_free(f);
}

static void csv_joins_elements(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    const struct type *integer = type_simple(f->types, TYPE_INT, true), *text = type_string(f->types, true);
    struct type_field fields[] = {{STR("x"), integer, {NULL, 0}}, {STR("y"), text, {NULL, 0}}};
    fixture_column(f, "a", type_array(f->types, integer, true));
    fixture_column(f, "b", type_array(f->types, text, true));
    fixture_column(f, "c", type_row(f->types, fields, 2, true));
    expect(f, "{\"a\":[1,null,3],\"b\":[\"a b\",null,\"c;d\"],\"c\":{\"x\":1,\"y\":\"z\"}}\n{}\n", "csv", NULL, NULL, "1;;3,\"a b;;c;d\",1;z\n,,\n");
    fixture_free(f);
}

static void raw_is_the_plain_value(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    fixture_column(f, "a", type_string(f->types, true));
    expect(f, "{\"a\":\"x\"}\n{\"a\":\"\xc3\xa4\"}\n", "raw", "charset", "ISO-8859-1", "x\n\xe4\n");
    expect(f, "{}\n", "raw", NULL, NULL, "ERROR");
    assert_string_equal(fixture_decode(f, "raw", "ab\n\ncd\r\nef"), "+I[ab]|+I[]|+I[cd]|+I[ef]");
    fixture_free(f);
    f = fixture_new();
    fixture_column(f, "a", type_simple(f->types, TYPE_SMALLINT, true));
    assert_string_equal(fixture_decode(f, "raw", "\x01\x02\n"), "+I[258]");
    assert_string_equal(fixture_decode(f, "raw", "\x01\n"), "ERROR");
    fixture_option(f, "endianness", "little-endian");
    assert_string_equal(fixture_decode(f, "raw", "\x01\x02\n"), "+I[513]");
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_values), cmocka_unit_test(decimals_are_stripped_or_plain), cmocka_unit_test(nested_values_and_keys), cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(csv_quotes_as_jackson_does), cmocka_unit_test(csv_joins_elements), cmocka_unit_test(raw_is_the_plain_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
