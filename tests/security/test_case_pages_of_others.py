"""What reaches whom on the pages of an evaluation, its files included, at each step, and after a grant has ended."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.cases import FIRST, SECOND, published_grid
from support.leak_audit import recorded_messages, unpacked
from support.pages import APP
from support.played_cases import CLUSTER, MANAGER, STAFF, cases_as
from support.sign_in import AUTH, claims

from clusterdash.cases import answering, evidence, scheduling, steps
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import CaseKind, Seat, Sheet
from clusterdash.ingest import grants
from clusterdash.operational_database import case_trail
from clusterdash.operational_database.engine import reading

pytestmark = pytest.mark.slow
OTHER_MANAGER, UNSEATED = "ben@b.example", "unseated@e.example"
EXPERTS = {Seat.EXPERT_1: FIRST, Seat.EXPERT_2: SECOND}
GRANTS = [
    [MANAGER, "manager", CLUSTER.cluster_id, "", ""],
    [OTHER_MANAGER, "manager", "demo-0001", "", ""],
    [STAFF, "staff", "", "", ""],
    [UNSEATED, "expert", CLUSTER.cluster_id, "", ""],
]
MARKERS = {
    "P": "zq-of-the-preparation",
    "D": "zq-document.txt",
    "F": "zq-inside-the-document",
    "1": "zq-of-the-first-expert",
    "2": "zq-of-the-second-expert",
    "A": "zq-of-the-agreement",
    "O": "zq-observation",
    "R": "zq-reply",
}
"""What stands on the sheets and in a document of the case."""
PAGES = {
    "cluster": ("case", "preparation", "evidence", "result"),
    "expert": ("assignments", "interview", "evaluation", "agreement"),
    "staff": ("cases", "review"),
}
SEEN = {
    "prepare": {MANAGER: "PDF", FIRST: "PDF", SECOND: "PDF"},
    "closed": {MANAGER: "PDF", FIRST: "PDF1", SECOND: "PDF2"},
    "agree": {MANAGER: "PDF", FIRST: "PDF12A", SECOND: "PDF12A"},
    "feedback": {MANAGER: "PDFAOR", FIRST: "PDF12AOR", SECOND: "PDF12AOR", STAFF: "PD12AOR"},
    "review": {MANAGER: "PDFAOR", FIRST: "PDF12AOR", SECOND: "PDF12AOR", STAFF: "PD12AOR"},
    "withdrawn": {MANAGER: "PDFOR"},
}
"""By step and person, what may reach them on any page; staff read the trail once the experts have finished."""
PEOPLE = (MANAGER, OTHER_MANAGER, FIRST, SECOND, UNSEATED, STAFF, "public")


@pytest.fixture(scope="module")
def folder(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    own = Path(shutil.copytree(data, tmp_path_factory.mktemp("pages") / "data"))
    grants.replace(own, grants.check_rows(GRANTS, ())[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERDASH_DATA", str(own))
        yield own


def walk(folder: Path) -> Iterator[tuple[str, str]]:
    """A case at the steps of `SEEN`, with its id; the first question has a marker on each sheet."""
    grid = published_grid(folder, "evaluation")
    first = grid.indicators[0].code
    case_id = cases_as(folder, MANAGER).request(CaseKind.EVALUATION, CLUSTER, grid.scheme.code).case_id
    scheduling.schedule(cases_as(folder, STAFF).open(case_id), EXPERTS, datetime(2030, 1, 15, 10), on_site=True)
    manager, one, two = (cases_as(folder, email).open(case_id) for email in (MANAGER, FIRST, SECOND))

    def write(opened: answering.OpenCase, sheet: Sheet, field: str, marker: str) -> None:
        answering.save(opened, grid, sheet, [SentChange(f"{sheet}-{field}", first, field, MARKERS[marker], 0)])

    for expert in (one, two):
        steps.declare_independence(expert)
    evidence.add(manager, grid, first, MARKERS["D"], MARKERS["F"].encode())
    write(manager, Sheet.PREPARATION, "note", "P")
    yield "prepare", case_id
    answering.save(manager, grid, Sheet.PREPARATION, [SentChange("value", first, "value", "1", 0)])
    steps.hand_in(manager, grid)
    for expert, sheet, marker, points in ((one, Sheet.EXPERT_1, "1", "0"), (two, Sheet.EXPERT_2, "2", "1")):
        write(expert, sheet, "reason", marker)
        given = {indicator.code: f"{indicator.maximum:g}" for indicator in grid.indicators} | {first: points}
        answering.save(expert, grid, sheet, [SentChange(f"{sheet}-{q}", q, "points", v, 0) for q, v in given.items()])
    steps.close_judgment(one, grid)
    yield "closed", case_id
    steps.close_judgment(two, grid)
    write(one, Sheet.AGREED, "reason", "A")
    answering.save(one, grid, Sheet.AGREED, [SentChange("agreed", first, "points", "1", 0)])
    yield "agree", case_id
    version = answering.agreed_version(answering.read(one, Sheet.AGREED).answers, first)
    for expert in (one, two):
        steps.confirm(expert, first, version)
    steps.release(one, grid)
    write(manager, Sheet.FEEDBACK, "observation", "O")
    write(two, Sheet.REPLIES, "reply", "R")
    yield "feedback", case_id
    steps.end_feedback(one)
    yield "review", case_id
    steps.withdraw(manager, "another year")
    yield "withdrawn", case_id


def visit(who: str, case_id: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims(who)
    for name, value in {"lang": "en", "case": case_id}.items():
        app.query_params[name] = value
    return app.run()


def ask_for_files(app: AppTest, folder: Path, case_id: str) -> None:
    """Let the next run send the files on offer, as if their buttons had been pressed; the ids are no secret here."""
    with reading(folder) as connection:
        assert connection
        documents = connection.exec_driver_sql("select evidence_id from case_evidence").scalars().all()
    for key in ("case_workbook", f"ics-{case_id}", *(f"evidence-{one}" for one in documents)):
        app.session_state[f"offer-{key}-asked"] = "now"


def markers_in(sent: list[bytes]) -> set[str]:
    said = unpacked(sent)
    return {letter for letter, text in MARKERS.items() if any(text.encode() in part for part in said)}


def pages_of(app: AppTest) -> Iterator[str]:
    """The pages of cases that somebody can open; of the others the visit has no address."""
    for folder, names in PAGES.items():
        for name in names:
            try:
                app.switch_page(f"pages/{folder}/{name}.py")
            except ValueError as error:
                assert "Could not find a navigation page" in str(error)
            else:
                yield name


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[tuple[str, str], set[str]]:
    """What has reached each person at each step."""
    reached: dict[tuple[str, str], set[str]] = {}
    for step, case_id in walk(folder):
        for who in PEOPLE:
            app, found = visit(who, case_id), set()
            with recorded_messages() as sent:
                for _ in pages_of(app):
                    ask_for_files(app, folder, case_id)
                    app.run()
                    assert not app.exception
                found = markers_in(sent)
            reached[step, who] = found
    return reached


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("step", SEEN)
def test_what_reaches_whom(seen: dict[tuple[str, str], set[str]], step: str, who: str) -> None:
    assert seen[step, who] == {*SEEN[step].get(who, "")}


def buttons(app: AppTest) -> list[str]:
    """The keys of the buttons that a visitor can press to change a case."""
    wanted = re.compile("case-|remove-|FormSubmitter|declare")
    return [str(one.key) for one in app.button if wanted.match(str(one.key)) and not one.proto.disabled]


@pytest.mark.parametrize("who", [MANAGER, FIRST, STAFF])
def test_whose_grant_has_ended_meanwhile_reads_and_changes_nothing(folder: Path, who: str) -> None:
    """On each page, at each step: the page was open, the grant ends, and then every button is pressed."""
    rows, pressed = list(grants.read_grants(folder)), 0
    for _, case_id in walk(folder):
        in_force = list(grants.read_grants(folder))
        for name in list(pages_of(visit(who, case_id))):
            for key in buttons(at_page(who, case_id, name)):
                app, head = at_page(who, case_id, name), head_of(folder, case_id)
                grants.replace(folder, [one for one in in_force if one.email != who])
                with recorded_messages() as sent:
                    ask_for_files(app, folder, case_id)
                    app.button(key=key).click().run()
                assert not markers_in(sent)
                assert head_of(folder, case_id) == head
                grants.replace(folder, in_force)
                pressed += 1
    grants.replace(folder, rows)
    assert pressed >= 2


def at_page(who: str, case_id: str, name: str) -> AppTest:
    app = visit(who, case_id)
    next(one for one in pages_of(app) if one == name)
    return app.run()


def head_of(folder: Path, case_id: str) -> tuple[int, str]:
    with reading(folder) as connection:
        assert connection
        return case_trail.head(connection, case_id)
