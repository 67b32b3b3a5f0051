"""Checks and rebuilds as jobs: refused, failed, cancelled, lost with their server; what is left of them."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest
from support.actions import TABLES, folder_of, job_ended
from support.editions import NOW, TODAY, publish_folder
from support.pages import APP, words

from clusterdash.admin.job_run import JobRun
from clusterdash.admin.jobs import JobAdmin
from clusterdash.cli.main import main
from clusterdash.domain import PUBLIC, STAFF, ClusterdashError
from clusterdash.editions import build, catalog, unpublished
from clusterdash.operational_database import jobs
from clusterdash.operational_database.engine import writing
from clusterdash.operational_database.tables import JOB
from clusterdash.statistics import pipeline

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_statistics")]
ROOT = Path(__file__).parents[2]
UPLOADS = [("answers.csv", TABLES["answers.csv"].format(c="inv", value=4).encode())]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("jobs")
    return publish_folder(folder_of(place / "in", invented=True), place / "data")


@pytest.fixture
def data(once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Path(shutil.copytree(once, tmp_path / "data"))


def staff(data: Path, by: str = "a@a.example") -> JobAdmin:
    return JobAdmin(STAFF, data, demonstration=False, by=by)


def visitor(data: Path, who: str) -> JobAdmin:
    return JobAdmin(STAFF, data, demonstration=True, by="demonstration", visitor=who)


@contextmanager
def computing(compute: Callable[..., None]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "compute", compute)
        yield


def endlessly(*_: Any, progress: Callable[[float], object], **__: Any) -> None:
    """Statistics that never end, unless they are cancelled."""
    while True:
        progress(0.5)
        time.sleep(0.005)


def when(data: Path, key: str) -> None:
    """Wait until the job of staff has come to a step."""
    end = time.monotonic() + 60
    while (found := staff(data).latest()) is None or found.progress_key != key:
        assert time.monotonic() < end
        time.sleep(0.005)


def kept(data: Path) -> set[str]:
    """Editions, drafts, and what is unfinished of either."""
    return {str(path) for folder in ("editions", "drafts") for path in (data / folder).glob("*") if path.is_file()} | {
        str(path) for folder in ("editions", "drafts") for path in (data / folder).glob(".*.building*")
    }


def keys(data: Path, job: jobs.Job) -> list[str]:
    return [line.key for line in staff(data).log(job)]


def test_a_check_tells_its_steps_and_leaves_a_draft_and_its_problems(data: Path) -> None:
    staff(data).check(UPLOADS, complete=catalog.current_id(data))
    job = job_ended(data)
    assert (job.state, job.by, job.share) == ("done", "a@a.example", 1)
    assert [path.stem for path in catalog.draft_paths(data)] == [job.edition]
    assert keys(data, job) == [
        "jobs.begun", "data.reading", "data.checking", "data.building", "data.comparing", "jobs.is_done",
    ]  # fmt: skip
    staff(data, "b@a.example").check([("answers.csv", b"cluster_id\nghost\n")])
    job = job_ended(data)
    assert (job.state, job.edition) == ("done", "")
    assert "column.missing" in {problem.key for problem in staff(data).problems(job)}
    assert catalog.draft_paths(data) == [], "the draft of the check before is gone"


def test_one_that_is_cancelled_leaves_nothing_behind_and_another_may_start(data: Path, tmp_path: Path) -> None:
    before, places = kept(data), set(tmp_path.iterdir())
    with computing(endlessly):
        staff(data).check(UPLOADS, complete=catalog.current_id(data))
        when(data, "data.building")
        with pytest.raises(ClusterdashError, match=r"job_runs\.check"):
            staff(data, "b@a.example").check(UPLOADS)
        running = staff(data).latest()
        assert running
        staff(data, "b@a.example").cancel(running)
        job = job_ended(data)
    assert (job.state, job.cancelled_by, job.edition) == ("cancelled", "b@a.example", "")
    assert keys(data, job)[-1] == "jobs.is_cancelled"
    assert kept(data) == before
    assert set(tmp_path.iterdir()) == places
    staff(data).check(UPLOADS, complete=catalog.current_id(data))
    assert job_ended(data).state == "done"


def test_one_that_is_cancelled_at_its_last_moment_keeps_no_draft(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish = JobRun.finish

    def too_late(run: JobRun, *result: Any) -> None:
        running = staff(data).latest()
        assert running
        staff(data).cancel(running)
        finish(run, *result)

    monkeypatch.setattr(JobRun, "finish", too_late)
    before = kept(data)
    staff(data).check(UPLOADS, complete=catalog.current_id(data))
    assert job_ended(data).state == "cancelled"
    assert kept(data) == before


def test_why_one_has_failed_is_in_its_log(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise ClusterdashError("edition.not_built", detail="the disk is full")

    def faulty(*_: Any, **__: Any) -> None:
        raise ValueError("nobody foresaw this")

    before = kept(data)
    for compute, key in ((full, "edition.not_built"), (faulty, "error.unforeseen")):
        with computing(compute), caplog.at_level(logging.ERROR):
            staff(data).check(UPLOADS, complete=catalog.current_id(data))
            job = job_ended(data)
        assert (job.state, keys(data, job)[-1]) == ("failed", key)
        assert kept(data) == before
    assert "nobody foresaw this" in caplog.text


def overtaken(data: Path, folder: Path) -> str:
    """An unpublished edition whose base is no longer served."""
    made = []
    for minutes, complete in ((1, catalog.current_id(data)), (2, "")):
        files = [folder_of(folder / str(minutes), invented=True, value=minutes)]
        tables, problems = build.check_files(files, data, TODAY, complete=complete)
        assert tables, problems
        made.append(build.build(tables, files, data, NOW + timedelta(minutes=minutes), "operator"))
    catalog.set_current(data, made[1], NOW, "operator")
    return made[0]


def test_a_rebuild_that_is_cancelled_changes_nothing(data: Path, tmp_path: Path) -> None:
    edition = overtaken(data, tmp_path / "more")
    before = kept(data)
    with computing(endlessly):
        staff(data).rebase(edition)
        when(data, "data.building")
        running = staff(data).latest()
        assert running
        staff(data).cancel(running)
        assert job_ended(data).state == "cancelled"
    assert kept(data) == before
    staff(data).rebase(edition)
    job = job_ended(data)
    assert (job.kind, job.state) == ("rebase", "done")
    assert [path.stem for path in catalog.unpublished(data)] == [job.edition]
    assert not unpublished.superseded(data, job.edition)


SERVER = """
import sys, time
from pathlib import Path
from clusterdash.admin.jobs import JobAdmin
from clusterdash.domain import STAFF
from clusterdash.editions import catalog
from clusterdash.statistics import pipeline

