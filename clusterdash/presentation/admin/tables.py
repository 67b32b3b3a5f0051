"""HTML tables for staff on imports and on the data. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ...domain import AssessmentCompleteness, Grant, Grid, IndicatorCompleteness, Language, Problem, SuppressedCell
from ...i18n import explain, format_datetime, format_number, format_value, translate
from ...ingest import grants, problem_list
from ...ingest.invisible_characters import escape_control
from ...operational_database.jobs import LogLine
from ...operational_database.pins import Pin
from ..benchmark.group_names import named_group
from ..benchmark.tables import table
from ..html import link


def problem_rows(problems: Sequence[Problem], language: Language) -> list[list[str]]:
    """Problems as rows of text: severity, file, table, row, column, value, reason."""
    return [_problem_row(problem, language) for problem in problems]


def grouped_problem_rows(problems: Sequence[Problem], language: Language) -> list[list[str]]:
    """The same with one row for many problems of one kind, which states their number and the first places."""
    rows = []
    for first, *others in problem_list.group_problems(problems):
        *told, reason = _problem_row(first, language)
        if others:
            places = problem_list.locations(others, language)
            reason = translate(language, "problems.many", n=len(others) + 1, reason=reason, others=places)
        rows.append([*told, reason])
    return rows


def _problem_row(problem: Problem, language: Language) -> list[str]:
    """A problem as cells; control characters are made visible."""
    row = "" if problem.row is None else str(problem.row)
    told = (problem.file, problem.table, row, problem.column, problem.value)
    return [translate(language, f"command.{problem.severity}"), *map(escape_control, told), explain(language, problem)]


def problem_headings(language: Language) -> list[str]:
    """The headings of `problem_rows`."""
    names = ("severity", "file", "sheet", "row", "column", "value", "reason")
    return [translate(language, f"column.{name}") for name in names]


def problem_table(problems: Sequence[Problem], language: Language) -> str:
    """Problems, with one row for many of one kind."""
    rows = grouped_problem_rows(problems, language)
    return table(translate(language, "table.problems"), problem_headings(language), [("", rows)], prose=True)


def grant_table(found: Sequence[Grant], caption: str, language: Language) -> str:
    """Grants as they are written in a file."""
    headings = [translate(language, f"access.{column}") for column in grants.COLUMNS]
    return table(caption, headings, [("", grants.grant_rows(found))], prose=True)


def access_log_table(entries: Sequence[tuple[str, str, str, str]], language: Language) -> str:
    """Entries of the access log: time, person, action, object."""
    headings = [translate(language, f"access.{name}") for name in ("at", "who", "did", "what")]
    return table(translate(language, "access.latest"), headings, [("", entries)], prose=True)


def history_table(history: Sequence[tuple[str, str, str, str]], language: Language) -> str:
    """The history of publications: time (ISO 8601), edition, person, way."""
    rows = [(format_datetime(language, datetime.fromisoformat(at)), *rest) for at, *rest in history]
    names = ("when", "edition", "by", "did")
    headings = [translate(language, f"column.{name}") for name in names]
    return table(translate(language, "table.history"), headings, [("", rows)], prose=True)


def pin_list(found: Sequence[Pin], language: Language) -> str:
    """Pinned views: the note leads to the view; by whom and when."""
    rows = [
        [link(pin.address, pin.note, target="_self"), pin.by, format_datetime(language, datetime.fromisoformat(pin.at))]
        for pin in found
    ]
    headings = [translate(language, f"column.{name}") for name in ("view", "by", "when")]
    return table(translate(language, "pins.title"), headings, [("", rows)], prose=True) if rows else ""


def job_log_table(lines: Sequence[LogLine], language: Language) -> str:
    """The log of a job: the time of day (UTC), and what was done."""
    rows = [
        (f"{datetime.fromisoformat(line.at):%H:%M:%S}", translate(language, line.key, **line.values)) for line in lines
    ]
    headings = [translate(language, f"column.{name}") for name in ("when", "did")]
    return table(translate(language, "jobs.steps"), headings, [("", rows)], prose=True)


def source_table(sources: Sequence[tuple[str, str]], language: Language) -> str:
    """The files that an edition is made of, with their hashes."""
    headings = [translate(language, f"column.{name}") for name in ("file", "hash")]
    return table(translate(language, "data.files"), headings, [("", sources)], prose=True)


def indicator_completeness_table(answered: Sequence[IndicatorCompleteness], grid: Grid, language: Language) -> str:
    """How many clusters answer each indicator, by dimension."""
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    groups = []
    for dimension in grid.dimensions:
        rows = [
            [
                f"{found.indicator} {indicators[found.indicator].name.get(language)}",
                format_number(language, found.answered),
                translate(
                    language,
                    "table.percent",
                    value=format_number(language, 100 * found.answered / max(1, found.asked), 0),
                ),
            ]
            for found in answered
            if indicators[found.indicator].dimension == dimension.code
        ]
        if rows:
            groups.append((dimension.name.get(language), rows))
    headings = [translate(language, f"column.{name}") for name in ("indicator", "answers", "share")]
    return table(translate(language, "table.answered"), headings, groups)


def assessment_completeness_table(gaps: Sequence[AssessmentCompleteness], caption: str, language: Language) -> str:
    """Clusters with the day of their latest assessment and how much of it is answered."""
    rows = [
        [
            found.name,
            format_value(language, found.assessed_on),
            translate(language, "table.level", value=found.answered, maximum=found.asked),
        ]
        for found in gaps
    ]
    headings = [translate(language, f"column.{name}") for name in ("cluster", "assessed", "answers")]
    return table(caption, headings, [("", rows)])


def emptiest(gaps: Sequence[AssessmentCompleteness]) -> list[AssessmentCompleteness]:
    """Clusters by the number of questions they answered, fewest first."""
    return sorted(gaps, key=lambda found: found.answered)


def suppressed_table(withheld: Sequence[SuppressedCell], language: Language) -> str:
    """What is suppressed, and why: one row per group, or per indicator or dimension of a group."""
    rows = [
        [
            named_group(found.group, language),
            format_number(language, found.n, 0),
            found.code or translate(language, "table.all_withheld"),
            translate(language, f"withheld.{found.reason}"),
        ]
        for found in withheld
    ]
    headings = [translate(language, f"column.{name}") for name in ("group", "number", "indicator", "reason")]
    return table(translate(language, "table.withheld_groups"), headings, [("", rows)], prose=True)
