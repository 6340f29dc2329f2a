#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What `make install` and the .deb put on a machine, tried in an empty root: the program runs, the manual page renders, the
# completions work, and a C program is built against the header and pkg-config file of the installation alone.
# Called with the build folder and the repository's root.
set -euo pipefail
build=$(realpath "$1") root=$(realpath "$2")
tmp=$(mktemp -d "${TMPDIR:-/tmp}/weir-install.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }

try_program() { # try_program BIN: from another folder, so that nothing of the source tree helps
    local out
    out=$(cd "$tmp" && "$1" "SELECT 1 + 1 AS two")
    [ "$out" = '{"two":2}' ] || fail "$1 answers '$out'"
    "$1" --version | grep -q '^weir [0-9]' || fail "$1 has no version"
}

try_library() { # try_library LIBDIR HOW: compiles the C example against what is installed
    export PKG_CONFIG_PATH=$1/pkgconfig
    [ "$(pkg-config --modversion weir)" = "$("$usr/bin/weir" --version | cut -d' ' -f2)" ] || fail "pkg-config says another version"
    local libs
    if [ "$2" = static ]; then
        libs="$1/libweir.a $(pkg-config --libs --static weir | sed 's/-lweir //')"
    else
        libs=$(pkg-config --libs weir)
    fi
    # shellcheck disable=SC2046,SC2086
    cc -std=c17 -Wall -Wextra -Werror "$root/examples/c/orders.c" -o "$tmp/orders" $(pkg-config --cflags weir) $libs
    LD_LIBRARY_PATH=$1 "$tmp/orders" | diff "$root/examples/c/orders.expected" - || fail "the $2 library answers otherwise"
}

try_page() {
    [ -s "$1" ] || [ -s "$1.gz" ] || fail "no manual page"
    command -v man > /dev/null || { echo "man is not here: the page is not rendered"; return; }
    local page=$1 text
    [ -s "$page" ] || page=$1.gz
    text=$(MANWIDTH=100 man --warnings -l "$page" 2> "$tmp/man" | col -b 2> /dev/null || true)
    [ -s "$tmp/man" ] && fail "the manual page has faults: $(head -3 "$tmp/man")"
    for word in --parallelism 'weir check' --format 'EXIT STATUS' available-now; do
        grep -qF -- "$word" <<< "$text" || fail "the manual page does not name $word"
    done
    for flag in $("$usr/bin/weir" --help | grep -oE '^  --?[a-z-]+' | sort -u); do
        grep -qF -- "$flag" <<< "$text" || fail "the manual page does not name $flag"
    done
}

complete() { # complete WORD...: what bash would offer for the last word
    bash -c '
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _weir
        printf "%s\n" "${COMPREPLY[@]}"' bash "$usr/share/bash-completion/completions/weir" "$@" | sort | tr '\n' ' '
}

try_completions() {
    [ "$(complete weir che)" = 'check ' ] || fail "completion of a command: $(complete weir che)"
    [[ "$(complete weir run --ch)" = ' ' ]] || fail "completion of another command's option: $(complete weir run --ch)"
    [ "$(complete weir run --tri)" = '--trigger ' ] || fail "completion of an option: $(complete weir run --tri)"
    [ "$(complete weir check --format s)" = 'sarif ' ] || fail "completion of a value: $(complete weir check --format s)"
    [ "$(complete weir test --checkp)" = '--checkpoint-every-batch ' ] || fail "completion of a test option"
    (cd "$root" && [[ "$(complete weir run examples/fli)" == *examples/flights.sql* ]]) || fail "completion of files"
    if command -v zsh > /dev/null; then zsh -n "$usr/share/zsh/vendor-completions/_weir" || fail "zsh does not take its completions"; fi
    if command -v fish > /dev/null; then fish -n "$usr/share/fish/vendor_completions.d/weir.fish" || fail "fish does not take its completions"; fi
    grep -q '^#compdef weir' "$usr/share/zsh/vendor-completions/_weir" || fail "zsh completions"
    grep -q "^complete -c weir .*-l trigger" "$usr/share/fish/vendor_completions.d/weir.fish" || fail "fish completions"
}

try_all() { # try_all USR LIBDIR
    usr=$1
    try_program "$usr/bin/weir"
    try_library "$2" shared
    [ ! -e "$2/libweir.a" ] || try_library "$2" static
    try_page "$usr/share/man/man1/weir.1"
    try_completions
    [ -s "$usr/share/doc/weir/library.md" ] || fail "no documents"
}

DESTDIR=$tmp/root cmake --install "$build" --prefix /usr > "$tmp/log" 2>&1 || { cat "$tmp/log"; fail "cmake --install"; }
libdir=$(dirname "$(find "$tmp/root/usr" -name libweir.so -print -quit)")
try_all "$tmp/root/usr" "$libdir"
echo "make install: fine"

if ! command -v dpkg-deb > /dev/null || ! command -v dpkg-shlibdeps > /dev/null; then
    echo "dpkg's tools are not here: no package is made"
    exit 0
fi
(cd "$tmp" && cpack --config "$build/CPackConfig.cmake" -G DEB -B "$tmp/package" > "$tmp/log" 2>&1) || { tail -20 "$tmp/log"; fail "cpack"; }
deb=$(find "$tmp/package" -maxdepth 1 -name '*.deb' -print -quit)
dpkg-deb -x "$deb" "$tmp/deb"
depends=$(dpkg-deb -f "$deb" Depends)
[[ "$depends" == *libc6* && "$depends" == *tzdata* ]] || fail "the package depends on '$depends'"
libdir=$(dirname "$(find "$tmp/deb/usr" -name 'libweir.so.0' -print -quit)")
[ "$(dpkg-deb -f "$deb" Package)" = weir ] || fail "the package has another name"
try_all "$tmp/deb/usr" "$libdir"
echo "$(basename "$deb"): fine, $(($(stat -c %s "$deb") / 1024)) KiB, depends on $depends"
