"""Small invented editions, built by the program's own way in."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from clusterdash.editions import build, catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.statistics.parameters import LIMITS, Limits

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


TODAY: date = NOW.date()


def _facts(name: str) -> list[dict[str, str]]:
    with (PROJECT_DATA / "labels" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


AWARDS = len(_facts("awards"))
DATED = sum(bool(row["awarded_on"]) for row in _facts("awards"))
LABELLED = len({row["cluster_id"] for row in _facts("awards")})
HOLDERS = {
    label: len({row["cluster_id"] for row in _facts("awards") if row["label"] == label})
    for label in ("bronze", "silver", "gold")
}
PLACELESS = sum(not row["latitude"] for row in _facts("clusters"))
"""What the project's register holds: awards, dated ones, clusters, those of each label, those without a place."""


def publish_folder(folder: Path, data: Path, limits: Limits = LIMITS, now: datetime = NOW) -> Path:
    """Import a folder that has no errors; returns the data folder."""
    tables, problems = build.check_files([folder], data, TODAY)
    assert tables is not None, problems[:5]
    build.build_and_activate(tables, [folder], data, now, limits=limits)
    return data


def copied(data: Path, to: Path) -> Path:
    """A copy of a data folder with links to its editions, which never change: what is known of one is known of all.

    A test that damages the file of an edition where it lies needs a copy of that, too.
    """

    def copy(source: str, target: str) -> str:
        if Path(source).suffix != ".duckdb":
            return shutil.copy2(source, target)
        Path(target).hardlink_to(source)
        return target

    return Path(shutil.copytree(data, to, copy_function=copy))


@contextmanager
def laid_bare(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """All tables of the published edition, without a gateway; a store may have the file open meanwhile."""
    with duckdb.connect() as connection:
        # attached, for a second connection to an open file must have the settings of the first
        connection.execute(f"attach '{catalog.current_path(data)}' as edition (read_only)")
        connection.execute("use edition")
        yield connection


HOSTILE = "<script>alert(1)</script>\"'`{{7*7}}${1}\u202egnitset\U0001f600"


FORMULA = "cmd|' /C calc'!A0 = + - @"


def hostile_register(folder: Path) -> Path:
    """A data folder with a register of four clusters whose names would like to be something else."""
    data, incoming = folder / "data", folder / "in"
    shutil.copytree(PROJECT_DATA / "scheme", data / "scheme")
    (data / "labels").mkdir()
    incoming.mkdir()
    names = [HOSTILE, FORMULA, "x" * 300, "&amp;lt;b&gt;"]
    with (data / "labels" / "clusters.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "name", "country", "city", "latitude", "longitude", "sector", "note"])
        writer.writerows([f"c{i}", name, "FR", name, 45 + i, 5, "food", name] for i, name in enumerate(names))
    rows = "".join(f"c{i},gold,2020,{'2021' if i else ''},https://a.example/?x=1&y=2\n" for i in range(4))
    (incoming / "awards.csv").write_text("cluster_id,label,awarded_on,valid_until,source_url\n" + rows)
    return publish_folder(incoming, data)
