"""Erasure of a cluster from editions: which files hold it, and an edition of what is served without it.

Editions never change, so one without the cluster is built from what the served one holds, as an upgrade builds one:
from the submitted tables, the answers, and the facts that were in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ..domain import PUBLIC, STAFF, Edition, Problem
from ..domain.pseudonym import Pseudonyms
from ..domain.register_corrections import RegisterCorrections
from ..ingest import validate
from ..ingest.readers import Sheet
from ..operational_database.lock import locked
from . import build, catalog, export, recipe_files, shared_editions
from .confirmations import ConfirmationKind
from .reader import EditionDatabase
from .upgrade import REPLACED

_ACCEPTED: tuple[ConfirmationKind, ...] = ("removal", "disclosure")
_RESULTS = ("answers", "remarks", "stories")


@dataclass(frozen=True, slots=True)
class HoldingFiles:
    """The editions that hold a cluster, and the files of drafts and replaced editions that do.

    `unreadable`: files that could not be read; `names`: those of the cluster in these editions.
    """

    editions: tuple[str, ...]
    others: tuple[Path, ...]
    unreadable: tuple[Path, ...]
    names: tuple[str, ...]


def is_public(data: Path, cluster_id: str, corrections: RegisterCorrections) -> bool:
    """Whether a cluster holds or held a label, in the served edition or after corrections: its public entry stays.

    Raises ClusterdashError if the served edition cannot be read.
    """
    if not catalog.history(data):
        return False
    opened = EditionDatabase(catalog.current_path(data))
    try:
        registers = [edition.reader(PUBLIC).label_register() for edition in (opened, opened.corrected(corrections))]
    finally:
        opened.close()
    return any(holder.cluster.cluster_id == cluster_id for register in registers for holder in register)


def other_clusters(data: Path, cluster_id: str) -> tuple[str, ...]:
    """The ids of the other clusters of the served edition. Raises ClusterdashError if it cannot be read."""
    if not catalog.history(data):
        return ()
    with _attached(catalog.current_path(data)) as connection:
        found = connection.execute("select cluster_id from edition.cluster where cluster_id <> ?", [cluster_id])
        return tuple(cluster for (cluster,) in found.fetchall())


def holding_files(data: Path, cluster_id: str, *, public: bool) -> HoldingFiles:
    """The files that hold a cluster's results; if it is not `public`, those that name it anywhere in their tables."""
    replaced = sorted((catalog.editions_folder(data) / REPLACED).glob("*.duckdb"))
    editions, others, unreadable = [], [], []
    names: set[str] = set()
    for path in (stored := catalog.edition_paths(data)) + catalog.draft_paths(data) + replaced:
        try:
            with _attached(path) as connection:
                names |= _names(connection, cluster_id)
                if not _holds(connection, cluster_id, public=public):
                    continue
        except duckdb.Error:
            unreadable.append(path)
            continue
        if path in stored:
            editions.append(path.stem)
        else:
            others.append(path)
    return HoldingFiles(tuple(editions), tuple(others), tuple(unreadable), tuple(sorted(names)))


def remove_files(data: Path, holding: HoldingFiles, now: datetime) -> None:
    """Remove the editions and the files that hold a cluster; of a store, all objects that hold no edition as well.

    Those that were written within a day stay: somebody may be about to use them (`shared_editions.sweep`).
    """
    for edition_id in holding.editions:
        catalog.remove_edition(data, edition_id)
    for path in holding.others:
        path.unlink(missing_ok=True)
    if catalog.in_store() and catalog.edition_ids(data):
        shared_editions.sweep(data, now)


