"""Jobs: one at a time, states that only go forward, what is lost, cancelled, dismissed and removed; on both engines."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusterdash.domain import ClusterdashError, LocalizedText, Problem
from clusterdash.i18n import explain
from clusterdash.operational_database import jobs
from clusterdash.operational_database.engine import database_path
from clusterdash.operational_database.jobs import LOST_AFTER, MOST_OF_VISITORS, Job, JobState

pytestmark = pytest.mark.usefixtures("database_engine")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LONG_AGO = NOW - timedelta(days=365)


def start(data: Path, visitor: str = "", now: datetime = NOW, by: str = "a@a.example") -> Job:
    place = {"by": by, "visitor": visitor, "server": "one:1", "progress_key": "jobs.starts"}
    return jobs.start(data, "check", **place, now=now, oldest=LONG_AGO)


def state(data: Path, now: datetime = NOW, visitor: str = "") -> JobState | None:
    found = jobs.latest(data, visitor, now)
    return found.state if found else None


def test_nothing_is_there_and_nothing_is_made_by_looking(tmp_path: Path) -> None:
    assert jobs.latest(tmp_path, "", NOW) is None
    assert jobs.read_log(tmp_path, 1) == ()
    jobs.dismiss_edition(tmp_path, "x", NOW)
    assert not database_path(tmp_path).exists()


def test_a_second_one_is_refused_with_who_runs_what_since_when_and_where(tmp_path: Path) -> None:
    start(tmp_path)
    with pytest.raises(ClusterdashError) as refused:
        start(tmp_path, now=NOW + SECOND, by="b@a.example")
    told = explain("en", refused.value)
    assert "a@a.example has been checking files since 12:00 (UTC), on the server one:1" in told
    assert "a@a.example contrôle des fichiers depuis 12:00" in explain("fr", refused.value)


def test_of_many_that_start_at_once_one_does(tmp_path: Path) -> None:
    told: list[str] = []
    barrier = threading.Barrier(8)

    def go() -> None:
        barrier.wait()
        try:
            told.append(start(tmp_path).state)
        except ClusterdashError as refused:
            told.append(refused.key)

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["job_runs.check"] * 7 + ["running"]


def test_progress_is_seen_by_others_and_the_result_stays_until_it_is_dismissed(tmp_path: Path) -> None:
    job = start(tmp_path)
    assert jobs.beat(tmp_path, job.job_id, "data.building", 0.25, NOW + SECOND)
    seen = jobs.latest(tmp_path, "", NOW + SECOND)
    assert seen
    assert (seen.state, seen.progress_key, seen.share, seen.heartbeat_at) == (
        "running",
        "data.building",
        0.25,
        "2026-06-01T12:00:01.000+00:00",
    )
    assert jobs.end(tmp_path, job.job_id, "done", NOW + 2 * SECOND, edition="e")
    seen = jobs.latest(tmp_path, "", NOW + timedelta(days=9))
    assert seen
    assert (seen.state, seen.share, seen.edition, seen.ended_at) == ("done", 1, "e", "2026-06-01T12:00:02+00:00")
    jobs.dismiss_edition(tmp_path, "e", NOW)
    assert state(tmp_path) is None


def test_the_start_of_another_takes_the_place_of_a_result(tmp_path: Path) -> None:
    first = start(tmp_path)
    jobs.end(tmp_path, first.job_id, "failed", NOW)
    second = start(tmp_path)
    jobs.end(tmp_path, second.job_id, "done", NOW)
    jobs.dismiss(tmp_path, second.job_id, "", NOW)
    assert state(tmp_path) is None, "and the one before does not come back"


def test_a_server_that_is_silent_has_lost_its_job_and_another_may_start(tmp_path: Path) -> None:
    job = start(tmp_path)
    jobs.beat(tmp_path, job.job_id, "data.building", 0.5, NOW + SECOND)
    at_last = NOW + SECOND + LOST_AFTER
    assert state(tmp_path, at_last) == "running"
    with pytest.raises(ClusterdashError, match=r"job_runs\.check"):
        start(tmp_path, now=at_last)
    after = at_last + timedelta(milliseconds=1)
    assert state(tmp_path, after) == "lost"
    other = start(tmp_path, now=after)
    assert not jobs.beat(tmp_path, job.job_id, "data.building", 0.6, after), "it is told to stop if it wakes up"
    assert not jobs.end(tmp_path, job.job_id, "done", after, edition="late")
    seen = jobs.latest(tmp_path, "", after)
    assert seen
    assert (seen.job_id, seen.state) == (other.job_id, "running")


def test_a_cancelled_job_is_told_at_its_next_heartbeat_and_cannot_be_done(tmp_path: Path) -> None:
    job = start(tmp_path)
    jobs.cancel(tmp_path, job.job_id, "b@a.example", "")
    jobs.cancel(tmp_path, job.job_id, "c@a.example", "")
    assert not jobs.beat(tmp_path, job.job_id, "data.building", 0.5, NOW)
    assert not jobs.end(tmp_path, job.job_id, "done", NOW, edition="e"), "nobody wants the result"
    assert jobs.end(tmp_path, job.job_id, "cancelled", NOW)
    seen = jobs.latest(tmp_path, "", NOW)
    assert seen
    assert (seen.state, seen.cancelled_by, seen.edition) == ("cancelled", "b@a.example", "")


def test_visitors_of_a_demonstration_have_jobs_of_their_own_and_few_at_once(tmp_path: Path) -> None:
    own = [start(tmp_path, f"visitor{number}") for number in range(MOST_OF_VISITORS)]
    with pytest.raises(ClusterdashError, match=r"job_runs\.check"):
        start(tmp_path, "visitor0")
    with pytest.raises(ClusterdashError, match=r"jobs\.too_many"):
        start(tmp_path, "another")
    start(tmp_path)  # that of staff is not held up
    assert state(tmp_path, visitor="another") is None
    for stranger in ("visitor1", "another", ""):
        jobs.cancel(tmp_path, own[0].job_id, "x", stranger)
    assert jobs.beat(tmp_path, own[0].job_id, "data.building", 0.5, NOW)
    assert jobs.end(tmp_path, own[0].job_id, "done", NOW)
    jobs.dismiss(tmp_path, own[0].job_id, "visitor1", NOW)
    assert state(tmp_path, visitor="visitor0") == "done"
    start(tmp_path, "another")


def test_the_log_and_the_problems_are_read_in_any_language(tmp_path: Path) -> None:
    job = start(tmp_path)
    name = LocalizedText("Énergie", "Energy")
    jobs.add_line(tmp_path, job.job_id, "jobs.begun", {"files": "réponses.csv"}, NOW)
    jobs.add_line(tmp_path, job.job_id, "data.building", {}, NOW + SECOND)
    values = (("day", date(2026, 5, 1)), ("name", name), ("n", 3), ("share", 0.5), ("none", None), ("file", Path("a")))
    found = [Problem("a.csv", "answers", 7, "value", "x", "cell.number", values), Problem("b", "", None, "", "", "k")]
    jobs.end(tmp_path, job.job_id, "done", NOW, problems=found)
    lines = jobs.read_log(tmp_path, job.job_id)
    assert [(line.key, line.values) for line in lines] == [
        ("jobs.begun", {"files": "réponses.csv"}),
        ("data.building", {}),
    ]
    first, second = jobs.read_problems(tmp_path, job.job_id)
    assert first.values == (*values[:-1], ("file", "a"))
    assert (first.row, first.severity, second) == (7, "error", found[1])


def test_old_jobs_go_with_their_logs_once_another_starts(tmp_path: Path) -> None:
    old = start(tmp_path, now=LONG_AGO - SECOND)
    jobs.add_line(tmp_path, old.job_id, "data.building", {}, LONG_AGO)
    jobs.end(tmp_path, old.job_id, "done", LONG_AGO)
    kept = start(tmp_path, now=LONG_AGO)
    jobs.add_line(tmp_path, kept.job_id, "data.building", {}, LONG_AGO)
    jobs.end(tmp_path, kept.job_id, "done", LONG_AGO, problems=[Problem("a", "", None, "", "", "k")])
    start(tmp_path)
    assert jobs.read_log(tmp_path, old.job_id) == ()
    assert len(jobs.read_log(tmp_path, kept.job_id)) == 1
    assert len(jobs.read_problems(tmp_path, kept.job_id)) == 1


class Model:
    """What is expected of the jobs of staff, and a check of each step against it."""

    def __init__(self, data: Path) -> None:
        self.data, self.now = data, NOW
        self.running, self.cancelled, self.heard = 0, False, NOW
        self.ended: dict[int, str] = {}

    @property
    def lost(self) -> bool:
        return bool(self.running) and self.now - self.heard > LOST_AFTER

    def start(self) -> None:
        may = not self.running or self.lost
        try:
            began = start(self.data, now=self.now)
        except ClusterdashError:
            assert not may
        else:
            assert may
            self.ended |= {self.running: "lost"} if self.running else {}
            self.running, self.cancelled, self.heard = began.job_id, False, self.now

    def wait(self) -> None:
        self.now += LOST_AFTER / 2 + SECOND

    def beat(self) -> None:
        if self.running:
            assert jobs.beat(self.data, self.running, "data.building", 0.5, self.now) is not self.cancelled
            self.heard = self.now

    def cancel(self) -> None:
        if self.running:
            jobs.cancel(self.data, self.running, "b", "")
            self.cancelled = True

    def end(self, reached: JobState) -> None:
        if self.running:
            wanted = jobs.end(self.data, self.running, reached, self.now)
            assert wanted is not (reached == "done" and self.cancelled)
            if wanted:
                self.ended[self.running], self.running = reached, 0

    def check(self) -> None:
        for job_id in self.ended:
            assert not jobs.beat(self.data, job_id, "data.building", 0.5, self.now)
            assert not jobs.end(self.data, job_id, "done", self.now)
        seen = jobs.latest(self.data, "", self.now)
        if self.running:
            assert seen
            assert (seen.job_id, seen.state) == (self.running, "lost" if self.lost else "running")
        elif seen:
            assert seen.state == self.ended[seen.job_id]


STEPS = {
    "start": Model.start,
    "wait": Model.wait,
    "beat": Model.beat,
    "cancel": Model.cancel,
    "done": lambda model: model.end("done"),
    "failed": lambda model: model.end("failed"),
    "cancelled": lambda model: model.end("cancelled"),
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=12, max_size=30))
def test_whatever_happens_one_runs_at_a_time_and_what_has_ended_stays_so(tmp_path: Path, steps: list[str]) -> None:
    """A state that has been reached is never left, and a result that somebody has cancelled is never wanted."""
    latest = datetime.max.replace(tzinfo=UTC)
    while left := jobs.latest(tmp_path, "", latest):  # of the example before
        jobs.dismiss(tmp_path, left.job_id, "", latest)
    model = Model(tmp_path)
    for step in steps:
        STEPS[step](model)
        model.check()
