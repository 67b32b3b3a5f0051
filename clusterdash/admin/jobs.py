"""Administration of jobs: start checks and rebuilds, follow and cancel them from any browser. For staff only."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ..domain import ClusterdashError, Problem, Viewer
from ..editions import catalog
from ..editions.progress import Progress
from ..operational_database import jobs
from ..operational_database.jobs import Job, JobKind, LogLine
from .editions import CheckResult, EditionAdmin
from .job_run import JobCancelledError, JobRun
from .staff_admin import StaffAdmin

Work = Callable[[EditionAdmin, Progress], CheckResult]


class JobAdmin(StaffAdmin):
    """Jobs, bound to one viewer and one data folder: all staff see the same one.

    In a demonstration, where anybody may view as staff, each visitor sees only their own.
    """

    def __init__(
        self,
        viewer: Viewer,
        data: Path,
        *,
        demonstration: bool,
        by: str,
        viewer_now: Callable[[], Viewer] | None = None,
        visitor: str = "",
    ) -> None:
        """As StaffAdmin; `visitor` identifies one of a demonstration, and must not be empty there."""
        super().__init__(viewer, data, demonstration=demonstration, by=by, viewer_now=viewer_now)
        if demonstration and not visitor:
            raise ValueError("a demonstration has jobs of a visitor only")
        self._visitor = visitor if demonstration else ""

    def check(self, uploads: Sequence[tuple[str, bytes]], *, complete: str = "") -> None:
        """Start `EditionAdmin.check`; the draft of an earlier check is removed. Raises ClusterdashError if refused."""
        self._require_staff()
        if complete:
            self._editions().edition(complete)
        names = ", ".join(name for name, _ in uploads)
        self._start(
            "check",
            lambda desk, progress: desk.check(uploads, datetime.now(UTC), progress, complete=complete),
            "jobs.begun",
            files=names,
        )

    def rebase(self, edition_id: str) -> None:
        """Start `EditionAdmin.rebase`, which a draft is kept for. Raises ClusterdashError if refused."""
        self._require_staff()
        desk = self._editions()
        if desk.is_draft(edition_id):
            desk.keep(edition_id, datetime.now(UTC))
        self._start(
            "rebase",
            lambda desk, progress: desk.rebase(edition_id, datetime.now(UTC), progress),
            "jobs.begun_rebase",
            edition=edition_id,
        )

    def latest(self) -> Job | None:
        """The job to be shown, running or ended; None once its result was dismissed, published or discarded."""
        self._require_staff()
        return jobs.latest(self._data, self._visitor, datetime.now(UTC))

    def log(self, job: Job) -> tuple[LogLine, ...]:
        """The log of a job, the first line first."""
        self._require_staff()
        return jobs.read_log(self._data, job.job_id) if job.visitor == self._visitor else ()

    def problems(self, job: Job) -> tuple[Problem, ...]:
        """The problems that a job has found."""
        self._require_staff()
        return jobs.read_problems(self._data, job.job_id) if job.visitor == self._visitor else ()

    def cancel(self, job: Job) -> None:
        """Ask a running job to stop."""
        self._require_staff()
        jobs.cancel(self._data, job.job_id, self._by, self._visitor)

    def dismiss(self, job: Job) -> None:
        """No longer show the result of a job; its draft is removed."""
        self._require_staff()
        jobs.dismiss(self._data, job.job_id, self._visitor, datetime.now(UTC))
        catalog.remove_draft(self._data, job.edition)

    def _editions(self) -> EditionAdmin:
        """The administration of editions for a job, whose right was asked when it started."""
        return EditionAdmin(self._viewer_now(), self._data, demonstration=self._demonstration, by=self._by)

    def _start(self, kind: JobKind, work: Work, begun: str, **values: object) -> None:
        """Register a job, then do its work in a thread of this process."""
        self._require_staff()
        desk, replaced = self._editions(), self.latest()
        run = JobRun(self._data, kind, by=self._by, visitor=self._visitor)
        if replaced:
            catalog.remove_draft(self._data, replaced.edition)
        run.log(begun, values)
        threading.Thread(target=self._carry_out, args=(run, work, desk), name=f"job-{kind}", daemon=True).start()

    def _carry_out(self, run: JobRun, work: Work, desk: EditionAdmin) -> None:
        """Do the work of a job; why it failed is in its log, and what nobody foresaw in that of the server."""
        with suppress(Exception), run:
            try:
                self._finish(run, work(desk, run.progress))
            except ClusterdashError:
                raise
            except Exception:
                logging.getLogger("clusterdash").exception("a job has failed")
                raise

    def _finish(self, run: JobRun, found: CheckResult) -> None:
        edition = found.edition.edition_id if found.edition else ""
        try:
            run.finish(edition, found.problems)
        except JobCancelledError:
            catalog.remove_draft(self._data, edition)
            raise
