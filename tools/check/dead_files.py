#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No dead file: each source of src/ is reached from the program or the library, each header is included by somebody.

Reached is taken from the symbol tables of the built objects: main.c and the library's src/api/weir_*.c are
reached, and so is every file that defines a symbol which a reached file leaves undefined. A file that only tests
reach is dead.
"""
import glob
import os
import re
import subprocess

from tree import Check

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.M)
ROOT = os.path.join("src", "cli", "main.c")
PUBLIC = os.path.join("src", "api", "weir_")


def symbols(check):
    """source path -> (defined, undefined) over the objects of all CPU levels; only sources that still exist."""
    paths = glob.glob(os.path.join(glob.escape(check.build), "CMakeFiles", "weir*.dir", "src", "**", "*.o"), recursive=True)
    found = {}
    if not paths:
        return found
    text = subprocess.run(["nm", "-g", "-P", "-A", *paths], capture_output=True, text=True, timeout=60).stdout
    for line in text.splitlines():
        place, _, rest = line.partition(": ")
        fields = rest.split()
        source = os.path.splitext(place[place.index(".dir" + os.sep) + 5:])[0]
        if len(fields) >= 2 and os.path.exists(os.path.join(check.root, source)):
            defined, undefined = found.setdefault(source, (set(), set()))
            (undefined if fields[1] in "Uvw" else defined).add(fields[0])
    return found


def reached(found):
    owners = {}
    for source, (defined, _) in found.items():
        for name in defined:
            owners.setdefault(name, set()).add(source)
    queue = [ROOT] + [source for source in found if source.startswith(PUBLIC)]
    alive = set(queue)
    while queue:
        for name in found.get(queue.pop(), (set(), set()))[1]:
            for source in owners.get(name, ()):
                if source not in alive:
                    alive.add(source)
                    queue.append(source)
    return alive


def main():
    check = Check("dead_files")
    sources = check.files(["src"], (".c", ".cc"))
    if not check.build:
        raise SystemExit("dead_files: --build DIR is needed: the symbols come from the built objects")
    alive = reached(symbols(check))
    for path in sources:
        if path not in alive:
            check.add(path, 1, "nothing that the program reaches uses a symbol of this file")
    included = set()
    for path in sources + check.files(["src", "test", "bench", "include"], (".h", ".def", ".c")):
        included.update(INCLUDE.findall(check.read(path)))
    for path in check.files(["src", "test"], (".h", ".def")):
        if path.split(os.sep, 1)[1] not in included:
            check.add(path, 1, "nobody includes this header")
    check.finish(f"{len(sources)} sources")


main()
