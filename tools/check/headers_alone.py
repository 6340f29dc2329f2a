#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every header compiles by itself, without warnings."""
import concurrent.futures
import os
import subprocess

from tree import Check

FLAGS = ("-std=c17 -D_GNU_SOURCE -DPCRE2_CODE_UNIT_WIDTH=8 -x c -fsyntax-only -Wall -Wextra -Werror "
         "-Wno-unused-function -Wno-unused-const-variable").split()


def compile_alone(check, path):
    command = [check.cc, *FLAGS, "-Isrc", "-Iinclude", "-Itest", "-include", path, os.devnull]
    done = subprocess.run(command, cwd=check.root, capture_output=True, text=True, timeout=60)
    return path, done.returncode, done.stderr


def main():
    check = Check("headers_alone")
    paths = check.files(["src", "include", "test"], (".h",))
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for path, code, text in pool.map(lambda p: compile_alone(check, p), paths):
            if code != 0:
                first = next((line for line in text.splitlines() if "error" in line), text.strip())
                check.add(path, 1, f"does not compile alone: {first}")
    check.finish(f"{len(paths)} headers")


main()
