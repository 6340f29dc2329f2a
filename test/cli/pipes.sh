#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Standard input as the table stdin: the schema is inferred, shown and can be overridden; files in back-ticks.
source "$(dirname "$0")/check.bash" "$@"

printf '{"user":"ann","n":1,"at":"x"}\n{"user":"bob","n":2.5}\n{"user":"ann","n":3,"tags":["a","b"]}\n' >"$tmp/in.jsonl"
printf 'user,n\nann,1\n"bob, jr",2\n' >"$tmp/in.csv"

out=$("$weir" --parallelism 1 --format changelog "SELECT \`user\`, COUNT(*) FROM stdin GROUP BY \`user\`" <"$tmp/in.jsonl" 2>"$tmp/err")
is "JSON lines" "$out" "+I[ann, 1]
+I[bob, 1]
-U[ann, 1]
+U[ann, 2]"
out=$("$weir" --format changelog "SELECT \`user\`, n + 1 FROM stdin" <"$tmp/in.csv" 2>"$tmp/err")
is "CSV with a header" "$out" "+I[ann, 2]
+I[bob, jr, 3]"
out=$("$weir" --format table "DESCRIBE stdin" <"$tmp/in.jsonl" 2>"$tmp/err")
has "the inferred column" "$out" "user"
has "its type" "$out" "STRING"
out=$("$weir" --format changelog "CREATE TABLE stdin (n INT) WITH ('connector' = 'stdin', 'format' = 'json'); SELECT n FROM stdin WHERE n IS NOT NULL"     < <(printf '{"n":1}\n{"n":7}\n') 2>"$tmp/err")
is "a schema of one's own" "$out" "+I[1]
+I[7]"
run --format changelog "SELECT \`user\` FROM \`$tmp/in.jsonl\` WHERE n > 2"
is "a file in back-ticks" "$out" "+I[bob]
+I[ann]"
out=$(printf 'one line\nand another\n' | "$weir" --format changelog "CREATE TABLE stdin (line STRING) WITH ('connector' = 'stdin', 'format' = 'raw'); SELECT UPPER(line) FROM stdin" 2>"$tmp/err")
is "plain lines" "$out" "+I[ONE LINE]
+I[AND ANOTHER]"
out=$("$weir" --format json "SELECT \`user\` FROM stdin" <"$tmp/in.csv" | "$weir" --format csv "SELECT UPPER(\`user\`) AS name FROM stdin" 2>"$tmp/err")
is "one weir into another" "$out" 'name
ANN
"BOB, JR"'
: >"$tmp/empty"
code=0
"$weir" "SELECT * FROM stdin" <"$tmp/empty" >"$tmp/out" 2>"$tmp/err" || code=$?
is "empty input is no error" "$code" 0
is "and gives nothing" "$(<"$tmp/out")" ""
out=$(printf 'b 2\na 1\n' | "$weir" --format changelog "SELECT line FROM stdin WHERE line LIKE 'a%'" 2>"$tmp/err")
is "neither JSON nor CSV: the column line" "$out" "+I[a 1]"
out=$(printf '{"a":1}\n' | "$weir" --format changelog "SELECT a FROM stdin; SELECT 2" 2>"$tmp/err")
is "stdin is one input of one statement" "$out" "+I[1]
+I[2]"
run "SELECT * FROM \`$tmp/none.csv\`"
is "a file that is not there" "$code" 1
has "says so" "$err" "There is no file"
finish
