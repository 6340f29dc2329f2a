#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The checks of the source text can fail: each is fed a clean tree and trees with one fault each."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CC = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "cc"
SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
ABOUT = "/* This file is a sample for the checks. */\n"


def header(folder, noun, body=""):
    guard = f"WEIR_{folder}_{noun}_H".upper()
    return f"{SPDX}#ifndef {guard}\n#define {guard}\n{ABOUT}{body}\n#endif\n"


CLEAN = {
    "src/base/thing.h": header("base", "thing", "int thing_size(void);"),
    "src/base/thing.c": SPDX + ABOUT + '#include "base/thing.h"\n\nint thing_size(void) { return 1; }\n',
    "src/cli/main.c": SPDX + ABOUT + '#include "base/thing.h"\n\n#include <stdio.h>\n\n'
                      'int main(void) {\n    printf("%d\\n", thing_size());\n    return 0;\n}\n',
}


def code(body):
    return SPDX + ABOUT + body


class ChecksCanFail(unittest.TestCase):
    def run_check(self, name, changes, exceptions=None, build=False):
        """Status and output of a check over the clean tree with these files changed."""
        with tempfile.TemporaryDirectory() as root:
            files = {**CLEAN, **changes}
            if exceptions is not None:
                files[f"tools/check/exceptions/{name}.txt"] = exceptions
            for path, text in files.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as file:
                    file.write(text)
            command = [sys.executable, os.path.join(HERE, name + ".py"), "--root", root, "--cc", CC]
            if build:
                command += ["--build", self.compile(root, files)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout + done.stderr

    @staticmethod
    def compile(root, files):
        build = os.path.join(root, "build")
        for path in files:
            if path.startswith("src/") and path.endswith(".c"):
                target = os.path.join(build, "CMakeFiles", f"weir_{path.split('/')[1]}.dir", path + ".o")
                os.makedirs(os.path.dirname(target), exist_ok=True)
                subprocess.run([CC, "-c", "-I", os.path.join(root, "src"), "-o", target, os.path.join(root, path)], check=True)
        return build

    def passes(self, name, changes=None, exceptions=None, build=False):
        status, text = self.run_check(name, changes or {}, exceptions, build)
        self.assertEqual(status, 0, text)

    def fails(self, name, changes, expected, exceptions=None, build=False):
        status, text = self.run_check(name, changes, exceptions, build)
        self.assertEqual(status, 1, text)
        self.assertIn(expected, text)

    def test_a_clean_tree_passes_every_check(self):
        for name in ("include_direction", "headers_alone", "lengths", "banned", "openings", "paths"):
            self.passes(name)
        self.passes("dead_files", build=True)

    def test_an_exception_silences_its_finding_alone(self):
        banned = {"src/base/bad.c": code("int f(char *s) { return atoi(s); }\nlong g(char *s) { return atol(s); }\n")}
        self.fails("banned", banned, "atol is banned", "src/base/bad.c:atoi because of history\n")
        both = "src/base/bad.c:atoi because of history\nsrc/base/bad.c:atol because of history\n"
        self.passes("banned", banned, both)

    def test_a_stale_or_unexplained_exception_is_a_finding(self):
        self.fails("banned", {}, "stale", "src/base/gone.c:atoi because of history\n")
        banned = {"src/base/bad.c": code("int f(char *s) { return atoi(s); }\n")}
        self.fails("banned", banned, "without a reason", "src/base/bad.c:atoi\n")

    def test_include_direction(self):
        low = {"src/op/low.h": header("op", "low"), "src/catalog/low.h": header("catalog", "low")}
        for path, include, expected in [
            ("src/base/bad.c", '"op/low.h"', "base must not see op"),
            ("src/connector/print/bad.c", '"op/low.h"', "connector must not see op"),
            ("src/format/bad.c", '"op/low.h"', "format must not see op"),
            ("src/op/bad.c", '"catalog/low.h"', "op must not see catalog"),
            ("src/sql/bad.c", '"op/low.h"', "sql must not see op"),
            ("src/base/bad.c", '"thing.h"', "not a file below src/"),
            ("src/base/bad.c", "<pthread.h>", "belongs to env"),
            ("src/runtime/bad.c", "<sys/socket.h>", "belongs to env"),
            ("src/cli/bad.c", "<unistd.h>", "belongs to env"),
        ]:
            self.fails("include_direction", {**low, path: code(f"#include {include}\n")}, expected)
        self.fails("include_direction", {"src/misc/bad.c": code("")}, "not in the list")
        self.passes("include_direction", {"src/env/good.c": code("#include <pthread.h>\n")})
        self.passes("include_direction", {**low, "src/plan/good.c": code('#include "catalog/low.h"\n')})
        self.passes("include_direction", {"src/base/good.c": code('/* #include "op/low.h" */\n')})

    def test_headers_alone(self):
        self.fails("headers_alone", {"src/base/bad.h": header("base", "bad", "size_t bad(void);")}, "does not compile alone")

    def test_lengths(self):
        def function(lines):
            return "int f(int a)\n{\n" + "    a++;\n" * (lines - 4) + "    return a;\n}\n"
        self.passes("lengths", {"src/base/good.c": code(function(70))})
        self.fails("lengths", {"src/base/bad.c": code(function(71))}, "function f: 71 lines")
        self.fails("lengths", {"src/base/bad.cc": code('extern "C" {\n' + function(71) + "}\n")}, "function f: 71 lines")
        nested = "static struct x *f(int a,\n               int b) {\n" + "    if (a) {\n        b++;\n    }\n" * 23 + "    return 0;\n}\n"
        self.fails("lengths", {"src/base/bad.c": code(nested)}, "function f: 73 lines")
        self.passes("lengths", {"src/base/good.c": code("static const int t[] = {\n" + "    1,\n" * 90 + "};\n")})
        self.fails("lengths", {"src/base/bad.h": SPDX + "\n" * 1000}, "1001 lines")
        self.passes("lengths", {"src/func/rows.def": SPDX + "\n" * 2000})

    def test_banned_functions(self):
        for path, body, expected in [
            ("src/cli/bad.c", "void f(char *s) { strcpy(s, \"a\"); }\n", "strcpy is banned"),
            ("test/unit/base/test_bad.c", "void f(char *s) { sprintf(s, \"a\"); }\n", "sprintf is banned"),
            ("src/base/bad.c", "void f(void) { printf(\"a\"); }\n", "printf belongs to env and cli"),
            ("src/op/bad.c", "void f(FILE *o);\n", "FILE belongs to env and cli"),
            ("src/op/bad.c", "void f(void) { log_to(stderr); }\n", "stderr belongs to env and cli"),
            ("src/op/bad.c", "void *f(void) { return malloc(1); }\n", "malloc goes through"),
            ("src/op/bad.c", "void f(void) { exit(1); }\n", "exit belongs to cli"),
            ("src/op/bad.c", "void f(void) { getenv(\"A\"); }\n", "getenv belongs to env"),
        ]:
            self.fails("banned", {path: code(body)}, expected)
        self.passes("banned", {"src/op/good.c": code("/* strcpy(a) */ const char *s = \"strcpy(a)\";\n"
                                                     "void f(struct x *x) { x->free(x); x_free(x); snprintf(0, 0, s); }\n")})
        self.passes("banned", {"src/env/good.c": code("void f(FILE *o) { fclose(o); }\n")})

    def test_openings(self):
        self.fails("openings", {"src/base/bad.c": ABOUT}, "the first line must be")
        self.fails("openings", {"src/base/bad.c": SPDX + "int x;\n" + ABOUT}, "no opening comment")
        self.fails("openings", {"src/base/bad.c": SPDX + "/* bad */\n"}, "no opening comment")
        self.fails("openings", {"src/base/bad.h": header("base", "other")}, "guard must be WEIR_BASE_BAD_H")
        self.fails("openings", {"src/base/bad.h": header("base", "bad").replace(ABOUT, "")}, "no opening comment")

    def test_dead_files(self):
        dead = {"src/base/dead.c": code("int dead_size(void);\nint dead_size(void) { return 1; }\n")}
        self.fails("dead_files", dead, "dead.c:1: nothing that the program reaches", build=True)
        island = {"src/base/left.c": code("int right(void);\nint left(void) { return right(); }\n"),
                  "src/base/right.c": code("int left(void);\nint right(void) { return left(); }\n")}
        self.fails("dead_files", island, "left.c:1: nothing that the program reaches", build=True)
        self.fails("dead_files", {"src/base/lone.h": header("base", "lone")}, "nobody includes this header", build=True)

    def test_paths(self):
        for text in ("see /" + "home/someone/x", "cd /" + "root/x", "https://" + "registry.np" + "mjs.org/x", "py" + "pi.org"):
            self.fails("paths", {"docs/bad.md": text + "\n"}, "names '")
        self.passes("paths", {"docs/good.md": "${HOME}/x and ./home/x and /usr/lib and www.apache.org\n"})


if __name__ == "__main__":
    unittest.main()
