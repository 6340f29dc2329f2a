#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A reader that closes early ends the program quietly, also in the middle of endless input.
source "$(dirname "$0")/check.bash" "$@"

generator="CREATE TABLE t (x INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000000')"
out=$( (timeout 20 "$weir" --format json "$generator; SELECT x FROM t" 2>"$tmp/err"; echo $? >"$tmp/code") | head -n 3 | wc -l)
is "three lines arrived" "$out" 3
is "exit code" "$(cat "$tmp/code")" 0
is "no complaint" "$(cat "$tmp/err")" ""

# The same for what is printed at the end, and for scripts, whose other statements still run.
series="CREATE TABLE t (x INT) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000', 'fields.x.kind' = 'sequence', 'fields.x.start' = '1', 'fields.x.end' = '200000')"
for format in json csv changelog table markdown; do
    out=$( (timeout 20 "$weir" --format "$format" "$series; SELECT x FROM t" 2>"$tmp/err"; echo $? >"$tmp/code") | head -n 3 | wc -l)
    is "$format: three lines" "$out" 3
    is "$format: exit code" "$(cat "$tmp/code")" 0
    is "$format: no complaint" "$(cat "$tmp/err")" ""
done
printf '%s;\nSELECT x FROM t;\nSELECT x + 1 FROM t;\nCREATE TABLE o (x INT) WITH (%s, %s, %s);\nINSERT INTO o VALUES (7);\n' "$series" "'connector' = 'filesystem'" "'path' = '$tmp/o'" "'format' = 'csv'" >"$tmp/two.sql"
out=$( (timeout 20 "$weir" run "$tmp/two.sql" --format csv 2>"$tmp/err"; echo $? >"$tmp/code") | head -n 1)
is "a script: the header" "$out" "x"
is "a script: exit code" "$(cat "$tmp/code")" 0
is "a script: no complaint" "$(cat "$tmp/err")" ""
is "what stands behind it was done" "$(cat "$tmp"/o/*)" 7
finish
