#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# One result in each --format, insert-only and updating, and --schema.
source "$(dirname "$0")/check.bash" "$@"

rows="(VALUES (1, 'a, b'), (2, CAST(NULL AS STRING))) AS t(id, name)"
run --format json "SELECT * FROM $rows"
is "json" "$out" '{"id":1,"name":"a, b"}
{"id":2,"name":null}'
run --format csv "SELECT * FROM $rows"
is "csv" "$out" 'id,name
1,"a, b"
2,'
run --format changelog "SELECT * FROM $rows"
is "changelog" "$out" '+I[1, a, b]
+I[2, null]'
run --format table "SELECT * FROM $rows"
is "table" "$out" '+----+--------+
| id |   name |
+----+--------+
|  1 |   a, b |
|  2 | <NULL> |
+----+--------+
2 rows in set'
run --format markdown "SELECT * FROM $rows"
is "markdown" "$out" '| id | name |
|---|---|
| 1 | a, b |
| 2 |  |'
run "SELECT * FROM $rows"
is "json is the default where stdout is no terminal" "$out" '{"id":1,"name":"a, b"}
{"id":2,"name":null}'

count="SELECT k, COUNT(*) AS n FROM (VALUES ('x'), ('y'), ('x')) AS t(k) GROUP BY k"
run --format changelog "$count"
is "an updating changelog" "$out" '+I[x, 1]
+I[y, 1]
-U[x, 1]
+U[x, 2]'
run --format json "$count"
has "updates in json carry their kind" "$out" '{"op":"+U","row":{"k":"x","n":2}}'
run --format csv "$count"
has "updates in csv carry their kind" "$out" '+U,x,2'
has "and the header says so" "$out" 'op,k,n'
run --format table "$count"
has "a table is the final one" "$out" '2 rows in set'
has_not "without what was taken back" "$out" ' 1 |
|  x'

run --format changelog --schema "SELECT 1 AS a, 'x' AS b, CAST(NULL AS DECIMAL(10, 2)) AS c"
is "--schema" "$out" "-- a INT NOT NULL, b CHAR(1) NOT NULL, c DECIMAL(10, 2)
+I[1, x, null]"
run --format=json "SELECT 1 AS a"
is "--flag=value" "$out" '{"a":1}'
run --format table "SELECT * FROM (VALUES (3, 'c'), (1, 'a'), (5, 'e'), (CAST(NULL AS INT), 'n'), (9, 'z'), (5, 'd')) AS t(a, b) ORDER BY a DESC LIMIT 3"
is "a table is in the order of ORDER BY" "$out" '+---+---+
| a | b |
+---+---+
| 9 | z |
| 5 | e |
| 5 | d |
+---+---+
3 rows in set'
run --format csv "SELECT '' AS nothing, CAST(NULL AS STRING) AS missing, 'two
lines' AS l, ARRAY['a', 'b,c'] AS a"
is "csv: empty, missing, lines, nested" "$out" 'nothing,missing,l,a
"",,"two
lines","[a, b,c]"'
run --format json "SELECT ROW(1, 'x') AS r, ARRAY[ROW(TRUE, CAST(NULL AS INT))] AS rs, MAP['k', DATE '2020-02-29'] AS m, X'00ff' AS b, 1.10 AS d, CAST('q\"\\' AS STRING) AS s"
has "json: nested" "$out" '"rs":[{"EXPR$0":true,"EXPR$1":null}],"m":{"k":"2020-02-29"},"b":"AP8=","d":1.10'
run --format markdown "SELECT 'a|b' AS x, CAST(NULL AS INT) AS y"
is "markdown: bars are escaped" "$out" '| x | y |
|---|---|
| a\|b |  |'
run --format csv "SELECT X'00FF' AS b, ARRAY[X'0a', CAST(NULL AS BYTES)] AS bs, DATE '2020-02-29' AS d, INTERVAL '1 02:03:04' DAY TO SECOND AS i, INTERVAL '1-2' YEAR TO MONTH AS m"
is "csv: bytes, dates, intervals" "$out" "b,bs,d,i,m
x'00ff',\"[x'0a', NULL]\",2020-02-29,+1 02:03:04.000,+1-02"

finish
