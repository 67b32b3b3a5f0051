"""The action plan as a file that can be uploaded again: its lines, and their outcomes since. Pure.

A line is text by column, exactly as in the file. So what is read is written again unchanged, even where it no longer
fits: an indicator that the scheme no longer has, a column added by the user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..domain import ClusterBenchmark, Indicator, Language
from ..i18n import LANGUAGES, column_headings, decimal_mark, translate
from ..ingest import cell_parsers
from ..ingest.cell_parsers import CellError
from ..ingest.readers import Sheet
from ..presentation.benchmark.tables import indicator_link, table
from ..presentation.formatting import with_unit
from ..spreadsheets import as_csv, as_xlsx, neutralize_formula
from .action_plan import Task

COLUMNS = (
    *("indicator", "action", "good", "evidence", "effort", "owner", "due", "done", "notes"),
    *("value_then", "assessed", "indicator_code", "scheme_code", "cluster_id"),
)
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that are not allowed in the XML of a workbook."""
Line = Mapping[str, str]
"""Cells by column, or by the heading of a column that the user added; empty cells are absent."""
Outcome = Literal["better", "worse", "same", "not_yet", "unknown", "gone"]
"""How an answer has changed since a plan was made; `not_yet`: no newer benchmark; `gone`: no longer in the scheme."""


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """A line with today's answer and its change; `indicator` None where the scheme does not have it."""

    line: Line
    indicator: Indicator | None
    now: float | None
    outcome: Outcome


def plan_lines(tasks: Sequence[Task], result: ClusterBenchmark, language: Language) -> list[Line]:
    """Tasks as lines; days as ISO 8601, which every spreadsheet reads as a date."""
    names = {i.code: i.name.get(language) for i in result.grid.indicators}
    found: list[Line] = []
    for task in tasks:
        advice = task.recommendation
        line = {
            "indicator": f"{advice.indicator} {names[advice.indicator]}",
            "action": advice.action.get(language),
            "good": advice.good_practice.get(language),
            "evidence": advice.evidence.get(language),
            "effort": translate(language, f"effort.{advice.effort}"),
            "owner": task.owner,
            "due": task.due.isoformat() if task.due else "",
            "done": translate(language, "plan.yes") if task.done else "",
            "notes": task.notes,
            "value_then": "" if task.value is None else _decimal(task.value, language),
            "assessed": task.assessed_on.isoformat() if task.assessed_on else "",
            "indicator_code": advice.indicator,
            "scheme_code": result.grid.scheme.code,
            "cluster_id": result.cluster.cluster_id,
        }
        found.append({name: cell for name, cell in line.items() if cell})
    return found


def merge_lines(fresh: Sequence[Line], before: Sequence[Line], dropped: Sequence[str] = ()) -> list[Line]:
    """New lines with the user's additions to the earlier ones; then the earlier lines about other indicators.

    `dropped` are the codes of indicators whose earlier lines are omitted.
    """
    known = by_indicator(before)
    codes = {line["indicator_code"] for line in fresh}
    with_added = [
        {**{name: cell for name, cell in known.get(line["indicator_code"], {}).items() if name not in COLUMNS}, **line}
        for line in fresh
    ]
    replaced = [known[code] for code in {*codes, *dropped} if code in known]
    return [*with_added, *(line for line in before if not any(line is other for other in replaced))]


def by_indicator(plan: Sequence[Line]) -> dict[str, Line]:
    """The first line about each indicator, by its code: that of the recommendation; further ones are the user's own."""
    return {line["indicator_code"]: line for line in reversed(plan) if "indicator_code" in line}


def to_csv(plan: Sequence[Line], language: Language) -> bytes:
    """A plan as CSV, one row per line."""
    return as_csv(*_written(plan, language), language)


def to_xlsx(plan: Sequence[Line], language: Language) -> bytes:
    """A plan as a workbook."""
    return as_xlsx(translate(language, "plan.sheet"), *_written(plan, language))


def _written(plan: Sequence[Line], language: Language) -> tuple[list[str], list[list[str]]]:
    added = dict.fromkeys(name for line in plan for name in line if name not in COLUMNS)
    headings = [translate(language, f"column.{name}") for name in COLUMNS] + [
        _escape_apostrophe(name) for name in added
    ]
    return headings, [[_escape_apostrophe(line.get(name, "")) for name in (*COLUMNS, *added)] for line in plan]


def read_plan(sheets: Sequence[Sheet]) -> list[Line]:
    """The lines of a file downloaded earlier, in any language; empty rows are skipped."""
    known = {heading: name for name in COLUMNS for heading in column_headings(name)}
    found: list[Line] = []
    for sheet in sheets:
        names = [known.get(heading.lower(), _unescape_apostrophe(heading)) for heading in sheet.header]
        for _, cells in sheet.rows:
            line = {name: _unescape_apostrophe(cell) for name, cell in zip(names, cells, strict=True) if name and cell}
            if line:
                found.append(line)
    return found


