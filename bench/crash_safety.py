"""Fifty imports killed at random moments: is the published edition whole each time, and does the next import succeed?

Prints the counts. Run it with `.venv/bin/python -m bench.kills`.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clusterdash.domain import STAFF
from clusterdash.editions.catalog import PROJECT_DATA, current_path
from clusterdash.editions.reader import EditionDatabase
from clusterdash.ingest import sample

KILLS = 50
ROOT = Path(__file__).parent.parent


def main() -> None:
    """Kill, read, count."""
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as place:
        folder, data = Path(place) / "in", Path(place) / "data"
        sample.generate(folder, PROJECT_DATA, clusters=300, years=2)
        command = [sys.executable, "-m", "clusterdash", "import", str(folder), "--data", str(data)]
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - start
        expected = told(data)
        counts = {"killed": 0, "finished": 0, "old": 0, "new": 0, "torn": 0}
        for _ in range(KILLS):
            before = current_path(data)
            running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                running.wait(draw.uniform(0.05, 1.05) * whole)
                counts["finished"] += 1
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                running.wait()
                counts["killed"] += 1
            counts["torn"] += told(data) != expected
            counts["old" if current_path(data) == before else "new"] += 1
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        left = [path for path in (data / "editions").iterdir() if path.name.startswith(".")]
        print(f"one import takes {whole:.1f} s")
        print(", ".join(f"{name} {count}" for name, count in counts.items()))
        print(f"the next import succeeds; half-made files left behind: {len(left)}")


def told(data: Path) -> tuple[object, ...]:
    """What the published edition says: counts, and one whole result."""
    opened = EditionDatabase(current_path(data))
    reader = opened.reader(STAFF)
    edition, result = reader.edition(), reader.benchmark("demo-0007")
    opened.close()
    return edition.clusters, edition.assessments, result.references, result.past


if __name__ == "__main__":
    main()
