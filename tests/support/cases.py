"""People and schemes for tests of cases: a cluster's managers, experts and staff with grants of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from clusterdash import access
from clusterdash.cases import answering, scheduling, steps
from clusterdash.cases.open_case import Applicant, Cases, OpenCase
from clusterdash.domain import PUBLIC, Grid, Indicator, Scheme, Viewer
from clusterdash.domain import STAFF as ALL_OF_STAFF
from clusterdash.domain.answer_sheet import SaveResult, SentChange
from clusterdash.domain.case import CaseKind, Seat, Sheet
from clusterdash.domain.text import LocalizedText
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase
from clusterdash.ingest import grants

CLUSTER = "c-one"
APPLICANT = Applicant(CLUSTER, "Cluster One", "FR")
MANAGER, COLLEAGUE, STAFF = "manager@c.example", "colleague@c.example", "staff@s.example"
INTERVIEWER, FIRST, SECOND, STRANGER = "talks@e.example", "first@e.example", "second@e.example", "other@x.example"
GRANTS = [
    [MANAGER, "manager", CLUSTER, "", ""],
    [COLLEAGUE, "manager", CLUSTER, "", ""],
    [STRANGER, "manager", "c-two", "", ""],
    [STAFF, "staff", "", "", ""],
]
START = datetime(2026, 6, 1, 9, tzinfo=UTC)
_SENT = count()


def grid_of(code: str = "t", questions: int = 4, *, purpose: str = "benchmark", audited: int = 0) -> Grid:
    """A scheme of levels 0 to 5 in one dimension; the first `audited` are audited for Silver."""
    name = LocalizedText("Nom", "Name")
    indicators = tuple(
        Indicator(
            code,
            f"Q{number}",
            "D",
            name,
            "level",
            name,
            0,
            5,
            "higher",
            3,
            "",
            silver_audit="yes" if number <= audited else "no",
        )
        for number in range(1, questions + 1)
    )
    scheme = Scheme(code, code, "1", name, "evaluation" if purpose == "evaluation" else "benchmark", illustrative=False)
    return Grid(scheme, (), indicators, (), ())


def published_grid(data: Path, purpose: str = "benchmark") -> Grid:
    """The scheme of an interview, or of an evaluation, in the served edition."""
    opened = EditionDatabase(catalog.current_path(data))
    try:
        return next(one for one in opened.reader(ALL_OF_STAFF).schemes() if one.scheme.purpose == purpose)
    finally:
        opened.close()


@dataclass
class World:
    """A data folder with grants, a clock, and the cases as each person reaches them."""

    data: Path
    now: datetime = START
    grants: list[list[str]] = field(default_factory=lambda: [list(row) for row in GRANTS])

    def __post_init__(self) -> None:
        self.grant(self.grants)

    def grant(self, rows: Iterable[list[str]]) -> None:
        """Let these grants be in force."""
        grants.replace(self.data, grants.check_rows([*rows], ())[0])

    def revoke(self, email: str) -> None:
        """Take every grant away from somebody."""
        grants.replace(self.data, [one for one in grants.read_grants(self.data) if one.email != email])

    def viewer(self, email: str) -> Viewer:
        """Who somebody is now."""
        return access.granted_viewer(grants.read_grants(self.data), email, self.now.date()) or PUBLIC

    def cases(self, email: str, visitor: str = "") -> Cases:
        """The cases as somebody reaches them; each question is a second later."""

        def tick() -> datetime:
            self.now += timedelta(seconds=1)
            return self.now

        return Cases(self.data, lambda: self.viewer(email), visitor, tick)

    def open(self, email: str, case_id: str) -> OpenCase:
        """A case as somebody reaches it."""
        return self.cases(email).open(case_id)

    def requested(self, kind: CaseKind = CaseKind.BENCHMARKING, scheme: str = "t") -> str:
        """A case that the manager asked for."""
        return self.cases(MANAGER).request(kind, APPLICANT, scheme).case_id

    def prepared(self, kind: CaseKind = CaseKind.BENCHMARKING, scheme: str = "t") -> str:
        """A case in preparation, whose experts have declared to be independent."""
        case_id = self.requested(kind, scheme)
        people = {
            CaseKind.BENCHMARKING: {Seat.INTERVIEWER: INTERVIEWER},
            CaseKind.SILVER_AUDIT: {Seat.AUDITOR: FIRST},
            CaseKind.EVALUATION: {Seat.EXPERT_1: FIRST, Seat.EXPERT_2: SECOND},
        }[kind]
        visit = datetime(2026, 7, 1, 14)
        scheduling.schedule(self.open(STAFF, case_id), people, visit, on_site=False)
        for email in people.values():
            steps.declare_independence(self.open(email, case_id))
        return case_id

    def handed_in(self, grid: Grid, kind: CaseKind = CaseKind.BENCHMARKING) -> str:
        """A case in which the manager has answered everything with 3, or the most, and handed it in."""
        case_id = self.prepared(kind, grid.scheme.code)
        manager = self.open(MANAGER, case_id)
        type_all(manager, grid, Sheet.PREPARATION, "value", most(grid, 3))
        steps.hand_in(manager, grid)
        return case_id

    def judged(self, grid: Grid, first: Mapping[str, str], second: Mapping[str, str]) -> str:
        """An evaluation whose experts have both closed their judgment, with these points by indicator."""
        case_id = self.handed_in(grid, CaseKind.EVALUATION)
        judge(self.open(FIRST, case_id), grid, Sheet.EXPERT_1, first)
        judge(self.open(SECOND, case_id), grid, Sheet.EXPERT_2, second)
        return case_id

    def released(self, grid: Grid, points: Mapping[str, str]) -> str:
        """An evaluation whose experts gave the same points alone, and have released them."""
        case_id = self.judged(grid, points, points)
        steps.release(self.open(FIRST, case_id), grid)
        return case_id

    def fill(self, opened: OpenCase, grid: Grid, sheet: Sheet, name: str, value: str) -> None:
        """Give a field of each question the same text, in one save."""
        type_all(opened, grid, sheet, name, {indicator.code: value for indicator in grid.indicators})

    def accepted(self, grid: Grid, first: Mapping[str, str], second: Mapping[str, str]) -> str:
        """An evaluation that was accepted: the experts gave these points alone, and agreed on those of the first."""
        case_id = self.judged(grid, first, second)
        talk = {(code, "points"): first[code] for code in first if first[code] != second[code]}
        agree(self.open(FIRST, case_id), self.open(SECOND, case_id), grid, talk)
        steps.end_feedback(self.open(FIRST, case_id))
        steps.accept(self.open(STAFF, case_id))
        return case_id


def most(grid: Grid, value: float) -> dict[str, str]:
    """A value for each indicator, or the highest that it allows."""
    return {one.code: f"{value if one.maximum is None else min(value, one.maximum):g}" for one in grid.indicators}


def type_all(opened: OpenCase, grid: Grid, sheet: Sheet, name: str, texts: Mapping[str, str]) -> None:
    """Save a field of several questions at once, as typed upon nothing."""
    answering.save(
        opened, grid, sheet, [SentChange(f"sent-{next(_SENT)}", code, name, text, 0) for code, text in texts.items()]
    )


def judge(opened: OpenCase, grid: Grid, sheet: Sheet, points: Mapping[str, str], reason: str = "") -> None:
    """An expert gives points, each with the same reason if any, and closes the judgment."""
    type_all(opened, grid, sheet, "points", points)
    if reason:
        type_all(opened, grid, sheet, "reason", dict.fromkeys(points, reason))
    steps.close_judgment(opened, grid)


def agree(first: OpenCase, second: OpenCase, grid: Grid, texts: Mapping[tuple[str, str], str]) -> None:
    """Both experts agree on fields of the agreed sheet, by question and field, confirm everything and release it."""
    for (question, name), text in texts.items():
        type_in(first, grid, Sheet.AGREED, question, text, name=name)
    agreed = answering.read(first, Sheet.AGREED).answers
    for question in {question for question, _ in texts}:
        for opened in (first, second):
            steps.confirm(opened, question, answering.agreed_version(agreed, question))
    steps.release(first, grid)


def type_in(
    opened: OpenCase,
    grid: Grid,
    sheet: Sheet,
    question: str,
    value: str,
    *,
    name: str = "value",
    base: int | None = None,
) -> SaveResult:
    """Save one field, as typed upon the stored version or upon another."""
    if base is None:
        stored = answering.read(opened, sheet).answers.get((question, name))
        base = stored.version if stored else 0
    return answering.save(opened, grid, sheet, [SentChange(f"sent-{next(_SENT)}", question, name, value, base)])[0]
