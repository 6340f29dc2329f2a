#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A job in instalments: available-now reads what is there, takes a savepoint and ends; the next run goes on from
# it. And a savepoint on SIGTERM.
source "$(dirname "$0")/check.bash" "$@"

mkdir "$tmp/in"
cat >"$tmp/job.sql" <<SQL
CREATE TABLE visits (who STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '$tmp/in', 'format' = 'csv', 'source.monitor-interval' = '100 ms');
CREATE TABLE totals (who STRING, visits BIGINT, n INT) WITH ('connector' = 'print', 'print-identifier' = 'total');
INSERT INTO totals SELECT who, COUNT(*), SUM(n) FROM visits GROUP BY who;
SQL
printf 'ann,1\nbob,2\nann,3\n' >"$tmp/in/1.csv"
run run "$tmp/job.sql" --trigger available-now --savepoint "$tmp/first" --parallelism 1
is "the first instalment" "$code" 0
is "its changes" "$out" "total> +I[ann, 1, 1]
total> +I[bob, 1, 2]
total> -U[ann, 1, 1]
total> +U[ann, 2, 4]"
has "where the savepoint lies" "$err" "Savepoint: "

printf 'bob,5\n' >"$tmp/in/2.csv"
run run "$tmp/job.sql" --trigger available-now --from-savepoint "$tmp/first" --savepoint "$tmp/second" --parallelism 1
is "the second instalment" "$code" 0
is "only what is new, with the state of before" "$out" "total> -U[bob, 1, 2]
total> +U[bob, 2, 7]"

printf 'ann,6\n' >"$tmp/in/3.csv"
run run "$tmp/job.sql" --trigger available-now --from-savepoint "$tmp/second" --savepoint "$tmp/third" --parallelism 2
is "at another parallelism" "$code" 0
is "the state is there too" "$out" "total> -U[ann, 2, 4]
total> +U[ann, 3, 10]"

run run "$tmp/job.sql" --trigger available-now --from-savepoint "$tmp/none"
is "a savepoint that is not there" "$code" 1
has "its name" "$err" "$tmp/none"

sed 's/GROUP BY who/GROUP BY who, n/; s/SUM(n)/n/' "$tmp/job.sql" >"$tmp/other.sql"
run run "$tmp/other.sql" --trigger available-now --from-savepoint "$tmp/third"
is "a savepoint of another job" "$code" 1
has "names the operator" "$err" "GroupAggregate"

"$weir" run "$tmp/job.sql" --from-savepoint "$tmp/third" --savepoint "$tmp/fourth" --parallelism 1 >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 1
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
is "SIGTERM" "$code" 0
has "takes the savepoint" "$(<"$tmp/err")" "Savepoint: "
printf 'cid,7\n' >"$tmp/in/4.csv"
run run "$tmp/job.sql" --trigger available-now --from-savepoint "$tmp/fourth" --parallelism 1
is "and the job goes on from it" "$out" "total> +I[cid, 1, 7]"
finish
