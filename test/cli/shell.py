#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Types at `weir` on a pseudo terminal and looks at the screen: shell.py WEIR FOLDER.

What is checked is what a person sees (the screen), or the bytes where colours matter.
"""
import os
import signal
import sys
import time

from terminal import Terminal

weir, folder = sys.argv[1:3]
failures = []
checks = 0
UP, DOWN, RIGHT, LEFT, HOME = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H"
CTRL_A, CTRL_C, CTRL_D, CTRL_E, CTRL_G, CTRL_K, CTRL_L, CTRL_R, CTRL_U, CTRL_W, CTRL_Y = (
    chr(ord(c) - 64) for c in "ACDEGKLRUWY")
ENDLESS = ("CREATE TABLE g (k INT, v BIGINT) WITH ('connector'='datagen', 'rows-per-second'='500',"
           " 'fields.k.kind'='random', 'fields.k.min'='1', 'fields.k.max'='40');\r")


def check(what, good, shown=None):
    global checks
    checks += 1
    if not good:
        failures.append(what)
        print(f"FAILED: {what}\n{shown if shown is not None else ''}")


def start(rows=24, columns=90, args=(), **environment):
    settings = {"TERM": "xterm", "HOME": folder, "XDG_STATE_HOME": f"{folder}/state", "PAGER": "", "NO_COLOR": "1"}
    settings.update(environment)
    t = Terminal([weir, *args], rows, columns, settings)
    check("a prompt", t.wait_for("weir>") is not None)
    return t


def sees(t, what, text, since=0):
    shown = t.wait_for(text, since)
    check(what, shown is not None, "\n".join(t.screen(since)))
    return shown or ""


def leave(t):
    t.type(CTRL_D)
    check("Ctrl-D leaves with exit code 0", t.finish() == 0)


def queries():
    t = start()
    t.type("SELECT 1 + 1 AS two, 'x' AS name, CAST(NULL AS INT) AS nothing;\r")
    shown = sees(t, "a bounded query just prints", "1 row in set")
    check("numbers to the right, texts to the left, NULL distinct", "|   2 | x    |  <NULL> |" in shown, shown)
    since = len(t.raw)
    t.type("SELECT\r  1 AS a,\r  2 AS b\r;\r")
    shown = sees(t, "Enter inside of a statement begins a line", "| 1 | 2 |", since)
    check("with the continuation prompt", "   ->   1 AS a," in shown, shown)
    since = len(t.raw)
    t.type("SELECT nope;\r")
    shown = sees(t, "an error names what is wrong", "nope", since)
    sees(t, "its place in what was typed", "1:8", since)
    since = len(t.raw)
    t.type("SELECT 'still here';\r")
    sees(t, "and the session lives", "1 row in set", since)
    since = len(t.raw)
    t.type("SELECT 1; SELECT 2 AS second;\r")
    sees(t, "two statements in one entry", "second", since)
    since = len(t.raw)
    t.type("SELECT 'a text that is much wider than thirty cells 日本語' AS t;\r")
    shown = sees(t, "wide columns", "row in set", since)
    check("are cut with an ellipsis", "| a text that is much wider tha… |" in shown, shown)
    leave(t)


def editing():
    t = start()
    t.type("SELECT 1 AS a,\r2 AS c\r;" + UP + UP + CTRL_E + LEFT + "b")
    shown = t.wait_quiet()
    check("the cursor goes to an earlier line of the statement", "SELECT 1 AS ab," in shown, shown)
    t.type("\x1b>\r")
    sees(t, "and Enter runs the whole", "ab")
    since = len(t.raw)
    t.type("SELECT 'dropped'" + CTRL_C)
    t.wait_quiet()
    t.type("SELECT 'kept' AS k;\r")
    shown = sees(t, "Ctrl-C drops what is typed", "kept", since)
    check("and runs nothing of it", "| dropped" not in shown, shown)
    since = len(t.raw)
    t.type("word gone" + CTRL_W + CTRL_U + "SELECT 7 AS x;" + CTRL_A + CTRL_K + CTRL_Y + "\r")
    sees(t, "cut and paste", "| 7 |", since)
    since = len(t.raw)
    t.type("\x1b[200~SELECT 3 AS pasted\nWHERE TRUE;\x1b[201~")
    shown = t.wait_quiet()
    check("a paste of two lines waits for Enter", "   -> WHERE TRUE;" in shown and "| 3" not in shown, shown)
    t.type("\r")
    sees(t, "and then runs", "pasted", since)
    since = len(t.raw)
    t.type("SELECT 'größer 日本' AS s" + LEFT * 6 + "\x7f" + RIGHT * 6 + ";\r")
    sees(t, "wide characters are one key each", "größer 日", since)
    t.type("SELECT " + "1" * 100)
    shown = t.wait_quiet()
    check("a long line wraps", "\n" + "1" * 17 in shown, shown)
    t.resize(24, 60)
    shown = t.wait_quiet()
    t.type(CTRL_C)
    t.wait_quiet()
    leave(t)


def history():
    t = start()
    t.type("SELECT 'first'\r  AS uno;\r")
    sees(t, "first", "1 row in set")
    since = len(t.raw)
    t.type("SELECT 'second' AS two;\r")
    sees(t, "second", "1 row in set", since)
    leave(t)
    t = start()
    t.type(UP)
    shown = t.wait_quiet()
    check("history of the last run", "SELECT 'second' AS two;" in shown, shown)
    t.type(UP)
    shown = t.wait_quiet()
    check("whole statements", "weir> SELECT 'first'\n   ->   AS uno;" in shown, shown)
    t.type("\r")
    sees(t, "that run again", "| first |")
    since = len(t.raw)
    t.type(CTRL_R + "secon")
    shown = t.wait_quiet()
    check("reverse search", "search 'secon'" in shown and "SELECT 'second' AS two;" in shown, shown)
    t.type("\r")
    sees(t, "runs what it found", "| second |", since)
    t.type(CTRL_R + "nothing like it")
    check("a search in vain says so", "not found" in t.wait_quiet())
    t.type(CTRL_G + CTRL_C)
    leave(t)
    mode = os.stat(f"{folder}/state/weir/history").st_mode & 0o777
    check("the file is its owner's", mode == 0o600, oct(mode))
    t = start(args=["--history", f"{folder}/other", "--quiet"])
    t.type(UP)
    shown = t.wait_quiet()
    check("--history names another file", "SELECT" not in shown, shown)
    t.type("SELECT 1;\r")
    sees(t, "another", "row in set")
    leave(t)
    check("which then has the statement", open(f"{folder}/other").read() == "SELECT 1;\n")


def completion():
    os.makedirs(f"{folder}/files", exist_ok=True)
    with open(f"{folder}/files/orders.csv", "w") as f:
        f.write("item,price\napple,2\npear,3\n")
    t = start(rows=30, columns=150)
    t.type("CREATE TABLE trades (symbol STRING, price DOUBLE, volume INT) WITH ('connector' = 'dat\t, 'rows-per\t1');\r")
    shown = sees(t, "values and keys of options", "OK")
    check("are completed", "'connector' = 'datagen', 'rows-per-second' = '1'" in shown, shown)
    for keys, wanted, what in (
            ("sel\t", "weir> select", "keywords follow the letters typed"),
            ("SELECT sym FROM tra\t", "SELECT sym FROM trades", "tables"),
            ("SELECT vo FROM trades" + LEFT * 12 + "\t", "SELECT volume FROM trades", "columns of the table named behind the cursor"),
            ("SELECT t.pr FROM trades AS t" + LEFT * 17 + "\t", "SELECT t.price FROM trades AS t", "columns by an alias"),
            ("SELECT REGEXP_REP\t", "REGEXP_REPLACE(", "functions"),
            ("SET 'sql-client.execution.res\tch\t", "'sql-client.execution.result-mode' = 'CHANGELOG'", "settings and their values"),
            (f"SELECT * FROM `{folder}/files/or\t", f"{folder}/files/orders.csv`", "files in back-ticks"),
            (f"SELECT pri FROM `{folder}/files/orders.csv`" + CTRL_A + "\x1bf\x1bf\t\t", "SELECT price FROM `", "columns of a file"),
            (".mo\tmark\t", ".mode markdown", "commands and their arguments"),
            ("\\d tr\t", "\\d trades", "tables of a command")):
        since = len(t.raw)
        t.type(keys)
        shown = t.wait_quiet()
        check(f"completion: {what}", wanted in "\n".join(shown.split("\n")[-30:]), shown)
        t.type(CTRL_C)
        t.wait_quiet(0.1)
    t.type("SELECT REGEXP\t")
    shown = t.wait_quiet()
    check("several candidates are listed", "REGEXP_COUNT" in shown and "REGEXP_EXTRACT" in shown, shown)
    t.type("\t\t")
    shown = t.wait_quiet()
    check("the next Tab takes one", "SELECT REGEXP_" in shown, shown)
    t.type(CTRL_C)
    t.type("SELECT UPPER(")
    check("the signature shows inside of the parentheses", "UPPER(s STRING" in t.wait_quiet() or "UPPER(" in t.wait_quiet())
    t.type(CTRL_C)
    leave(t)


def commands():
    with open(f"{folder}/more.sql", "w") as f:
        f.write("-- a file\n.timer off\nCREATE VIEW from_file AS SELECT 1 AS a;\nSELECT nope;\nSELECT 'not reached';\n")
    with open(f"{folder}/.weirrc", "w") as f:
        f.write("SET 'table.local-time-zone' = 'Asia/Tokyo';\nCREATE VIEW from_rc AS SELECT 42 AS a;\n")
    t = start(rows=60)
    t.type("\\d\r")
    shown = sees(t, "\\d lists what the rc file made", "from_rc")
    for keys, wanted, what in (
            ("\\d from_rc\r", "INT", "\\d t describes"),
            ("\\f regexp_re%\r", "REGEXP_REPLACE", "\\f lists functions"),
            ("\\f uppper\r", "Did you mean UPPER", "\\f with a misspelt name"),
            ("\\?\r", "Ctrl-R", "\\? lists commands and keys"),
            (".timer on\r", "timer is on", ".timer"),
            ("SELECT 'a,b' AS x, 2 AS y;\r", "Time: ", "the time of a statement"),
            (".last json\r", '{"x":"a,b","y":2}', ".last in another mode"),
            (".last markdown\r", "| a,b | 2 |", ".last as markdown"),
            (".last changelog\r", "| +I | a,b | 2 |", ".last as changes"),
            (".mode csv\r", "", ".mode"),
            ("SELECT 'a,b' AS x;\r", '"a,b"', "a result in the mode"),
            (".mode table\r", "", ".mode table"),
            (f".read {folder}/more.sql\r", "more.sql:4:8", ".read names the file's line"),
            ("SELECT * FROM from_file;\r", "1 row in set", "what stood before the error was done"),
            (".rows 2\r", "", ".rows"),
            ("SELECT * FROM (VALUES (1), (2), (3)) AS t(a);\r", "3 rows (2 shown)", "n rows (m shown)"),
            ("SHOW CREATE VIEW from_rc;\r", "CREATE VIEW", "SHOW CREATE"),
            ("SET;\r", "Asia/Tokyo", "the rc file's settings"),
            (".rows 0\r", "", ".rows 0"),
            ("SET 'sql-client.execution.max-table-result.rows' = '2';\rSELECT * FROM (VALUES (1), (2), (3)) AS t(a);\r",
             "2 rows in set, 1 older ones dropped", "the most rows of a table"),
            ("SET 'table.display.max-column-width' = '5';\rSELECT 'abcdefg' AS a;\r", "| abcd… |", "the widest column"),
            (".width 0\r", "", ".width"),
            ("SELECT '" + "x" * 40 + "' AS a;\r", "| " + "x" * 40 + " |", "any width"),
            (".nonsense\r", "There is no command", "an unknown command"),
            (".modee\r", "Did you mean .mode", "a near one"),
            ("HELP;\r", ".read FILE", "Flink's HELP"),
            ("SELECT * FROM stdin;\r", "terminal", "stdin is the terminal"),
            ("CREATE TABLE s (a INT) WITH ('connector' = 'blackhole');\r", "OK", "a definition is answered"),
            ("INSERT INTO s VALUES (1), (2);\r", "2 rows written", "an INSERT says how many rows")):
        since = len(t.raw)
        t.type(keys)
        if wanted:
            sees(t, what, wanted, since)
        t.wait_quiet(0.15)
    t.type("CLEAR;\r")
    t.wait_quiet()
    t.type("QUIT;\r")
    check("QUIT leaves", t.finish() == 0)
    os.remove(f"{folder}/.weirrc")


def live():
    t = start(rows=20)
    t.type(ENDLESS)
    sees(t, "a table without end", "OK")
    since = len(t.raw)
    t.type("SELECT k, COUNT(*) AS n FROM g GROUP BY k;\r")
    shown = sees(t, "a running query shows its table", "40 rows (14 shown)", since)
    check("with rows per second", "rows/s" in shown, shown)
    frames = t.raw[since:].count(b"\x1b[J")
    before = time.monotonic()
    t.read(1.0)
    drawn = t.raw[since:].count(b"\x1b[J") - frames
    check("redrawn about ten times per second at most", 2 <= drawn <= 12 * (time.monotonic() - before), drawn)
    t.resize(16, 70)
    t.read(0.5)
    t.type(CTRL_C)
    shown = sees(t, "Ctrl-C ends the query and leaves its last state", "Stopped: 40 rows (10 shown)", since)
    t.wait_quiet()
    shown = "\n".join(t.screen()[-16:])
    check("in place: one table is on the screen", shown.count("| k ") == 1 or shown.count("|  k |") == 1, shown)
    since = len(t.raw)
    t.type("SELECT 'alive' AS x;\r")
    sees(t, "and not the shell", "| alive |", since)
    since = len(t.raw)
    t.type("SET 'sql-client.execution.result-mode' = 'changelog';\rSELECT k, COUNT(*) AS n FROM g GROUP BY k;\r")
    shown = sees(t, "the changes, in place", "| +U |", since)
    t.read(0.4)
    t.type(CTRL_C)
    sees(t, "stopped too", "Stopped: ", since)
    since = len(t.raw)
    t.type("SET 'sql-client.execution.result-mode' = 'tableau';\rSELECT k FROM g;\r")
    sees(t, "tableau prints each row as it comes", "| op |", since)
    t.read(0.4)
    t.type(CTRL_C)
    sees(t, "and the total at the end", "Received a total of", since)
    t.wait_quiet()
    since = len(t.raw)
    t.type("CREATE TABLE gone (k INT) WITH ('connector' = 'blackhole');\rINSERT INTO gone SELECT k FROM g;\r")
    sees(t, "an INSERT tells how far it is", "rows/s", since)
    t.type(CTRL_C)
    sees(t, "and can be stopped", "rows written, stopped", since)
    since = len(t.raw)
    t.type("SET 'sql-client.execution.result-mode' = 'table';\rSELECT k, COUNT(*) AS n FROM g GROUP BY k ORDER BY n DESC LIMIT 5;\r")
    sees(t, "a running ranking", "5 rows, ", since)
    t.read(0.5)
    t.type(CTRL_C)
    shown = sees(t, "stopped", "Stopped: 5 rows", since)
    counts = [int(line.split("|")[2]) for line in shown.split("\n") if line.startswith("| ") and "|   n |" not in line and line.split("|")[2].strip().isdigit()]
    check("is in its order", len(counts) == 5 and counts == sorted(counts, reverse=True), shown)
    t.wait_quiet()
    leave(t)


def idle():
    """A query that gets no rows draws once and then nothing."""
    os.makedirs(f"{folder}/watched", exist_ok=True)
    t = start()
    t.type(f"CREATE TABLE w (a INT) WITH ('connector'='filesystem', 'path'='{folder}/watched', 'format'='csv',"
           " 'source.monitor-interval'='100ms');\r")
    sees(t, "a watched folder", "OK")
    since = len(t.raw)
    t.type("SELECT * FROM w;\r")
    sees(t, "an empty table says that it waits", "0 rows", since)
    t.read(0.3)
    size = len(t.raw)
    t.read(1.0)
    check("nothing is drawn while nothing changes", len(t.raw) == size, t.raw[size:])
    with open(f"{folder}/watched/one.csv", "w") as f:
        f.write("7\n")
    sees(t, "a row that comes is shown", "| 7 |", since)
    t.type(CTRL_C)
    sees(t, "the end", "Stopped: 1 row", since)
    t.wait_quiet()
    leave(t)


def colors():
    t = start(NO_COLOR="")
    t.type("SELECT UPPER('x'), 42 -- why")
    t.wait_quiet()
    for what, piece in (("keywords", b"\x1b[1;34mSELECT\x1b[0m"), ("functions", b"\x1b[36mUPPER\x1b[0m"), ("strings", b"\x1b[32m'x'\x1b[0m"),
                        ("numbers", b"\x1b[35m42\x1b[0m"), ("comments", b"\x1b[90m-- why\x1b[0m")):
        check(f"{what} have their colour", piece in t.raw, t.raw[-300:])
    t.type(CTRL_U + "SELECT 1)")
    t.wait_quiet()
    check("a bracket that closes nothing stands out", b"\x1b[1;31m)\x1b[0m" in t.raw, t.raw[-200:])
    t.type(CTRL_C)
    leave(t)
    t = start()
    t.type("SELECT 'x' AS a;\r")
    sees(t, "without colours", "1 row in set")
    check("NO_COLOR: no colours", not any(part[:1].isdigit() and b"m" in part[:5] for part in t.raw.split(b"\x1b[")), t.raw)
    leave(t)
    t = start(TERM="dumb")
    t.type("SELECT 'x' AS a\n;\n")
    sees(t, "a dumb terminal", "1 row in set")
    check("gets no escape sequences", b"\x1b" not in t.raw, t.raw)
    t.type("\\q\n")
    check("and can be left", t.finish() == 0)


def one_shot():
    """weir "SQL" on a terminal looks as it does in the shell."""
    settings = {"TERM": "xterm", "HOME": folder, "NO_COLOR": "1"}
    t = Terminal([weir, "SELECT 'x' AS name, 12 AS n"], 24, 80, settings)
    shown = t.wait_for("1 row in set") or ""
    check("a table", "| x    | 12 |" in shown, shown)
    check("exit code 0", t.finish() == 0)
    t = Terminal([weir, ENDLESS.strip().rstrip(";") + "; SELECT k, COUNT(*) AS n FROM g GROUP BY k"], 20, 80, settings)
    check("live", t.wait_for("40 rows (14 shown)") is not None, t.screen())
    t.type(CTRL_C)
    check("until Ctrl-C", t.wait_for("Stopped: 40 rows") is not None, t.screen())
    check("which is a good end", t.finish() == 0)
    t = Terminal([weir, ENDLESS.strip().rstrip(";") + "; SELECT k FROM g", "--max-rows", "30"], 20, 80, settings)
    shown = t.wait_for("30 rows in set") or "\n".join(t.screen())
    check("--max-rows: a whole table", shown.count("\n|") == 31, shown)
    check("and a good end", t.finish() == 0)
    t = Terminal([weir, ENDLESS.strip().rstrip(";") + "; SELECT k, COUNT(*) FROM g GROUP BY k", "--for", "1s"], 20, 80, settings)
    check("--for: a whole table", t.wait_for("40 rows in set") is not None, t.screen())
    check("and an end by itself", t.finish() == 0)
    t = Terminal(["/bin/sh", "-c", f"printf 'a,b\\n1,x\\n' | {weir} 'SELECT * FROM stdin'"], 20, 80, settings)
    shown = t.wait_for("1 row in set") or ""
    check("stdin piped in, stdout a terminal", "| 1 | x |" in shown, "\n".join(t.screen()))
    check("and its end", t.finish() == 0)


def editor():
    """\\e: the last statement in $EDITOR, then at the prompt."""
    with open(f"{folder}/editor", "w") as f:
        f.write("#!/bin/sh\nsed -i 's/before/after/' \"$1\"\n")
    os.chmod(f"{folder}/editor", 0o755)
    t = start(EDITOR=f"{folder}/editor", VISUAL="")
    t.type("SELECT 'before'\r  AS a;\r")
    sees(t, "a statement", "1 row in set")
    since = len(t.raw)
    t.type("\\e\r")
    sees(t, "comes back changed", "SELECT 'after'", since)
    t.type("\r")
    sees(t, "and runs", "| after |", since)
    since = len(t.raw)
    t.type("CREATE TABLE d (a INT, b INT) WITH ('connector' = 'datagen');\r\\d\r")
    sees(t, "\\d lists tables with their kind and connector", "| d    | table | datagen   | <NULL> | 2       |", since)
    leave(t)


def paging():
    """A table that does not fit goes to $PAGER."""
    with open(f"{folder}/pager", "w") as f:
        f.write(f"#!/bin/sh\ncat > {folder}/paged\necho by the pager\n")
    os.chmod(f"{folder}/pager", 0o755)
    t = start(rows=10, PAGER=f"{folder}/pager")
    values = ", ".join(f"({i})" for i in range(30))
    t.type(f"SELECT * FROM (VALUES {values}) AS t(a);\r")
    sees(t, "the pager runs", "by the pager")
    check("and gets all rows", "| 29 |" in open(f"{folder}/paged").read())
    since = len(t.raw)
    t.type(f".pager off\rSELECT * FROM (VALUES {values}) AS t(a);\r")
    sees(t, ".pager off", "30 rows in set", since)
    leave(t)


def signals():
    t = start()
    t.type("SELECT 1")
    t.wait_quiet()
    os.kill(t.pid, signal.SIGTERM)
    check("SIGTERM ends the shell", t.finish() == 0)


def main():
    """Every part in a process of its own, with a folder of its own: they mostly wait."""
    global folder
    children = {}
    for part in (queries, editing, history, completion, commands, live, idle, colors, one_shot, editor, paging, signals):
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            folder = f"{folder}/{part.__name__}"
            os.makedirs(folder)
            part()
            print(f"{part.__name__}: {checks} checks, {len(failures)} failed", flush=True)
            os._exit(1 if failures or checks == 0 else 0)
        children[pid] = part.__name__
    failed = [name for pid, name in children.items() if os.waitpid(pid, 0)[1] != 0]
    sys.exit(1 if failed else 0)


main()
