/* SPDX-License-Identifier: Apache-2.0 */
/* Tables made of the first rows of an input. */
#include "unit/unit.h"

#include "connector/infer.h"
#include "sql/ast.h"

#include <string.h>

/* "name TYPE, ...; key=value, ..." of the inferred table. */
static void expect(const char *text, bool whole, const char *expected) {
    struct arena *a = arena_new("test", 0);
    struct types *types = types_new(a);
    struct table *t;
    struct error e = ERROR_INIT;
    struct buf b = BUF_INIT;
    assert_int_equal(infer_table(a, types, str_of(text), whole, "stdin", STR(""), &t, &e), STATUS_OK);
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (i > 0) buf_text(&b, ", ");
        buf_str(&b, t->columns[i].name);
        buf_char(&b, ' ');
        type_summary(&b, t->columns[i].type);
    }
    for (uint32_t i = 1; i < t->options.count; i++) {
        const struct ast_option *o = t->options.at[i];
        buf_format(&b, "; %.*s=%.*s", STR_ARG(o->key), STR_ARG(o->value));
    }
    buf_char(&b, 0);
    if (strcmp(b.at, expected) != 0) fail_msg("%s: %s, not %s", text, b.at, expected);
    buf_deinit(&b);
    arena_free(a);
}

static void json_lines(void **state) {
    (void)state;
    expect("{\"a\":1,\"b\":\"x\",\"c\":true,\"t\":\"2020-01-02 03:04:05\"}\n{\"a\":2.5,\"b\":3,\"d\":null}\n", true,
           "a DOUBLE, b STRING, c BOOLEAN, t TIMESTAMP(3), d STRING; format=json");
    expect("{\"r\":{\"x\":1,\"y\":[1,2]}}\n", true, "r ROW<`x` BIGINT, `y` ARRAY<BIGINT>>; format=json");
    expect("{\"t\":\"2020-01-02T03:04:05.123456\",\"z\":\"2020-01-02T03:04:05Z\",\"d\":\"2020-01-02\"}\n", true,
           "t TIMESTAMP(6), z TIMESTAMP_LTZ(3), d DATE; format=json; json.timestamp-format.standard=ISO-8601");
    expect("{\"a\":1}\n{\"b\":\"cut o", false, "a BIGINT; format=json");
}

static void csv_with_and_without_names(void **state) {
    (void)state;
    expect("id,name,price\n1,\"a, b\",1.5\n2,c,\n", true, "id BIGINT, name STRING, price DOUBLE; format=csv; csv.header=true; csv.null-literal=");
    expect("a;b\n1;2020-01-02\n", true, "a BIGINT, b DATE; format=csv; csv.header=true; csv.null-literal=; csv.field-delimiter=;");
    expect("1,x\n2,y\n", true, "f0 BIGINT, f1 STRING; format=csv; csv.null-literal=");
}

static void anything_else_is_lines(void **state) {
    (void)state;
    expect("hello world\nan other line\n", true, "line STRING; format=raw");
    expect("", true, "line STRING; format=raw");
    expect("a,b\nc\nd,e,f\n", true, "line STRING; format=raw");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(json_lines), cmocka_unit_test(csv_with_and_without_names), cmocka_unit_test(anything_else_is_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
