#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The shared library shows what include/weir.h declares, all of it and nothing else, and has its soname.
set -euo pipefail
library=$1 header=$2

shown=$(nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | sed 's/@.*//' | sort)
declared=$(tr '\n' ' ' < "$header" | grep -o 'WEIR_API [^;]*;' | grep -o 'weir_[a-z_]*(' | tr -d '(' | sort)
if [ "$shown" != "$declared" ]; then
    diff <(echo "$declared") <(echo "$shown") | sed 's/^</declared, not shown:/; s/^>/shown, not declared:/'
    exit 1
fi
[ "$(echo "$shown" | wc -l)" -gt 20 ]
readelf -d "$library" | grep -q 'SONAME.*\[libweir\.so\.0\]'
