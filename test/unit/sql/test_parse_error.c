/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors of the parser: what they say and what they mark; limits; and that every failed allocation
 * ends as STATUS_NO_MEMORY.
 */
#include "unit/sql/sql_check.h"

#include "base/alloc.h"

#include <stdlib.h>

static void misspelt_keywords_are_suggested(void **state) {
    (void)state;
    static const struct error_case cases[] = {
        {"SELECT a FORM t", STATUS_SYNTAX, "FORM", "Expected FROM, ',' or the end of the query, found 'FORM'"},
        {"SELECT a FROM t WEHRE a = 1", STATUS_SYNTAX, "WEHRE", "found"},
        {"SELECT a FROM t WHERE a = 1 GRUOP BY a", STATUS_SYNTAX, "GRUOP", "found"},
        {"SELECT a FROM t ORDR BY a", STATUS_SYNTAX, "ORDR", "found"},
        {"SELECT * FROM t JION u ON a = b", STATUS_SYNTAX, "JION", "found"},
        {"SELEC a FROM t", STATUS_SYNTAX, "SELEC", "found"},
        {"CREAT TABLE t (a INT)", STATUS_SYNTAX, "CREAT", "found"},
        {"CREATE TABLE t (a INT) WIHT ('a'='b')", STATUS_SYNTAX, "WIHT", "found"},
        {"SHOW TABELS", STATUS_SYNTAX, "TABELS", "found"},
        {"EXPLAIN CHANGELOG_MOD SELECT 1", STATUS_SYNTAX, "CHANGELOG_MOD", "found"},
    };
    SQL_CHECK_ERRORS(cases);
    struct arena *arena = arena_new("test", 0);
    struct list statements;
    struct error error = ERROR_INIT;
    assert_int_equal(parse_script(arena, STR("SELECT a FORM t"), &statements, &error), STATUS_SYNTAX);
    assert_string_equal(error.hint, "Did you mean FROM?");
    arena_free(arena);
}

static void errors_say_what_was_expected(void **state) {
    (void)state;
    static const struct error_case cases[] = {
        {"SELECT a FROM t GROUP a", STATUS_SYNTAX, "a", "Expected BY, found 'a'"},
        {"SELECT FROM t", STATUS_SYNTAX, "FROM", "Expected an expression, found 'FROM'"},
        {"SELECT a, FROM t", STATUS_SYNTAX, ",", "Expected an expression behind this comma"},
        {"SELECT 1 FROM t WHERE", STATUS_SYNTAX, "", "Expected an expression, but the text ends here"},
        {"SELECT (1", STATUS_SYNTAX, "", "but the text ends here"},
        {"SELECT CASE WHEN a THEN b", STATUS_SYNTAX, "", "WHEN, ELSE or END"},
        {"SELECT a IN ()", STATUS_SYNTAX, ")", "an expression"},
        {"SELECT a == b", STATUS_SYNTAX, "==", "an expression"},
        {"SELECT * FROM t LEFT u", STATUS_SYNTAX, "u", "Expected JOIN"},
        {"SELECT * FROM t LIMIT x", STATUS_SYNTAX, "x", "a number of rows"},
        {"SELECT INTERVAL '1' FORTNIGHT", STATUS_SYNTAX, "FORTNIGHT", "YEAR, QUARTER"},
        {"SELECT INTERVAL '1' MONTH TO DAY", STATUS_SYNTAX, "DAY", "from MONTH to DAY"},
        {"SELECT CAST(a AS)", STATUS_SYNTAX, ")", "a data type"},
        {"SELECT CAST(a AS INT NOT NULL)", STATUS_SYNTAX, "NOT", "')'"},
        {"CREATE TABLE t (a INT,)", STATUS_SYNTAX, ",", "a column's name behind this comma"},
        {"CREATE TABLE t (a STRING(3))", STATUS_SYNTAX, "(", "',' or ')'"},
        {"CREATE TABLE t (a foo(3))", STATUS_SYNTAX, "foo", "no type 'foo' that takes arguments"},
        {"CREATE TABLE t (a INT) WITH ('a'='b' 'c'='d')", STATUS_SYNTAX, "'c'", "',' or ')'"},
        {"CREATE TABLE t (a INT) WITH (a = 'b')", STATUS_SYNTAX, "a", "key in quotes"},
        {"CREATE TABLE t (a, b)", STATUS_SYNTAX, "a", "needs a type"},
        {"CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED, PRIMARY KEY (a) NOT ENFORCED)", STATUS_INVALID, "PRIMARY KEY",
         "only one primary key"},
        {"INSERT t SELECT 1", STATUS_SYNTAX, "t", "INTO or OVERWRITE"},
        {"BEGIN STATEMENT SET; SELECT 1; END", STATUS_SYNTAX, "SELECT", "INSERT or the END"},
        {"EXECUTE STATEMENT SET BEGIN END", STATUS_SYNTAX, "END", "at least one INSERT"},
        {"SELECT * FROM (a)", STATUS_SYNTAX, "a", "a query or a join"},
        {"SELECT 1 SELECT 2", STATUS_SYNTAX, "SELECT", "the end of the query"},
        {"SELECT 1; 'a'", STATUS_SYNTAX, "'a'", "a statement"},
    };
    SQL_CHECK_ERRORS(cases);
}

