# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests of this folder: `source sweep.bash WEIR`. A sweep runs a job once for every n, the nth request
# of one kind failing, and demands of each run: the whole right result and exit code 0, or exit code 1 (2 while the
# command line is read), a message, and no file under a final name that is not whole. Never a signal, never a hang.
set -uo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
weir=$(realpath "$1")
tmp=$(mktemp -d "${TMPDIR:-/tmp}/weir-failure.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" # a failed start may leave to the system what it holds
HANG_S=20       # longer than any run takes; a job that ignores its end is killed
runs=0
failures=0

fail() { # fail TEXT
    failures=$((failures + 1))
    echo "FAILED: $1"
    head -c 1500 "$tmp/err"
}

run() { # run JOB [VARIABLE=value]: $code, $tmp/err, results below $tmp/out
    rm -rf "$tmp/out"
    mkdir "$tmp/out"
    code=0
    { env "${@:2}" timeout -s KILL $HANG_S "$weir" run "$here/$1.sql" --quiet --var IN="$tmp/in" --var OUT="$tmp/out" >"$tmp/stdout" 2>"$tmp/err" || code=$?; } 2>"$tmp/shell"
}

visible() { # the rows of what stands under final names
    find "$tmp/out/windows" -type f ! -name '.*' -exec cat {} + 2>/dev/null | LC_ALL=C sort
}

results_keep() { # the undisturbed results
    visible >"$tmp/want-windows"
    for name in sums top; do [ ! -e "$tmp/out/$name" ] || cp "$tmp/out/$name" "$tmp/want-$name"; done
}

results_right() {
    cmp -s <(visible) "$tmp/want-windows" || return 1
    for name in sums top; do [ ! -e "$tmp/want-$name" ] || cmp -s "$tmp/out/$name" "$tmp/want-$name" || return 1; done
}

# A job that failed: nothing is visible, or everything; with checkpoints ($epochs=1) what they committed, once.
visible_whole() {
    if [ "${epochs:-0}" -eq 1 ]; then [ -z "$(LC_ALL=C comm -23 <(visible) "$tmp/want-windows")" ]
    else [ -z "$(visible)" ] || cmp -s <(visible) "$tmp/want-windows"; fi
}

judge() { # judge NAME: the last run
    runs=$((runs + 1))
    if [ "$code" -gt 2 ]; then fail "$1: exit code $code"
    elif [ "$code" -eq 0 ]; then results_right || fail "$1: exit code 0, but another result"
    elif ! grep -q '[^[:space:]]' "$tmp/err"; then fail "$1: exit code $code without a message"
    elif ! visible_whole; then fail "$1: part of the output under a final name"
    fi
}

# The first n from which the job is done all the same, found by doubling: leaves it in $last.
last_find() { # last_find JOB VARIABLE
    last=64
    while run "$1" "$2=$last" && [ "$code" -ne 0 ] && [ "$last" -lt 1000000 ]; do
        judge "$1 $2=$last"
        last=$((last * 2))
    done
}

# n = 1, 1 + STRIDE, ... then 2, 2 + STRIDE, ...: the first round always, the others while there is time.
sweep() { # sweep JOB VARIABLE SUFFIX LAST STRIDE SECONDS
    local begin=$SECONDS offset n
    for ((offset = 1; offset <= $5; offset++)); do
        for ((n = offset; n <= $4; n += $5)); do
            run "$1" "$2=$n$3"
            judge "$1 $2=$n$3"
            [ "$failures" -lt 10 ] || return
            [ "$offset" -eq 1 ] || [ $((SECONDS - begin)) -lt "$6" ] || return
        done
    done
}

finish() {
    echo "$runs runs, $failures failed"
    [ "$failures" -eq 0 ] && [ "$runs" -gt 20 ]
    exit
}

# 400 rows of about 40 seconds of event time, a little out of order, keys longer and shorter than an inline string.
awk 'BEGIN {
    split("a,b,c,longer than twelve bytes", keys, ",")
    x = 12345
    for (i = 0; i < 400; i++) {
        x = (x * 1103515245 + 12345) % 2147483648
        t = i * 100 + int(x / 65536) % 300
        printf "{\"op\":\"+I\",\"row\":[\"2024-01-01 00:00:%02d.%03d\",\"%s\",%d]}\n", int(t / 1000) % 60, t % 1000, keys[int(x / 1024) % 4 + 1], int(x / 4096) % 99
    }
}' >"$tmp/in"

run "$job"
if [ "$code" -ne 0 ] || [ -z "$(visible)" ]; then
    fail "the undisturbed run"
    finish
fi
results_keep
