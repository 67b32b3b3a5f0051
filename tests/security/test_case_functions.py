"""Every function that pages and their callbacks reach a case by, for each person, at each step of an evaluation.

What is expected stands here in a table of its own, written from the description of a case, not from the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from support.cases import APPLICANT, COLLEAGUE, FIRST, MANAGER, SECOND, STAFF, STRANGER, World, grid_of

from clusterdash.cases import (
    answering,
    earlier_evidence,
    evidence,
    provisional_report,
    publication,
    scheduling,
    statement,
    steps,
    trail,
    workbook,
)
from clusterdash.cases.open_case import NotAllowedError, OpenCase
from clusterdash.domain import Cluster, ClusterdashError
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import CaseKind, Seat, Sheet, Step
from clusterdash.ingest import grants
from clusterdash.operational_database import case_trail
from clusterdash.operational_database.engine import reading, writing

pytestmark = pytest.mark.slow
GRID = grid_of("g", purpose="evaluation")
QUESTION = GRID.indicators[0].code
EXPERTS = {Seat.EXPERT_1: FIRST, Seat.EXPERT_2: SECOND}
UNSEATED = "unseated@e.example"
LETTERS = {"m": MANAGER, "c": COLLEAGUE, "1": FIRST, "2": SECOND, "s": STAFF}
STRANGERS = (STRANGER, UNSEATED, "nobody@x.example", "")
"""The manager of another cluster, an expert of the cluster without a seat, somebody without a grant, the public."""
COLUMNS = ("request", "prepare", "judge", "closed", "agree", "feedback", "review", "accepted", "refused", "withdrawn")
"""The steps; "closed": the first expert has closed the own judgment, the second one has not."""
TABLE = """
                 request prepare judge closed agree feedback review accepted refused withdrawn
see              mcs     mc12s   mc12s mc12s  mc12s mc12s    mc12s  mc12s    mc12s   mc12s
read preparation -       mc12    mc12  mc12   mc12  mc12     mc12s  mc12s    mc12    mc
read interview   -       -       -     -      -     mc       mcs    mcs      mc      -
read expert_1    -       -       1     1      12    12       12     12       12      -
read expert_2    -       -       2     2      12    12       12     12       12      -
read agreed      -       -       -     -      12    mc12s    mc12s  mc12s    mc12s   -
read feedback    -       -       -     -      -     mc12s    mc12s  mc12s    mc12s   -
read replies     -       -       -     -      -     mc12s    mc12s  mc12s    mc12s   -
read auditor     -       -       -     -      12    mc12s    mc12s  mc12s    mc12s   -
read documents   mc      mc12    mc12  mc12   mc12  mc12     mc12   mc12     mc12    mc
read trail       mc      mc12    mc12  mc12   mc12  mc12s    mc12s  mc12s    mc12s   mc
read agreement   -       -       -     -      12    mc12s    mc12s  mc12s    mc12s   -
read result      -       -       -     -      -     mc12s    mc12s  mc12s    mc12s   -
save preparation -       mc      -     -      -     -        -      -        -       -
save interview   -       -       -     -      -     -        -      -        -       -
save expert_1    -       -       1     -      -     -        -      -        -       -
save expert_2    -       -       2     2      -     -        -      -        -       -
save agreed      -       -       -     -      12    -        -      -        -       -
save feedback    -       -       -     -      -     mc       -      -        -       -
save replies     -       -       -     -      -     12       -      -        -       -
save auditor     -       -       -     -      -     -        -      -        -       -
add documents    -       mc      mc    mc     mc    mc       -      -        -       -
declare          -       12      12    12     12    -        -      -        -       -
hand in          -       mc      -     -      -     -        -      -        -       -
end interview    -       -       -     -      -     -        -      -        -       -
close            -       -       12    12     -     -        -      -        -       -
agree            -       -       -     -      12    -        -      -        -       -
end feedback     -       -       -     -      -     12s      -      -        -       -
schedule         s       s       s     s      s     s        -      -        -       -
decide           -       -       -     -      -     -        s      -        -       -
publish          -       -       -     -      -     -        -      s        -       -
withdraw         mcs     mcs     mcs   mcs    mcs   mcs      mcs    -        -       -
"""
"""Who may do what when: the managers (m, c), the experts (1, 2), staff (s). All others may nothing, ever.

