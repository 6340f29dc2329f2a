#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Scripts: several statements, variables, settings, standard input, limits.
source "$(dirname "$0")/check.bash" "$@"

run --format changelog "SELECT 1; SELECT 2"
is "two statements in one argument" "$out" "+I[1]
+I[2]"
run --format changelog -c "SELECT 1" -c "SELECT 2"
is "-c twice" "$out" "+I[1]
+I[2]"
code=0
out=$(echo "SELECT '\${NAME}', '\${OTHER:none}'" | "$weir" run - --format changelog --var NAME=Ada) || code=$?
is "a script from stdin with variables" "$out" "+I[Ada, none]"
echo "SELECT '\${WEIR_TEST_NAME}'" >"$tmp/env.sql"
out=$(WEIR_TEST_NAME=Bea "$weir" run "$tmp/env.sql" --format changelog)
is "a variable from the environment" "$out" "+I[Bea]"
run run "$tmp/env.sql"
is "a variable without a value" "$code" 1
has "its name and a way out" "$err" "--var WEIR_TEST_NAME=VALUE"
run --set table.local-time-zone=Asia/Tokyo --format changelog "SELECT CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING)"
is "--set" "$out" "+I[1970-01-01 09:00:00.000]"
run --set table.local-time-zon=UTC "SELECT 1"
is "--set with an unknown key" "$code" 1
has "the right one" "$err" "table.local-time-zone"
run --format changelog --max-rows 2 "SELECT * FROM (VALUES (1), (2), (3)) AS t(x)"
is "--max-rows" "$out" "+I[1]
+I[2]"

cat >"$tmp/files.sql" <<SQL
CREATE TABLE numbers (x INT) WITH ('connector' = 'filesystem', 'path' = '$tmp/numbers', 'format' = 'csv');
INSERT INTO numbers VALUES (1), (2), (3);
SELECT SUM(x) AS total FROM numbers WHERE x > 1;
SQL
run run "$tmp/files.sql" --format table
is "define, write and read in one script" "$code" 0
has "the sum" "$out" "|     5 |"

code=0
timeout 20 "$weir" --for 300ms --format json "CREATE TABLE t (x INT) WITH ('connector' = 'datagen', 'rows-per-second' = '50'); SELECT x FROM t" >"$tmp/out" 2>"$tmp/err" || code=$?
is "--for ends what never ends" "$code" 0
has "after some rows" "$(head -n 1 "$tmp/out")" '{"x":'
finish
