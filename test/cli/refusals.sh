#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What Flink has and Weir does not run is refused by name, before anything runs; never as a syntax error.
source "$(dirname "$0")/check.bash" "$@"

tables="CREATE TABLE a (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
CREATE TABLE b (k STRING, v INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');"
while IFS='|' read -r name sql; do
    run "$tables $sql"
    is "$name: exit code" "$code" 1
    has "$name" "$err" "Weir does not run $name"
    has "$name: place" "$err" "^"
done <<'SQL'
joins|SELECT * FROM a JOIN b ON a.k = b.k
cross joins|SELECT * FROM a, b
SUM ... OVER|SELECT SUM(v) OVER (ORDER BY ts) FROM a
INTERSECT|SELECT k FROM a INTERSECT SELECT k FROM b
EXCEPT|SELECT k FROM a EXCEPT SELECT k FROM b
IN with a sub-query|SELECT k FROM a WHERE k IN (SELECT k FROM b)
EXISTS|SELECT k FROM a WHERE EXISTS (SELECT 1 FROM b)
a scalar sub-query|SELECT (SELECT MAX(v) FROM b) FROM a
SESSION windows|SELECT COUNT(*) FROM TABLE(SESSION(TABLE a, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY window_start, window_end
MATCH_RECOGNIZE|SELECT * FROM a MATCH_RECOGNIZE (PATTERN (X) DEFINE X AS TRUE)
UNNEST|SELECT * FROM UNNEST(ARRAY[1, 2])
QUALIFY|SELECT k FROM a QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) = 1
FOR SYSTEM_TIME AS OF|SELECT * FROM a FOR SYSTEM_TIME AS OF PROCTIME()
UPDATE|UPDATE a SET v = 1
ALTER FUNCTION|ALTER FUNCTION f AS 'x'
CREATE FUNCTION|CREATE FUNCTION f AS 'x'
SQL
finish
