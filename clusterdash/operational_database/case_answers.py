"""The sheets of a case: fields as they stand, each save made once, and what was handed in. Times are UTC, ISO 8601."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from ..domain.answer_sheet import SaveResult, SentChange
from ..domain.case import Answers, HandIn, Overtaken, Seat, Sheet, StoredAnswer
from . import case_trail
from .tables import CASE_ANSWER, CASE_CHANGE, CASE_CONFIRMATION, CASE_HAND_IN, CASE_PERSON, CASE_TEXT


def save(
    connection: Connection, case_id: str, sheet: Sheet, sent: SentChange, person_id: str, at: str, origin: str = "page"
) -> SaveResult:
    """Store a field; a change whose id is known is not made again, one that changes nothing gets no line in the trail.

    The last writer wins: if the field was changed since the version that this one was typed upon, the text that it
    replaces is in the result, with its author.
    """
    made = case_trail.version_made(connection, case_id, sent.change_id)
    if made is not None:
        return SaveResult(sent.change_id, made)
    where = _field(case_id, sheet, sent)
    author = CASE_ANSWER.join(CASE_PERSON, CASE_PERSON.c.person_id == CASE_ANSWER.c.person_id)
    stored = connection.execute(
        select(CASE_ANSWER.c.value, CASE_ANSWER.c.version, CASE_PERSON.c.email).select_from(author).where(where)
    ).first()
    before, version = (stored.value, stored.version) if stored else ("", 0)
    if before == sent.value:
        return SaveResult(sent.change_id, version)
    cells = {"value": sent.value, "version": version + 1, "person_id": person_id, "at": at}
    if stored:
        connection.execute(update(CASE_ANSWER).where(where).values(**cells))
    else:
        key = {"case_id": case_id, "sheet": sheet.value, "question": sent.question, "field": sent.field}
        connection.execute(insert(CASE_ANSWER), [key | cells])
    case_trail.append(
        connection,
        case_id,
        person_id,
        "save",
        at,
        sheet=sheet.value,
        question=sent.question,
        field=sent.field,
        base=sent.base,
        version=version + 1,
        change_id=sent.change_id,
        origin=origin,
        texts=(before, sent.value),
    )
    if stored and sent.base != version:
        return SaveResult(sent.change_id, version + 1, before, stored.email or "")
    return SaveResult(sent.change_id, version + 1)


def read(connection: Connection, case_id: str, sheet: Sheet) -> Answers:
    """The fields of a sheet that were ever typed."""
    joined = CASE_ANSWER.join(CASE_PERSON, CASE_PERSON.c.person_id == CASE_ANSWER.c.person_id)
    columns = [CASE_ANSWER.c[name] for name in ("question", "field", "value", "version", "at")]
    found = select(*columns, CASE_PERSON.c.email).select_from(joined)
    mine = (CASE_ANSWER.c.case_id == case_id) & (CASE_ANSWER.c.sheet == sheet.value)
    return {
        (row.question, row.field): StoredAnswer(row.value, row.version, row.email or "", row.at)
        for row in connection.execute(found.where(mine))
    }


def overtaken(connection: Connection, case_id: str, sheet: Sheet) -> dict[tuple[str, str], Overtaken]:
    """The texts that were replaced by who had not seen them, by question and field.

    One stays until somebody else than who replaced it changes the field: whoever goes on typing may not have read it.
    """
    change = CASE_CHANGE.c
    mine = (change.case_id == case_id) & (change.sheet == sheet.value) & (change.action == "save")
    unseen = select(change.question, change.field).where(mine, change.base != change.version - 1)
    fields = {(row.question, row.field) for row in connection.execute(unseen)}
    found: dict[tuple[str, str], Overtaken] = {}
    if not fields:
        return found
    joined = CASE_CHANGE.join(CASE_PERSON, CASE_PERSON.c.person_id == change.person_id)
    joined = joined.join(CASE_TEXT, CASE_TEXT.c.sequence == change.sequence)
    columns = (change.question, change.field, change.base, change.version, CASE_PERSON.c.email, CASE_TEXT.c.before)
    saves = select(*columns).select_from(joined).where(mine).order_by(change.number)
    author: dict[tuple[str, str], str] = {}
    for row in connection.execute(saves):
        key, by = (row.question, row.field), row.email or ""
        if key in found and found[key].replaced_by != by:
            del found[key]
        if row.base != row.version - 1 and row.before:
            found[key] = Overtaken(row.before, author.get(key, ""), by)
        author[key] = by
    return found


def counts(connection: Connection, case_ids: Collection[str]) -> dict[tuple[str, Sheet], int]:
    """How many questions of each sheet of some cases have an answer or points; without sheets that have none."""
    answer = CASE_ANSWER.c
    filled = select(answer.case_id, answer.sheet, func.count().label("n")).where(
        answer.case_id.in_(sorted(case_ids)), answer.field.in_(("value", "points")), answer.value != ""
    )
    rows = connection.execute(filled.group_by(answer.case_id, answer.sheet))
    return {(row.case_id, Sheet(row.sheet)): row.n for row in rows}


def latest_change(connection: Connection, case_id: str, sheets: tuple[Sheet, ...]) -> int:
    """The number of the trail's last line about some sheets, or about none: it grows when one of them changes."""
    named = [sheet.value for sheet in sheets] + [""]
    found = select(func.max(CASE_CHANGE.c.number)).where(CASE_CHANGE.c.case_id == case_id)
    return connection.scalar(found.where(CASE_CHANGE.c.sheet.in_(named))) or 0


