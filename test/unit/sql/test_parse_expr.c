/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions: precedence, special functions, literals, types. Where the expected text has other
 * parentheses than the input, they show how the input was read.
 */
#include "unit/sql/sql_check.h"

static void operators_bind_as_in_calcite(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT a OR b AND c, (a OR b) AND c, NOT a = b AND c, NOT (a OR b), a = (NOT b)", NULL},
        {"SELECT a + b || c, a || b + c, a * b || c, a || (b || c), (a + b) || c", NULL},
        {"SELECT a - b - c, a - (b - c), a / (b * c), a % b * c", NULL},
        {"SELECT a = b IS NULL, a = (b IS NULL), a IS NULL = b, a IS NULL IS TRUE, a OR b IS NOT FALSE",
         "SELECT a = b IS NULL, a = (b IS NULL), (a IS NULL) = b, a IS NULL IS TRUE, a OR b IS NOT FALSE"},
        {"SELECT a < b = c, a < (b < c), (a = b) = (c = d)",
         "SELECT a < b = c, a < (b < c), a = b = (c = d)"},
        {"SELECT -a * b, -(a + b), (-a)[1], - -a, a - -b, +(-a), -1, - 1.5",
         "SELECT -a * b, -(a + b), (-a)[1], - -a, a - -b, + -a, -1, -1.5"},
        {"SELECT a BETWEEN b AND c = d, a BETWEEN b AND c AND d, a BETWEEN 1 = 2 AND 3, a NOT BETWEEN SYMMETRIC 1 AND 2 OR b",
         "SELECT a BETWEEN b AND c = d, a BETWEEN b AND c AND d, a BETWEEN (1 = 2) AND 3, a NOT BETWEEN SYMMETRIC 1 AND 2 OR b"},
        {"SELECT a LIKE b LIKE c, (a LIKE b) LIKE c, a LIKE b || c ESCAPE 'x', a = b LIKE c, NOT a LIKE b, a NOT LIKE b",
         "SELECT a LIKE (b LIKE c), (a LIKE b) LIKE c, a LIKE b || c ESCAPE 'x', a = b LIKE c, NOT a LIKE b, a NOT LIKE b"},
        {"SELECT a IN (1, 2) AND b, NOT a IN (1), a NOT IN (SELECT 1), a IN ((SELECT 1)), (a, b) IN ((1, 2), (3, 4))",
         "SELECT a IN (1, 2) AND b, NOT a IN (1), a NOT IN (SELECT 1), a IN (SELECT 1), ROW(a, b) IN (ROW(1, 2), ROW(3, 4))"},
        {"SELECT a IS DISTINCT FROM b = c, a = b IS NOT DISTINCT FROM c, a IS DISTINCT FROM b + 1 AND c", NULL},
        {"SELECT a = ANY (SELECT 1), a > ALL (SELECT b FROM t), a <> SOME (1, 2)",
         "SELECT a = SOME (SELECT 1), a > ALL (SELECT b FROM t), a <> SOME (1, 2)"},
        {"SELECT a SIMILAR TO b, a NOT SIMILAR TO b ESCAPE 'c', a IS JSON, a IS NOT JSON OBJECT, a IS UNKNOWN", NULL},
    };
    SQL_CHECK(cases);
}

static void fields_and_items_chain(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT a.b[1].c, f(x).y, (row(1, 2)).x, (a).b, a[1][2], m['k'].z[b + 1]",
         "SELECT a.b[1].c, f(x).y, ROW(1, 2).x, (a).b, a[1][2], m['k'].z[b + 1]"},
        {"SELECT a.*, a.b.c.*, *", NULL},
        {"SELECT CAST(a AS ROW<x INT>).x, ARRAY[1, 2][1], (SELECT a)[1], (a + b).c", NULL},
        {"SELECT `map`[1], map, MAP['a', 1]['a'], `a b`.`c``d`",
         "SELECT `map`[1], `map`, MAP['a', 1]['a'], `a b`.`c``d`"},
    };
    SQL_CHECK(cases);
}

