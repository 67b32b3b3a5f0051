"""HTML tables of cases. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from ...cases.workbook import FieldChange
from ...domain import Language
from ...domain.case import Case, TrailLine
from ...i18n import format_datetime, translate
from ..benchmark.tables import table
from .overview import lateness

Answered = Mapping[str, Sequence[tuple[int, int]]]
"""By case, for each sheet that is filled in now: how many questions are answered, and how many there are."""
_LONGEST = 120
"""Characters of a text in the trail that are shown."""


def trail_table(lines: Sequence[TrailLine], language: Language) -> str:
    """The trail of a case, the latest line first: when (UTC), who, what, and the text of a field before and after."""
    headings = [translate(language, f"trail.{name}") for name in ("at", "by", "did", "on", "before", "after")]
    return table(
        translate(language, "trail.caption"), headings, [("", [_row(line, language) for line in reversed(lines)])]
    )


def field_table(changes: Sequence[FieldChange], language: Language) -> str:
    """What a file changes: question, field, the text in the case and in the file."""
    headings = [translate(language, f"trail.{name}") for name in ("on", "before", "after")]
    rows = [[f"{one.question} {one.field}", _short(one.stored) or "–", _short(one.given) or "–"] for one in changes]
    return table(translate(language, "case_workbook.caption"), headings, [("", rows)], prose=True)


def case_table(cases: Sequence[Case], today: date, language: Language, answered: Answered | None = None) -> str:
    """Cases: cluster, kind, step, days at it, the visit, what is late; how much is answered, where that is given."""
    names = ["cluster", "kind", "step", *(["answered"] if answered is not None else []), "days", "visit", "late"]
    headings = [translate(language, f"cases.{name}") for name in names]
    rows = []
    for case in cases:
        visit = format_datetime(language, datetime.fromisoformat(case.visit_at)) if case.visit_at else "–"
        days = (today - case.step_began_on).days
        late = lateness(case, today)
        kind, step = translate(language, f"case_kind.{case.kind}"), translate(language, f"case_step.{case.step}")
        so_far = [_answered(answered.get(case.case_id, ()), language)] if answered is not None else []
        lateness_text = translate(language, late) if late else "–"
        rows.append([case.cluster_name, kind, step, *so_far, str(days), visit, lateness_text])
    return table(translate(language, "cases.caption"), headings, [("", rows)], prose=True)


def _answered(counts: Sequence[tuple[int, int]], language: Language) -> str:
    """How many questions are answered, of how many; for two experts who judge alone that of each."""
    return " · ".join(translate(language, "cases.so_far", n=n, total=total) for n, total in counts) or "–"


def _row(line: TrailLine, language: Language) -> list[str]:
    did = translate(language, f"trail_action.{line.action}")
    on = " ".join(part for part in (line.question, line.field) if part)
    texts = [_short(text) if text is not None else "–" for text in (line.before, line.after)]
    return [format_datetime(language, datetime.fromisoformat(line.at)), line.by or "–", did, on, *texts]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
