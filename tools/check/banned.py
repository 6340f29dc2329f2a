#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Functions that nobody calls, and functions that only one folder calls.

Everywhere: copies without a bound, hidden state, jumps. In src/: streams of stdio outside env and cli
(snprintf and vsnprintf are free), the allocator outside base/alloc.c and env, ending the process outside cli.
"""
import os
import re

from tree import Check, line_of, without_comments


def calls(names):
    return re.compile(r"(?<![\w.])(?<!->)(" + "|".join(names.split()) + r")\s*\(")


EVERYWHERE = (calls("strcpy stpcpy strcat strncat sprintf vsprintf strtok strtok_r atoi atol atoll atof alloca "
                    "gets setjmp longjmp rand srand random srandom drand48 strerror localtime gmtime ctime asctime "
                    "mktemp tmpnam system"),
              "is banned")
STREAMS = (re.compile(calls("fopen fdopen freopen fclose fread fwrite printf fprintf vprintf vfprintf dprintf puts "
                            "fputs putchar fputc putc getc getchar fgetc fgets getline getdelim scanf fscanf sscanf "
                            "perror fflush fseek ftell rewind setvbuf tmpfile popen pclose open_memstream fmemopen "
                            "remove rename").pattern + r"|(?<![\w.>])(FILE|stdin|stdout|stderr)\b(?!\s*\()"),
           "belongs to env and cli")
ALLOCATOR = (calls("malloc calloc realloc reallocarray aligned_alloc posix_memalign free strdup strndup asprintf "
                   "vasprintf"),
             "goes through base/alloc.h, an arena or a buffer")
ENDINGS = (calls("exit _exit quick_exit atexit raise"), "belongs to cli")
ENVIRONMENT = (calls("getenv secure_getenv setenv putenv"), "belongs to env and cli")


def rules(path):
    yield EVERYWHERE
    parts = path.split(os.sep)
    if parts[0] != "src":
        return
    if parts[1] not in ("env", "cli"):
        yield STREAMS
        yield ENVIRONMENT
    if parts[1] != "env" and path != os.path.join("src", "base", "alloc.c"):
        yield ALLOCATOR
    if parts[1] != "cli":
        yield ENDINGS


def main():
    check = Check("banned")
    for path in check.files(["src", "include", "test", "bench"], (".c", ".h", ".cc", ".def")):
        text = without_comments(check.read(path))
        for pattern, why in rules(path):
            for match in pattern.finditer(text):
                word = next(group for group in match.groups() if group)
                check.add(f"{path}:{word}", line_of(text, match.start()), f"{word} {why}")
    check.finish()


main()