static void special_functions_have_their_syntax(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT CAST(a AS INT), TRY_CAST(a || b AS STRING)", NULL},
        {"SELECT EXTRACT(YEAR FROM a), extract(dow from a + b)",
         "SELECT EXTRACT(YEAR FROM a), EXTRACT(DOW FROM a + b)"},
        {"SELECT FLOOR(a), FLOOR(a TO DAY), CEIL(a TO minute), CEILING(a TO HOUR), CEILING(a)",
         "SELECT FLOOR(a), FLOOR(a TO DAY), CEIL(a TO MINUTE), CEIL(a TO HOUR), CEILING(a)"},
        {"SELECT TRIM(a), TRIM(LEADING FROM a), TRIM(BOTH 'x' FROM a || b), TRIM('x' FROM a)",
         "SELECT TRIM(BOTH FROM a), TRIM(LEADING FROM a), TRIM(BOTH 'x' FROM a || b), TRIM(BOTH 'x' FROM a)"},
        {"SELECT SUBSTRING(a FROM 1 FOR 2), SUBSTRING(a, 1, 2), SUBSTRING(a FROM 2), SUBSTR(a, 2)",
         "SELECT SUBSTRING(a FROM 1 FOR 2), SUBSTRING(a FROM 1 FOR 2), SUBSTRING(a FROM 2), SUBSTR(a, 2)"},
        {"SELECT POSITION('a' IN b), POSITION(a || b IN c)", NULL},
        {"SELECT OVERLAY(a PLACING b FROM 1 FOR 2), OVERLAY(a PLACING b FROM 1)", NULL},
        {"SELECT TIMESTAMPADD(DAY, 1, a), TIMESTAMPDIFF(SQL_TSI_HOUR, a, b)", NULL},
        {"SELECT CASE a WHEN 1 THEN 2 END, CASE WHEN a THEN b WHEN c THEN d ELSE e END", NULL},
        {"SELECT ROW(1, 'a'), (1, 2), ROW(a.*), ARRAY[], ARRAY[1, 2], MAP['a', 1], MULTISET[1], ARRAY(SELECT 1)",
         "SELECT ROW(1, 'a'), ROW(1, 2), ROW(a.*), ARRAY[], ARRAY[1, 2], MAP['a', 1], MULTISET[1], ARRAY(SELECT 1)"},
        {"SELECT EXISTS (SELECT 1), NOT EXISTS (SELECT a FROM t), (SELECT 1) + 1", NULL},
        {"SELECT (a, b) OVERLAPS (c, INTERVAL '1' DAY), DESCRIPTOR(a, b.c)", NULL},
    };
    SQL_CHECK(cases);
}

static void json_functions_keep_their_clauses(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT JSON_VALUE(a, '$.x'), JSON_VALUE(a, 'lax $.x' RETURNING INT NULL ON EMPTY ERROR ON ERROR)", NULL},
        {"SELECT JSON_VALUE(a, '$' DEFAULT 1 ON EMPTY DEFAULT 2 + 3 ON ERROR)", NULL},
        {"SELECT JSON_QUERY(a, '$' WITH WRAPPER), JSON_QUERY(a, '$' RETURNING ARRAY<STRING> WITHOUT WRAPPER EMPTY OBJECT ON ERROR)",
         "SELECT JSON_QUERY(a, '$' WITH UNCONDITIONAL ARRAY WRAPPER), JSON_QUERY(a, '$' RETURNING ARRAY<STRING> WITHOUT ARRAY WRAPPER EMPTY OBJECT ON ERROR)"},
        {"SELECT JSON_EXISTS(a, '$' TRUE ON ERROR), JSON_OBJECT(), JSON_OBJECT('a' VALUE 1, KEY 'b' VALUE JSON_ARRAY() NULL ON NULL)",
         "SELECT JSON_EXISTS(a, '$' TRUE ON ERROR), JSON_OBJECT(), JSON_OBJECT(KEY 'a' VALUE 1, KEY 'b' VALUE JSON_ARRAY() NULL ON NULL)"},
        {"SELECT JSON_OBJECT('a': 1 ABSENT ON NULL), JSON_ARRAY(1, 2 NULL ON NULL), JSON_ARRAYAGG(a ABSENT ON NULL), JSON_OBJECTAGG(KEY k VALUE v)",
         "SELECT JSON_OBJECT(KEY 'a' VALUE 1 ABSENT ON NULL), JSON_ARRAY(1, 2 NULL ON NULL), JSON_ARRAYAGG(a ABSENT ON NULL), JSON_OBJECTAGG(KEY k VALUE v)"},
    };
    SQL_CHECK(cases);
}

