/* SPDX-License-Identifier: Apache-2.0 */
/* Options: values by type, unknown keys with suggestions, WITH clauses of tables. */
#include "unit/unit.h"

#include "catalog/connector.h"
#include "catalog/session.h"

#include <string.h>

static struct arena *arena;

static int setup(void **state) {
    (void)state;
    arena = arena_new("test", 0);
    return arena == NULL;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static int64_t duration(const char *text) {
    int64_t ms;
    return duration_parse(str_of(text), &ms) ? ms : -1;
}

static void durations_follow_flinks_labels(void **state) {
    (void)state;
    assert_int_equal(duration("10 s"), 10000);
    assert_int_equal(duration("200ms"), 200);
    assert_int_equal(duration("1 min"), 60000);
    assert_int_equal(duration("2 DAYS"), 172800000);
    assert_int_equal(duration("5"), 5);
    assert_int_equal(duration("PT10S"), 10000);
    assert_int_equal(duration("P1DT2H"), 93600000);
    assert_int_equal(duration("PT0.5S"), 500);
    assert_int_equal(duration("ten s"), -1);
    assert_int_equal(duration("10 parsec"), -1);
    assert_int_equal(duration("9223372036854775807 d"), -1);
}

static void sizes_are_powers_of_two(void **state) {
    (void)state;
    int64_t v;
    assert_true(memory_parse(STR("128MB"), &v));
    assert_int_equal(v, 128 << 20);
    assert_true(memory_parse(STR("1 kb"), &v));
    assert_int_equal(v, 1024);
    assert_true(memory_parse(STR("17"), &v));
    assert_int_equal(v, 17);
    assert_false(memory_parse(STR("1 XB"), &v));
}

static void characters_may_be_escaped(void **state) {
    (void)state;
    static const struct option o = {"field-delimiter", OPTION_CHAR, NULL, NULL, "", false};
    static const struct { const char *text; int64_t code; } cases[] = {{",", ','}, {"\\t", '\t'}, {"\\u0001", 1}, {"\xc3\xa4", 0xe4}, {"\\", '\\'}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct option_value v;
        assert_int_equal(option_parse(arena, &o, str_of(cases[i].text), (struct span){0, 0}, &v, NULL), STATUS_OK);
        assert_int_equal(v.number, cases[i].code);
    }
    struct option_value v;
    assert_int_equal(option_parse(arena, &o, STR(",,"), (struct span){0, 0}, &v, NULL), STATUS_OPTION);
}

static struct list with(const char *const *pairs) {
    struct list l = {0};
    for (; *pairs != NULL; pairs += 2) {
        struct ast_option *o = ARENA_NEW(arena, struct ast_option);
        o->key = str_of(pairs[0]);
        o->value = str_of(pairs[1]);
        assert_int_equal(list_push(&l, arena, o), STATUS_OK);
    }
    return l;
}

#define WITH(...) with((const char *const[]){__VA_ARGS__, NULL})

static void a_table_gets_options_of_connector_format_and_all(void **state) {
    (void)state;
    struct list given = WITH("connector", "filesystem", "path", "/a", "format", "csv", "csv.field-delimiter", ";", "sink.parallelism", "2");
    struct table_options t;
    struct error e = ERROR_INIT;
    assert_int_equal(table_options_parse(arena, &given, true, &t, &e), STATUS_OK);
    assert_string_equal(t.connector->name, "filesystem");
    assert_string_equal(t.format->name, "csv");
    assert_int_equal(options_number(&t.format_options, "field-delimiter"), ';');
    assert_int_equal(options_number(&t.common, "sink.parallelism"), 2);
    assert_int_equal(options_number(&t.own, "sink.rolling-policy.file-size"), 128 << 20);
    assert_true(t.connector->bounded(&t.own));
}

static void expect_refusal(struct list given, const char *message, const char *hint) {
    struct table_options t;
    struct error e = ERROR_INIT;
    assert_int_not_equal(table_options_parse(arena, &given, true, &t, &e), STATUS_OK);
    assert_non_null(strstr(e.message, message));
    if (hint != NULL) assert_non_null(strstr(e.hint, hint));
}

static void what_is_unknown_is_refused_with_the_nearest(void **state) {
    (void)state;
    expect_refusal(WITH("connector", "file-system"), "no connector 'file-system'", "filesystem");
    expect_refusal(WITH("connector", "filesystem", "path", "/a", "format", "jsn"), "no format 'jsn'", "json");
    expect_refusal(WITH("connector", "filesystem", "path", "/a", "format", "json", "json.ignore-parse-error", "true"),
                   "json.ignore-parse-error", "json.ignore-parse-errors");
    expect_refusal(WITH("connector", "filesystem", "pth", "/a", "format", "json"), "pth", "path");
    expect_refusal(WITH("path", "/a"), "'connector'", NULL);
    expect_refusal(WITH("connector", "filesystem", "path", "/a"), "format", NULL);
    expect_refusal(WITH("connector", "filesystem", "format", "json"), "path", NULL);
    expect_refusal(WITH("connector", "datagen", "fields.a.knd", "random"), "fields.a.knd", "fields.a.kind");
    expect_refusal(WITH("connector", "values", "path", "/a", "changelog-mode", "I,X"), "'X'", NULL);
}

static void values_without_key_takes_every_change(void **state) {
    (void)state;
    struct list given = WITH("connector", "values", "path", "/a");
    struct table_options t;
    struct error e = ERROR_INIT;
    assert_int_equal(table_options_parse(arena, &given, false, &t, &e), STATUS_OK);
    uint32_t bits;
    assert_int_equal(t.connector->sink_changelog(&t.own, false, CHANGE_ALL, &bits, &e), STATUS_OK);
    assert_int_equal(bits, CHANGE_ALL);
    assert_int_equal(t.connector->sink_changelog(&t.own, true, CHANGE_ALL, &bits, &e), STATUS_OK);
    assert_int_equal(bits, CHANGE_ALL & ~CHANGE_UB);
}

static void readable_metadata_keeps_commas_of_types(void **state) {
    (void)state;
    struct list given = WITH("connector", "values", "path", "/a", "readable-metadata", "a:DECIMAL(10, 2), b : MAP<INT, INT>");
    struct table_options t;
    struct error e = ERROR_INIT;
    assert_int_equal(table_options_parse(arena, &given, true, &t, &e), STATUS_OK);
    struct metadata_column *m;
    uint32_t count;
    assert_int_equal(t.connector->readable_metadata(arena, &t.own, &m, &count, &e), STATUS_OK);
    assert_int_equal(count, 2);
    assert_string_equal(m[0].type, "DECIMAL(10, 2)");
    assert_string_equal(m[1].key, "b");
    assert_string_equal(m[1].type, "MAP<INT, INT>");
}

static void every_default_fits_its_type(void **state) {
    (void)state;
    uint32_t count;
    const struct option *rows = session_options(&count);
    for (uint32_t i = 0; i < count; i++) {
        struct option_value v;
        if (rows[i].def != NULL)
            assert_int_equal(option_parse(arena, &rows[i], str_of(rows[i].def), (struct span){0, 0}, &v, NULL), STATUS_OK);
        assert_ptr_equal(option_find(rows, count, str_of(rows[i].key)), &rows[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(durations_follow_flinks_labels, setup, teardown),
        cmocka_unit_test_setup_teardown(sizes_are_powers_of_two, setup, teardown),
        cmocka_unit_test_setup_teardown(characters_may_be_escaped, setup, teardown),
        cmocka_unit_test_setup_teardown(a_table_gets_options_of_connector_format_and_all, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_unknown_is_refused_with_the_nearest, setup, teardown),
        cmocka_unit_test_setup_teardown(values_without_key_takes_every_change, setup, teardown),
        cmocka_unit_test_setup_teardown(readable_metadata_keeps_commas_of_types, setup, teardown),
        cmocka_unit_test_setup_teardown(every_default_fits_its_type, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
