"""The statement of an evaluation or a Silver audit as sentences and rows, for the pages and the file. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ...cases.statement import Statement
from ...domain import Grid, Indicator, Language
from ...domain.case import CaseKind
from ...evaluation.scoring import meets_threshold, required_value, score
from ...i18n import format_date, format_datetime, translate
from ..evaluation.narrative import indicator_names, obstacles, points_sentence
from ..evaluation.tables import answer_value
from .overview import visit_sentence
from .sheets import question_title, result_words


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator in a statement, as text; "" for no threshold, no reason, no observation or no reply."""

    name: str
    points: str
    threshold: str
    reached: str
    reason: str
    observation: str
    reply: str


def title(statement: Statement, language: Language) -> str:
    """What a statement is about."""
    return translate(language, f"statement.{statement.case.kind}")


def verdict(statement: Statement, grid: Grid, language: Language) -> list[str]:
    """Whether what was found satisfies the scheme, and what does not; lines of Markdown."""
    if statement.case.kind is CaseKind.SILVER_AUDIT:
        return _audit_verdict(statement, grid, language)
    found = score(grid, statement.points)
    result = translate(language, "statement.passes" if found.passes else "statement.fails")
    lines = [f"{result} {points_sentence(found, language)}", *obstacles(found, grid, language)]
    if not found.blocking:
        lines.append(translate(language, "statement.all_reached"))
    return lines


def _audit_verdict(statement: Statement, grid: Grid, language: Language) -> list[str]:
    asked, values = statement.result.asked, statement.points
    below = [one.code for one in asked if not meets_threshold(one, values.get(one.code))]
    lines = [translate(language, "silver.audit_count", n=len(asked), enough=len(asked) - len(below))]
    if below:
        names = indicator_names(grid, below, language)
        lines.append(translate(language, "obstacle.blockers", n=len(below), names=names))
    return lines


def facts(statement: Statement, grid: Grid, language: Language) -> list[tuple[str, str]]:
    """Scheme, experts, days and where the case stands: names and values."""
    case, scheme = statement.case, grid.scheme
    state = translate(
        language,
        "statement.at_step",
        step=translate(language, f"case_step.{case.step}"),
        day=format_date(language, case.step_began_on),
    )
    found = [
        (translate(language, "paper.scheme"), f"{scheme.name.get(language)}, {scheme.version}"),
        *((translate(language, f"case_seat.{holder.seat}"), holder.email or "–") for holder in case.holders),
        (translate(language, "cases.visit"), visit_sentence(case, language)),
        (translate(language, "statement.released"), format_date(language, statement.released_on)),
        (translate(language, "statement.state"), state),
    ]
    if case.reason:
        found.append((translate(language, "statement.reason"), case.reason))
    return found


def rows(statement: Statement, grid: Grid, language: Language) -> Iterator[tuple[str, list[IndicatorRow]]]:
    """The indicators that were judged, by the name of their dimension."""
    for dimension in grid.dimensions:
        asked = [one for one in statement.result.asked if one.dimension == dimension.code]
        if asked:
            yield dimension.name.get(language), [_row(statement, one, language) for one in asked]


def _row(statement: Statement, indicator: Indicator, language: Language) -> IndicatorRow:
    result, code = statement.result, indicator.code
    needed, value = required_value(indicator), statement.points.get(code)
    failed = "missing" if value is None else "gate" if indicator.kind == "gate" else "blocker"
    state = "yes" if meets_threshold(indicator, value) else failed
    return IndicatorRow(
        question_title(indicator, language),
        result_words(indicator, result.text(code), language),
        "" if needed is None else answer_value(language, needed, indicator),
        "" if needed is None else translate(language, f"reached.{state}"),
        result.note(code),
        result.observation(code),
        result.reply(code),
    )


def trail_sentence(statement: Statement, language: Language) -> str:
    """Which line of the trail was the last one when the statement was made; plain text."""
    last = statement.last_line
    when = format_datetime(language, datetime.fromisoformat(last.at))
    return translate(language, "statement.line", n=last.number, when=when, case=statement.case.case_id)


def quoted_line(statement: Statement) -> str:
    """The trail's last line as `clusterdash cases verify --line` reads it."""
    last = statement.last_line
    return f"{statement.case.case_id}:{last.number}:{last.hash}"