def publish_without(
    data: Path, cluster_id: str, pseudonyms: Pseudonyms, now: datetime, by: str, *, public: bool
) -> tuple[str, list[Problem]]:
    """Build an edition of what is served without a cluster, and publish it; returns its id.

    `pseudonyms` stand in the texts of others that name it. That results go, and that figures of before and after tell
    more of the cluster than one of them, is accepted: it is to be forgotten. If the present checks refuse what is left,
    nothing changes and the errors are returned. Raises ClusterdashError as `build.rebuild` and `build.activate`.
    """
    path = catalog.current_path(data)
    opened = EditionDatabase(path)
    try:
        reader = opened.reader(STAFF)
        served, sources, provenance = reader.edition(), reader.sources(), reader.provenance()
    finally:
        opened.close()
    facts = [
        sheet if public else _without(sheet, cluster_id)
        for sheet in export.read_facts(path, without_handed_in=served.synthetic)
    ]
    handed_in = [
        recipe_files.without_cluster(sheet, cluster_id, pseudonyms)
        if sheet.name == "recipes"
        else _without(sheet, cluster_id, pseudonyms)
        if sheet.name in _RESULTS or not (public or sheet.name == "reference_packs")
        else sheet
        for sheet in export.sheets(path)
    ]
    tables, problems = validate.validate(facts, handed_in, now.date())
    problems = [problem for problem in problems if problem.severity == "error"]
    if tables is None or problems:
        return "", problems
    tables.frames["register"]["as_of"] = provenance.as_of if provenance else ""
    fingerprint = hashlib.sha256(f"{served.content_hash} {now.isoformat()}".encode()).hexdigest()
    edition_id = f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{fingerprint[:8]}"
    title = "" if served.title == served.edition_id else pseudonyms.replace(served.title)
    made = Edition(edition_id, title, now, served.synthetic, 0, 0, fingerprint, by)
    kept = [(name, digest) for name, digest in sources if pseudonyms.replace(name) == name]

    def put(building: Path) -> None:
        catalog.add_edition(data, building, edition_id, by)

    with locked(data):
        build.rebuild(made, tables, kept, data, now.date(), put)
        build.activate(data, edition_id, now, by, decided_on=served.edition_id, accept=_ACCEPTED)
    return edition_id, []


def _holds(connection: duckdb.DuckDBPyConnection, cluster_id: str, *, public: bool) -> bool:
    rows = connection.execute(
        """select schema_name, table_name from duckdb_columns()
           where database_name = 'edition' and column_name = 'cluster_id'"""
    ).fetchall()
    tables = {f"edition.{schema}.{table}" for schema, table in rows}
    if public:  # what is said of it elsewhere is computed from these
        tables &= {"edition.main.assessment"}
    return any(
        connection.execute(f"select 1 from {table} where cluster_id = ? limit 1", [cluster_id]).fetchone()
        for table in sorted(tables)
    )


def _names(connection: duckdb.DuckDBPyConnection, cluster_id: str) -> set[str]:
    found = connection.execute("select name from edition.cluster where cluster_id = ?", [cluster_id]).fetchall()
    return {name for (name,) in found}


def _attached(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    try:
        export.attach(connection, path, "edition")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _without(sheet: Sheet, cluster_id: str, pseudonyms: Pseudonyms | None = None) -> Sheet:
    """A sheet without the rows of a cluster, and with pseudonyms in the texts of the others."""
    if "cluster_id" not in sheet.header and pseudonyms is None:
        return sheet
    column = sheet.header.index("cluster_id") if "cluster_id" in sheet.header else None
    in_texts = pseudonyms if sheet.name != "answers" else None
    return replace(sheet, rows=_OtherRows(sheet.rows, column, cluster_id, in_texts))


@dataclass(frozen=True, slots=True)
class _OtherRows:
    rows: Iterable[tuple[int, tuple[str, ...]]]
    column: int | None
    cluster_id: str
    pseudonyms: Pseudonyms | None

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        for number, cells in self.rows:
            if self.column is None or cells[self.column] != self.cluster_id:
                yield number, tuple(map(self.pseudonyms.replace, cells)) if self.pseudonyms else cells
