"""The staff's pages on cases, through the real `app.py`: who is late, scheduling, review, edition, label."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.actions import job_ended
from support.cases import type_in
from support.pages import APP, words
from support.sign_in import AUTH, claims

from clusterdash import access
from clusterdash.admin.editions import EditionAdmin
from clusterdash.cases import answering, scheduling, steps
from clusterdash.cases.open_case import Applicant, Cases
from clusterdash.domain import PUBLIC, Grid
from clusterdash.domain import STAFF as STAFF_VIEWER
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import Case, CaseKind, Seat, Sheet, Step
from clusterdash.editions import catalog
from clusterdash.editions.confirmations import KINDS
from clusterdash.editions.reader import EditionDatabase
from clusterdash.i18n import translate
from clusterdash.ingest import grants
from clusterdash.operational_database import label_changes

MANAGER, OTHER, EXPERT, STAFF = "anna@a.example", "ben@b.example", "eve@e.example", "staff@s.example"
CLUSTER, SECOND = Applicant("demo-0007", "Cluster Démo 0007", "FR"), Applicant("demo-0008", "Cluster Démo 0008", "FR")
NEWCOMER = Applicant("zz-new", "A cluster of *stars*", "BE")
GRANTS = [
    [MANAGER, "manager", f"{CLUSTER.cluster_id}|{SECOND.cluster_id}|{NEWCOMER.cluster_id}", "", ""],
    [OTHER, "manager", "demo-0001", "", ""],
    [STAFF, "staff", "", "", ""],
]
CASES, REVIEW = "pages/staff/cases.py", "pages/staff/review.py"


@pytest.fixture
def folder(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = Path(shutil.copytree(data, tmp_path / "data"))
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    let(own, GRANTS)
    return own


def let(folder: Path, rows: list[list[str]]) -> None:
    grants.replace(folder, grants.check_rows(rows, {"demo-0001", "demo-0007", "demo-0008", "zz-new"})[0])


def cases_as(folder: Path, email: str, days_ago: int = 0) -> Cases:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    in_force = lambda: grants.read_grants(folder)  # noqa: E731
    return Cases(folder, lambda: access.granted_viewer(in_force(), email, at.date()) or PUBLIC, now=lambda: at)


def grid_of(folder: Path, purpose: str = "benchmark") -> Grid:
    opened = EditionDatabase(catalog.current_path(folder))
    found = next(grid for grid in opened.reader(STAFF_VIEWER).schemes() if grid.scheme.purpose == purpose)
    opened.close()
    return found


def scheduled(folder: Path, cluster: Applicant, visit: datetime, days_ago: int = 0) -> str:
    scheme = grid_of(folder).scheme.code
    case_id = cases_as(folder, MANAGER, days_ago).request(CaseKind.BENCHMARKING, cluster, scheme).case_id
    opened = cases_as(folder, STAFF, days_ago).open(case_id)
    scheduling.schedule(opened, {Seat.INTERVIEWER: EXPERT}, visit, on_site=False)
    steps.declare_independence(cases_as(folder, EXPERT, days_ago).open(case_id))
    return case_id


def in_review(folder: Path, cluster: Applicant, values: Mapping[str, str], observed: Mapping[str, str]) -> str:
    """A benchmarking whose feedback has ended."""
    grid = grid_of(folder)
    case_id = scheduled(folder, cluster, datetime.now(UTC).replace(tzinfo=None))
    manager, expert = cases_as(folder, MANAGER).open(case_id), cases_as(folder, EXPERT).open(case_id)
    type_in(manager, grid, Sheet.PREPARATION, grid.indicators[0].code, "1")
    steps.hand_in(manager, grid)
    typed = [SentChange(f"i-{code}", code, "value", value, 0) for code, value in values.items()]
    answering.save(expert, grid, Sheet.INTERVIEW, typed)
    steps.end_interview(expert, grid)
    for code, text in observed.items():
        type_in(manager, grid, Sheet.FEEDBACK, code, text, name="observation")
    steps.end_feedback(expert)
    return case_id


def visit(page: str, who: str = STAFF, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims(who)
    for name, value in {"lang": "en", **address}.items():
        app.query_params[name] = value
    return app.switch_page(page).run()


def plain(app: AppTest) -> str:
    """All that the page says, as it is read."""
    return words(app).replace("\\", "").replace("\u2060", "")


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    app = button.click().run()
    assert not app.exception
    return app


def case_of(folder: Path, case_id: str) -> Case:
    return cases_as(folder, STAFF).open(case_id).case


def test_staff_see_who_is_late_and_filter_by_step(folder: Path) -> None:
    soon = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=5)
    scheduled(folder, CLUSTER, soon, days_ago=3)
    cases_as(folder, MANAGER, 20).request(CaseKind.BENCHMARKING, SECOND, grid_of(folder).scheme.code)
    ended = cases_as(folder, MANAGER).request(CaseKind.BENCHMARKING, NEWCOMER, grid_of(folder).scheme.code)
    steps.withdraw(ended, "another year")
    said = words(visit(CASES))
    assert "**2** open cases, 2 of them late" in said
    assert said.index("not scheduled") < said.index("not handed in three weeks before"), "the first step comes first"
    assert "1 ended case" in [one.label for one in visit(CASES).expander]
    assert "Withdrawn" in said
    (table, _) = tables(visit(CASES, step="preparation"))
    assert re.findall(r'data-label="Answered">([^<]*)<', table) == [f"0 of {len(grid_of(folder).indicators)}"]
    assert CLUSTER.name in table
    assert SECOND.name not in table
    assert "stars" in words(visit(CASES, lang="fr"))


def tables(app: AppTest) -> list[str]:
    """The tables of cases: open ones, ended ones."""
    return [str(one.proto.body) for one in app.get("html") if "<table" in str(one.proto.body)][:2]


def test_staff_open_a_case_for_a_newcomer_and_learn_of_a_conflict_of_interest(folder: Path) -> None:
    app = visit(CASES)
    typed = {"Id of the cluster": NEWCOMER.cluster_id, "Name of the cluster": NEWCOMER.name}
    for label, text in typed.items():
        next(one for one in app.text_input if one.label == label).set_value(text)
    next(one for one in app.selectbox if one.label == "Country").set_value("BE")
    app = press(app, "Ask for it")
    (case,) = cases_as(folder, STAFF).all()
    assert (case.cluster_name, case.country, case.step) == (NEWCOMER.name, "BE", Step.REQUESTED)
    next(one for one in app.text_input if one.label == "Interviewer").set_value(OTHER)
    app = press(app, "Set")
    assert f"1 of the experts manages another cluster: {OTHER}" in plain(app)
    assert f"Interviewer: {OTHER}, has not yet declared to be independent" in plain(app)
    steps.declare_independence(cases_as(folder, OTHER).open(case.case_id))
    assert f"{OTHER}, has declared to be independent" in plain(visit(CASES))


def test_a_review_names_question_and_reason_and_leads_there(folder: Path) -> None:
    grid = grid_of(folder)
    number = next(indicator for indicator in grid.indicators if indicator.kind == "number")
    others = [indicator for indicator in grid.indicators if indicator is not number]
    values = {indicator.code: f"{indicator.minimum or 0:g}" for indicator in others[1:]}
    values[number.code] = f"{number.maximum or 10**9:g}"
    observed = {others[2].code: "It is *more* than that", others[3].code: "Thank you"}
    case_id = in_review(folder, CLUSTER, values, observed)
    app = visit(REVIEW, case=case_id)
    assert not app.exception
    drawn = "".join(str(one.proto.body) for one in app.get("html"))
    found = re.findall(r'<a href="#question-([^"]+)">.*?data-label="Why">([^<]*)<', drawn)
    assert (others[0].code, "no answer") in found
    assert any(code == others[2].code and "observation without a reply" in reason for code, reason in found)
    assert any(code == number.code and "10 times the median of all answers" in reason for code, reason in found)
    for code, _ in found:
        assert f'id="question-{code}"' in drawn, "the link leads somewhere"
    assert "2 observations, 2 without a reply." in words(app)
    assert "It is *more* than that" in drawn
    assert "differ from last time" in "".join(one.label for one in app.expander)


def test_staff_decide_with_a_reason(folder: Path) -> None:
    case_id = in_review(folder, CLUSTER, {grid_of(folder).indicators[0].code: "1"}, {})
    app = press(visit(REVIEW, case=case_id), "Allow another report")
    assert "4 provisional reports are allowed" in words(app)
    app = press(app, "Refuse")
    assert "Give a reason of at most 1,000 characters" in words(app)
    assert case_of(folder, case_id).step is Step.REVIEW
    app.text_area[1].set_value("Q2 is missing")
    app = press(app, "Back to the interview")
    assert (case_of(folder, case_id).step, case_of(folder, case_id).reason) == (Step.INTERVIEW, "Q2 is missing")
    assert "The result stands here once the feedback has ended." in words(app)


def test_who_is_no_longer_staff_decides_nothing(folder: Path) -> None:
    case_id = in_review(folder, CLUSTER, {grid_of(folder).indicators[0].code: "1"}, {})
    labels = {"Accept": REVIEW, "Allow another report": REVIEW, "Refuse": REVIEW, "Withdraw": CASES}
    open_pages = [(visit(page, case=case_id), label) for label, page in labels.items()]
    let(folder, [[MANAGER, "staff", "", "", ""], [STAFF, "manager", "demo-0001", "", ""]])
    for app, label in open_pages:
        assert "This page is not public" in words(press(app, label))
    case = cases_as(folder, MANAGER).open(case_id).case
    assert (case.step, case.reports_allowed) == (Step.REVIEW, 3)


def test_an_accepted_case_goes_into_an_edition_and_then_its_label_onto_the_map(folder: Path) -> None:
    code = grid_of(folder).indicators[0].code
    case_id = in_review(folder, CLUSTER, {code: "1"}, {})
    app = press(visit(REVIEW, case=case_id), "Accept")
    assert "Accepted, and not in the served edition." in words(app)
    assert not [one for one in app.text_input if "award" in str(one.key)], "no label before it is published"
    app = visit(CASES)
    assert "**1** accepted case waits for an edition, 0 are published" in words(app)
    app.checkbox(key=f"for-edition-{case_id}").check().run()
    app = press(app, "Check for an edition")
    job = job_ended(folder)
    assert job.state == "done", job
    publish(folder, job.edition)
    assert "No accepted case waits for an edition." in words(visit(CASES))
    app = visit(REVIEW, case=case_id)
    assert [one.value for one in app.success] == ["Accepted and published: the served edition holds this result."]
    fields = {str(one.key).rpartition("-")[2]: one for one in app.text_input if str(one.key).startswith("award-")}
    assert fields["awarded_on"].value == datetime.now(UTC).date().isoformat()
    assert next(one for one in app.selectbox if str(one.key).endswith("-label")).value == "bronze"
    reason = next(one for one in app.text_input if str(one.key).startswith("reason-case-"))
    assert CLUSTER.name in reason.value
    fields["valid_until"].set_value("2099-12-31")
    fields["source_url"].set_value("https://label.example/bronze")
    app = press(app, "Save")
    assert not app.error, [one.value for one in app.error]
    assert {change.cluster_id for change in label_changes.read(folder)} == {CLUSTER.cluster_id}
    public = words(visit("pages/public/cluster.py", "public", id=CLUSTER.cluster_id))
    assert CLUSTER.name in public
    assert "31 December 2099" in public
    opened = EditionDatabase(catalog.current_path(folder))
    assert opened.reader(STAFF_VIEWER).previous_assessment(CLUSTER.cluster_id, "benchmark-36").answers == {code: 1.0}
    opened.close()


def publish(folder: Path, edition: str, *, demonstration: bool = False) -> None:
    desk = EditionAdmin(STAFF_VIEWER, folder, demonstration=demonstration, by=STAFF)
    desk.publish(edition, datetime.now(UTC), accept=KINDS)


@pytest.mark.parametrize("who", [MANAGER, EXPERT, OTHER, "public"])
@pytest.mark.parametrize("page", [CASES, REVIEW])
def test_nobody_else_enters(folder: Path, who: str, page: str) -> None:
    case_id = in_review(folder, CLUSTER, {grid_of(folder).indicators[0].code: "1"}, {})
    said = words(visit(page, who, case=case_id))
    assert "This page is not public" in said
    assert "to look at" not in said
    assert EXPERT not in said.replace(who, "")


def as_visitor(page: str, visitor: str, **address: str) -> AppTest:
    """A visitor of the demonstration, who views as staff."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"] = "staff"
    app.session_state["visitor"] = visitor
    for name, value in {"lang": "en", **address}.items():
        app.query_params[name] = value
    return app.run().switch_page(page).run()


