"""Building editions from checked tables: a new database file is complete before it becomes the current edition."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from importlib import resources
from pathlib import Path

import duckdb
import pandas as pd

from .. import access, files
from ..auth import audit_log
from ..domain import STAFF, ClusterdashError, Edition, EditionVersionError, ErrorCode, Grid, NoEditionError, Problem
from ..ingest import grants, readers, sample, table_reader, validate
from ..operational_database import publications
from ..operational_database.engine import writing
from ..operational_database.lock import locked
from ..operational_database.publications import PublicationAction
from ..statistics import pipeline as statistics
from ..statistics.parameters import LIMITS, Limits
from . import catalog, export, queries, recipe_files
from .catalog import PROJECT_DATA, current_path, set_current
from .confirmations import ConfirmationKind
from .content_hash import tables_hash
from .known_keys import known_keys
from .progress import Progress, no_progress
from .publication_effects import UnconfirmedError, publication_effect, read_metadata
from .reader import SCHEMA_VERSION, EditionDatabase
from .unpublished import extended_edition, refuse_superseded, refuse_to_extend

MEMORY = "2GB"
"""Memory limit of the database during a build; the rest spills to disk beside it until the build ends."""


def check_files(
    paths: Sequence[Path], data: Path, today: date, most_rows: int | None = None, *, complete: str = ""
) -> tuple[validate.CheckedTables | None, list[Problem]]:
    """Read files and folders and check them against the facts; the tables are None if there is an error.

    A recipe among them (`.toml`) says how the others are read.
    `complete` is the id of an edition to extend: its tables are kept, the files add to them, and an assessment that
    exists already is replaced. Files with more than `most_rows` rows are refused, and so are files that would remove
    real results from the pages without replacing them. Raises ClusterdashError if the edition to extend does not exist
    or cannot be read, or if the extended edition could not be published.
    """
    if complete:
        refuse_to_extend(data, complete)
    kept = export.read_for_extension(catalog.edition_path(data, complete)) if complete else None
    facts, trouble = recipe_files.read_facts(data)
    known = kept or recipe_files.served_tables(paths, data)
    submitted = recipe_files.read_submitted(paths, facts, known, today, most_rows)
    handed_in, more, keys = submitted.sheets, submitted.problems, known_keys(data)
    with_grants = any(table_reader.table_of(sheet) == "grants" for sheet in handed_in)
    tables, problems = validate.validate(facts, handed_in, today, kept, _assessed(data) if with_grants else (), keys)
    problems = submitted.located(problems)
    unread = any(problem.severity == "error" for problem in [*trouble, *more])
    if unread:  # the unread part may have been something to publish
        problems = [problem for problem in problems if not problem.has(ErrorCode.NOTHING_TO_PUBLISH)]
    elif tables and _would_drop_results(tables, data):
        named = ", ".join(map(str, paths))
        tables, problems = None, [*problems, Problem(named, "", None, "", "", "edition.would_empty")]
    return (None if unread else tables), [*trouble, *more, *problems]


def known_schemes(data: Path) -> dict[str, Grid]:
    """Return the schemes by code for which answers are accepted: those of the facts and of the served edition.

    Raises ClusterdashError if the facts cannot be read, or an edition is served that cannot be read.
    """
    sheets_of_facts, trouble = readers.read_files([catalog.facts_folder(data, "scheme")], follow=True)
    frames, more = validate.schemes_of(sheets_of_facts)
    if wrong := [problem for problem in [*trouble, *more] if problem.severity == "error"]:
        raise ClusterdashError("questionnaire.facts", n=len(wrong), folder=catalog.facts_folder(data, "scheme"))
    with duckdb.connect() as connection:
        connection.execute(_schema())
        for name, frame in frames.items():
            statistics.insert_frame(connection, name, frame)
        codes = frames["scheme"]["scheme"].tolist()
        known = {
            code: queries.read_scheme(lambda sql, values=None: connection.execute(sql, values or []).fetchall(), code)
            for code in codes
        }
    if catalog.history(data):
        opened = EditionDatabase(current_path(data))
        known |= {grid.scheme.code: grid for grid in opened.reader(STAFF).schemes()}
        opened.close()
    return known


def _schema() -> str:
    return resources.files("clusterdash.editions").joinpath("schema.sql").read_text("utf-8")


def _assessed(data: Path) -> frozenset[str]:
    """Return the clusters whose results are served; empty if no readable edition is served."""
    try:
        opened = EditionDatabase(current_path(data))
    except ClusterdashError:
        return frozenset()
    try:
        return frozenset(opened.reader(STAFF).assessed(evaluated=True))
    finally:
        opened.close()


def _would_drop_results(tables: validate.CheckedTables, data: Path) -> bool:
    """Whether an edition of these tables would remove real results from the pages without replacing them."""
    if not tables.results or not tables.frames["assessment"].empty:
        return False
    try:
        edition = read_metadata(current_path(data))
    except ClusterdashError:
        return False
    return not edition.synthetic and edition.assessments > 0


def build_and_activate(
    tables: validate.CheckedTables,
    sources: Iterable[Path],
    data: Path,
    now: datetime,
    by: str = "",
    limits: Limits = LIMITS,
) -> str:
    """Build an edition from checked tables and make it the current one; returns its id.

    A crash at any moment leaves the previous edition current.
    """
    edition_id = build(tables, sources, data, now, by, limits)
    set_current(data, edition_id, now, by)
    return edition_id


def activate(
    data: Path,
    edition_id: str,
    now: datetime,
    by: str,
    did: PublicationAction = "publish",
    *,
    decided_on: str | None = None,
    accept: Collection[ConfirmationKind] = (),
) -> None:
    """Make an existing edition the served one, and record in the access log who did it.

    `decided_on`: the edition that was served when a person decided this. `accept`: the kinds that were confirmed.
    Raises ClusterdashError and changes nothing if another edition is served by now, or if the edition was never served
    and is superseded (`unpublished.superseded`); UnconfirmedError if a confirmation is missing.
    """
    with locked(data):
        path = catalog.edition_path(data, edition_id)
        served = publications.served(data)
        if decided_on not in (None, catalog.current_id(data)):
            raise _changed_meanwhile(data)
        refuse_superseded(data, edition_id)
        lacking = tuple(
            found for found in publication_effect(data, path, did).confirmations if found.kind not in accept
        )
        if lacking:
            raise UnconfirmedError(lacking, "editions.unconfirmed", edition=edition_id)
        with writing(data):
            if not set_current(data, edition_id, now, by, did, expected=served):
                raise _changed_meanwhile(data)
            audit_log.record(data, now, by, did, edition_id)
        logging.getLogger("clusterdash").info("%s: edition %s is served now", did, edition_id)


def rollback(
    data: Path,
    now: datetime,
    by: str,
    *,
    decided_on: str | None = None,
    accept: Collection[ConfirmationKind] = (),
    among: Collection[str] | None = None,
) -> str:
    """Serve the previous edition again (`catalog.previous`); returns its id. Raises as `activate` does."""
    with locked(data):
        if decided_on not in (None, catalog.current_id(data)):
            raise _changed_meanwhile(data)
        edition_id = catalog.previous(data, among)
        activate(data, edition_id, now, by, "rollback", accept=accept)
    return edition_id


def _changed_meanwhile(data: Path) -> ClusterdashError:
    """The error that another edition is served than when a person decided; says who published it, and when."""
    served = catalog.current_id(data)
    last = next((change for change in reversed(catalog.history(data)) if change.edition == served), None)
    values = {"by": last.by or "–", "at": last.at} if last else {"by": "–", "at": "–"}
    return ClusterdashError("editions.meanwhile", edition=served, **values)


def discard(data: Path, edition_id: str, now: datetime, by: str) -> None:
    """Remove an edition that was never served, and record in the access log who did it.

    Raises ClusterdashError as `catalog.delete_edition`, and if another unpublished edition extends it.
    """
    with locked(data):
        for other in catalog.unpublished_ids(data):
            if other != edition_id and extended_edition(catalog.edition_path(data, other)) == edition_id:
                raise ClusterdashError("editions.is_completed", edition=edition_id, other=other)
        catalog.delete_edition(data, edition_id)
        audit_log.record(data, now, by, "discard", edition_id)
    logging.getLogger("clusterdash").info("discard: edition %s", edition_id)


def build(
    tables: validate.CheckedTables,
    sources: Iterable[Path],
    data: Path,
    now: datetime,
    by: str = "",
    limits: Limits = LIMITS,
    *,
    draft: bool = False,
    progress: Progress = no_progress,
) -> str:
    """Build an edition from checked tables, which are emptied, next to the served one; returns its id.

    By `limits`, it reveals no more to accounts with grants, in the data folder or in the tables, than to others. The id
    ends in the first characters of the hash of what it was made from: tables, in whatever files they were, facts, and
    accounts that see many clusters. A draft is only being checked, and is removed unless it is kept
    (`catalog.keep_draft`). Raises ClusterdashError if the grants cannot be read.
    """
    sources = readers.files(sources)
    hashes = _hashes(sources)
    before = catalog.edition_path(data, tables.extended) if tables.extended else None
    kept = [("", read_metadata(before).content_hash)] if before else []
    accounts = _accounts(tables, data, now.date(), limits)
    facts = [catalog.facts_folder(data, "labels"), catalog.facts_folder(data, "scheme"), PROJECT_DATA / "geo"]
    everything: list[object] = [*kept, *accounts, tables_hash(tables), *_hashes(facts)]
    fingerprint = hashlib.sha256(repr(everything).encode()).hexdigest()
    edition_id = f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{fingerprint[:8]}"
    folder = catalog.drafts_folder(data) if draft else catalog.building_folder(data)
    made = Edition(edition_id, tables.title, now, tables.synthetic, 0, 0, fingerprint, by, tables.extended)
    progress("data.building", 0.0)
    compute = partial(statistics.compute, accounts=accounts, limits=limits, progress=partial(progress, "data.building"))
    with _built(folder, made, tables, hashes, before, compute) as building:
        if before:
            export.store_sources(building, sources)
        if draft:
            catalog.add_draft(data, building, edition_id, made.completed)
        else:
            catalog.add_edition(data, building, edition_id, by, made.completed)
    return edition_id


def rebuild(
    edition: Edition,
    tables: validate.CheckedTables,
    sources: Sequence[tuple[str, str]],
    data: Path,
    today: date,
    put: Callable[[Path], None],
    limits: Limits = LIMITS,
) -> None:
    """Build an existing edition again in the present schema; `put` moves the complete file into its place.

    `edition` and its `sources` (names and hashes) are stored unchanged. Raises ClusterdashError as `build`.
    """
    accounts = _accounts(tables, data, today, limits)
    compute = partial(statistics.compute, accounts=accounts, limits=limits)
    with _built(catalog.building_folder(data), edition, tables, sources, None, compute) as building:
        put(building)


@contextmanager
def _built(
    folder: Path,
    edition: Edition,
    tables: validate.CheckedTables,
    hashes: Sequence[tuple[str, str]],
    before: Path | None,
    compute: Callable[[duckdb.DuckDBPyConnection], None],
) -> Iterator[Path]:
    """Yield the file of an edition under a temporary name in a folder; it is removed unless it is renamed inside."""
    files.make_folder(folder)
    files.sweep_unfinished(folder)
    building = files.unfinished(folder, f"{edition.edition_id}-{threading.get_ident()}")  # others may build the same
    try:
        _write(building, edition, tables, hashes, before, compute)
        yield building
    except (duckdb.OperationalError, duckdb.FatalException) as error:
        # The disk is full, or the folder is not writable; DuckDB calls it fatal if a commit writes a checkpoint.
        raise ClusterdashError("edition.not_built", detail=str(error).partition("\n")[0]) from error
    finally:
        for left in folder.glob(f"{building.name}*"):
            files.remove(left)


def _accounts(tables: validate.CheckedTables, data: Path, today: date, limits: Limits) -> list[tuple[str, ...]]:
    """The clusters of each account that sees more of them than a coalition, sorted: same accounts, same list."""
    handed_in = tables.grants or ()
    try:
        in_force = grants.read_grants(data)
    except ClusterdashError:
        if not handed_in:  # else these replace the unreadable file
            raise
        in_force = ()
    together = (*in_force, *handed_in) if tables.extended else ()  # an extension may add to the grants, too
    known = [access.clusters_by_account(granted, today) for granted in (in_force, handed_in, together)]
    found = {tuple(sorted(clusters)) for accounts in known for clusters in accounts.values()}
    return sorted(clusters for clusters in found if len(clusters) > limits.coalition)


def _hashes(sources: Iterable[Path]) -> list[tuple[str, str]]:
    return sorted((path.name, _hash(path)) for path in readers.files(sources))


def without_folder(problem: Problem, folder: Path) -> Problem:
    """Return a problem with a file in a temporary folder, with the file named as the user knows it."""
    prefix = f"{folder}/"
    values = tuple((k, v.replace(prefix, "") if isinstance(v, str) else v) for k, v in problem.values)
    return replace(problem, file=problem.file.replace(prefix, ""), values=values)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def may_demonstrate(data: Path, trouble: ClusterdashError) -> bool:
    """Whether a demonstration may be built after this error.

    Only if there never was an edition, or if the served one is itself a demonstration, built by another version of the
    program: submitted data are never replaced by invented data.
    """
    if isinstance(trouble, EditionVersionError):
        return trouble.synthetic
    nothing = not catalog.history(data) and not catalog.edition_ids(data)
    return isinstance(trouble, NoEditionError) and nothing


def build_demonstration(data: Path, now: datetime, progress: Progress) -> str:
    """Build an invented edition from the standard sample, in the same way as real results; returns its id."""
    folder = data / "sample"
    progress("prepare.sample", 0.05)
    sample.generate(folder, PROJECT_DATA)
    progress("prepare.check", 0.3)
    tables, problems = check_files([folder], data, now.date())
    if tables is None:
        raise ClusterdashError("prepare.failed", n=len(problems), folder=folder)
    progress("prepare.build", 0.6)
    edition_id = build_and_activate(tables, [folder], data, now)
    progress("prepare.done", 1.0)
    return edition_id


def _write(
    path: Path,
    edition: Edition,
    tables: validate.CheckedTables,
    hashes: Sequence[tuple[str, str]],
    before: Path | None,
    compute: Callable[[duckdb.DuckDBPyConnection], None],
) -> None:
    with duckdb.connect(str(path), config={"memory_limit": MEMORY}) as connection:
        connection.execute(_schema())
        connection.execute(
            "insert into edition values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                edition.edition_id,
                SCHEMA_VERSION,
                edition.title or edition.edition_id,
                edition.created_at.astimezone(UTC).replace(tzinfo=None),
                edition.synthetic,
                edition.content_hash,
                edition.built_by,
                edition.completed,
            ],
        )
        connection.executemany("insert into source_file values (?, ?)", hashes)
        if before:
            export.attach(connection, before, "before")
            connection.execute("insert into source_file select * from before.source_file")
            connection.execute("detach before")
        members = pd.read_csv(PROJECT_DATA / "geo" / "council-of-europe.csv", keep_default_na=False)
        groups = pd.read_csv(PROJECT_DATA / "geo" / "country-groups.csv", keep_default_na=False)
        tables.frames.update(european_country=members, country_group=groups)
        # Nobody reads this file before it is complete. So each statement is a transaction of its own: in a longer one,
        # frames that are written and tables that are replaced would stay in memory until its end.
        while tables.frames:
            name, frame = tables.frames.popitem()
            statistics.insert_frame(connection, name, frame)
        while tables.handed_in:
            name, frame = tables.handed_in.popitem()
            columns = ", ".join(f'"{column}" text not null' for column in frame.columns)
            connection.execute(f"create table handed_in.{name} ({columns})")
            statistics.insert_frame(connection, f"handed_in.{name}", frame)
        compute(connection)
        connection.execute("checkpoint")