The sheets of an interview and of an auditor are empty in an evaluation.
"""
Function = Callable[[OpenCase], object]


def read_table() -> dict[tuple[str, str], frozenset[str]]:
    head, *rows = TABLE.strip().splitlines()
    assert tuple(head.split()) == COLUMNS
    cells = {}
    for row in rows:
        name, letters = row[:17].strip(), row[17:].split()
        for column, who in zip(COLUMNS, letters, strict=True):
            cells[name, column] = frozenset(LETTERS[letter] for letter in who.replace("-", ""))
    return cells


EXPECTED = read_table()
_SENT = count()


def change(name: str) -> SentChange:
    return SentChange(f"tried-{next(_SENT)}", QUESTION, name, "2", 0)


def document_of(opened: OpenCase) -> str:
    """The id of a document, known to somebody who may not read it."""
    with writing(opened.cases.data) as connection:
        return str(connection.exec_driver_sql("select evidence_id from case_evidence").scalar())


def saving(sheet: Sheet, field: str) -> list[Function]:
    """The two ways to change a sheet: what a browser sends, and a workbook."""
    from_file = workbook.FieldChange(QUESTION, field, "", "2", 0, conflict=False)
    return [
        lambda opened: answering.save(opened, GRID, sheet, [change(field)]),
        lambda opened: workbook.take_over(opened, GRID, sheet, [from_file]),
    ]


def reading_of(sheet: Sheet) -> list[Function]:
    cluster = Cluster("c-one", "Cluster One", "FR", "", "", None, None, "unknown", "", "", "", ())
    return [
        lambda opened: answering.read(opened, sheet),
        lambda opened: answering.latest(opened, sheet),
        lambda opened: workbook.export(opened, GRID, sheet, cluster, "en"),
        lambda opened: workbook.read_changes(opened, GRID, sheet, []),
    ]


FUNCTIONS: dict[str, list[Function]] = {
    "see": [lambda opened: opened.case, lambda opened: opened.cases.open(opened.case_id)],
    **{f"read {sheet}": reading_of(sheet) for sheet in Sheet},
    "read documents": [evidence.documents, lambda opened: evidence.content(opened, document_of(opened))],
    "read trail": [trail.read],
    "read agreement": [steps.confirmations],
    "read result": [
        lambda opened: statement.read(opened, GRID),
        provisional_report.reported_hand_in,
    ],
    "save preparation": saving(Sheet.PREPARATION, "value"),
    "save interview": saving(Sheet.INTERVIEW, "value"),
    "save auditor": saving(Sheet.AUDITOR, "points"),
    "save expert_1": saving(Sheet.EXPERT_1, "points"),
    "save expert_2": saving(Sheet.EXPERT_2, "points"),
    "save agreed": saving(Sheet.AGREED, "points"),
    "save feedback": saving(Sheet.FEEDBACK, "observation"),
    "save replies": saving(Sheet.REPLIES, "reply"),
    "add documents": [
        lambda opened: evidence.add(opened, GRID, QUESTION, "more.txt", b"more"),
        lambda opened: evidence.withdraw(opened, document_of(opened)),
        lambda opened: earlier_evidence.offered(opened, GRID),
        lambda opened: earlier_evidence.confirm(opened, GRID, document_of(opened)),
    ],
    "declare": [steps.declare_independence],
    "hand in": [lambda opened: steps.hand_in(opened, GRID)],
    "end interview": [lambda opened: steps.end_interview(opened, GRID)],
    "close": [lambda opened: steps.close_judgment(opened, GRID)],
    "agree": [
        lambda opened: steps.confirm(opened, QUESTION, 1),
        lambda opened: steps.release(opened, GRID),
    ],
    "end feedback": [steps.end_feedback],
    "schedule": [
        lambda opened: scheduling.schedule(opened, {Seat.EXPERT_1: FIRST}, datetime(2027, 1, 1), on_site=True)
    ],
    "decide": [
        steps.accept,
        steps.allow_another_report,
        lambda opened: steps.refuse(opened, "why"),
        lambda opened: steps.reopen(opened, Step.JUDGMENT, "why"),
    ],
    "publish": [
        lambda opened: publication.accepted_case(opened, ()),
        lambda opened: publication.files(opened.cases, [opened.case_id], ()),
    ],
    "withdraw": [lambda opened: steps.withdraw(opened, "why")],
}


@contextmanager
def undone(data: Path) -> Iterator[None]:
    """Take back all that is changed in the database meanwhile; one within another as well."""
    with writing(data) as connection:
        changes = connection.begin_nested()
        try:
            yield
        finally:
            changes.rollback()


def is_let_in(world: World, function: Function, opened: OpenCase, lost_by: str = "") -> bool:
    """Whether somebody gets through; a condition such as "points are missing" comes after that.

    `lost_by`: who has lost every grant since the case was opened.
    """
    found = True
    with undone(world.data):
        if lost_by:
            world.revoke(lost_by)
        lines = lines_of(world, opened)
        try:
            function(opened)
        except NotAllowedError:
            found = False
            assert lines_of(world, opened) == lines, "who is refused has changed something"
        except ClusterdashError:
            pass
    return found


def lines_of(world: World, opened: OpenCase) -> int:
    with reading(world.data) as connection:
        assert connection
        return case_trail.head(connection, opened.case_id).number


def walk(world: World) -> Iterator[tuple[str, str]]:
    """A case at each of the steps of the table, with something on every sheet as soon as there can be; its id."""
    case_id = world.requested(CaseKind.EVALUATION, "g")
    yield "request", case_id
    scheduling.schedule(world.open(STAFF, case_id), EXPERTS, datetime(2026, 7, 1, 14), on_site=True)
    manager, staff = world.open(MANAGER, case_id), world.open(STAFF, case_id)
    evidence.add(manager, GRID, QUESTION, "statutes.txt", b"statutes")
    for email in EXPERTS.values():
        steps.declare_independence(world.open(email, case_id))
    yield "prepare", case_id
    first, second = world.open(FIRST, case_id), world.open(SECOND, case_id)
    world.fill(manager, GRID, Sheet.PREPARATION, "value", "3")
    steps.hand_in(manager, GRID)
    world.fill(first, GRID, Sheet.EXPERT_1, "points", "3")
    world.fill(second, GRID, Sheet.EXPERT_2, "points", "3")
    yield "judge", case_id
    steps.close_judgment(first, GRID)
    yield "closed", case_id
    steps.close_judgment(second, GRID)
    yield "agree", case_id
    steps.release(first, GRID)
    yield "feedback", case_id
    steps.end_feedback(first)
    yield "review", case_id
    with undone(world.data):
        steps.accept(staff)
        yield "accepted", case_id
    with undone(world.data):
        steps.refuse(staff, "why")
        yield "refused", case_id
    steps.withdraw(manager, "why")
    yield "withdrawn", case_id


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    """By function and step, who gets through, and who still does after having lost every grant."""
    world = World(tmp_path_factory.mktemp("functions"))
    cells: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for step, case_id in walk(world):
        if step == "prepare":
            grants.replace(world.data, (*grants.read_grants(world.data), *expert_without_seat()))
        for email in (*LETTERS.values(), *STRANGERS):
            opened = OpenCase(world.cases(email), case_id)
            for name, functions in FUNCTIONS.items():
                for place, function in enumerate(functions):
                    let_in, still = cells.setdefault((f"{name} {place}", step), (set(), set()))
                    if is_let_in(world, function, opened):
                        let_in.add(email)
                        if is_let_in(world, function, opened, lost_by=email):
                            still.add(email)
    return cells


def expert_without_seat() -> tuple[grants.Grant, ...]:
    return grants.check_rows([[UNSEATED, "expert", APPLICANT.cluster_id, "", ""]], ())[0]


def test_every_function_is_in_the_table() -> None:
    assert {name for name, _ in EXPECTED} == {*FUNCTIONS}


@pytest.mark.parametrize("step", COLUMNS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_gets_through(found: dict[tuple[str, str], tuple[set[str], set[str]]], name: str, step: str) -> None:
    for place in range(len(FUNCTIONS[name])):
        let_in, still = found[f"{name} {place}", step]
        assert let_in == EXPECTED[name, step], place
        assert still == set(), "their grant had ended"