def test_a_visitor_of_the_demonstration_has_cases_and_editions_of_their_own(folder: Path) -> None:
    """A newcomer's invented case goes into an invented edition; nobody else sees the case or the job."""
    grid, visitor = grid_of(folder), "v" * 32
    real = in_review(folder, CLUSTER, {grid.indicators[0].code: "1"}, {})
    case_id = in_review_of(folder, visitor, grid)
    app = as_visitor(CASES, visitor, case=case_id)
    assert NEWCOMER.name in "".join(tables(app)).replace("&#42;", "*")
    assert CLUSTER.name not in "".join(tables(app))
    assert "There is no case yet." in words(as_visitor(CASES, "w" * 32))
    app = press(as_visitor(REVIEW, visitor, case=case_id), "Accept")
    app = as_visitor(CASES, visitor)
    app.checkbox(key=f"for-edition-{case_id}").check().run()
    press(app, "Check for an edition")
    job = job_ended(folder, visitor)
    assert (job.state, job.visitor) == ("done", visitor), job
    publish(folder, job.edition, demonstration=True)
    app = as_visitor(REVIEW, visitor, case=case_id)
    assert [one.value for one in app.success] == ["Accepted and published: the served edition holds this result."]
    assert translate("en", "register.not_here") in words(app), "the register is real"
    assert case_of(folder, real).step is Step.REVIEW


