#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# taskmanager.memory.process.size: at nine tenths of it a job stops and names the operator that takes most; with
# checkpoints it takes a last one, from which it goes on when it is given more, and ends as if nothing had been.
source "$(dirname "$0")/check.bash" "$@"

job() { # job SIZE SETTINGS
    cat >"$tmp/job.sql" <<SQL
SET 'taskmanager.memory.process.size' = '$1';
$2
CREATE TABLE numbers (x BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000000', 'number-of-rows' = '1200000',
    'fields.x.kind' = 'sequence', 'fields.x.start' = '1', 'fields.x.end' = '1200000');
CREATE TABLE nowhere (x BIGINT, n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT x, COUNT(*) FROM numbers GROUP BY x;
SQL
}
run() { # run ARGUMENTS
    code=0
    timeout 60 "$weir" run "$tmp/job.sql" --quiet "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
}

job '32 mb' ''
run
is "without checkpoints: exit code" "$code" 1
has "it says who takes most" "$(cat "$tmp/err")" "MiB, is of operator 'GroupAggregate' (subtask 1/1"
has "it says what to do" "$(cat "$tmp/err")" "SET 'taskmanager.memory.process.size' to more"

on="SET 'execution.checkpointing.interval' = '1 h'; SET 'execution.checkpointing.dir' = '$tmp/checkpoints';"
job '32 mb' "$on"
run
is "with checkpoints: exit code" "$code" 1
has "a last checkpoint was taken" "$(cat "$tmp/err")" "a last checkpoint was taken"
is "it is there" "$(find "$tmp/checkpoints" -name manifest | wc -l)" 1
job '2 gb' "$on"
run --resume
is "with more memory the job goes on" "$code" 0
finish
