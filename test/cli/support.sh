#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# docs/sql-support.md is what `weir support` prints, and every example of a function in it is true, or at least runs.
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

sed -n '/^## Functions/,/^## Aggregate/p' "$tmp/out" | sed -n 's/^.* | ``*\([^`]*\)``* |$/\1/p' | sed 's/\\|/|/g' >"$tmp/examples"
has_not "there are examples" "$(wc -l <"$tmp/examples")" "^0$"
while read -r example; do
    run --format changelog "SELECT $example FROM (VALUES (1)) AS t(x)"
    if [[ "$example" == *" = "* ]]; then
        is "$example" "$out" "+I[true]"
    elif [[ "$example" != *"(ts)"* ]]; then # needs a table with a watermark
        is "$example" "$code" 0
    fi
done <"$tmp/examples"
finish
