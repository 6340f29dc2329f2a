#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills a job in the middle of long firings and starts it again, until it ends: `firings.py WEIR [--rows N] [--kills N] [--seed N]`.

Windows over very many keys (TUMBLE, HOP), a Top-N per window and an ORDER BY write into files; checkpoints every 20 ms fall between
the steps of their firings. What the restarted job has committed must equal the undisturbed run, at parallelism 1 and 2, and no file
may be left in progress.
"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SINKS = {"tumble": "w TIMESTAMP(3), k INT, n BIGINT, s BIGINT", "hop": "w TIMESTAMP(3), k INT, n BIGINT, s BIGINT",
         "top": "w TIMESTAMP(3), k INT, v INT, r BIGINT", "sorted": "ts TIMESTAMP(3), v INT"}
SETTINGS = """SET 'execution.checkpointing.interval' = '20ms';
SET 'execution.checkpointing.dir' = '{dir}/checkpoints';
CREATE TABLE t (ts TIMESTAMP(3), k INT, v INT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
    WITH ('connector' = 'filesystem', 'path' = '{input}', 'format' = 'csv');
"""
INSERTS = """EXECUTE STATEMENT SET BEGIN
INSERT INTO tumble SELECT window_start, k, COUNT(*), SUM(v)
    FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '25' SECOND)) GROUP BY window_start, window_end, k;
INSERT INTO hop SELECT window_start, k, COUNT(*), SUM(v)
    FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '40' SECOND)) GROUP BY window_start, window_end, k;
INSERT INTO top SELECT w, k, v, r FROM (
    SELECT window_start AS w, k, v, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v) AS r
    FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '50' SECOND))) WHERE r <= 2;
INSERT INTO sorted SELECT ts, v FROM t WHERE MOD(v, 3) = 0 ORDER BY ts, v;
END;
"""


def write_input(path, rows, rng):
    """100 seconds of event time in order, so that no row is late; about nine rows a key."""
    with open(path, "w", encoding="utf-8") as out:
        for i in range(rows):
            ms = i * 100000 // rows
            out.write(f"2024-01-01 00:{ms // 60000:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d},{rng.randrange(rows // 9 + 1)},{i}\n")


def write_job(folder, input_path):
    os.makedirs(folder)
    path = os.path.join(folder, "job.sql")
    with open(path, "w", encoding="utf-8") as out:
        out.write(SETTINGS.format(dir=folder, input=input_path))
        for name, columns in SINKS.items():
            out.write(f"CREATE TABLE {name} ({columns}) WITH ('connector' = 'filesystem', 'path' = '{folder}/{name}', 'format' = 'csv');\n")
        out.write(INSERTS)
    return path


def rows_of(folder, name):
    rows = []
    for file in os.listdir(os.path.join(folder, name)):
        if file.startswith("."):
            raise SystemExit(f"{name}/{file} was left in progress")
        with open(os.path.join(folder, name, file), encoding="utf-8") as part:
            rows += part.readlines()
    return sorted(rows)


def run_to_the_end(command, kills, rng, longest):
    """Kills the job up to that many times; returns how often."""
    done = 0
    while True:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            code = process.wait(timeout=rng.uniform(0.05, longest) if done < kills else 300)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            done += 1
            continue
        if code != 0:
            raise SystemExit(f"the job ended with {code}")
        return done


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--rows", type=int, default=900000)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    root = tempfile.mkdtemp(prefix="weir-firings-")
    input_path = os.path.join(root, "in.csv")
    write_input(input_path, args.rows, rng)
    for parallelism in (1, 2):
        folders = [os.path.join(root, f"{name}-{parallelism}") for name in ("undisturbed", "killed")]
        commands = [[args.weir, "run", write_job(folder, input_path), "--quiet", "--parallelism", str(parallelism)] for folder in folders]
        begin = time.monotonic()
        subprocess.run(commands[0], check=True, timeout=300, stdin=subprocess.DEVNULL)
        longest = max(0.2, (time.monotonic() - begin) / 3)
        kills = run_to_the_end(commands[1] + ["--resume"], args.kills, rng, longest)
        for name in SINKS:
            if rows_of(folders[0], name) != rows_of(folders[1], name):
                print(f"seed {args.seed}, parallelism {parallelism}: '{name}' differs, files in {root}", file=sys.stderr)
                sys.exit(1)
        print(f"parallelism {parallelism}: {kills} kills, all equal")
    shutil.rmtree(root)


main()
