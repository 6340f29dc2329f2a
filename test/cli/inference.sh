#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Schemas read off the first rows of stdin and of files: which types, which names, which format.
source "$(dirname "$0")/check.bash" "$@"

# columns TEXT: names and types of stdin's columns, as one line
columns() {
    printf "$1" | "$weir" --format table "DESCRIBE stdin" 2>"$tmp/err" | awk -F'|' '/^\|/ && n++ { gsub(/^ +| +$/, "", $2); gsub(/^ +| +$/, "", $3); printf "%s%s %s", sep, $2, $3; sep = ", " }'
}
# rows TEXT: the rows as changes
rows() { printf "$1" | "$weir" --format changelog "SELECT * FROM stdin" 2>"$tmp/err"; }

is "CSV without a header" "$(columns '1,2.5,x\n2,3,y\n')" "f0 BIGINT, f1 DOUBLE, f2 STRING"
is "its first line is a row" "$(rows '1,2.5,x\n2,3,y\n')" "+I[1, 2.5, x]
+I[2, 3.0, y]"
is "semicolons" "$(columns 'a;b\n1;2,5\n')" "a BIGINT, b STRING"
is "tabs" "$(columns 'a\tb c\n1\tx\n')" "a BIGINT, b c STRING"
is "bars" "$(columns 'a|b\n1|2\n')" "a BIGINT, b BIGINT"
is "commas inside of quotes cut nothing" "$(columns '"x, y",2\n"z",3\n')" "f0 STRING, f1 BIGINT"
is "booleans" "$(columns 'ok,n\ntrue,1\nFALSE,2\n,3\n')" "ok BOOLEAN, n BIGINT"
is "a boolean among numbers is a text" "$(columns 'v,n\ntrue,1\n7,2\n')" "v STRING, n BIGINT"
is "dates" "$(columns 'd,n\n2020-02-29,1\n2020-03-01,2\n')" "d DATE, n BIGINT"
is "what only looks like a date is a text" "$(columns 'd,n\n2020-02-30,1\n')" "d STRING, n BIGINT"
is "timestamps, by their most digits" "$(columns 't,n\n2020-01-01 10:00:00,1\n2020-01-01 10:00:00.123456,2\n')" "t TIMESTAMP(6), n BIGINT"
is "a date among timestamps is a text" "$(columns 't,n\n2020-01-01 10:00:00,1\n2020-01-01,2\n')" "t STRING, n BIGINT"
is "whole and broken numbers" "$(columns 'v,n\n1,1\n2.5,2\n1e3,3\n')" "v DOUBLE, n BIGINT"
is "more digits than a DOUBLE has" "$(columns 'v,n\n12345678901234567890.12,1\n0.5,2\n')" "v DECIMAL(38, 2), n BIGINT"
is "are kept" "$(rows 'v,n\n12345678901234567890.12,1\n0.5,2\n')" "+I[12345678901234567890.12, 1]
+I[0.50, 2]"
is "more than a BIGINT holds" "$(columns '{"n":18446744073709551615}\n{"n":1}\n')" "n DECIMAL(38, 0)"
is "too many digits for a DECIMAL too" "$(columns 'v,n\n1234567890123456789012345678901234567890.5,1\n')" "v DOUBLE, n BIGINT"
is "only missing values" "$(columns 'a,b\n,1\n,2\n')" "a STRING, b BIGINT"
is "missing values are NULL" "$(rows 'a,b\n1,x\n,y\n')" "+I[1, x]
+I[null, y]"
is "a name twice in the header" "$(columns 'a,a,a_2\n1,2,3\n')" "a BIGINT, a_2 BIGINT, a_2_2 BIGINT"
is "Windows line ends" "$(rows 'a,b\r\n1,x\r\n')" "+I[1, x]"

is "JSON: nested objects and arrays" "$(columns '{"a":{"b":[1,2],"c":{"d":true}}}\n{"a":{"b":[2.5],"e":"x"}}\n')" \
    'a ROW<`b` ARRAY<DOUBLE>, `c` ROW<`d` BOOLEAN>, `e` STRING>'
is "their rows" "$(rows '{"a":{"b":[1,2],"c":{"d":true}}}\n{"a":{"b":[2.5],"e":"x"}}\n')" "+I[+I[[1.0, 2.0], +I[true], null]]
+I[+I[[2.5], null, x]]"
is "JSON: arrays of objects" "$(columns '{"a":[{"x":1},{"y":"z"}]}\n')" 'a ARRAY<ROW<`x` BIGINT, `y` STRING>>'
is "JSON: only null, an empty object, an empty array" "$(columns '{"a":null,"b":{},"c":[]}\n')" "a STRING, b STRING, c ARRAY<STRING>"
is "JSON: what is once an object and once not" "$(columns '{"a":{"b":1}}\n{"a":"x"}\n')" "a STRING"
is "JSON: ISO timestamps with and without a zone" "$(columns '{"t":"2020-01-01T00:00:00Z","u":"2020-01-01T00:00:00.5"}\n')" "t TIMESTAMP_LTZ(3), u TIMESTAMP(3)"
is "JSON: a number in quotes is a text" "$(columns '{"a":"1"}\n')" "a STRING"
is "JSON: one array of records" "$(rows '[{"a":1},{"a":2}]\n')" "+I[1]
+I[2]"
is "JSON: keys that come later are columns too" "$(columns '{"a":1}\n{"b":2}\n')" "a BIGINT, b BIGINT"
is "neither: lines" "$(columns 'some words, and more\nanother line\n')" "line STRING"
is "one field per line: lines" "$(rows 'n\n1\n')" "+I[n]
+I[1]"
is "CREATE TABLE stdin goes before" "$(printf '1,2\n' | "$weir" --format changelog "CREATE TABLE stdin (x STRING, y INT) WITH ('connector' = 'stdin', 'format' = 'csv'); SELECT * FROM stdin" 2>"$tmp/err")" "+I[1, 2]"

mkdir -p "$tmp/in/deep"
printf 'a,b\n1,x\n' >"$tmp/in/1.csv"
printf 'a,b\n2,y\n' >"$tmp/in/2.csv"
printf 'a,b\n3,z\n' >"$tmp/in/deep/3.csv"
printf '{"k":7}\n' >"$tmp/in/k.json"
printf 'one\ntwo\n' >"$tmp/in/words.txt"
cd "$tmp" || exit 1
for path in 'in/*.csv' "$tmp/in/?.csv" '*/*.csv'; do
    run --parallelism 1 --format changelog "SELECT * FROM \`$path\`"
    is "the files of $path" "$out" "+I[1, x]
+I[2, y]"
done
run --parallelism 1 --format changelog 'SELECT * FROM `in/deep`'
is "a folder" "$out" "+I[3, z]"
mv in/deep plain
run --parallelism 1 --format changelog 'SELECT * FROM `plain`'
is "a folder without a slash in its name" "$out" "+I[3, z]"
run --format changelog 'SELECT * FROM `in/*.json`'
is "JSON files" "$out" "+I[7]"
run --format changelog 'SELECT * FROM `in/*.txt`'
is "text files" "$out" "+I[one]
+I[two]"
run 'SELECT * FROM `in/*.parquet`'
is "a pattern without files" "$code" 1
has "says so" "$err" "No file matches"
finish
