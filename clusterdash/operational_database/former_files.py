"""Taking over of the files in which earlier versions kept what changes, once; they are kept in a folder of their own.

`grants.csv`: grants. `audit/*.jsonl`: the access log. `signed-out/`: a file for each person, whose modification time
is that of the sign-out. `current` and `journal.jsonl`: the served edition, and the history of publications.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Table, insert, select

from .. import files
from ..domain import ClusterdashError
from . import tables

FOLDER = "former-files"
"""Where the files are kept, below the data folder."""
NAMES = ("grants.csv", "audit", "signed-out", "journal.jsonl", "current")
"""`current` after the journal: it decides which edition is served."""
_AHEAD = ".ahead"
_GRANT = ("email", "role", "cluster_id", "valid_from", "valid_until")
Row = Mapping[str, object]


def present(data: Path) -> bool:
    """Whether a data folder has such files."""
    return any((data / name).exists() for name in NAMES)


def take_over(connection: Connection, data: Path) -> list[str]:
    """Take over the files that were not yet, within the connection's transaction; returns the names of all present.

    Raises ClusterdashError if the grants cannot be read: nobody would have access to results.
    """
    found = [name for name in NAMES if (data / name).exists()]
    if not found:
        return []
    done = set(connection.scalars(select(tables.FORMER_FILE.c.name)))
    for name in found:
        if name not in done:
            for table, rows in _contents(connection, data / name).items():
                if rows:
                    connection.execute(insert(table), rows)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            connection.execute(insert(tables.FORMER_FILE), [{"name": name, "at": now}])
    return found


def set_aside(data: Path, names: list[str]) -> None:
    """Move files that were taken over into the folder where they are kept; one of that name there stays."""
    for name in names:
        kept = files.make_folder(data / FOLDER) / name
        if not kept.exists():
            try:
                (data / name).rename(kept)
            except FileNotFoundError:  # another process has moved it
                continue


def _contents(connection: Connection, path: Path) -> dict[Table, list[Row]]:
    """The rows of a file or folder, by table."""
    match path.name:
        case "grants.csv":
            return {tables.ACCESS_GRANT: list(_grants(path))}
        case "audit":
            return {tables.AUDIT_RECORD: list(_audit_records(path))}
        case "signed-out":
            return {tables.SIGN_OUT: list(_sign_outs(path))}
        case "journal.jsonl":
            return {tables.PUBLICATION: list(_publications(path))}
        case _:
            return {tables.PUBLICATION: list(_served(connection, path))}


def _grants(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = ";" if ";" in file.readline() else ","
            file.seek(0)
            rows = csv.DictReader(file, restval="", delimiter=separator)
            if not {"email", "role"} <= {*(rows.fieldnames or ())}:
                raise ClusterdashError("operational.former_grants", file=path)
            for row in rows:
                yield {column: (row.get(column) or "").strip() for column in _GRANT}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ClusterdashError("operational.former_grants", file=path) from error


def _audit_records(folder: Path) -> Iterator[Row]:
    for file in sorted(folder.glob("????-??.jsonl")):
        for entry in _lines(file):
            cells = {column: entry.get(name) for column, name in _AUDIT.items()}
            if all(isinstance(cell, str) for cell in cells.values()):
                yield cells


_AUDIT = {"at": "at", "who": "who", "action": "did", "object": "what"}


def _sign_outs(folder: Path) -> Iterator[Row]:
    persons = {path.name.removesuffix(_AHEAD) for path in folder.iterdir()}
    for person in sorted(persons):
        yield {
            "person": person,
            "at": _modified(folder / person),
            "latest_sign_in": _modified(folder / f"{person}{_AHEAD}"),
        }


def _modified(path: Path) -> str | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="microseconds")
    except FileNotFoundError:
        return None


def _publications(path: Path) -> Iterator[Row]:
    for entry in _lines(path):
        try:
            at = datetime.fromisoformat(str(entry["at"])).isoformat(timespec="seconds")
            action = "rollback" if entry["did"] == "rollback" else "publish"
            yield {"at": at, "edition": str(entry["edition"]), "by": str(entry["by"]), "action": action}
        except (ValueError, KeyError):
            continue


def _served(connection: Connection, path: Path) -> Iterator[Row]:
    """A publication of the edition that the pointer names, unless the journal ends with it."""
    edition = path.read_text("utf-8", errors="replace").strip()
    latest = select(tables.PUBLICATION.c.edition).order_by(tables.PUBLICATION.c.publication_id.desc()).limit(1)
    if edition and edition != connection.scalar(latest):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        yield {"at": at, "edition": edition, "by": "", "action": "publish"}


def _lines(path: Path) -> Iterator[Mapping[str, object]]:
    """The objects in a file of JSON lines; lines that cannot be parsed are skipped."""
    for line in path.read_text("utf-8", errors="replace").splitlines():
        try:
            entry: object = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, Mapping):
            yield entry
