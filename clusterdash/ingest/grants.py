"""Grants of access as a table, and the file in which they are stored.

They belong to no edition: a rollback to older results must not restore earlier access. They are stored in
`<data>/grants.csv`, in the same format as they are imported; the file is replaced in one step.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from .. import files
from ..domain import ClusterdashError, Grant, GrantRole, Problem
from . import readers
from .readers import Sheet
from .table_reader import IngestState, Layer, Row, read_table

COLUMNS = ("email", "role", "cluster_id", "valid_from", "valid_until")
FILE = "grants.csv"


def granted(findings: IngestState, clusters: Collection[str]) -> tuple[Grant, ...] | None:
    """The submitted grants, checked; None if there is no such table.

    An unknown cluster is only a warning: its manager may be granted access before its results are imported.
    """
    found = []
    for _, sheet, number, row in findings.of("grants"):
        role, own = row.get("role"), row.get("cluster_id", ())
        since, until = row.get("valid_from"), row.get("valid_until")
        if role == GrantRole.STAFF and own:
            findings.add_problem(sheet, number, "cluster_id", "|".join(own), "grant.staff_of_all")
        if role in (GrantRole.MANAGER, GrantRole.EXPERT) and not own:
            findings.add_problem(sheet, number, "cluster_id", "", "grant.of_none")
        if since and until and until < since:
            findings.add_problem(sheet, number, "valid_until", until.isoformat(), "grant.ends_before", start=since)
        for cluster in own:
            if clusters and cluster not in clusters:
                findings.add_problem(sheet, number, "cluster_id", cluster, "grant.cluster", "warning")
        if row.keys() >= set(COLUMNS):
            found.append(_grant(row))
    return tuple(dict.fromkeys(found)) if findings.of("grants") else None


def check_rows(rows: Iterable[Sequence[str]], clusters: Collection[str]) -> tuple[tuple[Grant, ...], list[Problem]]:
    """Grants from rows of text, by `COLUMNS`, and all problems; rows are numbered as in a spreadsheet with a header."""
    findings = IngestState()
    numbered = tuple((number, tuple(cell.strip() for cell in row)) for number, row in enumerate(rows, start=2))
    sheet = Sheet(FILE, "grants", COLUMNS, tuple((number, row) for number, row in numbered if any(row)))
    read_table(findings, Layer.IMPORT, sheet, "grants")
    return granted(findings, clusters) or (), findings.problems


def read_grants(data: Path) -> tuple[Grant, ...]:
    """The grants that are in force. Raises ClusterdashError if their file has errors."""
    file = data / FILE
    return _read(files.file_state(file)) if file.is_file() else ()


@lru_cache(maxsize=4)
def _read(state: files.FileState) -> tuple[Grant, ...]:
    """Cached until the file changes: every run of a page asks who may see what."""
    found, trouble = readers.read_files([state.path], follow=True)
    findings = IngestState(problems=list(trouble))
    for sheet in found:
        read_table(findings, Layer.IMPORT, sheet, "grants")
    kept = granted(findings, ()) or ()
    if any(problem.severity == "error" for problem in findings.problems):
        raise ClusterdashError("grant.damaged", file=state.path)
    return kept


def replace(data: Path, grants: Iterable[Grant]) -> None:
    """Replace all grants in force by these, in one step."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(grant_rows(grants))
    files.write_atomically(data / FILE, out.getvalue().encode())


def grant_rows(grants: Iterable[Grant]) -> list[tuple[str, ...]]:
    """Grants as rows of text, by `COLUMNS`."""
    return [
        (
            grant.email,
            grant.role.value,
            "|".join(grant.clusters),
            grant.valid_from.isoformat() if grant.valid_from else "",
            grant.valid_until.isoformat() if grant.valid_until else "",
        )
        for grant in grants
    ]


def _grant(row: Row) -> Grant:
    role, clusters = GrantRole(row["role"]), tuple(row["cluster_id"])
    return Grant(row["email"], role, clusters, row["valid_from"], row["valid_until"])
