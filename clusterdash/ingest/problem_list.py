"""Lists of problems: as text, many of one kind in one line with the first locations, and as JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..domain import Language, Problem
from ..i18n import explain, translate
from .invisible_characters import escape_control

MAX_LISTED = {"warning": 5, "error": 10}
"""More problems of one kind are listed in one line."""
MAX_LOCATIONS = 3
"""Further locations listed in such a line."""
_TOLD = ("severity", "file", "table", "row", "column", "value", "key")
"""The fields of a problem in the JSON output, besides the reason."""


def group_problems(problems: Sequence[Problem]) -> list[tuple[Problem, ...]]:
    """The problems in their order; many of one kind and severity as one group, in the position of the first."""
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.severity, problem.key), []).append(problem)
    found: list[tuple[Problem, ...]] = []
    for problem in problems:
        kind = kinds[problem.severity, problem.key]
        if len(kind) <= MAX_LISTED[problem.severity]:
            found.append((problem,))
        elif problem is kind[0]:
            found.append(tuple(kind))
    return found


def problem_lines(problems: Sequence[Problem], language: Language, *, every: bool = False) -> list[str]:
    """A line for each problem, or for many of one kind unless `every` is set: location, severity, reason."""
    told = []
    for first, *others in [(problem,) for problem in problems] if every else group_problems(problems):
        known = {"place": location(first, language), "reason": explain(language, first)}
        if others:
            key = f"command.many_{first.severity}s"
            told.append(translate(language, key, n=len(others) + 1, others=locations(others, language), **known))
        else:
            told.append(
                translate(
                    language, "command.problem", severity=translate(language, f"command.{first.severity}"), **known
                )
            )
    return [escape_control(line) for line in told]


def location(problem: Problem, language: Language) -> str:
    """The location of a problem: file, table, row, column, value; control characters are escaped."""
    row = "" if problem.row is None else translate(language, "command.row", row=str(problem.row))
    table = "" if Path(problem.file).stem == problem.table else problem.table
    value = translate(language, "table.quoted", value=problem.value) if problem.value else ""
    return escape_control(", ".join(part for part in (problem.file, table, row, problem.column, value) if part))


def locations(problems: Sequence[Problem], language: Language) -> str:
    """The locations of the first `MAX_LOCATIONS` problems, then "…" if there are more."""
    told = [location(problem, language) for problem in problems[:MAX_LOCATIONS]]
    return "; ".join([*told, *(["…"] if len(problems) > MAX_LOCATIONS else [])])


def as_json(problems: Sequence[Problem], language: Language) -> str:
    """All problems as JSON, reasons in the language."""
    told = [
        {**{name: getattr(problem, name) for name in _TOLD}, "reason": explain(language, problem)}
        for problem in problems
    ]
    return json.dumps(told, ensure_ascii=False, indent=1)
