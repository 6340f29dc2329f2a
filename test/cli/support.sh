#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# docs/sql-support.md is what `weir support` prints. The examples of functions run in functions.sh.
source "$(dirname "$0")/check.bash" "$@"

run support
is "exit code" "$code" 0
if ! diff -u "$root/docs/sql-support.md" "$tmp/out" >"$tmp/diff"; then
    head -n 40 "$tmp/diff"
    fail "docs/sql-support.md is not current: build/weir support > docs/sql-support.md"
fi
has "functions" "$out" "UPPER"
has "aggregates" "$out" "LISTAGG"
has "connectors" "$out" "filesystem"

finish