static void calls_take_all_kinds_of_arguments(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT COUNT(*), COUNT(DISTINCT a, b), SUM(ALL a), f(), a.b.f(1), `count`(a), f(x => 1, y => DEFAULT)",
         "SELECT COUNT(*), COUNT(DISTINCT a, b), SUM(a), f(), a.b.f(1), `count`(a), f(x => 1, y => DEFAULT)"},
        {"SELECT SUM(a) FILTER (WHERE b > 1), LISTAGG(a, ',') WITHIN GROUP (ORDER BY b DESC), ARRAY_AGG(a ORDER BY b NULLS LAST)",
         "SELECT SUM(a) FILTER (WHERE b > 1), LISTAGG(a, ',') WITHIN GROUP (ORDER BY b DESC), ARRAY_AGG(a) WITHIN GROUP (ORDER BY b NULLS LAST)"},
        {"SELECT LAST_VALUE(a) IGNORE NULLS, LAG(a, 1) RESPECT NULLS OVER w, SUM(a) OVER ()", NULL},
        {"SELECT CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(3), LOCALTIME, CURRENT_USER, NOW(), LEFT(a, 1), IF(a, b, c), YEAR(a)", NULL},
        {"SELECT SUM(a) OVER (PARTITION BY b, c ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)", NULL},
        {"SELECT SUM(a) OVER (ORDER BY d RANGE UNBOUNDED PRECEDING), SUM(a) OVER (ORDER BY d RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND UNBOUNDED FOLLOWING)",
         "SELECT SUM(a) OVER (ORDER BY d RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), SUM(a) OVER (ORDER BY d RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND UNBOUNDED FOLLOWING)"},
    };
    SQL_CHECK(cases);
}

static void literals_are_decoded(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT 'it''s', '', U&'\\0041\\00e4', U&'d!0061ta!!' UESCAPE '!', E'a\\tb\\\\\\'', E'\\x41\\u00e4\\101', X'0aFF', x''",
         "SELECT 'it''s', '', 'Aä', 'data!', 'a	b\\''', 'AäA', X'0AFF', X''"},
        {"SELECT U&'\\d83d\\de00', E'\\U0001F600', e'\\q'",
         "SELECT '😀', '😀', '\\q'"},
        {"SELECT 'a'\n'b' -- more\n 'c'",
         "SELECT 'abc'"},
        {"SELECT 1, 1.5, .5, 1., 1e5, 1.5E-3, 123456789012345678901234567890", NULL},
        {"SELECT DATE '2020-01-01', TIME '10:00:00', TIMESTAMP '2020-01-01 00:00:00.5', TIMESTAMP WITH LOCAL TIME ZONE '2020-01-01 00:00:00'", NULL},
        {"SELECT TIMESTAMP WITHOUT TIME ZONE '2020-01-01 00:00:00', TRUE, FALSE, UNKNOWN, NULL",
         "SELECT TIMESTAMP '2020-01-01 00:00:00', TRUE, FALSE, UNKNOWN, NULL"},
        {"SELECT INTERVAL '1' DAY, INTERVAL '1' DAYS, INTERVAL -'1-2' YEAR TO MONTH, INTERVAL '1 2:03' DAY TO SECOND (2), INTERVAL '1.5' SECOND(3, 2)",
         "SELECT INTERVAL '1' DAY, INTERVAL '1' DAY, INTERVAL -'1-2' YEAR TO MONTH, INTERVAL '1 2:03' DAY TO SECOND(2), INTERVAL '1.5' SECOND(3, 2)"},
        {"SELECT INTERVAL '10' MINUTES, INTERVAL '1' WEEK, INTERVAL '1' QUARTERS, INTERVAL '2:3' HOUR(3) TO MINUTE, INTERVAL '2' HOURS TO SECONDS",
         "SELECT INTERVAL '10' MINUTE, INTERVAL '1' WEEK, INTERVAL '1' QUARTER, INTERVAL '2:3' HOUR(3) TO MINUTE, INTERVAL '2' HOUR TO SECOND"},
    };
    SQL_CHECK(cases);
}

