#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# 0 the work is done, 1 it failed, 2 the command line was wrong; data goes to stdout, everything else to stderr.
source "$(dirname "$0")/check.bash" "$@"

run "SELECT 1"
is "a query that works" "$code" 0
is "nothing on stderr" "$err" ""

run "SELECT nope"
is "an unknown column" "$code" 1
is "nothing on stdout" "$out" ""
has "the place" "$err" "<command line>:1:8"
has "the caret" "$err" "^^^^"

run "SELECT CAST(x AS INT) FROM (VALUES ('1'), ('two')) AS t(x)"
is "a row that fails" "$code" 1
has "the value" "$err" "two"

run run "$tmp/missing.sql"
is "a script that is not there" "$code" 1
has "its name" "$err" "missing.sql"

printf 'SELECT 1;\nSELECT\n  nope;\nSELECT 3;\n' >"$tmp/job.sql"
run run "$tmp/job.sql" --format changelog
is "a script whose second statement is wrong" "$code" 1
has "the file and line" "$err" "job.sql:3:3"
is "the statements before it ran, those behind it not" "$out" "+I[1]"

run
is "no arguments" "$code" 2
run run
is "run without a file" "$code" 2
run --no-such-flag "SELECT 1"
is "an unknown flag" "$code" 2
run --format yaml "SELECT 1"
is "an unknown format" "$code" 2
has "the formats" "$err" "table, changelog, json, csv"
run --max-rows many "SELECT 1"
is "a number that is none" "$code" 2
run --format
is "a flag without its value" "$code" 2
finish
