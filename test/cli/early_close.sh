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
finish
