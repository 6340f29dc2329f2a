/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements: tables, views, inserts, statement sets, EXPLAIN, and what looks at the session.
 */
#include "unit/sql/sql_check.h"

static void create_table_takes_all_of_flink(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"CREATE TABLE t (a INT, b STRING NOT NULL COMMENT 'x', c AS a + 1 COMMENT 'y', d TIMESTAMP(3) METADATA FROM 'ts' VIRTUAL COMMENT 'z', e INT METADATA, WATERMARK FOR d AS d - INTERVAL '5' SECOND, PRIMARY KEY (a, b) NOT ENFORCED) COMMENT 'tbl' DISTRIBUTED BY HASH(a, b) INTO 4 BUCKETS PARTITIONED BY (a, b) WITH ('x'='y', 'a.b' = 'c')",
         "CREATE TABLE t (a INT, b STRING NOT NULL COMMENT 'x', c AS a + 1 COMMENT 'y', d TIMESTAMP(3) METADATA FROM 'ts' VIRTUAL COMMENT 'z', e INT METADATA, WATERMARK FOR d AS d - INTERVAL '5' SECOND, PRIMARY KEY (a, b) NOT ENFORCED) COMMENT 'tbl' DISTRIBUTED BY HASH(a, b) INTO 4 BUCKETS PARTITIONED BY (a, b) WITH ('x' = 'y', 'a.b' = 'c')"},
        {"CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t (a INT PRIMARY KEY NOT ENFORCED COMMENT 'k')",
         "CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t (a INT COMMENT 'k', PRIMARY KEY (a) NOT ENFORCED)"},
        {"CREATE TABLE t (a INT, CONSTRAINT pk PRIMARY KEY (a))",
         "CREATE TABLE t (a INT, CONSTRAINT pk PRIMARY KEY (a) ENFORCED)"},
        {"CREATE TABLE t (a INT) WITH ()",
         "CREATE TABLE t (a INT)"},
        {"CREATE TABLE t (x INT, WATERMARK FOR a.b AS a.b) LIKE u (INCLUDING ALL EXCLUDING OPTIONS OVERWRITING GENERATED)", NULL},
        {"CREATE TABLE t WITH ('a'='b') LIKE u",
         "CREATE TABLE t WITH ('a' = 'b') LIKE u"},
        {"CREATE TABLE t WITH ('a'='b') AS SELECT 1",
         "CREATE TABLE t WITH ('a' = 'b') AS SELECT 1"},
        {"CREATE TABLE t (x, y) AS SELECT 1, 2", NULL},
        {"CREATE OR REPLACE TABLE t AS SELECT 1", NULL},
        {"REPLACE TABLE t AS SELECT 1", NULL},
        {"CREATE TABLE t (a INT) DISTRIBUTED INTO 4 BUCKETS", NULL},
    };
    SQL_CHECK(cases);
}

static void views_and_spaces_are_created(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"CREATE VIEW v AS SELECT 1", NULL},
        {"CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'x' AS (SELECT 1, 2)",
         "CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'x' AS SELECT 1, 2"},
        {"CREATE DATABASE IF NOT EXISTS a.b COMMENT 'x' WITH ('a'='b')",
         "CREATE DATABASE IF NOT EXISTS a.b COMMENT 'x' WITH ('a' = 'b')"},
        {"CREATE CATALOG c WITH ('type'='x')",
         "CREATE CATALOG c WITH ('type' = 'x')"},
    };
    SQL_CHECK(cases);
}

