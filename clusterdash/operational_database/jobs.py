"""Jobs in the operational database: long tasks of a server that everybody who may see them follows.

One of staff runs at a time over all servers. In a demonstration each visitor has jobs of their own. A job whose server
no longer gives a sign of life, or whose process has ended, is lost. Times are UTC, ISO 8601.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from ..domain import ClusterdashError, Problem
from .engine import open_database, reading, writing
from .stored_problems import decode_problems, decode_values, encode_problems, encode_values
from .tables import JOB, JOB_LOG

JobKind = Literal["check", "rebase", "import"]
JobState = Literal["running", "done", "failed", "cancelled", "lost"]
LOST_AFTER = timedelta(seconds=30)
"""After so long without a heartbeat a job is lost, and another may start."""
MOST_OF_VISITORS = 3
"""The most jobs that run at once in a demonstration: each takes a processor and its memory."""
_RUNNING = JOB.c.state == "running"
_SHOWN = [column for column in JOB.c if column.name not in ("problems", "dismissed_at")]


@dataclass(frozen=True, slots=True)
class Job:
    """A job: who started it when and where, how far it is, and the id of the edition that it has built, or "".

    `visitor`: whose it is in a demonstration, "" for one of staff. `share`: how much is done, 0 to 1. `cancelled_by`:
    who asked to cancel it, which a running job has not yet done.
    """

    job_id: int
    kind: JobKind
    by: str
    visitor: str
    server: str
    started_at: str
    heartbeat_at: str
    ended_at: str | None
    state: JobState
    progress_key: str
    share: float
    cancelled_by: str | None
    edition: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a job's log: when, the key of its text, and the values of the text."""

    at: str
    key: str
    values: Mapping[str, object]


def start(
    data: Path, kind: JobKind, *, by: str, visitor: str, server: str, progress_key: str, now: datetime, oldest: datetime
) -> Job:
    """Add a running job; results of earlier ones of the same visitor, or of staff, are no longer shown.

    Jobs that started before `oldest` are removed. Raises ClusterdashError if another one of staff runs, if this visitor
    or too many others have one, or if the database cannot be written.
    """
    with writing(data) as connection:
        _end_lost(connection, now)
        connection.execute(delete(JOB).where(JOB.c.state != "running", JOB.c.started_at < _text(oldest)))
        _refuse_another(connection, visitor)
        others = update(JOB).where(JOB.c.visitor == visitor, JOB.c.dismissed_at.is_(None))
        connection.execute(others.values(dismissed_at=_text(now)))
        row = {"kind": kind, "by": by, "visitor": visitor, "server": server, "progress_key": progress_key}
        row |= {"started_at": _text(now), "heartbeat_at": _precisely(now), "state": "running", "edition": ""}
        added = connection.execute(insert(JOB).values(**row, share=0.0, problems=[]).returning(*_SHOWN))
        return Job(*added.one())


def _refuse_another(connection: Connection, visitor: str) -> None:
    """Raise ClusterdashError if jobs run beside which this visitor, or staff, may not start one."""
    running = select(*_SHOWN).where(_RUNNING).order_by(JOB.c.job_id)
    own = connection.execute(running.where(JOB.c.visitor == visitor)).first()
    if own:
        job = Job(*own)
        raise ClusterdashError(f"job_runs.{job.kind}", by=job.by or "–", at=job.started_at[11:16], server=job.server)
    of_visitors = select(func.count()).select_from(running.where(JOB.c.visitor != "").subquery())
    if visitor and (connection.scalar(of_visitors) or 0) >= MOST_OF_VISITORS:
        raise ClusterdashError("jobs.too_many", most=MOST_OF_VISITORS)


