"""Cases and who takes part in them, in the operational database. Times are UTC, ISO 8601."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ..domain.case import Case, CaseKind, Seat, SeatHolder, Step
from .tables import ASSESSMENT_CASE, CASE_PERSON, CASE_SEAT

_COLUMNS = tuple(column for column in ASSESSMENT_CASE.c if column.name != "erased_at")


def timestamp(now: datetime) -> str:
    """A time as these tables hold it."""
    return now.astimezone(UTC).isoformat(timespec="seconds")


def person_id(connection: Connection, email: str) -> str:
    """The id of a person, who is added with the first use of the address (in lower case)."""
    known: str | None = connection.scalar(select(CASE_PERSON.c.person_id).where(CASE_PERSON.c.email == email))
    if known:
        return known
    new = token_hex(8)
    connection.execute(insert(CASE_PERSON), [{"person_id": new, "email": email}])
    return new


def add(connection: Connection, case: Case) -> None:
    """Add a case without holders of its seats."""
    row = {column.name: getattr(case, column.name) for column in _COLUMNS}
    connection.execute(insert(ASSESSMENT_CASE), [row])


def read(connection: Connection, case_id: str, visitor: str) -> Case | None:
    """A case of a visitor of a demonstration, or a real one; None if there is none, or if it was erased."""
    return next(iter(_read(connection, visitor, case_id=case_id)), None)


def read_all(connection: Connection, visitor: str, clusters: Iterable[str] | None = None) -> tuple[Case, ...]:
    """All cases of a visitor, or all real ones; of some clusters only, if given. The latest opened comes first."""
    return tuple(_read(connection, visitor, clusters=clusters))


def change(connection: Connection, case_id: str, **columns: object) -> None:
    """Change columns of a case."""
    connection.execute(update(ASSESSMENT_CASE).where(ASSESSMENT_CASE.c.case_id == case_id).values(**columns))


def give_seat(connection: Connection, case_id: str, seat: Seat, person: str, since: str) -> None:
    """Give a seat to a person; what a former holder declared is gone."""
    connection.execute(delete(CASE_SEAT).where(CASE_SEAT.c.case_id == case_id, CASE_SEAT.c.seat == seat))
    connection.execute(
        insert(CASE_SEAT), [{"case_id": case_id, "seat": seat.value, "person_id": person, "since": since}]
    )


def change_seat(connection: Connection, case_id: str, seat: Seat, **columns: object) -> None:
    """Change columns of a seat."""
    mine = (CASE_SEAT.c.case_id == case_id) & (CASE_SEAT.c.seat == seat.value)
    connection.execute(update(CASE_SEAT).where(mine).values(**columns))


def _read(
    connection: Connection, visitor: str, *, case_id: str | None = None, clusters: Iterable[str] | None = None
) -> list[Case]:
    found = select(*_COLUMNS).where(ASSESSMENT_CASE.c.visitor == visitor, ASSESSMENT_CASE.c.erased_at.is_(None))
    if case_id is not None:
        found = found.where(ASSESSMENT_CASE.c.case_id == case_id)
    if clusters is not None:
        found = found.where(ASSESSMENT_CASE.c.cluster_id.in_(sorted(clusters)))
    rows = connection.execute(found.order_by(ASSESSMENT_CASE.c.opened_at.desc(), ASSESSMENT_CASE.c.case_id)).all()
    holders: dict[str, list[SeatHolder]] = {}
    seats = select(CASE_SEAT, CASE_PERSON.c.email).join(CASE_PERSON).order_by(CASE_SEAT.c.seat)
    seats = seats.where(CASE_SEAT.c.case_id.in_([row.case_id for row in rows]))
    for row in connection.execute(seats).mappings() if rows else ():
        holders.setdefault(row["case_id"], []).append(_holder(row))
    return [_case(row._mapping, holders.get(row.case_id, ())) for row in rows]


def _holder(row: Mapping[Any, Any]) -> SeatHolder:
    return SeatHolder(
        Seat(row["seat"]),
        row["person_id"],
        row["email"] or "",
        row["since"],
        row["independent_at"],
        row["closed_at"],
    )


def _case(row: Mapping[Any, Any], holders: Iterable[SeatHolder]) -> Case:
    cells = dict(row) | {"kind": CaseKind(row["kind"]), "step": Step(row["step"])}
    return Case(**cells, holders=tuple(holders))
