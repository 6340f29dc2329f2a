#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes point up the list of folders (base first, cli last), and some walls stand on top of that.

sql and plan never see op, connector, runtime; op never sees connector, runtime, catalog; connector and
format never see op, plan. Only env includes socket, file, clock and thread headers. A quoted include is
written relative to src/.
"""
import os
import re

from tree import ORDER, Check, without_comments

WALLS = {
    "sql": {"op", "connector", "runtime"},
    "plan": {"op", "connector", "runtime"},
    "op": {"connector", "runtime", "catalog"},
    "connector": {"op", "plan"},
    "format": {"op", "plan"},
}
DOOR = re.compile(r"^(pthread|threads|semaphore|time|unistd|fcntl|dirent|poll|signal|sched|netdb|termios|"
                  r"dlfcn|spawn|glob|ftw|aio|mqueue|syslog|ifaddrs|(sys|net|netinet|arpa|linux)/.*)\.h$")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def see(check, path, folder, number, form, name):
    key = f"{path}:{name}"
    if form == "<":
        if folder != "env" and DOOR.match(name):
            check.add(key, number, f"<{name}> belongs to env alone; call env/ instead")
        return
    if name == "weir.h":
        return
    target = name.split("/")[0]
    if not os.path.exists(os.path.join(check.root, "src", name)):
        check.add(key, number, f'"{name}" is not a file below src/; includes are written relative to src/')
    elif target not in ORDER:
        check.add(key, number, f'"{name}": folder {target} is not in the list of tools/check/tree.py')
    elif ORDER.index(target) > ORDER.index(folder):
        check.add(key, number, f'"{name}": {folder} must not see {target}, which is further down the list')
    elif target in WALLS.get(folder, ()):
        check.add(key, number, f'"{name}": {folder} must not see {target}')


def main():
    check = Check("include_direction")
    for path in check.files(["src"], (".c", ".h", ".cc", ".def")):
        folder = path.split(os.sep)[1]
        if folder not in ORDER:
            check.add(path, 1, f"folder {folder} is not in the list of tools/check/tree.py")
            continue
        text = without_comments(check.read(path), keep_strings=True)
        for match in INCLUDE.finditer(text):
            number = text.count("\n", 0, match.start()) + 1
            see(check, path, folder, number, match.group(1), match.group(2))
    check.finish()


main()