static void reserved_words_as_names_get_a_hint(void **state) {
    (void)state;
    static const struct error_case cases[] = {
        {"SELECT ts AS timestamp FROM t", STATUS_SYNTAX, "timestamp", "Expected a name, found 'timestamp', a reserved word"},
        {"SELECT value FROM t", STATUS_SYNTAX, "value", "Expected an expression, found 'value', a reserved word"},
        {"CREATE TABLE t (year INT)", STATUS_SYNTAX, "year", "Expected a column's name, found 'year', a reserved word"},
        {"INSERT INTO TABLE t SELECT 1", STATUS_SYNTAX, "TABLE", "Expected a table, found 'TABLE', a reserved word"},
        {"SELECT a.order FROM t", STATUS_SYNTAX, "order", "a reserved word"},
    };
    SQL_CHECK_ERRORS(cases);
    struct arena *arena = arena_new("test", 0);
    struct list statements;
    struct error error = ERROR_INIT;
    assert_int_equal(parse_script(arena, STR("SELECT day FROM t"), &statements, &error), STATUS_SYNTAX);
    assert_string_equal(error.hint, "As a name it stands in back-ticks: `day`");
    arena_free(arena);
}

static void other_dialects_are_recognised(void **state) {
    (void)state;
    static const struct error_case cases[] = {
        {"SELECT \"abc\"", STATUS_SYNTAX, "\"abc\"", "found '\"abc\"'"},
        {"SELECT a != b", STATUS_SYNTAX, "!=", "no operator '!='"},
        {"SELECT a FROM t LIMIT 5, 10", STATUS_SYNTAX, ",", "LIMIT start, count"},
        {"SELECT 1 MINUS SELECT 2", STATUS_SYNTAX, "MINUS", "no set operation MINUS"},
        {"SELECT 'a' 'b'", STATUS_SYNTAX, "'b'", "on the next line"},
    };
    SQL_CHECK_ERRORS(cases);
}

static void unsupported_constructs_are_named(void **state) {
    (void)state;
    static const struct error_case cases[] = {
        {"SELECT a COLLATE x", STATUS_UNSUPPORTED, "COLLATE", "COLLATE is not supported"},
        {"SELECT ?", STATUS_UNSUPPORTED, "?", "dynamic parameter"},
        {"SELECT {d '2020-01-01'}", STATUS_UNSUPPORTED, "{", "JDBC escape"},
        {"SELECT a MEMBER OF b", STATUS_UNSUPPORTED, "MEMBER", "MEMBER OF"},
        {"SELECT * FROM t TABLESAMPLE BERNOULLI(10)", STATUS_UNSUPPORTED, "TABLESAMPLE", "TABLESAMPLE"},
        {"SELECT * FROM t PIVOT (SUM(a) FOR b IN (1))", STATUS_UNSUPPORTED, "PIVOT", "PIVOT"},
        {"SELECT * FROM f(TABLE t, MODEL m)", STATUS_UNSUPPORTED, "MODEL", "MODEL"},
        {"CREATE TABLE t (a VARIANT)", STATUS_UNSUPPORTED, "VARIANT", "VARIANT"},
        {"CREATE TABLE t (a TIMESTAMP(3) WITH TIME ZONE)", STATUS_UNSUPPORTED, "TIMESTAMP(3)", "WITH TIME ZONE"},
        {"CREATE TABLE t (a INT UNIQUE)", STATUS_UNSUPPORTED, "UNIQUE", "UNIQUE"},
        {"SELECT SUM(a) OVER (w ROWS 2 PRECEDING)", STATUS_UNSUPPORTED, "w", "window"},
    };
    SQL_CHECK_ERRORS(cases);
}

static void open_quotes_and_bad_escapes_are_marked_where_they_begin(void **state) {
    (void)state;
    static const struct error_case cases[] = {
        {"SELECT 'abc", STATUS_SYNTAX, "'abc", "This string has no end"},
        {"SELECT `abc", STATUS_SYNTAX, "`abc", "This name has no end"},
        {"SELECT 1 /* abc", STATUS_SYNTAX, "/* abc", "This comment has no end"},
        {"SELECT U&'\\00g1'", STATUS_SYNTAX, "\\00g", "4 hexadecimal digits"},
        {"SELECT U&'\\d83d'", STATUS_SYNTAX, "\\d83d", "that name a character"},
        {"SELECT U&'a' UESCAPE 'xx'", STATUS_SYNTAX, "'xx'", "one character"},
        {"SELECT X'0'", STATUS_SYNTAX, "0", "even number"},
        {"SELECT X'0g'", STATUS_SYNTAX, "0g", "even number"},
        {"SELECT a FROM WHERE 'abc", STATUS_SYNTAX, "WHERE", "a table"}, /* the first error wins */
        {"SELECT \x01", STATUS_SYNTAX, "\x01", "no meaning"},
    };
    SQL_CHECK_ERRORS(cases);
}

