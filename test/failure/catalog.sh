#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A catalog in files, while the nth file operation or allocation of a run fails: afterwards every definition in the folder is whole, of
# before or of after, and another run goes on from there.
set -uo pipefail
weir=$(realpath "$1")
tmp=$(mktemp -d "${TMPDIR:-/tmp}/weir-failure.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
runs=0
failures=0

fail() { # fail TEXT
    failures=$((failures + 1))
    echo "FAILED: $1"
    head -c 800 err
}

use="CREATE CATALOG c WITH ('type' = 'file', 'path' = '$tmp/catalog'); USE CATALOG c;"
before="CREATE TABLE a (x INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1'); CREATE TABLE b (y STRING) WITH ('connector' = 'blackhole');"
change="$use ALTER TABLE a ADD z INT; CREATE TABLE IF NOT EXISTS n (x INT, z INT) WITH ('connector' = 'blackhole'); ALTER TABLE b RENAME TO bb; CREATE VIEW v AS SELECT * FROM a; DROP TABLE n;"

prepare() {
    rm -rf catalog
    "$weir" "$use $before" >out 2>err || fail "the undisturbed run"
}

# What stands in the folder can be described: a with two columns at most, b under one of its names.
whole() { # whole WHAT
    "$weir" "$use SHOW TABLES; SHOW VIEWS; DESCRIBE a;" >out 2>err || fail "$1: the folder"
    "$weir" "$use DESCRIBE b;" >out 2>err || "$weir" "$use DESCRIBE bb;" >out 2>err || fail "$1: neither b nor bb"
    for f in catalog/default/*.sql; do
        [ "$(tail -c 2 "$f")" = ";" ] || fail "$1: $f is cut off"
    done
}

sweep() { # sweep VARIABLE SUFFIX STRIDE
    local n=1 code=1 done=0
    while [ "$done" -lt 3 ] && [ "$n" -lt 20000 ] && [ "$failures" -lt 5 ]; do
        prepare
        code=0
        env "$1=$n$2" timeout -s KILL 20 "$weir" "$change" >out 2>err || code=$?
        runs=$((runs + 1))
        [ "$code" -le 2 ] || fail "$1=$n$2: exit code $code"
        [ "$code" -eq 0 ] || [ -s err ] || [ -n "$2" ] || fail "$1=$n$2: no message"
        whole "$1=$n$2"
        [ "$code" -ne 0 ] || done=$((done + 1))
        n=$((n + $3))
    done
}

sweep WEIR_FAIL_SYSCALL "" 1
sweep WEIR_FAIL_SYSCALL "+" 1
sweep WEIR_FAIL_ALLOC "" 37
echo "$runs runs, $failures failed"
[ "$failures" -eq 0 ] && [ "$runs" -gt 20 ]
