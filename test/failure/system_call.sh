#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The nth file operation fails, and: it and all after it fail.
job=job
source "$(dirname "$0")/sweep.bash" "$@"
last_find job WEIR_FAIL_SYSCALL
sweep job WEIR_FAIL_SYSCALL "" "$last" 7 5
sweep job WEIR_FAIL_SYSCALL "+" "$last" 13 5
finish
