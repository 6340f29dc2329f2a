#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The state of an aggregate is the same in one phase and in two, with and without mini-batches: a savepoint of one
# goes on under another. Split distinct aggregates and windows in two phases go on at another parallelism.
source "$(dirname "$0")/check.bash" "$@"

batches=(--set table.exec.mini-batch.enabled=true --set table.exec.mini-batch.allow-latency=1s --set table.exec.mini-batch.size=2)
forms=(rows bundles two)
form() { # form NAME: the settings of a way to run GROUP BY
    case $1 in
    rows) settings=(--parallelism 1) ;;
    bundles) settings=(--parallelism 1 "${batches[@]}" --set table.optimizer.agg-phase-strategy=ONE_PHASE) ;;
    two) settings=(--parallelism 1 "${batches[@]}") ;;
    esac
}

mkdir "$tmp/in"
cat >"$tmp/group.sql" <<SQL
CREATE TABLE t (k STRING, v INT, s STRING) WITH ('connector' = 'filesystem', 'path' = '$tmp/in', 'format' = 'csv', 'source.monitor-interval' = '100 ms');
CREATE TABLE o (k STRING, n BIGINT, s INT, d BIGINT, l STRING) WITH ('connector' = 'print');
INSERT INTO o SELECT k, COUNT(*), SUM(v), COUNT(DISTINCT v), LISTAGG(s) FROM t GROUP BY k;
SQL
for from in "${forms[@]}"; do
    for to in "${forms[@]}"; do
        rm -rf "$tmp/in"/* "$tmp/point"
        printf 'a,1,x\nb,2,y\na,1,z\n' >"$tmp/in/1.csv"
        form "$from"
        run run "$tmp/group.sql" --trigger available-now --savepoint "$tmp/point" "${settings[@]}"
        is "$from: the first part" "$code" 0
        printf 'a,1,w\nb,5,q\n' >"$tmp/in/2.csv"
        form "$to"
        run run "$tmp/group.sql" --trigger available-now --from-savepoint "$tmp/point" "${settings[@]}"
        is "$from to $to" "$(sort <<<"$out")" "$(sort <<<"-U[a, 2, 2, 1, x,z]
+U[a, 3, 3, 1, x,z,w]
-U[b, 1, 2, 1, y]
+U[b, 2, 7, 2, y,q]")"
    done
done

split=("${batches[@]}" --set table.optimizer.distinct-agg.split.enabled=true --set table.optimizer.distinct-agg.split.bucket-num=4)
rm -rf "$tmp/in"/* "$tmp/point"
printf 'a,1,x\nb,2,y\na,1,z\n' >"$tmp/in/1.csv"
sed 's/LISTAGG(s)/MAX(s)/' "$tmp/group.sql" >"$tmp/split.sql"
run run "$tmp/split.sql" --trigger available-now --savepoint "$tmp/point" --parallelism 1 "${split[@]}"
is "a split aggregate" "$code" 0
printf 'a,1,w\nb,5,q\n' >"$tmp/in/2.csv"
run run "$tmp/split.sql" --trigger available-now --from-savepoint "$tmp/point" --parallelism 2 "${split[@]}"
is "goes on at another parallelism" "$(sort "$tmp/out" | grep '+U' | tail -n 2)" "+U[a, 3, 3, 1, z]
+U[b, 2, 7, 2, y]"

rm -rf "$tmp/in"/* "$tmp/point"
cat >"$tmp/window.sql" <<SQL
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '$tmp/in', 'format' = 'csv', 'source.monitor-interval' = '100 ms');
CREATE TABLE o (k STRING, ends TIMESTAMP(3), n BIGINT, s INT, d BIGINT) WITH ('connector' = 'print');
INSERT INTO o SELECT k, window_end, COUNT(*), SUM(v), COUNT(DISTINCT v)
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
SQL
printf 'a,1,2024-01-01 00:00:01\nb,2,2024-01-01 00:00:06\na,1,2024-01-01 00:00:07\n' >"$tmp/in/1.csv"
run run "$tmp/window.sql" --trigger available-now --savepoint "$tmp/point" --parallelism 1
is "the window that is over" "$out" "+I[a, 2024-01-01T00:00:05, 1, 1, 1]"
printf 'a,3,2024-01-01 00:00:08\nb,2,2024-01-01 00:00:20\n' >"$tmp/in/2.csv"
run run "$tmp/window.sql" --trigger available-now --from-savepoint "$tmp/point" --parallelism 1 --set table.optimizer.agg-phase-strategy=ONE_PHASE
is "the windows under way, in one phase" "$(sort "$tmp/out")" "+I[a, 2024-01-01T00:00:10, 3, 5, 2]
+I[a, 2024-01-01T00:00:15, 2, 4, 2]
+I[b, 2024-01-01T00:00:10, 1, 2, 1]
+I[b, 2024-01-01T00:00:15, 1, 2, 1]"
finish
