/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completion: what is offered where a bar stands in the text.
 */
#include "unit/unit.h"

#include "plan/plan.h"
#include "shell/complete.h"
#include "sql/parser.h"

#include <string.h>

struct fixture {
    struct env *env;
    struct arena *arena;
    struct session *session;
};

static const char definitions[] =
    "CREATE TABLE orders (id BIGINT, item STRING, place ROW<city STRING, zip INT>, `select` INT) WITH ('connector' = 'datagen');"
    "CREATE TABLE items (item STRING, price DOUBLE) WITH ('connector' = 'datagen');"
    "CREATE VIEW cheap AS SELECT item FROM items;"
    "CREATE DATABASE other;"
    "CREATE TABLE other.far (x INT) WITH ('connector' = 'datagen');";

static int set_up(void **state) {
    static struct fixture f;
    struct list statements = {0};
    struct error e = ERROR_INIT;
    f.env = env_posix_new();
    f.arena = arena_new("test", 0);
    assert_int_equal(session_new(f.arena, &f.session, &e), STATUS_OK);
    assert_int_equal(parse_script(f.arena, str_of(definitions), &statements, &e), STATUS_OK);
    for (uint32_t i = 0; i < statements.count; i++) {
        if (plan_execute_ddl(f.session, statements.at[i], str_of(definitions), &e) != STATUS_OK) fail_msg("%s", e.message);
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    arena_free(f->arena);
    env_free(f->env);
    return 0;
}

/* The candidates, joined by blanks, at the bar of the text; "" none. */
static struct str offers(struct fixture *f, const char *text) {
    struct buf out = BUF_INIT;
    struct completion c;
    const char *bar = strchr(text, '|');
    assert_non_null(bar);
    struct str sql = arena_format(f->arena, "%.*s%s", (int)(bar - text), text, bar + 1);
    complete(f->session, f->env, f->arena, sql, (size_t)(bar - text), &c);
    for (uint32_t i = 0; i < c.count; i++) {
        if (i != 0) buf_char(&out, ' ');
        buf_str(&out, c.items[i].text);
    }
    struct str copy = out.size_bytes == 0 ? STR("") : arena_str(f->arena, buf_view(&out));
    buf_deinit(&out);
    return copy;
}

static void offered(struct fixture *f, const char *text, const char *wanted) {
    struct str found = offers(f, text);
    if (!str_equal(found, str_of(wanted))) fail_msg("%s: '%.*s' instead of '%s'", text, STR_ARG(found), wanted);
}

static void among(struct fixture *f, const char *text, const char *wanted) {
    struct str found = arena_format(f->arena, " %.*s ", STR_ARG(offers(f, text)));
    struct str word = arena_format(f->arena, " %s ", wanted);
    if (strstr(found.at, word.at) == NULL) fail_msg("%s: no '%s' in '%.*s'", text, wanted, STR_ARG(found));
}

static void not_among(struct fixture *f, const char *text, const char *unwanted) {
    struct str found = arena_format(f->arena, " %.*s ", STR_ARG(offers(f, text)));
    struct str word = arena_format(f->arena, " %s ", unwanted);
    if (strstr(found.at, word.at) != NULL) fail_msg("%s: '%s' is offered", text, unwanted);
}

static void keywords_follow_the_case(void **state) {
    offered(*state, "sel|", "select");
    offered(*state, "SEL|", "SELECT");
    among(*state, "|", "SELECT");
    among(*state, "SELECT 1; |", "SHOW TABLES");
    among(*state, "SELECT id FROM orders gro|", "group by");
    among(*state, "CREATE TABLE t (a INT, WATER|", "WATERMARK FOR");
}

static void tables_stand_behind_from(void **state) {
    offered(*state, "SELECT * FROM |", "cheap items orders");
    offered(*state, "SELECT * FROM or|", "orders");
    offered(*state, "SELECT * FROM orders JOIN it|", "items");
    offered(*state, "INSERT INTO it|", "items");
    offered(*state, "DESCRIBE che|", "cheap");
    offered(*state, "WITH totals AS (SELECT 1), rest AS (SELECT 2) SELECT * FROM |, x", "totals rest cheap items orders");
    offered(*state, "SELECT * FROM other.|", "far");
    among(*state, "SELECT * FROM oth|", "other");
    offered(*state, "SELECT * FROM default_catalog.other.f|", "far");
    not_among(*state, "CREATE TABLE |", "orders");
    offered(*state, "SHOW CREATE TABLE or|", "orders");
}

static void columns_are_those_of_the_named_tables(void **state) {
    offered(*state, "SELECT | FROM orders", "id item place `select`");
    offered(*state, "SELECT pri| FROM orders, items", "price printf( primary key");
    offered(*state, "SELECT o.it| FROM orders AS o", "item");
    offered(*state, "SELECT o.| FROM orders o, items i", "id item place `select`");
    offered(*state, "SELECT i.| FROM orders o, items i", "item price");
    offered(*state, "SELECT orders.place.| FROM orders", "city zip");
    offered(*state, "SELECT place.z| FROM orders", "zip");
    offered(*state, "SELECT * FROM orders WHERE sele|", "`select` select");
    among(*state, "SELECT window_| FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))", "window_start");
    offered(*state, "SELECT 1 FROM items; SELECT ite| FROM other.far", "");
}

static void functions_come_with_signatures(void **state) {
    struct fixture *f = *state;
    struct completion c;
    offered(f, "SELECT regexp_rep|", "regexp_replace(");
    offered(f, "SELECT REGEXP_REP|(a, b)", "REGEXP_REPLACE");
    among(f, "SELECT COUN|", "COUNT(");
    complete(f->session, f->env, f->arena, STR("SELECT UPPE"), 11, &c);
    assert_int_equal(c.count, 1);
    assert_true(c.items[0].open);
    assert_non_null(strstr(c.items[0].note.at, "UPPER("));
    assert_non_null(strstr(complete_signature(f->arena, STR("SELECT UPPER(LOWER(a), "), 22).at, "UPPER("));
    assert_non_null(strstr(complete_signature(f->arena, STR("SELECT UPPER(LOWER(a), "), 20).at, "LOWER("));
    assert_int_equal(complete_signature(f->arena, STR("SELECT UPPER(a)"), 15).size_bytes, 0);
}

static void options_know_their_keys_and_values(void **state) {
    offered(*state, "CREATE TABLE t (a INT) WITH ('connec|", "connector' = '");
    offered(*state, "CREATE TABLE t (a INT) WITH ('connector' = 'files|", "filesystem'");
    among(*state, "CREATE TABLE t (a INT) WITH ('connector' = 'datagen', '|')", "rows-per-second");
    offered(*state, "CREATE TABLE t (a INT) WITH ('format' = 'c|')", "csv");
    among(*state, "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'format' = 'csv', 'csv.f|')", "csv.field-delimiter");
    not_among(*state, "CREATE TABLE t (a INT) WITH ('connector' = 'datagen', '|')", "connector");
    among(*state, "SELECT * FROM orders /*+ OPTIONS('rows-|') */", "rows-per-second");
    offered(*state, "SELECT 'connec|", "");
}

static void settings_know_their_keys_and_values(void **state) {
    offered(*state, "SET 'table.local-t|", "table.local-time-zone' = '");
    offered(*state, "SET 'table.local-t|' = 'UTC'", "table.local-time-zone");
    offered(*state, "SET 'sql-client.execution.result-mode' = 'ch|", "CHANGELOG'");
    offered(*state, "SET 'pipeline.object-reuse' = '|'", "true false");
    offered(*state, "SET 'sql-client.execution.result-mode' = ta|", "'TABLE' 'TABLEAU'");
    offered(*state, "RESET 'table.local-t|'", "table.local-time-zone");
}

static void commands_and_their_arguments(void **state) {
    offered(*state, ".mo|", ".mode");
    offered(*state, ".mode m|", "markdown");
    offered(*state, ".timer o|", "on off");
    offered(*state, "\\d or|", "orders");
    offered(*state, ".tabl|", ".tables");
}

static void nothing_in_comments(void **state) {
    offered(*state, "SELECT 1 -- sel|", "");
    offered(*state, "SELECT 1 /* sel|", "");
}

static void any_place_of_any_text_is_fine(void **state) {
    struct fixture *f = *state;
    static const char *const texts[] = {
        "SELECT a.b.c.d. FROM `x WHERE 'y", "CREATE TABLE t (a INT) WITH ('a' = 'b', 'c", "((((]]]';--", "SET ; USE CATALOG ; \\d ; .mode", "\xff\xfe SELECT \xc3",
        "SELECT UPPER(CASE WHEN x THEN 'a' END FROM orders o, items AS i JOIN LATERAL", "....", "/*+ OPTIONS('", ";;;"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t at = 0; at <= strlen(texts[i]); at++) {
            struct completion c;
            complete(f->session, f->env, f->arena, str_of(texts[i]), at, &c);
            assert_true(c.from <= c.to && c.to == at);
            (void)complete_signature(f->arena, str_of(texts[i]), at);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords_follow_the_case),
        cmocka_unit_test(tables_stand_behind_from),
        cmocka_unit_test(columns_are_those_of_the_named_tables),
        cmocka_unit_test(functions_come_with_signatures),
        cmocka_unit_test(options_know_their_keys_and_values),
        cmocka_unit_test(settings_know_their_keys_and_values),
        cmocka_unit_test(commands_and_their_arguments),
        cmocka_unit_test(nothing_in_comments),
        cmocka_unit_test(any_place_of_any_text_is_fine),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
