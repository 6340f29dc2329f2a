# SPDX-License-Identifier: Apache-2.0
"""A program behind a pseudo terminal, and the screen that a person would see.

    t = Terminal([program, ...], rows=24, columns=80)
    t.type("SELECT 1;\\r"); t.wait_for("1 row in set"); t.screen() -> list of lines; t.raw: all bytes so far
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b[()][A-Za-z0-9]|\x1b[=>]")


def width(c):
    if unicodedata.combining(c) or c in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


class Screen:
    """Enough of a VT100 for what the shell writes; lines that scroll off the top are kept."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.lines = [[]]
        self.top = self.row = self.column = 0

    def feed(self, text):
        i = 0
        while i < len(text):
            m = SEQUENCE.match(text, i)
            if m:
                if m.group(2):
                    self.control(m.group(1), m.group(2))
                i = m.end()
            else:
                self.put(text[i])
                i += 1

    def number(self, text):
        return int(text) if text.isdigit() and int(text) > 0 else 1

    def control(self, parameters, final):
        n = self.number(parameters)
        if final == "A":
            self.row = max(self.top, self.row - n)
        elif final == "B":
            self.row = min(self.top + self.rows - 1, self.row + n)
        elif final == "C":
            self.column = min(self.columns - 1, self.column + n)
        elif final == "H":
            self.row, self.column = self.top, 0
        elif final == "J":
            if parameters == "2":
                del self.lines[self.top:]
            else:
                self.erase_line()
                del self.lines[self.row + 1:]
            self.line()
        elif final == "K":
            self.erase_line()

    def line(self):
        while len(self.lines) <= self.row:
            self.lines.append([])
        return self.lines[self.row]

    def erase_line(self):
        del self.line()[self.column:]

    def down(self):
        self.row += 1
        self.line()
        if self.row >= self.top + self.rows:
            self.top = self.row - self.rows + 1

    def put(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self.down()
        elif c == "\b":
            self.column = max(0, self.column - 1)
        elif c >= " " and c != "\x7f":
            w = width(c)
            line = self.line()
            if w == 0:
                if line:
                    line[-1] = line[-1] + c
                return
            if self.column + w > self.columns:
                self.down()
                self.column = 0
                line = self.line()
            while len(line) < self.column + w:
                line.append(" ")
            line[self.column] = c
            if w == 2:
                line[self.column + 1] = ""
            self.column += w

    def text(self):
        return ["".join(line).rstrip() for line in self.lines]


class Terminal:
    def __init__(self, argv, rows=24, columns=80, environment=None):
        self.raw = b""
        self.closed = False
        self.code = None
        self.rows, self.columns = rows, columns
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.environ.update(environment or {})
            time.sleep(0.05)  # until the size is set
            try:
                os.execv(argv[0], argv)
            finally:
                os._exit(127)
        self.resize(rows, columns, tell=False)

    def resize(self, rows, columns, tell=True):
        self.rows, self.columns = rows, columns
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tell:
            os.kill(self.pid, signal.SIGWINCH)

    def read(self, seconds):
        end = time.monotonic() + seconds
        while not self.closed:
            left = end - time.monotonic()
            ready, _, _ = select.select([self.fd], [], [], max(0, left))
            if not ready:
                return
            try:
                some = os.read(self.fd, 65536)
            except OSError:
                some = b""
            self.closed = not some
            self.raw += some

    def type(self, keys):
        os.write(self.fd, keys.encode() if isinstance(keys, str) else keys)

    def screen(self, since=0, columns=None):
        s = Screen(self.rows, columns or self.columns)
        s.feed(self.raw[since:].decode(errors="replace"))
        return s.text()

    def wait_for(self, text, since=0, seconds=20):
        """Until the screen shows text; the screen's text, or None."""
        end = time.monotonic() + seconds
        while True:
            shown = "\n".join(self.screen(since))
            if text in shown:
                return shown
            if self.closed or time.monotonic() > end:
                return None
            self.read(0.1)

    def wait_quiet(self, quiet=0.3, seconds=10):
        """Until nothing came for a moment; the screen's text."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            before = len(self.raw)
            self.read(quiet)
            if len(self.raw) == before or self.closed:
                break
        return "\n".join(self.screen())

    def finish(self, seconds=10):
        """Waits for the program's end; its exit code, None when it had to be killed."""
        end = time.monotonic() + seconds
        while not self.closed and time.monotonic() < end:
            self.read(0.2)
        if not self.closed:
            os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        self.code = os.WEXITSTATUS(status) if os.WIFEXITED(status) and self.closed else None
        return self.code