def this_server() -> str:
    """The name of this server among several: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _end_lost(connection: Connection, now: datetime) -> None:
    """End the jobs that are lost."""
    running = connection.execute(select(*_SHOWN).where(_RUNNING)).all()
    lost = [job.job_id for job in (Job(*row) for row in running) if _is_lost(job, now)]
    if lost:
        ended = update(JOB).where(_RUNNING, JOB.c.job_id.in_(lost))
        connection.execute(ended.values(state="lost", ended_at=JOB.c.heartbeat_at))


def _is_lost(job: Job, now: datetime) -> bool:
    """Whether a running job gives no sign of life, or was one of a process of this host that has ended."""
    return job.heartbeat_at < _precisely(now - LOST_AFTER) or _has_ended(job.server)


def _has_ended(server: str) -> bool:
    """Whether a server was a process of this host, and is none any more."""
    host, _, process = server.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)  # sends nothing
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # it runs, as another user
    return False


def beat(data: Path, job_id: int, progress_key: str, share: float, now: datetime) -> bool:
    """Store a sign of life and how far a job is; returns whether it is to go on.

    False once somebody has cancelled it, or it was taken for lost. Raises ClusterdashError if the database cannot be
    written.
    """
    alive = update(JOB).where(JOB.c.job_id == job_id, _RUNNING)
    alive = alive.values(heartbeat_at=_precisely(now), progress_key=progress_key, share=share)
    with writing(data) as connection:
        found = connection.execute(alive.returning(JOB.c.cancelled_by)).one_or_none()
    return found is not None and found.cancelled_by is None


def add_line(data: Path, job_id: int, key: str, values: Mapping[str, object], now: datetime) -> None:
    """Add a line to the log of a job. Raises ClusterdashError if the database cannot be written."""
    row = {"job_id": job_id, "at": _text(now), "key": key, "details": encode_values(values)}
    with writing(data) as connection:
        connection.execute(insert(JOB_LOG), [row])


def end(
    data: Path,
    job_id: int,
    state: JobState,
    now: datetime,
    *,
    edition: str = "",
    problems: Sequence[Problem] = (),
    dismissed: bool = False,
) -> bool:
    """End a job with its result; `dismissed`: nobody is to see it.

    Returns False, and changes nothing, if it has ended before, or if it would be done but somebody has cancelled it:
    then its result is not wanted. Raises ClusterdashError if the database cannot be written.
    """
    running = update(JOB).where(JOB.c.job_id == job_id, _RUNNING)
    if state == "done":
        running = running.where(JOB.c.cancelled_by.is_(None))
    changes: dict[str, object] = {"state": state, "ended_at": _text(now), "edition": edition}
    changes |= {"problems": encode_problems(problems), "dismissed_at": _text(now) if dismissed else None}
    if state == "done":
        changes["share"] = 1.0
    with writing(data) as connection:
        return connection.execute(running.values(**changes)).rowcount > 0


def cancel(data: Path, job_id: int, by: str, visitor: str) -> None:
    """Ask a running job of a visitor, or of staff, to stop; nothing happens to any other.

    Raises ClusterdashError if the database cannot be written.
    """
    found = update(JOB).where(JOB.c.job_id == job_id, JOB.c.visitor == visitor, _RUNNING)
    with writing(data) as connection:
        connection.execute(found.where(JOB.c.cancelled_by.is_(None)).values(cancelled_by=by))


def dismiss(data: Path, job_id: int, visitor: str, now: datetime) -> None:
    """No longer show the result of a job of a visitor, or of staff. Raises ClusterdashError as `end`."""
    _dismiss_where(data, now, (JOB.c.job_id == job_id) & (JOB.c.visitor == visitor))


def dismiss_edition(data: Path, edition: str, now: datetime) -> None:
    """No longer show the results that are an edition. Raises ClusterdashError as `end`."""
    _dismiss_where(data, now, JOB.c.edition == edition)


def _dismiss_where(data: Path, now: datetime, which: ColumnElement[bool]) -> None:
    if open_database(data, create=False) is None:
        return
    shown = update(JOB).where(which, JOB.c.state != "running", JOB.c.dismissed_at.is_(None))
    with writing(data) as connection:
        _end_lost(connection, now)
        connection.execute(shown.values(dismissed_at=_text(now)))


def latest(data: Path, visitor: str, now: datetime) -> Job | None:
    """The job of a visitor, or of staff, that is to be shown; None if there is none.

    Raises ClusterdashError if the database cannot be read.
    """
    newest = select(*_SHOWN).where(JOB.c.visitor == visitor, JOB.c.dismissed_at.is_(None))
    with reading(data) as connection:
        row = connection.execute(newest.order_by(JOB.c.job_id.desc())).first() if connection else None
    if row is None:
        return None
    job = Job(*row)
    lost = job.state == "running" and _is_lost(job, now)
    return replace(job, state="lost", ended_at=job.heartbeat_at) if lost else job


def read_problems(data: Path, job_id: int) -> tuple[Problem, ...]:
    """The problems that a job has found. Raises ClusterdashError as `latest`."""
    with reading(data) as connection:
        found = connection.scalar(select(JOB.c.problems).where(JOB.c.job_id == job_id)) if connection else None
    return decode_problems(found or [])


def read_log(data: Path, job_id: int) -> tuple[LogLine, ...]:
    """The log of a job, the first line first. Raises ClusterdashError as `latest`."""
    lines = select(JOB_LOG.c.at, JOB_LOG.c.key, JOB_LOG.c.details).where(JOB_LOG.c.job_id == job_id)
    with reading(data) as connection:
        rows = connection.execute(lines.order_by(JOB_LOG.c.line_id)).all() if connection else ()
    return tuple(LogLine(at, key, decode_values(details)) for at, key, details in rows)


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")


def _precisely(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")
