"""The trail of cases: each line is chained to the one before by a hash, so that a change or removal is found.

The texts of a change lie beside, under a salted digest: once they are erased, the trail can still be verified.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from ..domain.case import Sheet, TrailLine
from .engine import reading
from .tables import CASE_CHANGE, CASE_PERSON, CASE_TEXT

START = "0" * 64
"""The hash before the first line."""
_HASHED = [column.name for column in CASE_CHANGE.c if column.name not in ("sequence", "hash")]


@dataclass(frozen=True, slots=True)
class TrailFault:
    """The line of a case's trail that does not follow from the one before, or whose texts are not what was digested."""

    case_id: str
    number: int


@dataclass(frozen=True, slots=True)
class LastLine:
    """The last line of a trail: number, time (UTC, ISO 8601) and hash; 0, "" and `START` if there is none yet."""

    number: int
    at: str
    hash: str


def append(
    connection: Connection,
    case_id: str,
    person_id: str,
    action: str,
    at: str,
    *,
    sheet: str = "",
    question: str = "",
    field: str = "",
    base: int = 0,
    version: int = 0,
    change_id: str = "",
    origin: str = "page",
    texts: tuple[str, str] | None = None,
) -> str:
    """Add a line to the trail of a case within the connection's transaction; returns its hash.

    `texts`: before and after the change of a field. `change_id` is random unless given.
    """
    last = head(connection, case_id)
    salt = token_hex(16)
    row: dict[str, Any] = {
        "case_id": case_id,
        "number": last.number + 1,
        "at": at,
        "person_id": person_id,
        "action": action,
        "sheet": sheet,
        "question": question,
        "field": field,
        "base": base,
        "version": version,
        "change_id": change_id or token_hex(16),
        "origin": origin,
        "digest": _digest(salt, *texts) if texts else "",
        "previous": last.hash,
    }
    row["hash"] = _hash(row)
    sequence = connection.scalar(insert(CASE_CHANGE).values(**row).returning(CASE_CHANGE.c.sequence))
    if texts:
        before, after = texts
        text = {"sequence": sequence, "case_id": case_id, "salt": salt, "before": before, "after": after}
        connection.execute(insert(CASE_TEXT), [text])
    return str(row["hash"])


def head(connection: Connection, case_id: str) -> LastLine:
    """The last line of a case's trail."""
    columns = (CASE_CHANGE.c.number, CASE_CHANGE.c.at, CASE_CHANGE.c.hash)
    found = select(*columns).where(CASE_CHANGE.c.case_id == case_id)
    row = connection.execute(found.order_by(CASE_CHANGE.c.number.desc()).limit(1)).first()
    return LastLine(row.number, row.at, row.hash) if row else LastLine(0, "", START)


def has_line(data: Path, case_id: str, number: int, line_hash: str) -> bool:
    """Whether a line of a case's trail has a hash: whether a statement that quotes it was made of this trail.

    That says something only of a trail in which `verify` finds no fault. Raises ClusterdashError if the database cannot
    be read.
    """
    line = (CASE_CHANGE.c.case_id == case_id) & (CASE_CHANGE.c.number == number) & (CASE_CHANGE.c.hash == line_hash)
    with reading(data) as connection:
        return connection is not None and connection.scalar(select(CASE_CHANGE.c.number).where(line)) is not None


def version_made(connection: Connection, case_id: str, change_id: str) -> int | None:
    """The version that a change has made; None if it was not made yet."""
    mine = (CASE_CHANGE.c.case_id == case_id) & (CASE_CHANGE.c.change_id == change_id)
    return connection.scalar(select(CASE_CHANGE.c.version).where(mine))


def texts_at(connection: Connection, case_id: str, sheet: str, number: int) -> dict[tuple[str, str], str]:
    """The fields of a sheet as they were after a line of the trail, by question and field; without erased ones."""
    change = CASE_CHANGE.c
    joined = CASE_CHANGE.join(CASE_TEXT, CASE_TEXT.c.sequence == change.sequence)
    found = select(change.question, change.field, CASE_TEXT.c.after).select_from(joined)
    mine = found.where(change.case_id == case_id, change.sheet == sheet, change.action == "save")
    rows = connection.execute(mine.where(change.number <= number).order_by(change.number))
    return {(row.question, row.field): row.after for row in rows}