def in_review_of(folder: Path, visitor: str, grid: Grid) -> str:
    """An invented case of a visitor, whose feedback has ended; its cluster is new."""
    clusters = frozenset({NEWCOMER.cluster_id})

    def cases(role: access.DemoRole) -> Cases:
        viewer = access.demonstration_viewer(login_configured=False, synthetic=True, role=role, clusters=clusters)
        return Cases(folder, lambda: viewer, visitor)

    case_id = cases("staff").request(CaseKind.BENCHMARKING, NEWCOMER, grid.scheme.code).case_id
    seats = {Seat.INTERVIEWER: access.demonstration_email("expert")}
    scheduling.schedule(cases("staff").open(case_id), seats, datetime(2099, 1, 1), on_site=True)
    manager, expert = cases("cluster").open(case_id), cases("expert").open(case_id)
    steps.declare_independence(expert)
    type_in(manager, grid, Sheet.PREPARATION, grid.indicators[0].code, "1")
    steps.hand_in(manager, grid)
    type_in(expert, grid, Sheet.INTERVIEW, grid.indicators[0].code, "1")
    steps.end_interview(expert, grid)
    steps.end_feedback(expert)
    return case_id


def test_a_manager_reads_the_provisional_report_as_soon_as_the_answers_are_handed_in(folder: Path) -> None:
    grid = grid_of(folder)
    case_id = scheduled(folder, CLUSTER, datetime.now(UTC).replace(tzinfo=None))
    app = visit("pages/cluster/result.py", MANAGER, case=case_id)
    assert "The result stands here once" in plain(app)
    manager, expert = cases_as(folder, MANAGER).open(case_id), cases_as(folder, EXPERT).open(case_id)
    for indicator in grid.indicators:
        type_in(manager, grid, Sheet.PREPARATION, indicator.code, str(int(indicator.maximum or 1)))
    steps.hand_in(manager, grid)
    app = visit("pages/cluster/result.py", MANAGER, case=case_id)
    assert not app.exception
    assert "before the interview" in plain(app)
    assert "Upper quarter: better than the upper quartile" in plain(app)
    assert "Published so far" in plain(app), "the cluster has published answers"
    assert "Write beside an indicator" not in plain(app)
    type_in(expert, grid, Sheet.INTERVIEW, grid.indicators[0].code, "0")
    steps.end_interview(expert, grid)
    app = visit("pages/cluster/result.py", MANAGER, case=case_id)
    assert "on the answers of the interview" in plain(app)
    assert "Write beside an indicator" in plain(app)


