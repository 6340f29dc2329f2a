#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments: a file-to-file job with windows and a group aggregate must end with the
output of an undisturbed run, whatever happens to its process in between.

usage: kill9.py WEIR [--rounds N] [--seed S] [--keep]

Each round starts the job again from its newest checkpoint and kills it after a random time; now and then
it is stopped with a savepoint instead and goes on at another parallelism. Then it may finish. Compared are
the committed files of the window aggregate (all visible files, as a bag of lines) and the folded
changelog of the group aggregate.
"""
import argparse
import collections
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROWS_PER_ROUND = 20000
ROUNDS_PER_JOB = 25
SQL = """
SET 'execution.checkpointing.interval' = '50 ms';
SET 'execution.checkpointing.num-retained' = '2';
SET 'execution.checkpointing.dir' = '{dir}/checkpoints';
CREATE TABLE events (ts TIMESTAMP(3), k STRING, v BIGINT, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '{input}', 'format' = 'json');
CREATE TABLE windows (window_start TIMESTAMP(3), k STRING, n BIGINT, total BIGINT, digest STRING)
  WITH ('connector' = 'filesystem', 'path' = '{dir}/windows', 'format' = 'json');
CREATE TABLE totals (k STRING, n BIGINT, total BIGINT, PRIMARY KEY (k) NOT ENFORCED)
  WITH ('connector' = 'values', 'path' = '{dir}/totals.changes', 'sink-insert-only' = 'false');
