"""Upgrade of editions from an earlier schema version to the present one.

An edition is rebuilt from what its file holds: the submitted tables, the answers, and the facts that were in force,
not those of today. It keeps its id and its metadata (title, time, author, the edition it extends, its files and their
hash), so publications and unpublished editions stay valid. Its old file is kept in `<data>/editions/replaced/` until
somebody removes it, or in the store until it is swept. Editions of the data folder from before there was a store are
brought into it first.

What an older version does not have:

- A table of facts (`effort` and `register` before version 9 or 10) is filled from today's facts if these match the
  edition's indicators. Only the date of the register stays unknown: today's would be that of other awards.
- A column of facts has the value of an empty cell in its schema (`table_schemas.TABLES`).
- The files of an edition that extends another (`handed_in_file`) do not exist: it cannot be rebased.
- Everything computed is computed again, by today's rules of disclosure and for today's accounts.
"""

from __future__ import annotations

import filecmp
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date
from itertools import count
from pathlib import Path

from .. import files
from ..domain import STAFF, ClusterdashError, Problem
from ..ingest import readers, table_reader, validate
from ..ingest.readers import Sheet
from ..operational_database.lock import locked
from ..settings import environment
from . import build, catalog, export, shared_editions
from .database_errors import OLDEST_SCHEMA_VERSION
from .reader import SCHEMA_VERSION, EditionDatabase

REPLACED = "replaced"
"""The folder, within that of the editions, of the files that an upgrade has replaced."""


@dataclass(frozen=True, slots=True)
class UpgradeStep:
    """A step of the upgrade of one edition, planned or done: a text with its values, and the problems preventing it."""

    key: str
    values: dict[str, object]
    problems: tuple[Problem, ...] = ()
    done: bool = False


def upgrade(data: Path, today: date) -> Iterator[UpgradeStep]:
    """Rebuild all editions of earlier schema versions, the served one first, then the latest first.

    An edition that the present checks refuse, or that cannot be read, stays as it is and is reported with its problems;
    the others continue. Several processes may do this at once: each edition is built by one of them. A crash at any
    moment leaves the old file or the new one.
    """
    yield from _take_over(data)
    served = catalog.current_id(data)
    for edition_id in sorted(catalog.edition_ids(data), key=lambda edition_id: edition_id != served):
        problems: list[Problem] = []
        aside, key = "", "upgrade.stays"
        try:
            if (version := _version(catalog.edition_path(data, edition_id))) == SCHEMA_VERSION:
                continue
            yield UpgradeStep("upgrade.starts", {"edition": edition_id, "found": version, "expected": SCHEMA_VERSION})
            with locked(data):
                path = catalog.edition_path(data, edition_id)  # as another server may have left it meanwhile
                if _version(path) == SCHEMA_VERSION:
                    yield UpgradeStep("upgrade.already", {"edition": edition_id})
                    continue
                aside, problems = _upgrade(data, path, version, today)
                key = "upgrade.refused"
        except ClusterdashError as trouble:
            problems = [_problem(edition_id, trouble.key, **trouble.values)]
        except OSError as error:
            problems = [_problem(edition_id, "command.trouble", detail=str(error))]
        except Exception:  # a failure with one edition must not keep the others from being served
            logging.getLogger("clusterdash").exception("an edition could not be upgraded: %s", edition_id)
            problems = [_problem(edition_id, "upgrade.failed")]
        if aside:
            yield UpgradeStep("upgrade.done", {"edition": edition_id, "file": aside}, done=True)
            continue
        yield UpgradeStep(key, {"edition": edition_id, "data": data}, tuple(problems))
        if edition_id == served:
            yield UpgradeStep("upgrade.served", {"edition": edition_id, "data": data})


def _take_over(data: Path) -> Iterator[UpgradeStep]:
    """Bring the editions of the data folder into the store that several servers share, if there is one."""
    if not catalog.in_store():
        return
    folder = catalog.editions_folder(data)
    try:
        for edition_id in shared_editions.take_over(data, folder, folder / REPLACED):
            yield UpgradeStep("upgrade.taken_over", {"edition": edition_id, "store": environment().editions})
    except ClusterdashError as trouble:
        yield UpgradeStep("upgrade.not_taken_over", {"folder": folder}, (_problem("", trouble.key, **trouble.values),))


def _version(path: Path) -> int:
    """The schema version of an edition that can be read or upgraded. Raises ClusterdashError for any other file."""
    opened = EditionDatabase(path, OLDEST_SCHEMA_VERSION)
    opened.close()
    return opened.version


def _problem(edition_id: str, key: str, **values: object) -> Problem:
    return Problem(edition_id, "", None, "", "", key, tuple(values.items()))


def _upgrade(data: Path, path: Path, version: int, today: date) -> tuple[str, list[Problem]]:
    """Rebuild one edition and replace its file; returns where the old file is kept, or "" and the problems."""
    opened = EditionDatabase(path, OLDEST_SCHEMA_VERSION)
    try:
        reader = opened.reader(STAFF)
        edition, sources = reader.edition(), reader.sources()
    finally:
        opened.close()
    facts = export.read_facts(path, without_handed_in=edition.synthetic)
    known = {sheet.name for sheet in facts}
    todays, problems = _todays_facts(data, known)
    tables, more = validate.validate([*facts, *todays], export.sheets(path), today)
    problems += [problem for problem in more if problem.severity == "error"]
    if tables is None or problems:
        return "", problems
    tables.frames["register"]["as_of"] = _day_of_register(path) if "register" in known else ""
    aside: list[str] = []

    def put(building: Path) -> None:
        export.copy_files(path, building)
        if catalog.in_store():
            aside.append(shared_editions.replace(data, building, path.stem))
        else:
            aside.append(str(_set_aside(path, version)))
            files.publish_file(building, path)

    edition = replace(edition, created_at=edition.created_at.replace(tzinfo=UTC))
    build.rebuild(edition, tables, sources, data, today, put)
    return aside[0], []


def _day_of_register(path: Path) -> str:
    """The date of the register of an edition; "" if it does not state one."""
    opened = EditionDatabase(path, OLDEST_SCHEMA_VERSION)
    try:
        provenance = opened.reader(STAFF).provenance()
        return provenance.as_of if provenance else ""
    finally:
        opened.close()


def _todays_facts(data: Path, known: set[str]) -> tuple[list[Sheet], list[Problem]]:
    """The tables of today's facts that an edition does not have, and the errors in their files."""
    found, problems = readers.read_files(
        [catalog.facts_folder(data, "labels"), catalog.facts_folder(data, "scheme")], follow=True
    )
    lacking = [sheet for sheet in found if table_reader.table_of(sheet) not in known]
    return lacking, [problem for problem in problems if problem.severity == "error"]


def _set_aside(path: Path, version: int) -> Path:
    """Keep the file of an edition under another name as well; returns that path. Earlier kept files stay."""
    folder = files.make_folder(path.parent / REPLACED)
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        kept = folder / f"{path.stem}-schema-{version}{again}{path.suffix}"
        if not kept.exists():
            break
        if kept.samefile(path) or filecmp.cmp(kept, path, shallow=False):  # from an interrupted upgrade
            return kept
    try:
        kept.hardlink_to(path)
    except OSError:  # not every file system supports links
        copying = folder / f".{kept.name}"
        shutil.copyfile(path, copying)
        files.publish_file(copying, kept)
    files.sync_folder(folder)
    return kept
