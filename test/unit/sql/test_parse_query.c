/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queries: SELECT with all its clauses, set operations, joins, table functions.
 */
#include "unit/sql/sql_check.h"

static void select_clauses_stand_in_order(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT DISTINCT a AS b, c d, 1 FROM t WHERE a > 1 GROUP BY a HAVING COUNT(*) > 1 ORDER BY b DESC NULLS LAST, c ASC LIMIT 10 OFFSET 5",
         "SELECT DISTINCT a AS b, c AS d, 1 FROM t WHERE a > 1 GROUP BY a HAVING COUNT(*) > 1 ORDER BY b DESC NULLS LAST, c LIMIT 10 OFFSET 5"},
        {"SELECT a FROM t WINDOW w AS (ORDER BY b), v AS (PARTITION BY c) QUALIFY ROW_NUMBER() OVER w = 1", NULL},
        {"SELECT a FROM t OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY",
         "SELECT a FROM t LIMIT 10 OFFSET 5"},
        {"SELECT a FROM t LIMIT ALL",
         "SELECT a FROM t"},
        {"SELECT /*+ STATE_TTL('x' = '1d'), BROADCAST(t1, a.t2) */ a FROM t",
         "SELECT /*+ STATE_TTL('x' = '1d'), BROADCAST('t1', 'a.t2') */ a FROM t"},
        {"SELECT ALL a FROM t",
         "SELECT a FROM t"},
    };
    SQL_CHECK(cases);
}

static void grouping_sets_nest(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT 1 FROM t GROUP BY a, (b, c), (), GROUPING SETS ((a), (a, b), ()), ROLLUP (a, (b, c)), CUBE (a)",
         "SELECT 1 FROM t GROUP BY a, (b, c), (), GROUPING SETS (a, (a, b), ()), ROLLUP (a, (b, c)), CUBE (a)"},
        {"SELECT 1 FROM t GROUP BY GROUPING SETS (ROLLUP (a), CUBE (b), GROUPING SETS ((a)))",
         "SELECT 1 FROM t GROUP BY GROUPING SETS (ROLLUP (a), CUBE (b), GROUPING SETS (a))"},
        {"SELECT 1 FROM t GROUP BY ()", NULL},
        {"SELECT 1 FROM t GROUP BY DISTINCT a, (a + b) * 2, ROW(a, b)", NULL},
    };
    SQL_CHECK(cases);
}

static void set_operations_bind_as_in_calcite(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT ALL SELECT 4", NULL},
        {"SELECT 1 UNION (SELECT 2 UNION ALL SELECT 3)", NULL},
        {"(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3", NULL},
        {"SELECT 1 UNION DISTINCT VALUES (1), (2)",
         "SELECT 1 UNION VALUES ROW(1), ROW(2)"},
        {"(SELECT 1 LIMIT 2) UNION ALL (SELECT 2) ORDER BY 1 LIMIT 1",
         "(SELECT 1 LIMIT 2) UNION ALL SELECT 2 ORDER BY 1 LIMIT 1"},
        {"(SELECT 1 LIMIT 2) LIMIT 1",
         "SELECT * FROM (SELECT 1 LIMIT 2) LIMIT 1"},
        {"((SELECT 1)) UNION ((SELECT 2))",
         "SELECT 1 UNION SELECT 2"},
        {"VALUES 1, (2), ROW(3, 4), (5, 6)",
         "VALUES ROW(1), ROW(2), ROW(3, 4), ROW(5, 6)"},
        {"TABLE a.b",
         "SELECT * FROM a.b"},
    };
    SQL_CHECK(cases);
}

static void with_stands_before_any_query(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"WITH x AS (SELECT 1), y (a, b) AS (VALUES (1, 2)) SELECT * FROM x, y",
         "WITH x AS (SELECT 1), y (a, b) AS (VALUES ROW(1, 2)) SELECT * FROM x, y"},
        {"SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x) AS y", NULL},
        {"(WITH x AS (SELECT 1) SELECT * FROM x)",
         "WITH x AS (SELECT 1) SELECT * FROM x"},
        {"WITH x AS (SELECT 1) (WITH y AS (SELECT 2) SELECT * FROM y)",
         "WITH x AS (SELECT 1) SELECT * FROM (WITH y AS (SELECT 2) SELECT * FROM y)"},
        {"WITH x AS (SELECT 1) SELECT 1 UNION SELECT 2 LIMIT 1", NULL},
    };
    SQL_CHECK(cases);
}

