"""A data folder of its own for each test."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from clusterdash.operational_database import jobs

TABLES = {
    "clusters.csv": "cluster_id,name,country\n{c}1,{title} One,FR\n{c}2,{title} Two,BE\n",
    "answers.csv": "cluster_id,assessed_on,scheme,indicator,value\n{c}1,2026-01-05,benchmark-36,G1,{value}\n"
    "{c}2,2026-01-05,benchmark-36,G1,2\n",
    "edition.csv": "title,synthetic\n{title},{synthetic}\n",
}


REAL = "Zebra"
"""Only what is real is called so."""


def folder_of(folder: Path, *, invented: bool, value: int = 3) -> Path:
    folder.mkdir(parents=True)
    title, synthetic = ("Invented", 1) if invented else (REAL, 0)
    for name, text in TABLES.items():
        told = text.format(c="inv" if invented else "zebra", title=title, synthetic=synthetic, value=value)
        (folder / name).write_text(told, "utf-8")
    return folder


def quietly(_: str, __: float) -> None:
    """No progress told."""


def job_ended(data: Path, visitor: str = "", seconds: float = 60) -> jobs.Job:
    """The job of staff, or of a visitor of a demonstration, once it has ended."""
    end = time.monotonic() + seconds
    while True:
        found = jobs.latest(data, visitor, datetime.now(UTC))
        assert found is not None
        if found.state != "running":
            return found
        assert time.monotonic() < end, f"still {found.progress_key} after {seconds} seconds"
        time.sleep(0.01)