static void types_read_in_all_spellings(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT CAST(a AS DOUBLE PRECISION), CAST(a AS CHARACTER VARYING(10)), CAST(a AS DEC(10, 2)), CAST(a AS NUMERIC), CAST(a AS BYTES)", NULL},
        {"SELECT CAST(a AS TIMESTAMP(3) WITH LOCAL TIME ZONE), CAST(a AS TIMESTAMP_LTZ(3)), CAST(a AS TIME(3) WITHOUT TIME ZONE), CAST(a AS timestamp)",
         "SELECT CAST(a AS TIMESTAMP(3) WITH LOCAL TIME ZONE), CAST(a AS TIMESTAMP_LTZ(3)), CAST(a AS TIME(3) WITHOUT TIME ZONE), CAST(a AS TIMESTAMP)"},
        {"SELECT CAST(a AS INT ARRAY), CAST(a AS INT NOT NULL ARRAY MULTISET), CAST(a AS MAP<STRING, ARRAY<INT NOT NULL>>)",
         "SELECT CAST(a AS ARRAY<INT>), CAST(a AS MULTISET<ARRAY<INT NOT NULL>>), CAST(a AS MAP<STRING, ARRAY<INT NOT NULL>>)"},
        {"SELECT CAST(a AS ROW<a INT, `b c` ARRAY<STRING NOT NULL> NOT NULL, d INT NULL 'note'>), CAST(a AS ROW(a INT)), CAST(a AS ROW<>)",
         "SELECT CAST(a AS ROW<a INT, `b c` ARRAY<STRING NOT NULL> NOT NULL, d INT NULL 'note'>), CAST(a AS ROW<a INT>), CAST(a AS ROW<>)"},
        {"SELECT CAST(a AS INTERVAL DAY TO SECOND), CAST(a AS INTERVAL DAY(3) TO SECOND(6)), CAST(a AS INTERVAL YEARS), CAST(a AS INTERVAL SECOND(2, 3))",
         "SELECT CAST(a AS INTERVAL DAY TO SECOND), CAST(a AS INTERVAL DAY(3) TO SECOND(6)), CAST(a AS INTERVAL YEAR), CAST(a AS INTERVAL SECOND(2, 3))"},
        {"SELECT CAST(a AS my_type), CAST(a AS `my type`), CAST(a AS cat.db.my_type)", NULL},
    };
    SQL_CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_in_calcite),
        cmocka_unit_test(fields_and_items_chain),
        cmocka_unit_test(special_functions_have_their_syntax),
        cmocka_unit_test(json_functions_keep_their_clauses),
        cmocka_unit_test(calls_take_all_kinds_of_arguments),
        cmocka_unit_test(literals_are_decoded),
        cmocka_unit_test(types_read_in_all_spellings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