static char *repeated(const char *head, const char *part, size_t count, const char *tail) {
    size_t part_size = strlen(part), head_size = strlen(head), tail_size = strlen(tail);
    char *at = malloc(head_size + part_size * count + tail_size + 1);
    assert_non_null(at);
    memcpy(at, head, head_size);
    for (size_t i = 0; i < count; i++) memcpy(at + head_size + i * part_size, part, part_size);
    memcpy(at + head_size + part_size * count, tail, tail_size + 1);
    return at;
}

static enum status parse_status(const char *sql) {
    struct arena *arena = arena_new("test", 0);
    struct list statements;
    struct error error = ERROR_INIT;
    enum status s = parse_script(arena, str_of(sql), &statements, &error);
    assert_int_equal(error.status, s);
    arena_free(arena);
    return s;
}

static void nesting_is_bounded(void **state) {
    (void)state;
    static const struct {
        const char *head, *part, *tail;
    } cases[] = {
        {"SELECT ", "(", "1"}, {"SELECT 1", " + 1", ""}, {"SELECT ", "- ", "1"}, {"SELECT ", "NOT ", "a"},
        {"SELECT a", "[1]", ""}, {"SELECT f(a)", ".b", ""}, {"SELECT 1", " UNION SELECT 1", ""}, {"SELECT ", "(SELECT ", "1"},
        {"SELECT * FROM t", " JOIN t", ""}, {"SELECT * FROM t", ", t", ""}, {"SELECT * FROM ", "(", "t"},
        {"SELECT CAST(a AS ", "ARRAY<", "INT"}, {"SELECT CAST(a AS INT", " ARRAY", ")"}, {"SELECT ", "CASE WHEN ", "a"},
        {"SELECT 1 GROUP BY ", "ROLLUP (", "a"}, {"SELECT a", " LIKE a", ""}, {"SELECT a", " IS NULL", ""}, {"", "(", "SELECT 1"},
        {"EXPLAIN ", "EXPLAIN ", "SELECT 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *sql = repeated(cases[i].head, cases[i].part, 100000, cases[i].tail);
        enum status s = parse_status(sql);
        if (s != STATUS_LIMIT && s != STATUS_SYNTAX) fail_msg("%.40s gave %s", sql, status_name(s));
        free(sql);
    }
    char *sql = repeated("SELECT 1", " + 1", 400, "");
    assert_int_equal(parse_status(sql), STATUS_OK);
    free(sql);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    const struct str sql =
        STR("CREATE TABLE t (a ROW<x INT>, b AS U&'\\0041', WATERMARK FOR a AS a, PRIMARY KEY (a) NOT ENFORCED) WITH ('a'='b');"
            "WITH x AS (SELECT f(a, b => 1) FILTER (WHERE c) OVER (ORDER BY d) FROM t GROUP BY ROLLUP (a)) SELECT 1 UNION VALUES (1);"
            "EXPLAIN INSERT INTO t /*+ OPTIONS('a'='b') */ (a) SELECT CAST(a AS INT ARRAY), JSON_VALUE(a, 'b' NULL ON ERROR) FROM x JOIN y USING (a);");
    for (int64_t n = 1; n < 1000; n++) {
        mem_fail_after(n);
        struct arena *arena = arena_new("test", 0);
        struct list statements = {0};
        struct error error = ERROR_INIT;
        enum status s = arena == NULL ? STATUS_NO_MEMORY : parse_script(arena, sql, &statements, &error);
        mem_fail_after(0);
        assert_true(s == STATUS_OK || s == STATUS_NO_MEMORY);
        arena_free(arena);
        if (s == STATUS_OK) return;
    }
    fail_msg("the parse never succeeded");
}

/* The same through the arena's budget, which fails at single nodes and not only at chunks. */
static void every_arena_budget_is_respected(void **state) {
    (void)state;
    const struct str sql = STR("SELECT a, f(b) AS c FROM t AS u (x) WHERE a IN (1, 2) ORDER BY d LIMIT 3");
    for (size_t budget = 4096; budget < (1 << 16); budget += 4096) {
        struct arena *arena = arena_new("test", budget);
        struct list statements = {0};
        struct error error = ERROR_INIT;
        enum status s = parse_script(arena, sql, &statements, &error);
        assert_true(s == STATUS_OK || s == STATUS_NO_MEMORY);
        assert_int_equal(error.status, s);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misspelt_keywords_are_suggested),
        cmocka_unit_test(errors_say_what_was_expected),
        cmocka_unit_test(reserved_words_as_names_get_a_hint),
        cmocka_unit_test(other_dialects_are_recognised),
        cmocka_unit_test(unsupported_constructs_are_named),
        cmocka_unit_test(open_quotes_and_bad_escapes_are_marked_where_they_begin),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(every_arena_budget_is_respected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
