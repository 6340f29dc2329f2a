#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A thousand statements that nobody would write: the cases of the SQL suite with tokens lost, doubled, swapped and
# taken from elsewhere, from a fixed seed. Whatever they mean now, the program refuses or runs them; it does not
# crash or hang. Strings stay whole, so that no case leaves its own folder.
set -uo pipefail
here=$(dirname "$(realpath "$0")")
weir=$(realpath "$1")
count=${2:-1000}
seed=${3:-1}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/weir-mutated.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
CHUNK=25
LIMIT_S=60

find "$here/../sql" -name '*.test' -print0 | LC_ALL=C sort -z | xargs -0 cat >"$tmp/all"
awk -v out="$tmp/part" -v count="$count" -v seed="$seed" -v chunk=$CHUNK '
function random(n) { x = (x * 1103515245 + 12345) % 2147483648; return int(x / 65536) % n }
function tokens(text, list,    n) {
    n = 0
    while (match(text, /\047[^\047]*\047|`[^`]*`|[A-Za-z_0-9.]+|[^A-Za-z_0-9.]/)) {
        list[++n] = substr(text, RSTART, RLENGTH)
        if (list[n] ~ /^[A-Za-z_0-9(),*+<>=.-]/) words[++word_count % 5000] = list[n]
        text = substr(text, RSTART + RLENGTH)
    }
    return n
}
function mutated(text,    t, n, i, j, k, times, result) {
    n = tokens(text, t)
    if (n == 0) return text
    times = random(3) == 0 ? 2 : 1
    for (k = 0; k < times; k++) {
        do { i = 1 + random(n) } while (t[i] == " " && n > 1 && random(8) != 0)
        j = 1 + random(n)
        what = random(6)
        if (what == 0) t[i] = ""
        else if (what == 1) t[i] = t[i] " " t[i]
        else if (what == 2) { swap = t[i]; t[i] = t[j]; t[j] = swap }
        else if (what == 3) t[i] = t[j]
        else if (word_count > 0) t[i] = words[random(word_count < 5000 ? word_count : 5000)]
        if (what == 5 && random(4) == 0) n = i
    }
    result = ""
    for (i = 1; i <= n; i++) result = result t[i]
    return result
}
function case_end() { # picks the case with the odds that the wanted number needs
    if (body == "" || random(cases) >= count * 11 / 10 || written >= count) return
    file = out "-" (1000 + int(written / chunk)) ".test"
    print "%case mutated " written "\n" body "%expect\n" > file
    written++
}
BEGIN { x = seed; getline_count = 0 }
NR == FNR { if (/^%case/) cases++; next }
/^%case/ { case_end(); body = ""; section = ""; next }
/^%(file|sql|query)/ { section = $1; body = body $0 "\n"; next }
/^%/ { section = ""; next }
section == "%file" { body = body $0 "\n" }
(section == "%sql" || section == "%query") && NF > 0 { body = body (section == "%query" || random(3) == 0 ? mutated($0) : $0) "\n" }
END { case_end(); print written + 0 > (out "-count") }
' "$tmp/all" "$tmp/all"

failures=0
one_by_one() { # one_by_one FILE: shows the cases that do it
    awk -v out="$tmp/single" '/^%case/ { n++; file = out "-" n ".test" } { print > file }' "$1"
    for single in "$tmp"/single-*.test; do
        code=0
        { timeout -s KILL "$LIMIT_S" "$weir" test "$single" >"$tmp/out" 2>&1 || code=$?; } 2>/dev/null
        [ "$code" -le 1 ] || { echo "exit code $code:"; cat "$single"; tail -n 25 "$tmp/out"; }
    done
    rm -f "$tmp"/single-*
}
for part in "$tmp"/part-*.test; do
    code=0
    { timeout -s KILL "$LIMIT_S" "$weir" test "$part" >"$tmp/out" 2>&1 || code=$?; } 2>/dev/null
    [ "$code" -le 1 ] && continue
    failures=$((failures + 1))
    one_by_one "$part"
done
echo "$(cat "$tmp/part-count") statements, $failures parts failed"
[ "$failures" -eq 0 ] && [ "$(cat "$tmp/part-count")" -ge $((count / 2)) ]
