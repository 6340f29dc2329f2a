#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A job that ends with a savepoint and goes on from it after rows were appended to its input must end with what
# an undisturbed run over all rows ends with, for every kind of operator that keeps state. Checked with one and
# with two subtasks: with one, the changes of both parts one after another must be those of the undisturbed run,
# row by row (but for a union, whose inputs may interleave otherwise); with two, the folded table must be the same.
# Parallelism 1 to 1, and 1 to 2 or 2 to 1.
source "$(dirname "$0")/check.bash" "$@"

python3 - "$tmp" <<'PY'
import json, random, sys
random.seed(7)
def put(name, rows, cut):
    for part, some in (("whole", rows), ("head", rows[:cut])):
        with open(f"{sys.argv[1]}/{name}.{part}", "w") as f:
            for op, row in some:
                f.write(json.dumps({"op": op, "row": row}) + "\n")
def time(s):
    return "2024-01-01 %02d:%02d:%02d" % (s // 3600, s // 60 % 60, s % 60)
plain, base = [], 0
for i in range(400):
    base += random.randrange(3)
    plain.append(("+I", [i, random.choice(["a", "b", "c", None]), random.randrange(12), time(max(0, base - random.randrange(9)))]))
put("plain", plain, 237)
live, full, upsert = {}, [], []
for i in range(400):
    key = random.randrange(25)
    new = [key, random.choice(["a", "b", "c"]), random.randrange(12), time(i)]
    if key in live and random.random() < 0.3:
        full.append(("-D", live[key])); upsert.append(("-D", live.pop(key)))
    elif key in live:
        full += [("-U", live[key]), ("+U", new)]; upsert.append(("+U", new)); live[key] = new
    else:
        full.append(("+I", new)); upsert.append(("+I", new)); live[key] = new
put("full", full, 301)
put("ups", upsert, 201)
PY

tables() { # tables: the sources as SQL
    cat <<SQL
SET 'table.exec.sink.require-on-conflict' = 'false';
CREATE TABLE plain (id INT, k STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
    WITH ('connector' = 'values', 'path' = '$tmp/plain');
CREATE TABLE full_ (id INT, k STRING, v INT, ts TIMESTAMP(3))
    WITH ('connector' = 'values', 'path' = '$tmp/full', 'changelog-mode' = 'I,UB,UA,D');
CREATE TABLE ups (id INT, k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED)
    WITH ('connector' = 'values', 'path' = '$tmp/ups', 'changelog-mode' = 'I,UA,D');
SQL
}

sorted_fold() { # sorted_fold: the table that a changelog on stdin ends with, as sorted rows with their number
    python3 -c '
import sys
count = {}
for line in sys.stdin:
    row, sign = line[2:].rstrip("\n"), 1 if line[:2] in ("+I", "+U") else -1
    count[row] = count.get(row, 0) + sign
for row in sorted(count):
    if count[row]: print(count[row], row)'
}

part() { # part INPUT PARALLELISM ARGUMENT...: runs the job over this input
    local input=$1 parallelism=$2
    shift 2
    for table in plain full ups; do
        cp "$tmp/$table.$input" "$tmp/$table"
    done
    run run "$tmp/job.sql" --quiet --parallelism "$parallelism" --trigger available-now "$@"
}

check() { # check NAME PARALLELISM PARALLELISM: the savepoint at the first, the restore at the second
    local name="$1 ($2 to $3)"
    rm -rf "$tmp/sink" "$tmp/save"
    part head "$2" --savepoint "$tmp/save"
    is "$name: the run before the savepoint" "$code" 0
    part whole "$3" --from-savepoint "$tmp/save"
    is "$name: the run from the savepoint" "$code" 0
    if [ "$2$3" = 11 ] && [[ $1 != *union* ]]; then
        is "$name: its changes" "$(md5sum <"$tmp/sink")" "$(md5sum <"$tmp/expected")"
    else
        is "$name: its table" "$(sorted_fold <"$tmp/sink" | md5sum)" "$(sorted_fold <"$tmp/expected" | md5sum)"
    fi
}

undisturbed() { # undisturbed NAME: what the job makes of all rows at once
    rm -rf "$tmp/sink"
    part whole 1
    is "$1: the undisturbed run" "$code" 0
    cp "$tmp/sink" "$tmp/expected"
    checks=$((checks + 1))
    [ -s "$tmp/expected" ] || fail "$1: there are no rows at all"
}

turn=0
operator() { # operator NAME COLUMNS QUERY
    { tables; echo "CREATE TABLE sink ($2) WITH ('connector' = 'values', 'path' = '$tmp/sink');"; echo "INSERT INTO sink $3;"; } >"$tmp/job.sql"
    undisturbed "$1"
    check "$1" 1 1
    turn=$((1 - turn)) # the two ways of rescaling by turns: this test has many jobs
    check "$1" $((1 + turn)) $((2 - turn))
}

tvf() { # tvf NAME ARGUMENTS: a window over plain
    echo "TABLE($1(TABLE plain, DESCRIPTOR(ts), $2))"
}

# Aggregates and distinct rows, over every kind of input.
aggregates='COUNT(*), SUM(v), MIN(v), MAX(v), COUNT(DISTINCT v), AVG(v)'
columns='k STRING, c BIGINT, s INT, lo INT, hi INT, d BIGINT, a INT'
for table in plain full_ ups; do
    operator "group aggregate of $table" "$columns" "SELECT k, $aggregates FROM $table GROUP BY k"
    operator "aggregate without keys of $table" "${columns#k STRING, }" "SELECT $aggregates FROM $table"
    operator "aggregate of aggregate of $table" 'c BIGINT, n BIGINT' "SELECT c, COUNT(*) FROM (SELECT v, COUNT(*) AS c FROM $table GROUP BY v) GROUP BY c"
    operator "distinct rows of $table" 'k STRING, v INT' "SELECT DISTINCT k, v FROM $table"
    operator "top three of $table" 'k STRING, v INT, id INT, rn BIGINT' "SELECT k, v, id, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id, ts) AS rn FROM $table) WHERE rn <= 3"
    operator "top three of $table without rank" 'k STRING, v INT, id INT' "SELECT k, v, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id, ts) AS rn FROM $table) WHERE rn <= 3"
    operator "sort and limit of $table" 'k STRING, v INT, id INT' "SELECT k, v, id FROM $table ORDER BY v, id DESC, ts LIMIT 5"
    operator "top counts of $table" 'v INT, c BIGINT' "SELECT v, c FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY c DESC, v) AS rn FROM (SELECT v, COUNT(*) AS c FROM $table GROUP BY v)) WHERE rn <= 3"
done
operator 'normalised upserts' 'id INT, k STRING, v INT' 'SELECT id, k, v FROM ups WHERE v > 3'
operator 'filters of aggregates' 'k STRING, c BIGINT, d BIGINT, m INT' 'SELECT k, COUNT(*) FILTER (WHERE v > 5), COUNT(DISTINCT v) FILTER (WHERE id > 9), MAX(v) FILTER (WHERE v < 9) FROM full_ GROUP BY k'
operator 'grouping sets' 'k STRING, v INT, c BIGINT' 'SELECT k, v, COUNT(*) FROM plain GROUP BY GROUPING SETS ((k), (v), ())'
operator 'rows of a union' 'v INT, c BIGINT' 'SELECT v, COUNT(*) FROM (SELECT v FROM plain UNION ALL SELECT v FROM plain WHERE v > 4) GROUP BY v'

# First and last rows.
for order in 'ts' 'ts DESC'; do
    operator "row by event time, $order" 'v INT, ts TIMESTAMP(3)' "SELECT v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY v ORDER BY $order) AS rn FROM plain) WHERE rn = 1"
done
operator 'first row by processing time' 'v INT' 'SELECT v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY v ORDER BY p) AS rn FROM plain) WHERE rn = 1'
operator 'last row without time' 'k STRING, c BIGINT' 'SELECT k, COUNT(*) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p DESC) AS rn FROM plain) WHERE rn = 1 GROUP BY k'

# Windows: the end of the first part must not fire what is open.
seconds="INTERVAL '5' SECOND"
wcolumns='s TIMESTAMP(3), e TIMESTAMP(3), k STRING, c BIGINT, t INT, d BIGINT, m INT'
wquery='SELECT window_start, window_end, k, COUNT(*), SUM(v), COUNT(DISTINCT v), MAX(v)'
for window in "$(tvf TUMBLE "INTERVAL '10' SECOND")" "$(tvf HOP "$seconds, INTERVAL '15' SECOND")" "$(tvf CUMULATE "$seconds, INTERVAL '20' SECOND")"; do
    name=${window:6:5}
    operator "$name" "$wcolumns" "$wquery FROM $window GROUP BY window_start, window_end, k"
    operator "top of $name" 's TIMESTAMP(3), v INT, id INT, rn BIGINT' "SELECT window_start, v, id, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC, id) AS rn FROM $window) WHERE rn <= 3"
    operator "last row of $name" 's TIMESTAMP(3), k STRING, v INT' "SELECT window_start, k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY ts DESC) AS rn FROM $window) WHERE rn = 1"
    operator "top of the aggregate of $name" 's TIMESTAMP(3), k STRING, t INT' "SELECT window_start, k, t FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY t DESC, k) AS rn FROM (SELECT window_start, window_end, k, SUM(v) AS t FROM $window GROUP BY window_start, window_end, k)) WHERE rn <= 2"
done
tumble=$(tvf TUMBLE "$seconds")
operator 'window over window' 's TIMESTAMP(3), t INT' "SELECT window_start, SUM(t) FROM TABLE(TUMBLE((SELECT window_time AS wt, SUM(v) AS t FROM $tumble GROUP BY window_start, window_end, window_time), DESCRIPTOR(wt), INTERVAL '20' SECOND)) GROUP BY window_start, window_end"
operator 'order by event time' 'id INT, ts TIMESTAMP(3)' 'SELECT id, ts FROM plain ORDER BY ts, id'

# A sink that materialises upserts by another key.
{ tables; echo "CREATE TABLE sink (v INT, id INT, PRIMARY KEY (v) NOT ENFORCED) WITH ('connector' = 'values', 'path' = '$tmp/sink');"; echo "INSERT INTO sink SELECT v, id FROM ups;"; } >"$tmp/job.sql"
undisturbed 'materialised upserts'
check 'materialised upserts' 1 1
finish
