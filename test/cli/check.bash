# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests of the command line: `source check.bash WEIR ROOT`. Gives $weir, $root, an empty folder
# $tmp that goes away, and the checks below; the test begins in $root and ends with `finish`.
set -uo pipefail
weir=$(realpath "$1")
root=$(realpath "$2")
tmp=$(mktemp -d "${TMPDIR:-/tmp}/weir-cli.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
cd "$root" || exit 1
checks=0
failures=0

fail() { # fail TEXT
    failures=$((failures + 1))
    echo "FAILED: $1"
    echo "  stdout: $(head -c 2000 "$tmp/out" 2>/dev/null)"
    echo "  stderr: $(head -c 2000 "$tmp/err" 2>/dev/null)"
}

run() { # run ARGUMENT...: runs weir; then $code, $out, $err and the files of the same names
    code=0
    "$weir" "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
    out=$(<"$tmp/out")
    err=$(<"$tmp/err")
}

is() { # is WHAT ACTUAL EXPECTED
    checks=$((checks + 1))
    [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"
}

has() { # has WHAT TEXT PART
    checks=$((checks + 1))
    [[ "$2" == *"$3"* ]] || fail "$1: no '$3'"
}

has_not() { # has_not WHAT TEXT PART
    checks=$((checks + 1))
    [[ "$2" != *"$3"* ]] || fail "$1: '$3' is there"
}

finish() {
    echo "$checks checks, $failures failed"
    [ "$failures" -eq 0 ] && [ "$checks" -gt 0 ]
    exit
}
