/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements that change or list the catalog.
 */
#include "unit/plan/plan_check.h"

static const char *cell(const struct fixture *f, uint32_t row, uint32_t column) {
    assert_true(row < f->table.rows.count && column < f->table.column_count);
    const struct str *r = f->table.rows.at[row];
    return r[column].at == NULL ? "NULL" : arena_str(f->arena, r[column]).at;
}

static void describe_shows_types_keys_and_watermarks(void **state) {
    (void)state;
    struct fixture f;
    assert_int_equal(fixture_run(&f, "DESCRIBE t"), STATUS_OK);
    assert_int_equal(f.table.column_count, 6);
    assert_string_equal(cell(&f, 0, 1), "STRING");
    assert_string_equal(cell(&f, 2, 2), "FALSE");
    assert_string_equal(cell(&f, 4, 1), "TIMESTAMP(3) *ROWTIME*");
    assert_string_equal(cell(&f, 4, 5), "`ts` - INTERVAL '5' SECOND");
    assert_string_equal(cell(&f, 6, 4), "AS `v` + 1");
    assert_string_equal(cell(&f, 7, 1), "TIMESTAMP_LTZ(3) *PROCTIME*");
    fixture_free(&f);
    assert_int_equal(fixture_run(&f, "DESCRIBE ok"), STATUS_OK);
    assert_string_equal(cell(&f, 0, 3), "PRI(k)");
    fixture_free(&f);
}

static void lists_are_sorted_and_filtered(void **state) {
    (void)state;
    struct fixture f;
    assert_int_equal(fixture_run(&f, "CREATE VIEW w AS SELECT k FROM t; SHOW TABLES LIKE 'o%'"), STATUS_OK);
    assert_int_equal(f.table.rows.count, 3);
    assert_string_equal(cell(&f, 0, 0), "o");
    assert_string_equal(cell(&f, 2, 0), "ok");
    fixture_free(&f);
    assert_int_equal(fixture_run(&f, "SHOW FUNCTIONS LIKE 'upper'"), STATUS_OK);
    assert_int_equal(f.table.rows.count, 0); /* LIKE minds the case */
    fixture_free(&f);
    assert_int_equal(fixture_run(&f, "SHOW FUNCTIONS ILIKE 'upper'"), STATUS_OK);
    assert_int_equal(f.table.rows.count, 1);
    fixture_free(&f);
}

static void show_create_can_be_run_again(void **state) {
    (void)state;
    struct fixture f;
    assert_int_equal(fixture_run(&f, "SHOW CREATE TABLE t"), STATUS_OK);
    const char *text = cell(&f, 0, 0);
    assert_non_null(strstr(text, "WATERMARK FOR `ts` AS `ts` - INTERVAL '5' SECOND"));
    struct list statements = {0};
    assert_int_equal(parse_script(f.arena, str_of(text), &statements, &f.error), STATUS_OK);
    assert_int_equal(plan_execute_ddl(f.session, statements.at[0], str_of(text), &f.error), STATUS_EXISTS);
    fixture_free(&f);
}

static void like_takes_over_parts_of_a_table(void **state) {
    (void)state;
    struct fixture f;
    assert_int_equal(fixture_run(&f, "CREATE TABLE l (x INT) WITH ('path' = '/other') LIKE t; DESCRIBE l"), STATUS_OK);
    assert_int_equal(f.table.rows.count, 9);
    assert_string_equal(cell(&f, 4, 1), "TIMESTAMP(3) *ROWTIME*");
    fixture_free(&f);
    assert_int_equal(fixture_run(&f, "CREATE TABLE l WITH ('connector' = 'blackhole') LIKE t (EXCLUDING ALL); DESCRIBE l"), STATUS_OK);
    assert_int_equal(f.table.rows.count, 6); /* physical columns alone */
    assert_string_equal(cell(&f, 4, 1), "TIMESTAMP(3)");
    fixture_free(&f);
}

static void wrong_declarations_are_refused(void **state) {
    (void)state;
    static const struct { const char *sql; enum status status; const char *part; } cases[] = {
        {"CREATE TABLE x (a INT, a INT) WITH ('connector' = 'blackhole')", STATUS_INVALID, "'a' stands twice"},
        {"CREATE TABLE x (a INT, PRIMARY KEY (b) NOT ENFORCED) WITH ('connector' = 'blackhole')", STATUS_NOT_FOUND, "no column 'b' for the primary key"},
        {"CREATE TABLE x (a INT, PRIMARY KEY (a)) WITH ('connector' = 'blackhole')", STATUS_UNSUPPORTED, "ENFORCED"},
        {"CREATE TABLE x (a STRING, WATERMARK FOR a AS a) WITH ('connector' = 'blackhole')", STATUS_INVALID, "'a' is a STRING"},
        {"CREATE TABLE x (a INT, b AS c + 1) WITH ('connector' = 'blackhole')", STATUS_NOT_FOUND, "Computed column 'b'"},
        {"CREATE TABLE x (a INTT) WITH ('connector' = 'blackhole')", STATUS_UNSUPPORTED, "no type 'INTT'"},
        {"CREATE TABLE x (a DECIMAL(39, 2)) WITH ('connector' = 'blackhole')", STATUS_INVALID, "between 1 and 38"},
        {"CREATE TABLE t (a INT) WITH ('connector' = 'blackhole')", STATUS_EXISTS, "t"},
        {"DROP TABLE nosuch", STATUS_NOT_FOUND, "nosuch"},
        {"ALTER TABLE t DROP nosuch", STATUS_NOT_FOUND, "nosuch"},
        {"ALTER FUNCTION f AS 'x'", STATUS_UNSUPPORTED, "ALTER FUNCTION"},
        {"CREATE VIEW w (a, b) AS SELECT k FROM t", STATUS_INVALID, "names 2 columns, its query has 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_refused(cases[i].sql, cases[i].status, cases[i].part);
}

static void views_bind_at_their_definition_and_rename(void **state) {
    (void)state;
    assert_schema("CREATE VIEW w (a, b) AS SELECT k, COUNT(*) FROM t GROUP BY k; SELECT b, a FROM w WHERE a = 'x'", "b BIGINT NOT NULL, a STRING");
    assert_refused("CREATE VIEW w AS SELECT nosuch FROM t", STATUS_NOT_FOUND, "nosuch");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describe_shows_types_keys_and_watermarks),
        cmocka_unit_test(lists_are_sorted_and_filtered),
        cmocka_unit_test(show_create_can_be_run_again),
        cmocka_unit_test(like_takes_over_parts_of_a_table),
        cmocka_unit_test(wrong_declarations_are_refused),
        cmocka_unit_test(views_bind_at_their_definition_and_rename),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
