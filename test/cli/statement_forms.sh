#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every statement of Flink's SQL runs or is refused by its name: `+` lines must run, `-` lines must be refused with "does not run" or
# "not supported" and a reason, none may be a syntax error.
source "$(dirname "$0")/check.bash" "$@"

setup="CREATE TABLE s (a INT, b STRING, p STRING) PARTITIONED BY (p) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
CREATE TABLE t (a INT, ts TIMESTAMP(3), PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'blackhole');
CREATE TABLE f (a INT, p STRING) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = '$tmp/f', 'format' = 'csv');
CREATE VIEW v AS SELECT a FROM s; CREATE DATABASE d; CREATE CATALOG c WITH ('type' = 'generic_in_memory');"
while read -r sign sql; do
    run "$setup $sql"
    has_not "no syntax error: $sql" "$err" "was expected"
    if [ "$sign" = + ]; then
        is "runs: $sql" "$code" 0
    else
        is "refused: $sql" "$code" 1
        [[ "$err" == *"Weir does not run "*": "* || "$err" == *"not supported"* || "$err" == *"There is no module"* || "$err" == *"There is no "*" 'x'"* ]]
        is "by its name: $sql: $err" "$?" 0
    fi
done <<'SQL'
+ CREATE TABLE x (a INT, m STRING METADATA FROM 'k' VIRTUAL, c AS a + 1, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, CONSTRAINT pk PRIMARY KEY (a) NOT ENFORCED) COMMENT 'x' DISTRIBUTED BY HASH(a) INTO 3 BUCKETS PARTITIONED BY (a) WITH ('connector' = 'datagen')
+ CREATE TEMPORARY TABLE IF NOT EXISTS x (a INT) DISTRIBUTED INTO 3 BUCKETS WITH ('connector' = 'datagen')
+ CREATE TABLE x LIKE s (INCLUDING ALL OVERWRITING OPTIONS EXCLUDING CONSTRAINTS EXCLUDING DISTRIBUTION EXCLUDING PARTITIONS EXCLUDING GENERATED EXCLUDING WATERMARKS EXCLUDING METADATA)
+ CREATE TABLE x WITH ('connector' = 'blackhole') AS SELECT a FROM s
+ CREATE OR REPLACE TABLE x WITH ('connector' = 'blackhole') AS SELECT a FROM s
+ REPLACE TABLE t WITH ('connector' = 'blackhole') AS SELECT a FROM s
+ CREATE CATALOG x COMMENT 'x' WITH ('type' = 'generic_in_memory', 'default-database' = 'main')
+ CREATE DATABASE IF NOT EXISTS x COMMENT 'x' WITH ('a' = 'b')
+ CREATE TEMPORARY VIEW IF NOT EXISTS x (q) COMMENT 'x' AS SELECT a FROM s
- CREATE FUNCTION x AS 'a.B' LANGUAGE JAVA USING JAR '/x.jar'
- CREATE TEMPORARY SYSTEM FUNCTION x AS 'a.B' LANGUAGE PYTHON
- CREATE TEMPORARY MODEL x INPUT (a INT) OUTPUT (b INT) WITH ('provider' = 'x')
- CREATE CONNECTION x WITH ('a' = 'b')
- CREATE TEMPORARY SYSTEM CONNECTION x WITH ('a' = 'b')
- CREATE MATERIALIZED TABLE x FRESHNESS = INTERVAL '1' MINUTE REFRESH_MODE = FULL AS SELECT a FROM s
- CREATE OR ALTER MATERIALIZED TABLE x FRESHNESS = INTERVAL '1' MINUTE AS SELECT a FROM s
+ ALTER TABLE t ADD (x INT FIRST, y INT AFTER a)
+ ALTER TABLE t MODIFY ts TIMESTAMP(3) FIRST
+ ALTER TABLE t ADD WATERMARK FOR ts AS ts
+ ALTER TABLE t DROP PRIMARY KEY
+ ALTER TABLE t DROP ts
+ ALTER TABLE t ADD DISTRIBUTION BY (a) INTO 2 BUCKETS
+ ALTER TABLE f ADD PARTITION (p = 'x') PARTITION (p = 'y'); ALTER TABLE f DROP PARTITION (p = 'x'), PARTITION (p = 'y')
+ ALTER TABLE t RENAME ts TO tt
+ ALTER TABLE IF EXISTS nothing RENAME TO u
+ ALTER TABLE t SET ('connector' = 'print'); ALTER TABLE t RESET ('standard-error')
+ ALTER VIEW v RENAME TO w
+ ALTER VIEW v AS SELECT 1 AS x
+ ALTER DATABASE d SET ('a' = 'b')
- ALTER FUNCTION x AS 'a.B'
+ ALTER CATALOG c SET ('default-database' = 'x'); ALTER CATALOG c RESET ('default-database'); ALTER CATALOG c COMMENT 'x'
- ALTER MODEL x SET ('a' = 'b')
- ALTER MODEL x RESET ('a')
- ALTER MODEL x RENAME TO y
- ALTER CONNECTION x SET ('a' = 'b')
- ALTER MATERIALIZED TABLE x SUSPEND
- ALTER MATERIALIZED TABLE x RESUME WITH ('a' = 'b')
- ALTER MATERIALIZED TABLE x REFRESH PARTITION (a = 1)
- ALTER MATERIALIZED TABLE x AS SELECT 1
+ DROP CATALOG c
+ DROP TABLE IF EXISTS t
+ DROP TEMPORARY TABLE IF EXISTS t
+ DROP DATABASE d RESTRICT
+ DROP DATABASE IF EXISTS d CASCADE
+ DROP VIEW v
+ DROP FUNCTION IF EXISTS x
- DROP FUNCTION x
+ DROP MODEL IF EXISTS x
- DROP MODEL x
- DROP CONNECTION x
- DROP MATERIALIZED TABLE x
+ INSERT INTO t (a) SELECT a FROM s
+ EXECUTE INSERT INTO t (a) VALUES (1)
+ INSERT INTO f PARTITION (p = 'x') VALUES (1)
- INSERT OVERWRITE f PARTITION (p = 'x') VALUES (1)
- UPDATE t SET a = 1
- DELETE FROM t WHERE a = 1
- TRUNCATE TABLE t
+ EXECUTE STATEMENT SET BEGIN INSERT INTO t (a) SELECT a FROM s; INSERT INTO t (a) SELECT a FROM v; END
+ BEGIN STATEMENT SET; INSERT INTO t (a) SELECT a FROM s; END
+ EXPLAIN SELECT a FROM s
+ EXPLAIN PLAN FOR INSERT INTO t (a) SELECT a FROM s
+ EXPLAIN ESTIMATED_COST, CHANGELOG_MODE, PLAN_ADVICE, JSON_EXECUTION_PLAN SELECT a FROM s
+ EXPLAIN STATEMENT SET BEGIN INSERT INTO t (a) SELECT a FROM s; END
+ EXPLAIN EXECUTE STATEMENT SET BEGIN INSERT INTO t (a) SELECT a FROM s; END
+ EXPLAIN CREATE TABLE x WITH ('connector' = 'blackhole') AS SELECT a FROM s
- COMPILE PLAN 'x' IF NOT EXISTS FOR INSERT INTO t SELECT a FROM s
- EXECUTE PLAN 'x'
- COMPILE AND EXECUTE PLAN 'x' FOR INSERT INTO t SELECT a FROM s
+ EXECUTE SELECT a FROM s
+ SHOW CATALOGS LIKE 'c%'
+ SHOW CURRENT CATALOG
+ SHOW CREATE CATALOG c
+ SHOW DATABASES FROM c NOT ILIKE 'x'
+ SHOW CURRENT DATABASE
+ SHOW TABLES IN d LIKE 'x'
+ SHOW CREATE TABLE t
+ SHOW COLUMNS FROM t LIKE 'a%'
+ SHOW PARTITIONS f PARTITION (p = 'x')
- SHOW PROCEDURES FROM d LIKE 'x'
+ SHOW VIEWS FROM d
+ SHOW CREATE VIEW v
+ SHOW MATERIALIZED TABLES
- SHOW CREATE MATERIALIZED TABLE x
+ SHOW FUNCTIONS FROM d ILIKE 'up%'
+ SHOW USER FUNCTIONS
+ SHOW MODULES
+ SHOW FULL MODULES
+ SHOW JARS
+ SHOW JOBS
+ SHOW MODELS
- SHOW CREATE MODEL x
- SHOW CONNECTIONS
- SHOW CREATE CONNECTION x
+ DESCRIBE t
+ DESC EXTENDED t
+ DESCRIBE CATALOG EXTENDED c
+ DESCRIBE DATABASE d
+ DESCRIBE FUNCTION EXTENDED UPPER
- DESCRIBE MODEL EXTENDED x
- DESCRIBE CONNECTION x
+ SET 'parallelism.default' = '1'
+ SET
+ RESET 'parallelism.default'
+ RESET
+ USE d
+ USE CATALOG c
+ USE MODULES core
+ UNLOAD MODULE core; LOAD MODULE core
- LOAD MODULE hive WITH ('a' = 'b')
- STOP JOB 'x' WITH SAVEPOINT WITH DRAIN
- ADD JAR '/x.jar'
- REMOVE JAR '/x.jar'
- ANALYZE TABLE t PARTITION (a = 1) COMPUTE STATISTICS FOR ALL COLUMNS
- CALL c.d.p(1, x => 2)
SQL
run "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole'); SET 'pipeline.name' = 'mine'; INSERT INTO t VALUES (1); RESET; INSERT INTO t VALUES (1); SHOW JOBS"
has "SHOW JOBS" "$out" "FINISHED"
has "a job's own name" "$out" " mine "
has "a job's made name" "$out" "insert-into_default_catalog.default_database.t"
echo "CREATE TABLE s (a INT) WITH ('connector' = 'datagen'); CREATE TABLE y WITH ('connector' = 'print') AS SELECT a FROM s; INSERT INTO y SELECT 1" >"$tmp/explained.sql"
run explain "$tmp/explained.sql"
is "weir explain runs nothing: exit code" "$code" 0
has "weir explain of a table made of a query" "$out" "Sink(table=[default_catalog.default_database.y]"
run "DESCRIBE JOB 'x'"
has "an unknown job" "$err" "does not exist in this session"
finish
