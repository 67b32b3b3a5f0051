"""Sign-outs in the operational database: until when the sign-ins of a person are revoked.

A person is stored as a hash. Times are UTC, ISO 8601 with microseconds, so that their order is that of their text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from .engine import reading, writing
from .tables import SIGN_OUT


def signed_out(data: Path, person: str) -> datetime | None:
    """The time up to which the sign-ins of a person are revoked; None if none are.

    Raises ClusterdashError if the database cannot be read.
    """
    with reading(data) as connection:
        found = connection.scalar(select(SIGN_OUT.c.at).where(SIGN_OUT.c.person == person)) if connection else None
    return datetime.fromisoformat(found) if found else None


def record_sign_in(data: Path, person: str, since: datetime) -> None:
    """Store a sign-in that is in the future. Raises ClusterdashError if the database cannot be written."""
    _store(data, person, latest_sign_in=since)


def record_sign_out(data: Path, person: str, at: datetime, oldest: datetime) -> None:
    """Revoke the sign-ins of a person up to a time, and those stored as later than that.

    Sign-outs before `oldest` are removed. Raises ClusterdashError if the database cannot be written.
    """
    _store(data, person, at=at, oldest=oldest)


def _store(
    data: Path,
    person: str,
    *,
    at: datetime | None = None,
    latest_sign_in: datetime | None = None,
    oldest: datetime | None = None,
) -> None:
    """Store the later of the times known and given; both are later than `at` once somebody has signed out."""
    with writing(data) as connection:
        known = connection.execute(select(SIGN_OUT).where(SIGN_OUT.c.person == person)).one_or_none()
        latest = max((known.latest_sign_in if known else None) or "", _text(latest_sign_in))
        until = max((known.at if known else None) or "", _text(at), latest if at else "")
        row = {"person": person, "at": until or None, "latest_sign_in": latest or None}
        if known:
            connection.execute(update(SIGN_OUT).where(SIGN_OUT.c.person == person), row)
        else:
            connection.execute(insert(SIGN_OUT), [row])
        if oldest:
            gone = (SIGN_OUT.c.at.is_(None) | (SIGN_OUT.c.at < _text(oldest))) & (
                SIGN_OUT.c.latest_sign_in.is_(None) | (SIGN_OUT.c.latest_sign_in < _text(oldest))
            )
            connection.execute(delete(SIGN_OUT).where(gone))


def _text(time: datetime | None) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds") if time else ""
