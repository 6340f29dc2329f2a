#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The shell as a person uses it, driven through a pseudo terminal: shell.py.
source "$(dirname "$0")/check.bash" "$@"

code=0
python3 "$root/test/cli/shell.py" "$weir" "$tmp" >"$tmp/out" 2>"$tmp/err" || code=$?
is "shell.py" "$code" 0
cat "$tmp/out"

printf 'SELECT 1 AS a;\nSELECT 2 AS a;\n' >"$tmp/two.sql"
is "a script piped in" "$("$weir" <"$tmp/two.sql" 2>"$tmp/err")" '{"a":1}
{"a":2}'
finish
