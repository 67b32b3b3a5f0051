"""Reads every workbook and text table below a folder: which are opened, which are refused and with which message.

`python -m bench.public_workbooks FOLDER`: one line for each file that is not simply opened, then the counts. Anything
but an answer, an exception that escapes, is a fault and ends with status 1.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from clusterdash.ingest import readers, xlsx_worker

SUFFIXES = {".xlsx", ".xlsm", ".csv", ".txt"}
SLOW = 5.0
"""In seconds: a file that takes longer is named."""


def attempt(path: Path) -> str:
    """What becomes of a file: "opened", "told KEY" or "fault NAME"; every row of what is opened is read.

    A workbook with macros is read by its content, as if it were called .xlsx.
    """
    try:
        if path.suffix.lower() == ".xlsm":
            xlsx_worker.read_workbook(path.read_bytes())
            return "opened"
        grids, problems = readers.read_grids([path], xlsx_worker.MAXIMUM_ROWS)
        for grid in grids:
            for _ in grid.rows:
                pass
    except xlsx_worker.RefusedError as refused:
        return f"told {refused.key}"
    except Exception as error:
        traceback.print_exc()
        return f"fault {type(error).__name__}"
    errors = [problem.key for problem in problems if problem.severity == "error"]
    if grids:
        return "opened, with errors in it" if errors else "opened"
    return f"told {errors[0]}" if errors else "fault: nothing read, nothing told"


def main() -> None:
    """Read all files of a folder and print what became of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    folder = options.parse_args().folder
    counts: Counter[str] = Counter()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        start = time.perf_counter()
        result = attempt(path)
        seconds = time.perf_counter() - start
        counts[f"{path.suffix.lower()}: {result}"] += 1
        if result != "opened" or seconds > SLOW:
            print(f"{result:40} {seconds:5.1f} s  {path.relative_to(folder)}")
    print()
    for result, number in sorted(counts.items()):
        print(f"{number:5}  {result}")
    sys.exit(any("fault" in result for result in counts))


if __name__ == "__main__":
    main()
