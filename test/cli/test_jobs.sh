#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# weir test -j: files in parallel, what they say in their order, right totals.
source "$(dirname "$0")/check.bash" "$@"

for i in 1 2 3 4 5 6; do
    {
        printf '# File %s.\n\n' "$i"
        for k in 1 2 3; do
            want=$k
            [ "$i" = 3 ] && [ "$k" = 2 ] && want=wrong
            [ "$i" = 5 ] && [ "$k" = 3 ] && want=wrong
            printf '%%case number %s\n%%query\nSELECT %s AS a\n%%expect\n-- a INT NOT NULL\n+I[%s]\n\n' "$k" "$k" "$want"
        done
    } >"$tmp/$i.test"
done
for jobs in 1 2 8; do
    run test -j "$jobs" "$tmp"/[1-6].test
    is "-j $jobs: exit code" "$code" 1
    is "-j $jobs: the totals" "$(tail -n 1 <<<"$out")" "16 passed, 2 failed"
    is "-j $jobs: failures in the files' order" "$(grep -o '^FAILED .*' <<<"$out" | sed "s#$tmp/##")" "FAILED 3.test:10: number 2
FAILED 5.test:17: number 3"
done
run test "$tmp"/[1-6].test
is "by default as many as there are cores" "$(tail -n 1 <<<"$out")" "16 passed, 2 failed"
run test "$tmp/1.test" "$tmp/2.test"
is "all good" "$code" 0
run test "$tmp/1.test" "$tmp/none.test" "$tmp/2.test"
is "a file that is not there" "$code" 1
has "is named" "$err" "none.test"
run test -j 0 "$tmp/1.test"
is "-j 0" "$code" 2

# Time is virtual for each of them: an hour of timers passes at once.
for i in 7 8; do
    printf '# Time.\n\n%%case timers\n%%file in.jsonl\n{"processing-time":"2030-01-01 00:00:10"}\n{"row":[1]}\n{"row":[2]}\n{"processing-time":"2030-01-01 01:00:00"}\n%%sql\n%s\n%%query\n%s\n%%expect\n-- n BIGINT NOT NULL\n+I[2]\n' \
        "CREATE TABLE t (a INT, p AS PROCTIME()) WITH ('connector' = 'values', 'path' = '\${dir}/in.jsonl', 'bounded' = 'true');" \
        "SELECT COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(p), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end" >"$tmp/$i.test"
done
run test -j 2 "$tmp/7.test" "$tmp/8.test"
is "virtual time in each" "$(tail -n 1 <<<"$out")" "2 passed, 0 failed"
finish
