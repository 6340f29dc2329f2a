#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No file over 1,000 lines, no function over 70 (from its first line to its closing brace).

Registry files (.def) are exempt, and so is the list of tests in a test's main.
"""
import os
import re

from tree import Check, without_comments

FILE_LINES_MAX = 1000
FUNCTION_LINES_MAX = 70
NAME = re.compile(r"([A-Za-z_]\w*)\s*\(")


def opens_function(head):
    """Is this text, which stands before a '{' on the outermost level, the head of a function?"""
    flat = re.sub(r"__attribute__\s*\(\(.*?\)\)", " ", " ".join(head.split()))
    if "(" not in flat or "=" in flat or flat.startswith(("typedef", "enum {", "struct {", "union {")):
        return None
    match = NAME.search(flat)
    return match.group(1) if match and flat.rstrip().endswith((")", "const", "noexcept")) else None


def functions(text):
    """(name, first line, last line) of each function of a text without comments and strings."""
    text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.M)
    text = re.sub(r'(extern "\s*"|namespace[ \w:]*)\s*\{', lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)
    depth, begin, name, first = 0, 0, None, 0
    for match in re.finditer(r"[{};]", text):
        mark, at = match.group(0), match.start()
        if mark == "{":
            if depth == 0:
                head = text[begin:at]
                name = opens_function(head)
                first = text.count("\n", 0, begin + len(head) - len(head.lstrip())) + 1
            depth += 1
        elif mark == "}":
            # A brace in the first column ends whatever is open: #if branches may leave us off by one.
            depth = 0 if at == 0 or text[at - 1] == "\n" else max(depth - 1, 0)
            if depth == 0 and name:
                yield name, first, text.count("\n", 0, at) + 1
                name = None
        if depth == 0:
            begin = at + 1


def main():
    check = Check("lengths")
    lengths, sizes = [], []
    for path in check.files(["src", "include", "test", "bench", "tools"], (".c", ".h", ".cc", ".py", ".java")):
        text = check.read(path)
        lines = text.count("\n")
        if lines > FILE_LINES_MAX:
            check.add(path, 1, f"{lines} lines, at most {FILE_LINES_MAX}")
        if not path.endswith((".c", ".h", ".cc")):
            continue
        in_test = path.startswith("test" + os.sep)
        sizes += [] if in_test else [lines]
        for name, first, last in functions(without_comments(text)):
            length = last - first + 1
            lengths += [] if in_test else [length]
            if length > FUNCTION_LINES_MAX and not (in_test and name == "main"):
                check.add(f"{path}:{name}", first, f"function {name}: {length} lines, at most {FUNCTION_LINES_MAX}")
    check.finish(f"median of a function {middle(lengths)} lines, of a file {middle(sizes)}")


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2] if numbers else 0


main()