static void inserts_take_columns_partitions_and_hints(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"INSERT INTO t SELECT 1", NULL},
        {"INSERT OVERWRITE a.t PARTITION (a = 1, b = 'x') (c, d) VALUES (1, 2)",
         "INSERT OVERWRITE a.t PARTITION (a = '1', b = 'x') (c, d) VALUES ROW(1, 2)"},
        {"INSERT INTO t /*+ OPTIONS('a'='b') */ (a) (SELECT 1)",
         "INSERT INTO t /*+ OPTIONS('a' = 'b') */ (a) SELECT 1"},
        {"INSERT INTO t WITH x AS (SELECT 1) SELECT * FROM x", NULL},
        {"INSERT INTO t SELECT 1 ON CONFLICT DO DEDUPLICATE", NULL},
        {"EXECUTE INSERT INTO t SELECT 1",
         "INSERT INTO t SELECT 1"},
    };
    SQL_CHECK(cases);
}

static void statement_sets_have_two_forms(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO u SELECT CASE WHEN a THEN 1 END FROM t; END", NULL},
        {"BEGIN STATEMENT SET; INSERT INTO t SELECT 1; END; SELECT 2;",
         "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END; SELECT 2"},
    };
    SQL_CHECK(cases);
}

static void explain_takes_details(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"EXPLAIN SELECT 1", NULL},
        {"EXPLAIN PLAN FOR INSERT INTO t SELECT 1",
         "EXPLAIN INSERT INTO t SELECT 1"},
        {"EXPLAIN CHANGELOG_MODE, ESTIMATED_COST, PLAN_ADVICE, JSON_EXECUTION_PLAN SELECT 1", NULL},
        {"EXPLAIN STATEMENT SET BEGIN INSERT INTO t SELECT 1; END",
         "EXPLAIN EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END"},
        {"EXPLAIN EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END", NULL},
    };
    SQL_CHECK(cases);
}

static void session_statements_are_read(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"SET 'a' = 'b'", NULL},
        {"SET", NULL},
        {"SET table.exec.mini-batch.size = 10 ; SELECT 1",
         "SET 'table.exec.mini-batch.size' = '10'; SELECT 1"},
        {"SET path = hdfs://host/x",
         "SET 'path' = 'hdfs://host/x'"},
        {"SET a = 'b;c'",
         "SET 'a' = 'b;c'"},
        {"RESET 'a'", NULL},
        {"RESET", NULL},
        {"USE db; USE CATALOG c; USE MODULES a, b", NULL},
        {"SHOW TABLES; SHOW TABLES FROM a.b NOT LIKE 'x%'; SHOW CREATE TABLE t; SHOW COLUMNS IN t; SHOW CURRENT DATABASE; SHOW FULL MODULES; SHOW USER FUNCTIONS ILIKE 'a'",
         "SHOW TABLES; SHOW TABLES FROM a.b NOT LIKE 'x%'; SHOW CREATE TABLE t; SHOW COLUMNS FROM t; SHOW CURRENT DATABASE; SHOW FULL MODULES; SHOW USER FUNCTIONS ILIKE 'a'"},
        {"DESCRIBE t; DESC EXTENDED a.b; DESCRIBE DATABASE d; DESCRIBE JOB 'x'",
         "DESCRIBE t; DESCRIBE EXTENDED a.b; DESCRIBE DATABASE d; DESCRIBE JOB 'x'"},
        {"DROP TABLE IF EXISTS t; DROP TEMPORARY VIEW v; DROP DATABASE d CASCADE; DROP TEMPORARY SYSTEM FUNCTION IF EXISTS f", NULL},
        {"ALTER TABLE IF EXISTS t SET ('a' = 'b'); ALTER VIEW v AS SELECT 1", NULL},
    };
    SQL_CHECK(cases);
}

