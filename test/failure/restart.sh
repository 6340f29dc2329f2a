#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The nth file operation of a job that checkpoints and restarts fails once: the result is right all the same, or
# the failure stood before or after the job and is told.
job=restarting
epochs=1
source "$(dirname "$0")/sweep.bash" "$@"
last_find restarting WEIR_FAIL_SYSCALL
sweep restarting WEIR_FAIL_SYSCALL "" "$last" 7 10
sweep restarting WEIR_FAIL_SYSCALL "+" "$last" 31 4
finish
