/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binding: names, output columns and their types, what is refused and how the error says it, and that
 * every failed allocation ends as STATUS_NO_MEMORY.
 */
#include "unit/plan/plan_check.h"

#include "base/alloc.h"

static void output_columns_are_named_as_flink_does(void **state) {
    (void)state;
    assert_schema("SELECT k, v + 1, v AS a, t.k, r.b.c FROM t", "k STRING, EXPR$1 INT, a INT, k0 STRING, c STRING");
    assert_schema("SELECT 1, 'ab'", "EXPR$0 INT NOT NULL, EXPR$1 CHAR(2) NOT NULL");
    assert_schema("SELECT r.* FROM t", "a INT, b ROW<`c` STRING>");
    assert_schema("SELECT x.* FROM (SELECT k, n FROM t) AS x (a, b)", "a STRING, b BIGINT NOT NULL");
    assert_schema("WITH w (z) AS (SELECT v FROM t) SELECT z, z * 2 FROM w", "z INT, EXPR$1 INT");
}

static void aggregates_have_flinks_types(void **state) {
    (void)state;
    assert_schema("SELECT COUNT(*), SUM(v), SUM(n), AVG(d), MIN(k) FROM t", "EXPR$0 BIGINT NOT NULL, EXPR$1 INT, EXPR$2 BIGINT, EXPR$3 DOUBLE, EXPR$4 STRING");
    assert_schema("SELECT k, SUM(n) FROM t GROUP BY k", "k STRING, EXPR$1 BIGINT NOT NULL");
}

static void windows_append_their_columns(void **state) {
    (void)state;
    assert_schema("SELECT window_start, window_end, window_time FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))",
                  "window_start TIMESTAMP(3) NOT NULL, window_end TIMESTAMP(3) NOT NULL, window_time TIMESTAMP(3) NOT NULL");
    assert_schema("SELECT window_time FROM TABLE(TUMBLE(DATA => TABLE t, TIMECOL => DESCRIPTOR(p), SIZE => INTERVAL '10' SECOND))", "window_time TIMESTAMP_LTZ(3) NOT NULL");
}

static void set_operations_and_values_find_common_types(void **state) {
    (void)state;
    assert_schema("SELECT 'a', 1 UNION ALL SELECT 'abc', 5000000000", "EXPR$0 VARCHAR(3) NOT NULL, EXPR$1 BIGINT NOT NULL");
    assert_schema("VALUES (1, 2), (3, 4.5)", "EXPR$0 INT NOT NULL, EXPR$1 DECIMAL(11, 1) NOT NULL");
}