static void alter_takes_all_of_flink(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"ALTER TABLE t ADD c INT",
         "ALTER TABLE t ADD (c INT)"},
        {"ALTER TABLE IF EXISTS a.t ADD (d INT COMMENT 'x' FIRST, e DOUBLE AFTER d, f AS a + 1, WATERMARK FOR ts AS ts, PRIMARY KEY (a) NOT ENFORCED)", NULL},
        {"ALTER TABLE t MODIFY (a BIGINT AFTER b, m STRING METADATA FROM 'k' VIRTUAL FIRST)", NULL},
        {"ALTER TABLE t ADD DISTRIBUTION BY HASH(a, b) INTO 4 BUCKETS; ALTER TABLE t MODIFY DISTRIBUTION INTO 2 BUCKETS", NULL},
        {"ALTER TABLE t ADD IF NOT EXISTS PARTITION (a = 1, b = 'x') WITH ('k' = 'v') PARTITION (a = 2)",
         "ALTER TABLE t ADD IF NOT EXISTS PARTITION (a = '1', b = 'x') WITH ('k' = 'v') PARTITION (a = '2')"},
        {"ALTER TABLE t DROP a; ALTER TABLE t DROP (a, b)",
         "ALTER TABLE t DROP (a); ALTER TABLE t DROP (a, b)"},
        {"ALTER TABLE t DROP PRIMARY KEY; ALTER TABLE t DROP CONSTRAINT c; ALTER TABLE t DROP WATERMARK; ALTER TABLE t DROP DISTRIBUTION", NULL},
        {"ALTER TABLE t DROP IF EXISTS PARTITION (a = '1'), PARTITION (a = '2')", NULL},
        {"ALTER TABLE t RENAME a TO b; ALTER TABLE t RENAME TO d.u; ALTER VIEW v RENAME TO w", NULL},
        {"ALTER TABLE t SET ('a' = 'b'); ALTER TABLE t SET (); ALTER TABLE t RESET ('a', 'b'); ALTER TABLE t RESET ()", NULL},
        {"ALTER VIEW v AS SELECT 1; ALTER DATABASE d SET ('a' = 'b')", NULL},
        {"ALTER CATALOG c SET ('a' = 'b'); ALTER CATALOG c RESET ('a'); ALTER CATALOG c COMMENT 'x'", NULL},
        {"ALTER TEMPORARY SYSTEM FUNCTION IF EXISTS f AS 'x' LANGUAGE JAVA; ALTER MATERIALIZED TABLE m SUSPEND", NULL},
        {"LOAD MODULE m WITH ('a' = 'b'); UNLOAD MODULE m; USE MODULES a, b", NULL},
        {"STOP JOB 'x'; STOP JOB 'x' WITH SAVEPOINT WITH DRAIN", NULL},
        {"SHOW PARTITIONS t PARTITION (a = 1)",
         "SHOW PARTITIONS t PARTITION (a = '1')"},
    };
    SQL_CHECK(cases);
}

static void what_is_not_run_has_a_name(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {"ADD JAR 'x'; CREATE FUNCTION f AS 'x' LANGUAGE JAVA; CREATE MODEL m INPUT (a INT); UPDATE t SET a = 1; QUIT", NULL},
        {"COMPILE PLAN 'x' FOR STATEMENT SET BEGIN INSERT INTO t SELECT CASE WHEN a THEN 1 END; END; SELECT 1", NULL},
        {"CALL p(1); TRUNCATE TABLE t; ANALYZE TABLE t COMPUTE STATISTICS; EXECUTE PLAN 'x'", NULL},
    };
    SQL_CHECK(cases);
}

static void comments_and_semicolons_are_blank(void **state) {
    (void)state;
    static const struct sql_case cases[] = {
        {";; SELECT 1 -- a ; b\n ; /* ; */ SELECT 2 // c\n ;;",
         "SELECT 1; SELECT 2"},
    };
    SQL_CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(create_table_takes_all_of_flink),
        cmocka_unit_test(views_and_spaces_are_created),
        cmocka_unit_test(inserts_take_columns_partitions_and_hints),
        cmocka_unit_test(statement_sets_have_two_forms),
        cmocka_unit_test(explain_takes_details),
        cmocka_unit_test(session_statements_are_read),
        cmocka_unit_test(alter_takes_all_of_flink),
        cmocka_unit_test(what_is_not_run_has_a_name),
        cmocka_unit_test(comments_and_semicolons_are_blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
