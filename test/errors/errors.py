#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The collection of wrong statements: each file below test/errors holds statements and the exact text of the error that
`weir` prints on stderr. A file is line oriented:

    # comments before the first directive
    %setup              statements that stand, joined to one line, before the SQL of every case below
    %case NAME          a case; the SQL follows, up to the next directive
    %file NAME          instead: the content of a file in the case's folder, up to the next directive
    %sql                goes on with the SQL behind a %file
    %args WORDS         runs `weir WORDS` instead of a script job.sql made of the setup and the SQL
    # flink: ...        below %case: what Flink says to the same statements; for information
    %error [EXIT CODE]  the exact text on stderr; the exit code is 1 if not named

    errors.py WEIR FILE...                    runs the cases
    errors.py --update WEIR FILE...           writes what came out; read every text before you keep it
    errors.py --flink ORACLE --update - FILE...   writes the `# flink:` lines, from a program that runs scripts under Flink
"""
import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

TIMEOUT_S = 20


class Case:
    def __init__(self, name, setup):
        self.name, self.setup = name, setup
        self.flink, self.body, self.parts = [], [], []  # parts: (kind, argument, lines)
        self.expected, self.code = None, 1

    def of(self, kind):
        return [p for p in self.parts if p[0] == kind]

    def sql(self):
        text = "\n".join(line for p in self.of("sql") for line in p[2]).strip("\n")
        setup = " ".join(line.strip() for line in self.setup)
        return (setup + "\n" if setup else "") + text + "\n"


def trimmed(lines):
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def parse(path):
    """Returns the lines before the first case, and the cases; each remembers its own setup."""
    items, setup, case, into = [], [], None, None
    for line in open(path, encoding="utf-8").read().split("\n"):
        word, _, rest = line.partition(" ")
        if word == "%setup":
            setup, case = [], None
            items.append(("setup", setup))
            into = setup
        elif word == "%case":
            case = Case(rest, setup)
            items.append(("case", case))
            case.parts.append(("sql", "", []))
            into = case.parts[-1][2]
        elif line.startswith("# flink:") and case is not None and into is case.parts[0][2] and not into:
            case.flink.append(line)
        elif word in ("%file", "%sql", "%args"):
            case.parts.append((word[1:], rest, []))
            into = case.parts[-1][2]
        elif word == "%error":
            case.expected, case.code = [], int(rest or "1")
            into = case.expected
        elif into is None:
            items.append(("comment", line))
        else:
            into.append(line)
    for kind, item in items:
        if kind == "setup":
            trimmed(item)
        if kind == "case":
            for p in item.parts:
                trimmed(p[2])
            if item.expected is not None:
                trimmed(item.expected)
    return items


def write(path, items):
    out = []
    for kind, item in items:
        if kind == "comment":
            out.append(item)
        elif kind == "setup":
            out += ["%setup", *item, ""]
        else:
            out += ["%case " + item.name, *item.flink]
            for i, (part, argument, lines) in enumerate(item.parts):
                if i > 0:
                    out.append(("%" + part + " " + argument).rstrip())
                out += lines
            if item.expected is not None:
                out += ["%error" + ("" if item.code == 1 else f" {item.code}"), *item.expected]
            out.append("")
    open(path, "w", encoding="utf-8").write("\n".join(out).rstrip("\n") + "\n")


def run(weir, case):
    with tempfile.TemporaryDirectory(prefix="weir-errors.") as folder:
        for _, name, lines in case.of("file"):
            open(os.path.join(folder, name), "w", encoding="utf-8").write("".join(line + "\n" for line in lines))
        words = ["run", "job.sql"]
        if case.of("args"):
            words = [w.replace("\\n", "\n") for w in shlex.split(case.of("args")[0][1])]
        if any(p[2] for p in case.of("sql")):
            open(os.path.join(folder, "job.sql"), "w", encoding="utf-8").write(case.sql())
        env = dict(os.environ, TZ="UTC")
        env.pop("TERM", None)
        try:
            done = subprocess.run([weir, *words], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return -1, ["(no end)"]
        return done.returncode, trimmed(done.stderr.decode("utf-8", "replace").split("\n"))


def check(weir, path, update):
    failures = cases = 0
    items = parse(path)
    for kind, case in items:
        if kind != "case":
            continue
        cases += 1
        code, text = run(weir, case)
        if update:
            case.code, case.expected = code, text
        elif code != case.code or text != case.expected or code == 0:
            failures += 1
            print(f"FAILED: {path}: {case.name}\n--- expected, exit code {case.code}\n" + "\n".join(case.expected or []))
            print(f"--- got, exit code {code}\n" + "\n".join(text))
    if update:
        write(path, items)
    return cases, failures


def oracle_text(case, name):
    files = "".join(line for p in case.of("file") for line in p[2])
    return None if files or case.of("args") or "${" in case.sql() else f"-- script: {name}\n" + case.sql().rstrip().rstrip(";") + ";\n"


def short(message):
    return re.sub(r"\s+", " ", message)[:300]


def record(oracle, paths):
    """One run of the oracle for all cases that are SQL alone; its answers become the `# flink:` lines."""
    files = {path: parse(path) for path in paths}
    named, scripts = {}, []
    for path, items in files.items():
        for kind, case in items:
            name = f"c{len(named)}"
            text = kind == "case" and oracle_text(case, name)
            if text:
                named[name] = case
                scripts.append(text)
    answer = subprocess.run([oracle], input="\n".join(scripts), capture_output=True, text=True, env=dict(os.environ, ORACLE_TIMEOUT="20")).stdout
    case = None
    for line in answer.split("\n"):
        row = json.loads(line) if line.startswith("{") else {}
        if "script" in row:
            case = named.get(row["script"])
            if case:
                case.flink = ["# flink: accepts it"]
        elif "error" in row and case and "accepts" in case.flink[0]:
            case.flink = [f"# flink: {row['error'].split('.')[-1]}: {short(row['message'] or '')}"]
    for path, items in files.items():
        write(path, items)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--update", action="store_true")
    p.add_argument("--flink")
    p.add_argument("weir")
    p.add_argument("files", nargs="+")
    args = p.parse_args()
    if args.flink:
        record(args.flink, args.files)
        return 0
    cases = failures = 0
    for path in args.files:
        c, f = check(os.path.realpath(args.weir), path, args.update)
        cases, failures = cases + c, failures + f
    print(f"{cases} cases, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
