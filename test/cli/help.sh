#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# --help everywhere, --version.
source "$(dirname "$0")/check.bash" "$@"

run --help
is "--help" "$code" 0
has "usage" "$out" "weir run FILE"
for flag in -c --set --var --format --schema --parallelism --trigger --from-savepoint --savepoint --supervise --max-rows --for; do
    has "--help names $flag" "$out" "$flag"
done
run -h
is "-h is the same" "$code" 0
for command in run explain test; do
    run "$command" --help
    is "$command --help" "$code" 0
    has "$command --help is about it" "$out" "weir $command"
    run help "$command"
    is "help $command" "$code" 0
    has "help $command is about it" "$out" "weir $command"
done
has "examples" "$(run --help; echo "$out")" "| weir \"SELECT item"
for command in run explain check test support completion manual; do
    run "$command" --help
    is "$command --help" "$code" 0
    has "$command --help has examples" "$out" "
Examples
  "
done
run --version
is "--version" "$code" 0
has "its name" "$out" "weir "
has "the reference" "$out" "Flink SQL 2.3"
finish
