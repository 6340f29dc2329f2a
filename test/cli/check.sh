#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# weir check: verdicts, lints, recovery behind mistakes, formats and exit codes, over the scripts in test/check_jobs.
source "$(dirname "$0")/check.bash" "$@"
jobs=$root/test/check_jobs

# Scripts of valid Flink SQL: whatever does not run is named as unsupported, nothing is taken for a mistake.
for job in "$jobs"/*.sql; do
    name=$(basename "$job" .sql)
    case $name in mistakes | lints) continue ;; esac
    run check "$job"
    has_not "$name has no syntax error" "$out" "[syntax]"
    has_not "$name has nothing invalid" "$out" "[invalid]"
    has "$name is summed up" "$out" "statements against Flink 2.3:"
    is "$name says nothing on stderr" "$err" ""
done

# A mistake does not hide the next one, and each has its place.
run check test/check_jobs/mistakes.sql
is "mistakes end with 1" "$code" 1
has "a type's name" "$out" "mistakes.sql:4:24: error:"
has "no noise behind a failed table" "$out" "mistakes.sql:5:15: note: It uses 'broken'"
has "a keyword" "$out" "mistakes.sql:6:10: error: Expected FROM"
has "a column" "$out" "mistakes.sql:7:8: error: There is no column 'c'"
has "a function" "$out" "no built-in function 'UPER'"
has "an update into an append-only sink" "$out" "[append-only-sink]"
has "no watermark" "$out" "[no-watermark]"
has "behind an open quote the next statement is seen" "$out" "mistakes.sql:12:15: note: Table 'nowhere'"

run check test/check_jobs/lints.sql
is "warnings end with 0" "$code" 0
for rule in unused-table idle-timeout no-lateness unbounded-state rank-not-on-time no-checkpoints select-star insert-waits order-dependent; do
    has "the lint $rule" "$out" "[$rule]"
done

run check test/check_jobs/kafka_orders.sql
is "what does not run ends with 1" "$code" 1
has "a connector by name" "$out" "kafka_orders.sql:15:17: error: Weir has no connector 'kafka' (Apache Kafka) [unsupported]"
has "a format by name" "$out" "Weir has no format 'avro-confluent'"
has "the query over it is judged for itself" "$out" "kafka_orders.sql:45:1: Supported: EXECUTE STATEMENT SET"
has "a key without effect" "$out" "[differs]"

# Files of one call share their tables; the second may define its own anew.
printf 'CREATE TABLE t (a INT) WITH (\x27connector\x27 = \x27datagen\x27);\n' > "$tmp/ddl.sql"
printf 'SELECT a FROM t;\n' > "$tmp/query.sql"
run check "$tmp/ddl.sql" "$tmp/query.sql" "$tmp/ddl.sql"
is "tables of an earlier file" "$code" 0
has_not "nothing exists already" "$out" "already exists"
run check "$tmp/query.sql"
is "a table from elsewhere is no error" "$code" 0
has "but it is told" "$out" "[unknown]"
printf 'SELECT ${N} FROM (VALUES (1)) AS t (a)' > "$tmp/variable.sql"
run check "$tmp/variable.sql" --var N=a
is "variables" "$code" 0
printf 'SELECT ${N}, b FROM (VALUES (1)) AS t (a)' > "$tmp/variable.sql"
run check "$tmp/variable.sql" --var N=a+1234567
has "places are those of the file, not of what variables make of it" "$out" "variable.sql:1:14: error: There is no column 'b'"
run check "$tmp/variable.sql"
has "a placeholder that nobody fills in is no mistake" "$out" "variable.sql:1:8: note: The placeholder \${N} is not filled in"
printf '\xef\xbb\xbfSELECT 1;\r\nSELECT 2;\r\n' > "$tmp/marked.sql"
run check "$tmp/marked.sql"
is "a byte order mark and other line ends" "$code" 0
run run "$tmp/marked.sql" --format csv
is "they run, too" "$code" 0

for format in json sarif; do
    run check --format "$format" "$jobs"/*.sql
    is "$format has the same exit code" "$code" 1
    checks=$((checks + 1))
    python3 -c '
import json, sys
report = json.load(open(sys.argv[2]))
if sys.argv[1] == "json":
    assert report["flink"] == "2.3" and len(report["files"]) >= 9
    finding = [f for s in report["files"][0]["statements"] for f in s["findings"]][0]
    assert {"rule", "severity", "line", "column", "end_line", "end_column", "message", "advice"} <= set(finding)
    assert report["summary"]["statements"] == sum(len(f["statements"]) for f in report["files"])
else:
    run = report["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert report["version"] == "2.1.0" and all(r["shortDescription"]["text"] and r["help"]["text"] for r in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] and result["level"] in ("error", "warning", "note")
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1 and (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])
' "$format" "$tmp/out" 2> "$tmp/err" || fail "$format is not as it should be: $(tail -1 "$tmp/err")"
done

run check
is "no file is wrong usage" "$code" 2
run check "$tmp/missing.sql"
is "a missing file is wrong usage" "$code" 2
run check "$tmp/query.sql" --format table
is "an unknown format is wrong usage" "$code" 2
: > "$tmp/empty.sql"
run check "$tmp/empty.sql"
is "nothing to check is fine" "$code" 0
printf 'SELECT 1;' | "$weir" check - > "$tmp/out"
has "standard input" "$(<"$tmp/out")" "<stdin>:1:1: Supported: SELECT 1"
finish
