"""The job of staff on a page: its progress while it runs, in any browser, and its result until it is dealt with."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from ..admin.editions import DRAFT_HOURS, EditionAdmin
from ..admin.jobs import JobAdmin
from ..domain import ClusterdashError
from ..i18n import format_datetime
from ..operational_database.jobs import Job, this_server
from ..presentation.admin.tables import job_log_table
from .admin import job_admin, show_problem_list, show_publication
from .context import PageContext
from .messages import show_error
from .widgets import show_html

POLL_SECONDS = 1
"""How often the page asks how far a job is, while it runs."""


def show_job(visit: PageContext, desk: EditionAdmin) -> None:
    """Show the running job, or the result of the last one until it is published, kept, discarded or closed."""
    jobs = job_admin(visit)
    job = jobs.latest()
    if job is None:
        return
    if job.state == "running":
        _follow(visit)
    elif job.state == "done":
        _show_result(visit, desk, jobs, job)
    else:
        _show_failure(visit, jobs, job)


@st.fragment(run_every=POLL_SECONDS)
def _follow(visit: PageContext) -> None:
    """Show how far the job is, and run the page again once it has ended."""
    try:
        jobs = job_admin(visit)
        job = jobs.latest()
    except ClusterdashError:  # the right has ended: the page says so
        st.rerun()
    if job is None or job.state != "running":
        st.rerun()
    bar = st.empty()
    asked = job.cancelled_by is not None
    if st.button(visit.translate("jobs.cancel"), key="cancel-job", disabled=asked):
        jobs.cancel(job)
        asked = True
    bar.progress(job.share, visit.translate("jobs.cancelling" if asked else job.progress_key))
    _show_origin(visit, jobs, job)


def _show_result(visit: PageContext, desk: EditionAdmin, jobs: JobAdmin, job: Job) -> None:
    problems = jobs.problems(job)
    try:
        waits = bool(job.edition) and desk.may_discard(job.edition)
    except ClusterdashError:
        here = job.server.rpartition(":")[0] == this_server().rpartition(":")[0]
        st.warning(
            visit.translate("jobs.draft_gone" if here else "jobs.elsewhere", hours=DRAFT_HOURS, server=job.server)
        )
        _close_button(visit, jobs, job)
        _show_origin(visit, jobs, job)
        return
    if job.edition and not waits:  # published by a command
        return
    if problems:
        show_problem_list(visit, problems)
    elif job.kind != "rebase":
        st.success(visit.translate("data.clean"))
    if waits and job.kind == "rebase":
        st.success(visit.translate("data.rebased"))
    if waits:
        st.subheader(visit.translate("data.changes"))
        show_publication(visit, desk, job.edition)
    if not waits or not desk.is_draft(job.edition):
        _close_button(visit, jobs, job)
    _show_origin(visit, jobs, job)


def _show_failure(visit: PageContext, jobs: JobAdmin, job: Job) -> None:
    """Show why a job ended without a result: the last line of its log says so."""
    if job.state == "lost":
        st.warning(visit.translate("jobs.lost", server=job.server, at=_minute(visit, job.heartbeat_at)))
    elif job.state == "cancelled":
        st.info(visit.translate("jobs.cancelled", by=job.cancelled_by or "–"))
    else:
        last = jobs.log(job)[-1]
        show_error(visit.language, ClusterdashError(last.key, **last.values))
    _close_button(visit, jobs, job)
    _show_origin(visit, jobs, job)


def _show_origin(visit: PageContext, jobs: JobAdmin, job: Job) -> None:
    """Show who started a job and when, and its log in a fold."""
    st.caption(visit.translate(f"job_by.{job.kind}", by=job.by or "–", at=_minute(visit, job.started_at)))
    with st.expander(visit.translate("jobs.log"), key="job-log"):
        show_html(job_log_table(jobs.log(job), visit.language))


def _close_button(visit: PageContext, jobs: JobAdmin, job: Job) -> None:
    if st.button(visit.translate("jobs.dismiss"), key="dismiss-job"):
        jobs.dismiss(job)
        st.rerun()


def _minute(visit: PageContext, at: str) -> str:
    return format_datetime(visit.language, datetime.fromisoformat(at))
