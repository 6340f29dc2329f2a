# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the files of a tree, text without comments, findings and exceptions.

A check is a program `tools/check/<name>.py [--root DIR] [--build DIR] [--cc COMPILER]` that prints one
line per finding and ends with status 1 if there is any. A finding has a key (a file, or file:noun).
exceptions/<name>.txt may list keys, one per line with the reason behind it; a key that no longer has a
finding is a finding itself, so the lists can only shrink.
"""
import argparse
import os
import re
import sys

ORDER = ("base env type vec sql func state agg catalog plan io op format connector runtime cluster "
         "server api shell cli").split()

_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def without_comments(text, keep_strings=False):
    """Comments (and string contents) become blanks; every line keeps its number."""
    def blank(match):
        token = match.group(0)
        if token[0] in "\"'":
            return token if keep_strings else token[0] + " " * (len(token) - 2) + token[0]
        return re.sub(r"[^\n]", " ", token)
    return _TOKEN.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Check:
    def __init__(self, name):
        parser = argparse.ArgumentParser(prog=name)
        here = os.path.dirname(os.path.abspath(__file__))
        parser.add_argument("--root", default=os.path.dirname(os.path.dirname(here)))
        parser.add_argument("--build")
        parser.add_argument("--cc", default="cc")
        options = parser.parse_args()
        self.name = name
        self.root = os.path.abspath(options.root)
        self.build = options.build and os.path.abspath(options.build)
        self.cc = options.cc
        self.findings = []

    def files(self, folders, endings):
        """Paths relative to the root, sorted; build folders and hidden ones are not entered."""
        found = []
        for folder in folders:
            for path, dirs, names in os.walk(os.path.join(self.root, folder)):
                dirs[:] = [d for d in dirs if not d.startswith((".", "build"))]
                found += [os.path.relpath(os.path.join(path, n), self.root)
                          for n in names if n.endswith(endings)]
        return sorted(found)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            return file.read()

    def add(self, key, line, message):
        self.findings.append((key, line, message))

    def exceptions(self):
        path = os.path.join(self.root, "tools/check/exceptions", self.name + ".txt")
        keys = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    words = line.split(None, 1)
                    if words and not line.startswith("#"):
                        keys[words[0]] = number
                        if len(words) < 2:
                            self.add(path, number, f"'{words[0]}' is listed without a reason")
        return keys

    def finish(self, summary=""):
        excepted = self.exceptions()
        seen = {key for key, _, _ in self.findings}
        left = [f for f in self.findings if f[0] not in excepted]
        left += [(f"tools/check/exceptions/{self.name}.txt", number, f"stale: '{key}' has no finding any more; remove the line")
                 for key, number in excepted.items() if key not in seen]
        for key, line, message in sorted(left):
            print(f"{key.split(':')[0]}:{line}: {message}")
        print(f"{self.name}: {len(left)} findings{'; ' if summary else ''}{summary}")
        sys.exit(1 if left else 0)