static void unknown_names_are_suggested(void **state) {
    (void)state;
    static const struct { const char *sql, *message, *hint; } cases[] = {
        {"SELECT vv FROM t", "no column 'vv'", "'v'"},
        {"SELECT t.kk FROM t", "no column 'kk' in 't'", "'k'"},
        {"SELECT x.k FROM t", "no table or column 'x'", "'t'"},
        {"SELECT * FROM tt", "no table or view 'tt'", ""},
        {"SELECT r.aa FROM t", "no field 'aa'", ""},
        {"SELECT UPER(k) FROM t", "no function 'UPER'", "UPPER"},
        {"SELECT CUONT(k) FROM t", "no function 'CUONT'", "COUNT"},
        {"INSERT INTO oo SELECT k, n FROM t", "no table or view 'oo'", ""},
        {"INSERT INTO o (k, m) SELECT k, n FROM t", "has no column 'm' to write", "k"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        assert_int_equal(fixture_run(&f, cases[i].sql), STATUS_NOT_FOUND);
        if (strstr(f.error.message, cases[i].message) == NULL || strstr(f.error.hint, cases[i].hint) == NULL) fail_msg("%s: %s / %s", cases[i].sql, f.error.message, f.error.hint);
        assert_true(f.error.span.end > f.error.span.begin);
        fixture_free(&f);
    }
}

static void wrong_places_are_named(void **state) {
    (void)state;
    assert_refused("SELECT k, v FROM t GROUP BY k", STATUS_INVALID, "Column 'v' is not grouped");
    assert_refused("SELECT k, COUNT(*) FROM t GROUP BY 1", STATUS_INVALID, "Column 'k' is not grouped");
    assert_refused("SELECT * FROM t WHERE SUM(v) > 1", STATUS_INVALID, "SUM is an aggregate function, which the WHERE clause cannot hold");
    assert_refused("SELECT * FROM t WHERE k", STATUS_INVALID, "The WHERE clause needs a condition, this is a STRING");
    assert_refused("SELECT * FROM (SELECT k, k FROM t)", STATUS_INVALID, "Column 'k' is ambiguous");
    assert_refused("SELECT NULL", STATUS_INVALID, "has no type");
    assert_refused("SELECT * FROM t ORDER BY v", STATUS_UNSUPPORTED, "no end at which it could be sorted");
    assert_refused("SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(v), INTERVAL '1' SECOND))", STATUS_INVALID, "needs a time attribute");
    assert_refused("SELECT COUNT(*) FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '3' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end", STATUS_INVALID, "must be a multiple of its slide");
    assert_refused("INSERT INTO o SELECT k FROM t", STATUS_INVALID, "The query has 1 column");
    assert_refused("INSERT INTO o SELECT n, k FROM t", STATUS_INVALID, "Column 'k' of 'o' takes STRING");
}

static void what_does_not_run_is_refused_by_name(void **state) {
    (void)state;
    static const struct { const char *sql, *name; } cases[] = {
        {"SELECT * FROM t JOIN cdc ON t.k = cdc.id", "joins"},
        {"SELECT k FROM t INTERSECT SELECT id FROM cdc", "INTERSECT"},
        {"SELECT k FROM t EXCEPT SELECT id FROM cdc", "EXCEPT"},
        {"SELECT * FROM t WHERE EXISTS (SELECT 1 FROM cdc)", "EXISTS"},
        {"SELECT * FROM t WHERE k IN (SELECT id FROM cdc)", "IN with a sub-query"},
        {"SELECT (SELECT MAX(v) FROM cdc) FROM t", "scalar sub-query"},
        {"SELECT SUM(v) OVER (PARTITION BY k ORDER BY ts) FROM t", "SUM ... OVER"},
        {"SELECT * FROM TABLE(SESSION(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND))", "SESSION"},
        {"SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) FROM t", "ROW_NUMBER() OVER"},
        {"INSERT OVERWRITE o SELECT k, n FROM t", "INSERT OVERWRITE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_refused(cases[i].sql, STATUS_UNSUPPORTED, cases[i].name);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    static const char sql[] = "SELECT k, v, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS rn FROM t WHERE v > 1) WHERE rn <= 2";
    for (int64_t n = 1; n < 400; n++) {
        struct fixture f = {.arena = NULL};
        mem_fail_after(n);
        struct arena *probe = arena_new("probe", 0);
        mem_fail_after(0);
        arena_free(probe);
        struct arena *small = arena_new("small", 4096 + (size_t)n * 512);
        assert_non_null(small);
        f.arena = small;
        struct list statements = {0};
        struct str text = str_of(TABLES);
        enum status s = session_new(small, &f.session, &f.error);
        if (s == STATUS_OK) s = parse_script(small, text, &statements, &f.error);
        for (uint32_t i = 0; s == STATUS_OK && i < statements.count; i++) s = fixture_statement(&f, statements.at[i], text);
        if (s == STATUS_OK) s = parse_script(small, str_of(sql), &statements, &f.error);
        if (s == STATUS_OK) s = fixture_statement(&f, statements.at[statements.count - 1], str_of(sql));
        if (s != STATUS_OK && s != STATUS_NO_MEMORY) fail_msg("budget %lld: %s %s", (long long)n, status_name(s), f.error.message);
        arena_free(small);
        if (s == STATUS_OK) return;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_columns_are_named_as_flink_does),
        cmocka_unit_test(aggregates_have_flinks_types),
        cmocka_unit_test(windows_append_their_columns),
        cmocka_unit_test(set_operations_and_values_find_common_types),
        cmocka_unit_test(unknown_names_are_suggested),
        cmocka_unit_test(wrong_places_are_named),
        cmocka_unit_test(what_does_not_run_is_refused_by_name),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