def other_clusters(plan: Sequence[Line], cluster_id: str) -> tuple[str, ...]:
    """The ids of the other clusters that a plan contains lines about."""
    return tuple(sorted({line.get("cluster_id", cluster_id) for line in plan} - {cluster_id}))


def apply_line(line: Line, advice: Task) -> Task:
    """A proposed task with the values of a line: owner, day, done, notes, and the earlier answer.

    A day that cannot be read is added to the notes.
    """
    due, unread = _day(line.get("due", "")), ""
    if due is None:
        unread = line.get("due", "")
    return Task(
        advice.recommendation,
        line.get("owner", ""),
        due,
        is_done(line),
        " ".join(part for part in (line.get("notes", ""), unread) if part),
        _number(line.get("value_then", "")),
        _day(line.get("assessed", "")),
    )


def is_done(line: Line) -> bool:
    """Whether a line marks its action as done: yes in any language, or a cross."""
    said = {translate(language, "plan.yes").lower() for language in LANGUAGES} | {"x", "1"}
    return line.get("done", "").lower() in said


def outcomes(plan: Sequence[Line], result: ClusterBenchmark) -> list[LineOutcome]:
    """The outcome of each line of a plan, by the latest benchmark."""
    indicators = {i.code: i for i in result.grid.indicators}
    values = dict(result.context) | {p.indicator: p.value for p in result.first.positions}
    found = []
    for line in plan:
        code = line.get("indicator_code", "")
        fits = code in indicators and line.get("scheme_code", "") in ("", result.grid.scheme.code)
        indicator, now = (indicators[code], values.get(code)) if fits else (None, None)
        found.append(LineOutcome(line, indicator, now, _outcome(line, indicator, now, result.assessed_on)))
    return found


def summary(found: Sequence[LineOutcome], language: Language) -> str:
    """How many lines are done, and how their answers have changed; Markdown."""
    counted = {kind: sum(p.outcome == kind for p in found) for kind in ("better", "same", "worse")}
    return translate(language, "plan.summary", n=len(found), done=sum(is_done(p.line) for p in found), **counted)


def outcome_table(found: Sequence[LineOutcome], language: Language) -> str:
    """The lines of a plan with owner, date, whether done, earlier and current answer: an HTML table."""
    shown = ("action", "owner", "due", "done", "notes")
    body = []
    for p in found:
        then = _number(p.line.get("value_then", ""))
        name = indicator_link(p.indicator, language) if p.indicator else p.line.get("indicator", "–")
        answers = [with_unit(language, value, p.indicator) if p.indicator else "–" for value in (then, p.now)]
        body.append(
            [name, *(p.line.get(column, "") for column in shown), *answers, translate(language, f"became.{p.outcome}")]
        )
    names = ("indicator", *shown, "value_then", "value_now", "became")
    return table(
        translate(language, "plan.progress"),
        [translate(language, f"column.{n}") for n in names],
        [("", body)],
        prose=True,
    )


def _outcome(line: Line, indicator: Indicator | None, now: float | None, assessed_on: date) -> Outcome:
    then, day = _number(line.get("value_then", "")), _day(line.get("assessed", ""))
    if indicator is None:
        return "gone"
    if day is not None and day >= assessed_on:
        return "not_yet"
    if then is None or now is None or day is None:
        return "unknown"
    if then == now:
        return "same"
    return "better" if (now > then) is (indicator.direction != "lower") else "worse"


def _decimal(value: float, language: Language) -> str:
    """A number as a spreadsheet reads it in the language."""
    text = repr(value).removesuffix(".0")
    return text.replace(".", decimal_mark(language))


def _number(cell: str) -> float | None:
    try:
        return cell_parsers.number(cell) if cell else None
    except CellError:
        return None


def _day(cell: str) -> date | None:
    try:
        return cell_parsers.date_cell(cell) if cell else None
    except CellError:
        return None


def _escape_apostrophe(text: str) -> str:
    """A text whose own apostrophe before a formula is distinguishable from the one that neutralizes formulas."""
    text = _UNWRITABLE.sub("", text)
    return f"'{text}" if text.startswith("'") and neutralize_formula(text.lstrip("'")).startswith("'") else text


def _unescape_apostrophe(cell: str) -> str:
    """A cell without the apostrophe that neutralizes formulas."""
    return cell[1:] if cell.startswith("'") and neutralize_formula(cell.lstrip("'")).startswith("'") else cell