CREATE VIEW slow AS SELECT ts, k, v, {digest} AS digest FROM events;
EXECUTE STATEMENT SET BEGIN
  INSERT INTO windows SELECT window_start, k, COUNT(*), SUM(v), MAX(digest)
    FROM TABLE(TUMBLE(TABLE slow, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
  INSERT INTO totals SELECT k, COUNT(*), SUM(v) FROM events GROUP BY k;
END;
"""


def make_input(path, rows, rng):
    with open(path, "w", encoding="utf-8") as out:
        for i in range(rows):
            seconds = i // 40
            stamp = "2024-01-%02d %02d:%02d:%02d" % (1 + seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
            out.write('{"ts":"%s","k":"key-%d","v":%d}\n' % (stamp, rng.randrange(50), rng.randrange(1000)))


def write_job(folder, input_path):
    os.makedirs(folder, exist_ok=True)
    digest = "k"
    for _ in range(24):  # work, so that there is time to be killed in
        digest = f"SHA512(CONCAT({digest}, REPEAT(k, 40)))"
    path = os.path.join(folder, "job.sql")
    with open(path, "w", encoding="utf-8") as out:
        out.write(SQL.format(dir=folder, input=input_path, digest=digest))
    return path


def read_windows(folder):
    lines = collections.Counter()
    root = os.path.join(folder, "windows")
    for base, _, names in os.walk(root):
        for name in names:
            if name.startswith((".", "_")):
                continue
            with open(os.path.join(base, name), encoding="utf-8") as part:
                lines.update(line.rstrip("\n") for line in part)
    return lines


def read_totals(folder):
    """The changelog folded by key: each row's last form."""
    table = {}
    with open(os.path.join(folder, "totals.changes"), encoding="utf-8") as changes:
        for line in changes:
            match = re.fullmatch(r"([+-][IUD])\[([^,]*), (.*)\]\n?", line)
            if match is None:
                raise SystemExit(f"totals.changes holds a torn line: {line!r}")
            kind, key, rest = match.groups()
            if kind in ("+I", "+U"):
                table[key] = rest
            elif table.get(key) == rest:
                del table[key]
    return table


class Driver:
    def __init__(self, args, folder, job, seed):
        self.args, self.folder, self.job = args, folder, job
        self.rng = random.Random(seed)
        self.parallelism = 1
        self.savepoint = None
        self.kills = self.stops = 0

    def start(self):
        command = [self.args.weir, "run", self.job, "--parallelism", str(self.parallelism)]
        command += ["--from-savepoint", self.savepoint] if self.savepoint else ["--resume"]
        self.log = open(os.path.join(self.folder, "log"), "ab")
        command += ["--savepoint", os.path.join(self.folder, "savepoints")] if self.with_savepoint else []
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def newest_savepoint(self):
        root = os.path.join(self.folder, "savepoints")
        names = [n for n in os.listdir(root) if os.path.exists(os.path.join(root, n, "manifest"))] if os.path.isdir(root) else []
        return max((os.path.join(root, n) for n in names), key=os.path.getmtime, default=None)

    def round(self):
        """True when the job has finished."""
        self.with_savepoint = self.rng.random() < 0.1
        started_from_savepoint = self.savepoint is not None
        process = self.start()
        wait = self.rng.uniform(0.02, 0.4)
        try:
            process.wait(timeout=wait)
        except subprocess.TimeoutExpired:
            pass
        if process.poll() is None:
            process.send_signal(signal.SIGTERM if self.with_savepoint else signal.SIGKILL)
        code = process.wait(timeout=600)
        self.log.close()
        if code in (-signal.SIGKILL, -signal.SIGTERM):  # SIGTERM kills only a program that has not come to its handlers yet
            self.kills += code == -signal.SIGKILL
            # A run from a savepoint that took no checkpoint of its own must start from the savepoint again.
            if started_from_savepoint and self.has_newer_checkpoint():
                self.savepoint = None
            return False
        if self.with_savepoint and self.newest_savepoint() not in (None, self.savepoint):
            self.stops += 1
            self.savepoint = self.newest_savepoint()
            shutil.rmtree(os.path.join(self.folder, "checkpoints"), ignore_errors=True)
            self.parallelism = self.rng.choice([1, 2, 3])
            return False
        if code != 0 and code != 130 and code != 143:
            with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
                sys.exit(f"the job ended with {code}:\n" + "".join(log.readlines()[-20:]))
        return code == 0

    def has_newer_checkpoint(self):
        for base, _, names in os.walk(os.path.join(self.folder, "checkpoints")):
            if "manifest" in names:
                return True
        return False

    def finish(self):
        self.with_savepoint = False
        process = self.start()
        code = process.wait(timeout=600)
        self.log.close()
        if code != 0:
            with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
                sys.exit(f"the last run ended with {code}:\n" + "".join(log.readlines()[-20:]))


def compare(expected, actual):
    want, got = read_windows(expected), read_windows(actual)
    if want != got:
        missing, extra = want - got, got - want
        sys.exit(f"windows differ: {sum(missing.values())} lines missing, {sum(extra.values())} too many, e.g. {list(missing)[:2]} {list(extra)[:2]}")
    if read_totals(expected) != read_totals(actual):
        a, b = read_totals(expected), read_totals(actual)
        sys.exit(f"totals differ: {[(k, a.get(k), b.get(k)) for k in sorted(set(a) | set(b)) if a.get(k) != b.get(k)][:5]}")
    if not want:
        sys.exit("the undisturbed run wrote no window")


def run_job(args, root, rounds, seed):
    """One job from its start to its end; returns its driver."""
    input_path = os.path.join(root, "events.jsonl")
    make_input(input_path, ROWS_PER_ROUND * rounds, random.Random(seed))
    expected, actual = os.path.join(root, "expected"), os.path.join(root, "actual")
    result = subprocess.run([args.weir, "run", write_job(expected, input_path), "--parallelism", "1"], stdin=subprocess.DEVNULL,
                            capture_output=True, timeout=600, check=False)
    if result.returncode != 0:
        sys.exit("the undisturbed run failed: " + result.stderr.decode())
    driver = Driver(args, actual, write_job(actual, input_path), seed)
    done = False
    for _ in range(rounds):
        done = driver.round()
        if done:
            break
    if not done:
        driver.finish()
    compare(expected, actual)
    return driver


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--rounds", type=int, default=8, help="kills and stops in all")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    args.weir = os.path.abspath(args.weir)
    kills = stops = jobs = 0
    while kills + stops < args.rounds and jobs < args.rounds:
        root = tempfile.mkdtemp(prefix="weir-kill9-")
        seed = args.seed + jobs
        try:
            driver = run_job(args, root, min(args.rounds - kills - stops, ROUNDS_PER_JOB), seed)
        except BaseException:
            print(f"seed {seed}, files in {root}", file=sys.stderr)
            raise
        if not args.keep:
            shutil.rmtree(root, ignore_errors=True)
        kills, stops, jobs = kills + driver.kills, stops + driver.stops, jobs + 1
    print(f"seed {args.seed}: {jobs} jobs, {kills} kills, {stops} stops with a savepoint: the committed output is equal")


if __name__ == "__main__":
    main()
