#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A near miss is answered with the right word: in flags, keys, options, connectors, functions, columns.
source "$(dirname "$0")/check.bash" "$@"

suggests() { # suggests WHAT WORD ARGUMENT...
    local what=$1 word=$2
    shift 2
    run "$@"
    has_not "$what is an error" "$code" 0
    has "$what" "$err" "Did you mean"
    has "$what" "$err" "$word"
}

suggests "a flag" "--format" --fromat json "SELECT 1"
suggests "a setting" "parallelism.default" "SET 'paralelism.default' = '2'"
suggests "a connector" "filesystem" "CREATE TABLE t (a INT) WITH ('connector' = 'filesytem', 'path' = 'x', 'format' = 'json'); SELECT * FROM t"
suggests "an option" "source.monitor-interval" "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json', 'source.monitor-intervall' = '1 s'); SELECT * FROM t"
suggests "an option of a format" "json.ignore-parse-errors" "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json', 'json.ignore-parse-error' = 'true'); SELECT * FROM t"
suggests "a format" "json" "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'jsonn'); SELECT * FROM t"
suggests "a function" "UPPER" "SELECT UPER('a')"
suggests "a column" "price" "SELECT prise FROM (VALUES (1)) AS t(price)"
finish
