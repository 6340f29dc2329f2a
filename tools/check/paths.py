#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No path of somebody's machine and no host of a package registry stands in a file of the repository."""
import os
import re
import subprocess

from tree import Check

HOSTS = [r"registry\.npm", r"registry\.yarn", r"pypi\.org", r"pythonhosted\.", r"crates\.io", r"proxy\.golang", r"repo1?\.maven",
         r"maven\.org", r"deb\.debian", r"archive\.ubuntu", r"jfrog", r"artifactory", r"nexus\.", r"rubygems\.org"]
HOMES = [r"/home/[a-z]", r"/root/", r"/Users/[A-Za-z]", r"/tmp/bash"]
# Parents of a checkout that say nothing about the machine.
PLAIN = {"/", "/tmp", "/var/tmp", "/home", "/root", "/src", "/usr/src", "/opt", "/usr/local/src"}
FILE_BYTES_MAX = 1 << 20


def tracked(root):
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                            capture_output=True, text=True)
    if listed.returncode == 0:
        return [name for name in listed.stdout.split("\0") if name]
    return [os.path.relpath(os.path.join(path, name), root) for path, dirs, names in os.walk(root)
            for name in names if not any(part.startswith("build") for part in os.path.relpath(path, root).split(os.sep))]


def main():
    check = Check("paths")
    homes = list(HOMES)
    parent = os.path.dirname(check.root)
    if parent not in PLAIN:
        homes.append(re.escape(parent) + "/")
    pattern = re.compile(r"(?<![\w.}$/-])(?:" + "|".join(homes) + r")|(?:" + "|".join(HOSTS) + ")")
    own = os.path.join("tools", "check", "paths.py")
    for path in tracked(check.root):
        full = os.path.join(check.root, path)
        if path == own or not os.path.isfile(full) or os.path.getsize(full) > FILE_BYTES_MAX:
            continue
        text = check.read(path)
        for match in pattern.finditer(text):
            check.add(path, text.count("\n", 0, match.start()) + 1, f"names '{match.group(0)}'")
    check.finish()


main()
