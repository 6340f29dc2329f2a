#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# SIGTERM and SIGINT end an endless job cleanly: exit code 0, and what was read is in the output.
source "$(dirname "$0")/check.bash" "$@"

cat >"$tmp/job.sql" <<SQL
CREATE TABLE numbers (x BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '500',
    'fields.x.kind' = 'sequence', 'fields.x.start' = '1', 'fields.x.end' = '1000000');
CREATE TABLE copies (x BIGINT) WITH ('connector' = 'filesystem', 'path' = '$tmp/copies', 'format' = 'csv');
INSERT INTO copies SELECT x FROM numbers;
SQL
for signal in TERM INT; do
    # A shell's background jobs ignore SIGINT; this puts it back before the program starts.
    python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])' \
        "$weir" run "$tmp/job.sql" --quiet >"$tmp/out" 2>"$tmp/err" &
    pid=$!
    sleep 1
    kill -s "$signal" "$pid"
    code=0
    wait "$pid" || code=$?
    is "SIG$signal: exit code" "$code" 0
done
for file in "$tmp"/copies/*; do
    is "what was read is committed without gaps" "$(awk 'NR != $1' "$file" | wc -l)" 0
done
is "one file per run" "$(ls "$tmp/copies" | wc -l)" 2
is "no stray file" "$(find "$tmp/copies" -name '.*' -type f | wc -l)" 0
finish
