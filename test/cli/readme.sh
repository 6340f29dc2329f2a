#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The README's console blocks do what they show: each line "$ command" is run, and the lines below it must be
# what it prints. A line "..." stands for any lines.
source "$(dirname "$0")/check.bash" "$@"

python3 - "$root/README.md" "$weir" "$tmp" <<'PY' >"$tmp/out" 2>"$tmp/err"
import os, re, subprocess, sys
readme, weir, tmp = sys.argv[1:]
text = open(readme, encoding="utf-8").read()
blocks = re.findall(r"^```console\n(.*?)^```$", text, re.S | re.M)
examples, failed = 0, 0
for block in blocks:
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, expected = part.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = command[:-1] + more
        examples += 1
        ran = command.replace("/tmp/", tmp + "/").replace("build/weir", weir)
        done = subprocess.run(["bash", "-c", ran], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        pattern = "".join(".*" if line == "...\n" else re.escape(line.replace("/tmp/", tmp + "/")) for line in expected.splitlines(True))
        if not re.fullmatch(pattern, done.stdout, re.S):
            failed += 1
            print(f"README: $ {command}\n-- shown --\n{expected}-- printed --\n{done.stdout}")
print(f"{examples} examples, {failed} failed")
sys.exit(1 if failed or examples < 6 else 0)
PY
code=$?
cat "$tmp/out"
is "the README's examples" "$code" 0
finish
