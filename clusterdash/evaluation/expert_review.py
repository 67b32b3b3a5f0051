"""Expert review: the points of two experts side by side, the agreed values, and the statement. Pure.

Read from the workbook of the evaluation (written by `ingest/questionnaire_writer.py`); only the declared and the agreed
values are stored in an edition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..domain import Grid, Indicator, Problem
from ..ingest import questionnaire_reader
from ..ingest.cell_parsers import CellError, NumberWithin, date_cell
from ..ingest.known_tables import heading_key
from ..ingest.readers import Sheet
from .scoring import Verdict, score


@dataclass(frozen=True, slots=True)
class ExpertOpinion:
    """The opinion of one expert: points, the reason, the document seen."""

    points: float | None
    reason: str
    document: str


@dataclass(frozen=True, slots=True)
class ReviewedIndicator:
    """One indicator: the declared value, each expert's opinion, and the agreed value."""

    indicator: Indicator
    declared: float | None
    opinions: tuple[ExpertOpinion, ExpertOpinion]
    agreed: float | None

    @property
    def differs(self) -> bool:
        """Whether the experts disagree, or only one of them has given points."""
        first, second = (opinion.points for opinion in self.opinions)
        return first != second


@dataclass(frozen=True, slots=True)
class ExpertReview:
    """A cluster's evaluation on one day by `experts`, as named in the workbook."""

    name: str
    experts: str
    visited_on: date | None
    grid: Grid
    indicators: tuple[ReviewedIndicator, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on the agreed values."""
        return score(self.grid, {f.indicator.code: f.agreed for f in self.indicators if f.agreed is not None})

    @property
    def open(self) -> tuple[str, ...]:
        """The indicators that an expert has judged and that have no agreed value yet."""
        return tuple(
            f.indicator.code
            for f in self.indicators
            if f.agreed is None and any(opinion.points is not None for opinion in f.opinions)
        )


def read_review(book: Sequence[Sheet], grids: Mapping[str, Grid]) -> tuple[ExpertReview | None, list[Problem]]:
    """The review in a workbook, and the problems in reading it; None where it is no workbook of an evaluation."""
    first = next((sheet for sheet in book if questionnaire_reader.part_of(sheet) == "identification"), None)
    rows = list(first.rows) if first else []
    if first is None or len(rows) != 1:
        return None, [Problem(book[0].file if book else "", "", None, "", "", "appraisal.none")]
    row, cells = rows[0]
    details = {heading_key(heading): cell for heading, cell in zip(first.header, cells, strict=True)}
    grid = grids.get(details["scheme"])
    if grid is None:
        known = (("known", ", ".join(grids)),)
        return None, [Problem(first.file, first.name, row, "scheme", details["scheme"], "answer.scheme", known)]
    problems: list[Problem] = []
    visited_on: date | None = None
    when = details.get("evaluated_on") or details["assessed_on"]
    try:
        visited_on = date_cell(when) if when else None
    except CellError as refusal:
        problems.append(Problem(first.file, first.name, row, "evaluated_on", when, refusal.key, refusal.values))
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    found: dict[str, ReviewedIndicator] = {}
    for sheet in book:
        if questionnaire_reader.part_of(sheet) != "questions":
            continue
        for number, line in questionnaire_reader.question_rows(sheet):
            code = line["indicator"]
            if code not in indicators:
                values = (("scheme", grid.scheme.code),)
                problems.append(Problem(sheet.file, sheet.name, number, "", code, "answer.indicator", values))
                continue
            values_read: dict[str, float | None] = {}
            for name in ("answer", "points_1", "points_2", "agreed"):
                values_read[name], refused = _value(indicators[code], line[name])
                if refused:
                    problems.append(
                        Problem(sheet.file, sheet.name, number, code, line[name], refused.key, refused.values)
                    )
            first_one, second = (
                ExpertOpinion(values_read[f"points_{n}"], line[f"reason_{n}"], line[f"document_{n}"]) for n in (1, 2)
            )
            found[code] = ReviewedIndicator(
                indicators[code], values_read["answer"], (first_one, second), values_read["agreed"]
            )
    nothing = ExpertOpinion(None, "", "")
    findings = tuple(found.get(i.code, ReviewedIndicator(i, None, (nothing, nothing), None)) for i in grid.indicators)
    return ExpertReview(details.get("name", ""), details.get("expert", ""), visited_on, grid, findings), problems


def _value(indicator: Indicator, cell: str) -> tuple[float | None, CellError | None]:
    """A cell as a value of its indicator, None for an empty one; or the error."""
    if not cell:
        return None, None
    whole = indicator.kind in ("level", "gate")
    try:
        return NumberWithin(indicator.minimum, indicator.maximum, whole=whole)(cell), None
    except CellError as refusal:
        return None, refusal
