#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How a file opens: the SPDX line, a comment that says what it is, and in a header of src/ its guard.

In a .c file the comment follows at once; in a header the guard and includes may stand before it.
"""
import os
import re

from tree import Check

SPDX = "/* SPDX-License-Identifier: Apache-2.0 */"
WORDS_MIN = 5


def guard_of(path):
    stem = os.path.splitext(os.sep.join(path.split(os.sep)[1:]))[0]
    return "WEIR_" + re.sub(r"[^A-Za-z0-9]", "_", stem).upper() + "_H"


def opening_comment(text, is_header):
    """The words of the comment that opens the rest of the file, or None."""
    rest = text
    if is_header:
        rest = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", "", rest, flags=re.M)
    rest = rest.lstrip()
    match = re.match(r"/\*(.*?)\*/", rest, re.S)
    return re.findall(r"\w+", match.group(1)) if match else None


def main():
    check = Check("openings")
    for path in check.files(["src", "include", "test", "bench", "examples"], (".c", ".h", ".cc", ".def")):
        text = check.read(path)
        first, _, rest = text.partition("\n")
        if first != SPDX:
            check.add(path, 1, f"the first line must be {SPDX}")
            continue
        words = opening_comment(rest, path.endswith((".h", ".def")))
        if words is None or len(words) < WORDS_MIN:
            check.add(path, 2, "no opening comment that says what the file is")
        if path.startswith("src" + os.sep) and path.endswith(".h"):
            guard = guard_of(path)
            if not re.search(rf"^#ifndef {guard}\n#define {guard}$", text, re.M):
                check.add(path, 2, f"the include guard must be {guard}")
    check.finish()


main()