def test_a_newcomer_chooses_the_sector_that_its_answers_are_compared_with(folder: Path) -> None:
    grid = grid_of(folder)
    case_id = scheduled(folder, NEWCOMER, datetime.now(UTC).replace(tzinfo=None))
    manager = cases_as(folder, MANAGER).open(case_id)
    for indicator in grid.indicators:
        type_in(manager, grid, Sheet.PREPARATION, indicator.code, str(int(indicator.minimum or 0)))
    steps.hand_in(manager, grid)
    app = visit("pages/cluster/result.py", MANAGER, case=case_id)
    assert plain(app).count("comparable answers") == 1
    assert "Published so far" not in plain(app)
    assert "Sector: too few" not in plain(app)
    told = set()
    for place in range(1, 9):
        (sector,) = [box for box in app.selectbox if box.label == "Compare with a sector"]
        app = sector.select_index(place).run()
        assert not app.exception
        compared, small = plain(app).count("comparable answers") == 2, "Sector: too few" in plain(app)
        assert compared != small
        told.add(compared)
    assert told == {True, False}, "large sectors and small ones"


def test_the_auditor_and_staff_read_in_what_the_cluster_has_improved(folder: Path) -> None:
    grid = grid_of(folder, "evaluation")
    case_id = cases_as(folder, MANAGER).request(CaseKind.SILVER_AUDIT, CLUSTER, grid.scheme.code).case_id
    soon = datetime.now(UTC).replace(tzinfo=None)
    scheduling.schedule(cases_as(folder, STAFF).open(case_id), {Seat.AUDITOR: EXPERT}, soon, on_site=True)
    expert, manager = cases_as(folder, EXPERT).open(case_id), cases_as(folder, MANAGER).open(case_id)
    steps.declare_independence(expert)
    audited = steps.judged_indicators(CaseKind.SILVER_AUDIT, grid)
    type_in(manager, grid, Sheet.PREPARATION, audited[0].code, str(int(audited[0].maximum or 1)))
    steps.hand_in(manager, grid)
    own = visit("pages/cluster/silver.py", MANAGER, cluster=CLUSTER.cluster_id)
    (verdict,) = re.findall(r"\d+ dimensions?\D+(?:\d+ are needed|that is enough)", plain(own))[:1]
    judging = visit("pages/expert/evaluation.py", EXPERT, case=case_id)
    assert not judging.exception
    assert verdict in plain(judging)
    typed = [SentChange(f"p-{i.code}", i.code, "points", str(int(i.maximum or 1)), 0) for i in audited]
    answering.save(expert, grid, Sheet.AUDITOR, typed)
    steps.close_judgment(expert, grid)
    steps.end_feedback(expert)
    review = visit(REVIEW, case=case_id)
    assert not review.exception
    assert verdict in plain(review)