def hand_in(
    connection: Connection, case_id: str, revision: int, sheet: Sheet, person_id: str, at: str
) -> tuple[Mapping[str, Mapping[str, str]], str]:
    """Freeze the fields of a sheet as a revision; returns them by question, and their hash."""
    payload: dict[str, dict[str, str]] = {}
    for (question, field), answer in sorted(read(connection, case_id, sheet).items()):
        if answer.value:
            payload.setdefault(question, {})[field] = answer.value
    digest = payload_hash(payload)
    row = {"case_id": case_id, "revision": revision, "at": at, "person_id": person_id, "sheet": sheet.value}
    connection.execute(insert(CASE_HAND_IN), [row | {"payload": payload, "sha256": digest}])
    return payload, digest


def hand_ins(connection: Connection, case_id: str) -> tuple[HandIn, ...]:
    """What was handed in, the first revision first."""
    return hand_ins_of(connection, [case_id])[case_id]


def hand_ins_of(connection: Connection, case_ids: Collection[str]) -> dict[str, tuple[HandIn, ...]]:
    """What was handed in in each of some cases, the first revision first."""
    joined = CASE_HAND_IN.join(CASE_PERSON, CASE_PERSON.c.person_id == CASE_HAND_IN.c.person_id)
    found = select(CASE_HAND_IN, CASE_PERSON.c.email).select_from(joined).order_by(CASE_HAND_IN.c.revision)
    read: dict[str, list[HandIn]] = {case_id: [] for case_id in case_ids}
    for row in connection.execute(found.where(CASE_HAND_IN.c.case_id.in_(sorted(read)))):
        sheet = Sheet(row.sheet)
        one = HandIn(row.case_id, row.revision, row.at, row.email or "", sheet, row.payload, row.sha256)
        read[row.case_id].append(one)
    return {case_id: tuple(given) for case_id, given in read.items()}


def payload_hash(payload: Mapping[str, Any]) -> str:
    """SHA-256 of fields by question: the same fields have the same hash, in whatever order they were typed."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def confirm(connection: Connection, case_id: str, question: str, seat: Seat, version: int) -> None:
    """Store that an expert confirms a version of agreed points."""
    mine = CASE_CONFIRMATION.c
    connection.execute(
        delete(CASE_CONFIRMATION).where(mine.case_id == case_id, mine.question == question, mine.seat == seat.value)
    )
    row = {"case_id": case_id, "question": question, "seat": seat.value, "version": version}
    connection.execute(insert(CASE_CONFIRMATION), [row])


def clear_confirmations(connection: Connection, case_id: str, question: str) -> None:
    """Remove what was confirmed of a question."""
    mine = (CASE_CONFIRMATION.c.case_id == case_id) & (CASE_CONFIRMATION.c.question == question)
    connection.execute(delete(CASE_CONFIRMATION).where(mine))


def confirmations(connection: Connection, case_id: str) -> dict[str, dict[Seat, int]]:
    """The versions that were confirmed, by question and seat."""
    found: dict[str, dict[Seat, int]] = {}
    for row in connection.execute(select(CASE_CONFIRMATION).where(CASE_CONFIRMATION.c.case_id == case_id)):
        found.setdefault(row.question, {})[Seat(row.seat)] = row.version
    return found


def _field(case_id: str, sheet: Sheet, sent: SentChange) -> Any:
    key = {"case_id": case_id, "sheet": sheet.value, "question": sent.question, "field": sent.field}
    return and_(*(CASE_ANSWER.c[name] == value for name, value in key.items()))
