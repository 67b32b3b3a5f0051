"""A job while it runs: its progress and heartbeat are stored, and it learns that somebody has cancelled it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from ..domain import ClusterdashError, Problem
from ..i18n import without_paths
from ..operational_database import jobs
from ..operational_database.engine import writing
from ..operational_database.jobs import JobKind, JobState, this_server
from ..settings import settings

BEAT_SECONDS = 0.5
"""How often progress and heartbeat are stored, and a cancellation is noticed."""


class JobCancelledError(ClusterdashError):
    """Somebody has cancelled a job, or it was taken for lost: what it was doing ends here."""

    def __init__(self) -> None:
        """Set the key of the text."""
        super().__init__("jobs.is_cancelled")


class JobRun:
    """A job that this process runs, one at a time over all servers; leaving the context ends it."""

    def __init__(self, data: Path, kind: JobKind, *, by: str, visitor: str = "", shown: bool = True) -> None:
        """Register the job as running.

        `visitor`: whose it is in a demonstration, "" for one of staff. `shown`: whether its result is there for others.
        Raises ClusterdashError if it may not run now (`jobs.start`).
        """
        now = datetime.now(UTC)
        oldest = now - timedelta(days=settings(data).log_days)
        self._data, self._shown = data, shown
        self._present = "jobs.starts", 0.0
        started = {"by": by, "visitor": visitor, "server": this_server(), "progress_key": self._present[0]}
        self._job_id = jobs.start(data, kind, **started, now=now, oldest=oldest).job_id
        self._cancelled, self._ended = threading.Event(), threading.Event()
        self._beats = threading.Thread(target=self._beat, name=f"job-{self._job_id}-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        """Begin to give signs of life."""
        self._beats.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """End the job, unless it has: as done, cancelled, or failed for the reason of the error, which is raised."""
        if error is None:
            self.finish()
        elif isinstance(error, JobCancelledError | KeyboardInterrupt):
            self._end("cancelled", JobCancelledError().key)
        elif isinstance(error, ClusterdashError):
            outside = without_paths(error)
            self._end("failed", outside.key, outside.values)
        else:
            self._end("failed", "error.unforeseen")

    def progress(self, key: str, share: float) -> None:
        """Report progress (`Progress`). Raises JobCancelledError once the job is cancelled or was taken for lost."""
        if self._cancelled.is_set():
            raise JobCancelledError
        if key != self._present[0]:
            self.log(key)
        self._present = key, share

    def log(self, key: str, values: Mapping[str, object] | None = None) -> None:
        """Add a line to the log. Raises ClusterdashError if the database cannot be written."""
        jobs.add_line(self._data, self._job_id, key, values or {}, datetime.now(UTC))

    def finish(self, edition: str = "", problems: Sequence[Problem] = ()) -> None:
        """End the job as done, with its result; nothing happens if it has ended.

        Raises JobCancelledError if nobody wants the result: it was cancelled at the last moment, or taken for lost.
        """
        if not self._ended.is_set() and not self._end("done", "jobs.is_done", edition=edition, problems=problems):
            raise JobCancelledError

    def _end(
        self,
        state: JobState,
        key: str,
        values: Mapping[str, object] | None = None,
        *,
        edition: str = "",
        problems: Sequence[Problem] = (),
    ) -> bool:
        self._ended.set()
        self._beats.join()
        with writing(self._data):  # whoever sees that it has ended finds the last line
            ended = jobs.end(
                self._data,
                self._job_id,
                state,
                datetime.now(UTC),
                edition=edition,
                problems=problems,
                dismissed=not self._shown,
            )
            if ended:
                self.log(key, values)
        return ended

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                if not jobs.beat(self._data, self._job_id, *self._present, datetime.now(UTC)):
                    self._cancelled.set()
            except ClusterdashError:  # the database may be back before the job is taken for lost
                continue