def compute(*_, progress, **__):
    while True:
        progress(0.5)
        time.sleep(0.01)

pipeline.compute = compute
data, file = map(Path, sys.argv[1:])
desk = JobAdmin(STAFF, data, demonstration=False, by="a@a.example")
desk.check([(file.name, file.read_bytes())], complete=catalog.current_id(data))
time.sleep(600)
"""


def silent_for(data: Path, job: jobs.Job, time_passed: timedelta) -> None:
    """Let a job have given its last sign of life earlier."""
    earlier = (datetime.fromisoformat(job.heartbeat_at) - time_passed).isoformat(timespec="milliseconds")
    with writing(data) as connection:
        connection.execute(update(JOB).where(JOB.c.job_id == job.job_id).values(heartbeat_at=earlier))


@pytest.mark.usefixtures("database_engine")
def test_a_server_that_is_killed_loses_its_job_and_another_may_start(tmp_path: Path) -> None:
    data = publish_folder(folder_of(tmp_path / "in", invented=True), tmp_path / "data")
    before = kept(data)
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(data), str(tmp_path / "in" / "answers.csv")], cwd=ROOT)
    try:
        when(data, "data.building")
    finally:
        server.kill()
        server.wait()
    lost = staff(data).latest()
    assert lost
    assert (lost.state, lost.server) == ("lost", f"{socket.gethostname()}:{server.pid}")
    staff(data, "b@a.example").check(UPLOADS, complete=catalog.current_id(data))
    done = job_ended(data)
    assert (done.state, done.by) == ("done", "b@a.example")
    assert kept(data) - before == {str(catalog.draft_path(data, done.edition))}, "nothing of the other one is left"


# In a demonstration


def test_a_visitor_of_a_demonstration_neither_sees_nor_stops_the_job_of_another(data: Path) -> None:
    with computing(endlessly):
        visitor(data, "one").check(UPLOADS, complete=catalog.current_id(data))
        visitor(data, "two").check(UPLOADS, complete=catalog.current_id(data))
        own, other = visitor(data, "one").latest(), visitor(data, "two").latest()
        assert own
        assert other
        assert own.job_id != other.job_id
        visitor(data, "two").cancel(own)
        assert visitor(data, "two").log(own) == ()
        visitor(data, "two").cancel(other)
        assert job_ended(data, "two").state == "cancelled"
        assert visitor(data, "one").latest() is not None
        assert visitor(data, "three").latest() is staff(data).latest() is None
        still = visitor(data, "one").latest()
        assert still
        assert (still.state, still.cancelled_by) == ("running", None)
        visitor(data, "one").cancel(own)
        assert job_ended(data, "one").state == "cancelled"
    with pytest.raises(ValueError, match="visitor"):
        JobAdmin(STAFF, data, demonstration=True, by="demonstration")
    with pytest.raises(ClusterdashError, match="staff_only"):
        JobAdmin(PUBLIC, data, demonstration=True, by="demonstration", visitor="one")


# On the page


def at_data(data: Path, monkeypatch: pytest.MonkeyPatch, who: str = "me") -> AppTest:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"], app.session_state["visitor"] = "staff", who
    app.query_params["lang"] = "en"
    return app.switch_page("pages/staff/data.py").run()


def keys_of_buttons(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def test_the_page_shows_a_visitor_the_own_result_until_it_is_dealt_with(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor(data, "me").check(UPLOADS, complete=catalog.current_id(data))
    job = job_ended(data, "me")
    assert "publish" in keys_of_buttons(at_data(data, monkeypatch))
    assert "This edition is a draft" not in words(at_data(data, monkeypatch, "another"))
    app = at_data(data, monkeypatch)
    app.button(key="discard").click().run()
    assert "discarded" in app.success[0].value
    assert catalog.draft_paths(data) == []
    assert keys_of_buttons(app).isdisjoint({"publish", "dismiss-job"})
    assert visitor(data, "me").latest() is None
    assert job.edition


def test_the_page_says_where_a_draft_is_that_is_not_here(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor(data, "me").check(UPLOADS, complete=catalog.current_id(data))
    job = job_ended(data, "me")
    catalog.remove_draft(data, job.edition)
    assert "no longer there" in words(at_data(data, monkeypatch))
    with writing(data) as connection:
        connection.execute(update(JOB).values(server="elsewhere:7"))
    app = at_data(data, monkeypatch)
    assert "on another server (elsewhere" in words(app)
    app.button(key="dismiss-job").click().run()
    assert "elsewhere" not in words(app)


def test_the_page_says_that_a_job_was_lost_or_has_failed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with computing(endlessly):
        visitor(data, "me").check(UPLOADS, complete=catalog.current_id(data))
        running = visitor(data, "me").latest()
        assert running
        app = at_data(data, monkeypatch)
        assert "cancel-job" in keys_of_buttons(app)
        assert next(button for button in app.button if button.label == "Check").disabled
        app.button(key="cancel-job").click().run()
        assert job_ended(data, "me").state == "cancelled"
        app.run()
        assert "Nothing was kept" in words(app)
    with writing(data) as connection:
        connection.execute(update(JOB).values(state="running", cancelled_by=None))
    silent_for(data, running, timedelta(minutes=1))
    assert "stopped before this had finished" in words(at_data(data, monkeypatch))


def test_an_import_by_command_takes_part_and_leaves_no_result(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path / "in", invented=True, value=1)
    command = ["import", str(folder), "--stage", "--data", str(data), "--lang", "en"]
    with JobRun(data, "check", by="a@a.example"):
        assert main(command) == 1
        assert "a@a.example has been checking files" in capsys.readouterr().err
        assert catalog.unpublished(data) == []
    assert main(command) == 0
    assert len(catalog.unpublished(data)) == 1
    assert staff(data).latest() is None
