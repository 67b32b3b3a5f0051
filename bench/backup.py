"""Backup of an installation while a process writes: how long it takes, and how long the writer waits at most.

Prints a line for each engine. Run it with `.venv/bin/python -m bench.backup`; PostgreSQL by CLUSTERDASH_DATABASE.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from clusterdash.backup import archive
from clusterdash.backup.create import backup
from clusterdash.backup.restore import restore
from clusterdash.editions import build
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.ingest import sample
from clusterdash.operational_database.engine import database_url

WRITER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from clusterdash.operational_database import pins
longest = 0.0
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    start = time.perf_counter()
    pins.add(Path(sys.argv[1]), "labels", "note", by="me", now=datetime.now(UTC))
    longest = max(longest, time.perf_counter() - start)
print(longest)
"""


def longest_wait(data: Path, during: Path, seconds: float = 0) -> tuple[float, float]:
    """The longest wait of a writer during a backup, or during so many seconds without one; and how long that took."""
    end = during.with_suffix(".end")
    command = [sys.executable, "-c", WRITER, str(data), str(end)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        writer.stdout.readline()
        start = time.perf_counter()
        if seconds:
            time.sleep(seconds)
        else:
            backup(data, during, datetime.now(UTC))
        took = time.perf_counter() - start
        end.touch()
        return float(writer.stdout.readline()), took


def main() -> None:
    """Build, back up under writes, restore."""
    with tempfile.TemporaryDirectory() as place:
        folder, data, now = Path(place) / "in", Path(place) / "data", datetime.now(UTC)
        sample.generate(folder, PROJECT_DATA, clusters=1300, years=3)
        tables, _ = build.check_files([folder], data, now.date())
        assert tables
        build.build_and_activate(tables, [folder], data, now)
        path = Path(place) / "backup.zip"
        waited, took = longest_wait(data, path)
        without, _ = longest_wait(data, Path(place) / "none", took)
        engine, size = database_url(data).get_backend_name(), path.stat().st_size / 1e6
        print(f"{engine}: backup of {size:.0f} MB in {took:.1f} s; a writer waits {waited:.2f} s at most", end="")
        print(f" ({without:.2f} s without a backup)", end="")
        start = time.perf_counter()
        archive.verify(path)
        print(f"; verified in {time.perf_counter() - start:.1f} s", end="")
        if engine == "sqlite":
            start = time.perf_counter()
            restore(path, Path(place) / "restored")
            print(f"; restored in {time.perf_counter() - start:.1f} s", end="")
        print()


if __name__ == "__main__":
    main()
