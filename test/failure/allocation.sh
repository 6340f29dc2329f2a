#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Memory runs out at the nth allocation. While a failure is armed arenas ask for each allocation on its own, so
# every one of them is tried.
job=job
source "$(dirname "$0")/sweep.bash" "$@"
last_find job WEIR_FAIL_ALLOC
sweep job WEIR_FAIL_ALLOC "" "$last" 11 12
finish
