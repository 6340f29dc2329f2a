#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The examples run and show what their heads promise.
source "$(dirname "$0")/check.bash" "$@"

cat_all() { find "$1" -type f -not -name '.*' -exec cat {} +; }

code=0
"$root/examples/run" "$weir" >"$tmp/out" 2>"$tmp/err" || code=$?
out=$(<"$tmp/out")
err=$(<"$tmp/err")
is "run" "$code" 0
is "the ranking's last change" "$(grep '^ranking> ' "$tmp/out" | tail -n 1)" "ranking> +U[3, BMI, 1]"
has "updates" "$out" "ranking> -U[1, ATL, 2]"
has "windows" "$out" "2001-02-25 18:00:00.000"
has "the broken record" "$out" '"origin":"IAD","de'
has "late rows" "$err" "late rows were dropped"

code=0
"$root/examples/pipes" "$weir" >"$tmp/out" 2>"$tmp/err" || code=$?
is "pipes" "$code" 0
has "Hawaii" "$(<"$tmp/out")" '"city":"Honolulu"'

run run examples/csv_to_json.sql --var "OUT=$tmp/airports"
is "csv_to_json" "$code" 0
is "all airports" "$(cat_all "$tmp/airports" | wc -l)" 224
has "nested objects" "$(cat_all "$tmp/airports" | grep '"JFK"')" '"place":{"city":"New York","state":"NY"}'

run run examples/exactly_once.sql --var "OUT=$tmp/departures" --var "STATE=$tmp/state"
is "exactly_once" "$code" 0
is "every flight is in the output once" "$(cat_all "$tmp/departures" | awk -F, '{n += $3} END {print n}')" 20000
is "a folder per month" "$(ls "$tmp/departures" | grep -c '^month=2001-0[123]$')" 3
finish