static void joins_are_left_associative(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT * FROM a, b c, d AS e JOIN f ON a = b LEFT OUTER JOIN g USING (x, y)",
         "SELECT * FROM a, b AS c, d AS e JOIN f ON a = b LEFT JOIN g USING (x, y)"},
        {"SELECT * FROM a INNER JOIN b ON TRUE RIGHT JOIN c ON x FULL JOIN d ON y CROSS JOIN e NATURAL LEFT JOIN f",
         "SELECT * FROM a JOIN b ON TRUE RIGHT JOIN c ON x FULL JOIN d ON y CROSS JOIN e NATURAL LEFT JOIN f"},
        {"SELECT * FROM a LEFT JOIN (b JOIN c ON d) ON e", NULL},
        {"SELECT * FROM (a JOIN b ON x) JOIN c ON y",
         "SELECT * FROM a JOIN b ON x JOIN c ON y"},
        {"SELECT * FROM a JOIN b", NULL},
    };
    SQL_CHECK(cases);
}

static void tables_come_in_many_forms(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT * FROM default_catalog.default_database.t /*+ OPTIONS('a' = 'b', 'c'='d') */ AS x (a, b)",
         "SELECT * FROM default_catalog.default_database.t /*+ OPTIONS('a' = 'b', 'c' = 'd') */ AS x (a, b)"},
        {"SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.ts - INTERVAL '1' DAY AS s ON o.a = s.a", NULL},
        {"SELECT * FROM ((SELECT 1) UNION SELECT 2) x, ((SELECT 3))",
         "SELECT * FROM (SELECT 1 UNION SELECT 2) AS x, (SELECT 3)"},
        {"SELECT * FROM a, LATERAL (SELECT 1) x, LATERAL TABLE(f(a, b)) AS y (c, d)",
         "SELECT * FROM a, LATERAL (SELECT 1) AS x, LATERAL TABLE(f(a, b)) AS y (c, d)"},
        {"SELECT * FROM a CROSS JOIN UNNEST(a.b) WITH ORDINALITY AS x (c, d), UNNEST(ARRAY[1]) y",
         "SELECT * FROM a CROSS JOIN UNNEST(a.b) WITH ORDINALITY AS x (c, d), UNNEST(ARRAY[1]) AS y"},
        {"SELECT * FROM (VALUES (1, 2), (3, 4)) AS x (a, b)",
         "SELECT * FROM (VALUES ROW(1, 2), ROW(3, 4)) AS x (a, b)"},
        {"SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A B+) DEFINE A AS A.x > 1) AS m", NULL},
    };
    SQL_CHECK(cases);
}

static void window_functions_need_no_table_wrapper(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' MINUTES))",
         "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' MINUTE))"},
        {"SELECT * FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' MINUTES) AS x",
         "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' MINUTE)) AS x"},
        {"SELECT * FROM TABLE(HOP(DATA => TABLE a.b, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '1' MINUTE, SIZE => INTERVAL '5' MINUTE, `OFFSET` => INTERVAL '1' SECOND))", NULL},
        {"SELECT * FROM SESSION(TABLE t PARTITION BY a, DESCRIPTOR(ts), INTERVAL '5' MINUTE)",
         "SELECT * FROM TABLE(SESSION(TABLE t PARTITION BY (a), DESCRIPTOR(ts), INTERVAL '5' MINUTE))"},
        {"SELECT * FROM f((SELECT 1) PARTITION BY (a, b) ORDER BY c DESC, x => (SELECT 2))",
         "SELECT * FROM TABLE(f((SELECT 1) PARTITION BY (a, b) ORDER BY (c DESC), x => (SELECT 2)))"},
    };
    SQL_CHECK(cases);
}

static void free_keywords_are_plain_names(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SELECT name, type, level, data, version, source, state, hop, session, first, length FROM metadata", NULL},
    };
    SQL_CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select_clauses_stand_in_order),
        cmocka_unit_test(grouping_sets_nest),
        cmocka_unit_test(set_operations_bind_as_in_calcite),
        cmocka_unit_test(with_stands_before_any_query),
        cmocka_unit_test(joins_are_left_associative),
        cmocka_unit_test(tables_come_in_many_forms),
        cmocka_unit_test(window_functions_need_no_table_wrapper),
        cmocka_unit_test(free_keywords_are_plain_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
