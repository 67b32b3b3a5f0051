"""How long it takes to check files in a documented form, and to understand the same answers in a form of their own.

`python -m bench.reading --clusters 1300 --years 3`; prints medians of some rounds. `--rows 36000000` also checks one
long text file of so many answers, and prints the most memory that the command takes.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from clusterdash.editions import build, recipe_files
from clusterdash.ingest import readers, sample
from clusterdash.recipes.understand import understand
from tests.support.browser import ROOT

SCHEME = "benchmark-36"


def main() -> None:
    """Invent answers, read them in both forms, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--clusters", type=int, default=1300)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clusterdash-reading-") as place:
        folder, data, own = Path(place, "sample"), Path(place, "data"), Path(place, "own.csv")
        today = datetime.now(UTC).date()
        sample.generate(folder, build.PROJECT_DATA, clusters=asked.clusters, years=asked.years)
        seconds = _median(lambda: build.check_files([folder], data, today), asked.rounds)
        print(
            f"documented form, {asked.clusters:,} clusters, {asked.years} years: checked in {seconds:.2f} s", flush=True
        )
        known = recipe_files.known_words(data, today)
        rows = _write_own_form(folder / "answers.csv", own, known.schemes[SCHEME].indicators)
        grids, _ = readers.read_grids([own])
        seconds = _median(lambda: understand(grids, known), asked.rounds)
        print(f"form of its own, {rows:,} rows: understood in {seconds:.2f} s", flush=True)
        if asked.rows:
            _check_long_file(Path(place), asked.rows)


def _median(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def _write_own_form(answers: Path, own: Path, indicators: dict[str, dict[str, object]]) -> int:
    """Write the answers with a row for each cluster and day, and French headings; returns how many rows."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    with answers.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["scheme"] == SCHEME:
                rows.setdefault((row["cluster_id"], row["assessed_on"]), {})[row["indicator"]] = row["value"]
    with own.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            ["Nom du pôle", "Pays", "Date de l’entretien", *(one["name_fr"] for one in indicators.values())]
        )
        for (cluster, day), told in rows.items():
            writer.writerow([f"Pôle {cluster}", "France", day, *(told.get(code, "") for code in indicators)])
    return len(rows)


def _check_long_file(place: Path, rows: int) -> None:
    """Check a long file with the command; print seconds, and megabytes of memory at the highest."""
    folder = place / "long"
    folder.mkdir()
    codes = [
        f"{kind}{number}" for kind, most in (("S", 6), ("G", 8), ("V", 7), ("A", 8)) for number in range(1, most + 1)
    ]
    clusters = -(-rows // (20 * len(codes)))
    with (folder / "clusters.csv").open("w", encoding="utf-8") as file:
        file.write("cluster_id,name,country\n" + "".join(f"x-{n},Cluster {n},FR\n" for n in range(clusters)))
    with (folder / "answers.csv").open("w", encoding="utf-8") as file:
        file.write("cluster_id,assessed_on,scheme,indicator,value\n")
        left = rows
        for cluster in range(clusters):
            for year in range(2000, 2020):
                own = codes[: min(left, len(codes))]
                file.writelines(f"x-{cluster},{year}-06-30,{SCHEME},{code},{1 + cluster % 4}\n" for code in own)
                left -= len(own)
    command = [sys.executable, "-m", "clusterdash", "check", str(folder), "--data", str(place / "none"), "--no-staff"]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    seconds, megabytes = time.perf_counter() - start, used.ru_maxrss / 1024
    print(f"one file of {rows - left:,} answers: {seconds:.0f} s, {megabytes:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