def points_before_agreement(
    connection: Connection, case_ids: Collection[str], sheets: Collection[Sheet]
) -> dict[str, dict[tuple[Sheet, str], str]]:
    """The points on some sheets of some cases as they stood when their agreement first began, by sheet and question.

    Without cases in which it never did, and without erased texts.
    """
    change = CASE_CHANGE.c
    of_cases = change.case_id.in_(sorted(case_ids))
    began = select(change.case_id, func.min(change.number).label("number")).where(of_cases, change.action == "agree")
    first = began.group_by(change.case_id).subquery()
    joined = CASE_CHANGE.join(CASE_TEXT, CASE_TEXT.c.sequence == change.sequence)
    joined = joined.join(first, first.c.case_id == change.case_id)
    columns = (change.case_id, change.sheet, change.question, CASE_TEXT.c.after)
    given = select(*columns).select_from(joined).where(change.sheet.in_([sheet.value for sheet in sheets]))
    given = given.where(change.action == "save", change.field == "points", change.number < first.c.number)
    found: dict[str, dict[tuple[Sheet, str], str]] = {}
    for row in connection.execute(given.order_by(change.case_id, change.number)):
        found.setdefault(row.case_id, {})[Sheet(row.sheet), row.question] = row.after
    return found


def lines(connection: Connection, case_id: str) -> tuple[TrailLine, ...]:
    """The trail of a case, the first line first; who was erased is ""."""
    found = _with_texts().where(CASE_CHANGE.c.case_id == case_id).order_by(CASE_CHANGE.c.number)
    return tuple(
        TrailLine(
            row.number,
            row.at,
            row.email or "",
            row.action,
            row.sheet,
            row.question,
            row.field,
            row.version,
            row.origin,
            row.before,
            row.after,
        )
        for row in connection.execute(found)
    )


def verify(data: Path, case_id: str | None = None) -> tuple[TrailFault, ...]:
    """The first fault of each trail, or of one, in the order of the cases' ids; none if all are whole.

    Raises ClusterdashError if the database cannot be read.
    """
    found = _with_texts().order_by(CASE_CHANGE.c.case_id, CASE_CHANGE.c.number)
    if case_id is not None:
        found = found.where(CASE_CHANGE.c.case_id == case_id)
    with reading(data) as connection:
        rows = connection.execute(found).all() if connection else ()
    return tuple(_faults(rows))


def _faults(rows: Sequence[Row[Any]]) -> Iterator[TrailFault]:
    for case_id, chain in groupby(rows, key=lambda row: row.case_id):
        expected = START
        for number, row in enumerate(chain, start=1):
            stored = {name: row._mapping[name] for name in _HASHED}
            changed = row.salt is not None and _digest(row.salt, row.before, row.after) != row.digest
            if row.number != number or row.previous != expected or row.hash != _hash(stored) or changed:
                yield TrailFault(case_id, number)
                break
            expected = row.hash


def _with_texts() -> Select[Any]:
    texts = (CASE_TEXT.c.salt, CASE_TEXT.c.before, CASE_TEXT.c.after)
    joined = CASE_CHANGE.outerjoin(CASE_TEXT, CASE_TEXT.c.sequence == CASE_CHANGE.c.sequence)
    joined = joined.outerjoin(CASE_PERSON, CASE_PERSON.c.person_id == CASE_CHANGE.c.person_id)
    return select(*CASE_CHANGE.c, *texts, CASE_PERSON.c.email).select_from(joined)


def _hash(row: dict[str, Any]) -> str:
    text = json.dumps([row[name] for name in _HASHED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(salt: str, before: str, after: str) -> str:
    text = json.dumps([salt, before, after], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
