"""Grants of access as a table, and those in force.

They belong to no edition: a rollback to older results must not restore earlier access. They are stored in the
operational database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from ..domain import ClusterdashError, Grant, GrantRole, Problem
from ..operational_database import grants as stored
from ..operational_database.engine import database_name
from ..operational_database.grants import COLUMNS
from .readers import Sheet
from .table_reader import IngestState, Layer, Row, read_table

FILE = "grants.csv"
"""The name of the table in messages about it."""


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


def read_grants(data: Path, email: str | None = None) -> tuple[Grant, ...]:
    """The grants that are in force, or those of one address.

    Raises ClusterdashError if the database cannot be read, or they have errors.
    """
    found, damaged = _checked(tuple(stored.read(data, email)))
    if damaged:
        raise ClusterdashError("grant.damaged", file=database_name(data))
    return found


@lru_cache(maxsize=256)
def _checked(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[Grant, ...], bool]:
    """The grants, and whether rows have errors; cached, since every run of a page asks who may see what."""
    found, problems = check_rows(rows, ())
    return found, any(problem.severity == "error" for problem in problems)


def replace(data: Path, grants: Iterable[Grant]) -> None:
    """Replace all grants in force by these, in one step."""
    stored.replace(data, grant_rows(grants))


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


__all__ = ["COLUMNS", "FILE", "check_rows", "grant_rows", "granted", "read_grants", "replace"]
