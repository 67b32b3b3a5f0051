"""Imports a very large invented edition, and prints the time, the most memory and the size that it takes.

`python -m bench.scale` does it with 100,000 clusters (3.4 million answers); `python -m bench.scale 1000000` with a
million clusters (34 million answers), which takes some 40 minutes and 20 GB on the disk.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(clusters: int) -> None:
    """Write the sample, check it, import it, read one cluster."""
    with tempfile.TemporaryDirectory(prefix="clusterdash-scale-") as place:
        folder, data = Path(place, "sample"), Path(place, "data")
        data.mkdir()
        sample = ["sample", "--clusters", str(clusters), "--years", "1", "--out", str(folder)]
        first = f"demo-{1:0{max(4, len(str(clusters)))}d}"
        with_data = ["--data", str(data)]
        for command in (sample, ["check", str(folder)], ["import", str(folder)], ["show", first]):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "clusterdash", *command, *with_data],
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9
            print(
                f"{command[0]:8}{time.perf_counter() - start:10.1f} s   most memory so far {most:5.2f} GB", flush=True
            )
        (edition,) = (data / "editions").glob("*.duckdb")
        with (folder / "answers.csv").open("rb") as file:
            lines = sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))
        print(f"{lines:,} lines of answers -> an edition of {edition.stat().st_size / 1024**2:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
