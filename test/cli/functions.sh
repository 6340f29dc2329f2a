#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# docs/functions.md is what `weir support --functions` prints; every function in it has an example, and every
# example is true: a condition, or a query over the table t of the page's head whose last row is.
source "$(dirname "$0")/check.bash" "$@"

run support --functions
is "exit code" "$code" 0
cp "$tmp/out" "$tmp/page"
if ! diff -u "$root/docs/functions.md" "$tmp/page" >"$tmp/diff"; then
    head -n 40 "$tmp/diff"
    fail "docs/functions.md is not current: build/weir support --functions > docs/functions.md"
fi

# name<TAB>example; a function's blocks of code are its signature and, behind it, its example.
awk '/^### /{ if (name != "") print name "\t" example; name = substr($0, 5); example = ""; seen = 0; next }
     /^## /{ if (name != "") print name "\t" example; name = ""; next }
     /^    / && name != "" { if (seen++ > 0) example = substr($0, 5) }
     END { if (name != "") print name "\t" example }' "$tmp/page" >"$tmp/examples"
has_not "there are functions" "$(wc -l <"$tmp/examples")" "^[0-9]$"

view="CREATE TEMPORARY VIEW t AS SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'b')) AS v(x, s);
CREATE TEMPORARY TABLE w (ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'number-of-rows' = '1', 'fields.ts.max-past' = '1');"
while IFS=$'\t' read -r name example; do
    if [ -z "$example" ]; then
        [ "$name" = APPROX_COUNT_DISTINCT ] || is "$name has an example" "" "one" # which streams do not have
        continue
    fi
    if [[ "$example" == SELECT* ]]; then
        run --format changelog "$view $example"
        is "$name: $example: exit code" "$code" 0
        last=$(tail -n 1 <<<"$out")
        [[ "$example" == *" = "* ]] && is "$name: $example" "${last:2}" "[true]"
    else
        run --format changelog "SELECT $example"
        is "$name: $example" "$out" "+I[true]"
    fi
done <"$tmp/examples"
finish
