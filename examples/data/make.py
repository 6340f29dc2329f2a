#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Derives the example data from the npm package vega-datasets (3.2.1): make.py PACKAGE_DIR

flights.jsonl  the 20,000 flights of data/flights-20k.json, one JSON object per line. `departure` is the
               actual local time of departure and `delay` the delay on arrival, as in the source. The lines
               are in the order in which the flights must have landed, estimated from their distance as
               30 minutes and 8 miles per minute: so event times are out of order as they are in real
               feeds, by up to ten hours. Line 7,000 is broken on purpose: a record cut off in the middle.
airports.csv   the airports of data/airports.csv that have at least one of these flights, with a header.
"""
import csv
import datetime
import json
import os
import sys

BROKEN_LINE = 7000


def main():
    source = os.path.join(sys.argv[1], "data")
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(source, "flights-20k.json"), encoding="utf-8") as file:
        flights = json.load(file)
    rows = []
    for number, flight in enumerate(flights):
        departure = datetime.datetime.strptime(flight["date"], "%Y/%m/%d %H:%M")
        landing = departure + datetime.timedelta(minutes=30 + flight["distance"] / 8)
        rows.append((landing, number, {"departure": departure.strftime("%Y-%m-%d %H:%M:%S"), "origin": flight["origin"],
                                       "destination": flight["destination"], "distance": flight["distance"],
                                       "delay": flight["delay"]}))
    rows.sort(key=lambda row: row[:2])
    lines = [json.dumps(row, separators=(",", ":")) for _, _, row in rows]
    lines.insert(BROKEN_LINE - 1, lines[BROKEN_LINE - 1][:53])
    with open(os.path.join(here, "flights.jsonl"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")

    used = {flight[end] for flight in flights for end in ("origin", "destination")}
    with open(os.path.join(source, "airports.csv"), encoding="utf-8", newline="") as file:
        header, *airports = csv.reader(file)
    with open(os.path.join(here, "airports.csv"), "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(row for row in airports if row[0] in used)


main()
