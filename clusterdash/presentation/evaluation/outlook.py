"""What has moved, and how far Silver and Gold are, in one sentence each for the first page of a manager. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...benchmark import progress
from ...domain import ClusterBenchmark, Evaluation, Language
from ...evaluation import silver
from ...evaluation.scoring import score
from ...i18n import format_partial_date, translate


@dataclass(frozen=True, slots=True)
class Outlook:
    """A sentence of Markdown, and the page that it leads to."""

    page: Literal["progress", "silver", "gold"]
    sentence: str


def outlook(result: ClusterBenchmark, own: Evaluation | None, language: Language) -> tuple[Outlook, ...]:
    """Progress since the last benchmark, the way to Silver, the way to Gold by the latest answers."""
    return (
        Outlook("progress", _progress(result, language)),
        Outlook("silver", _silver(result, language)),
        Outlook("gold", _gold(own, language)),
    )


def _progress(result: ClusterBenchmark, language: Language) -> str:
    if not result.past:
        return translate(language, "outlook.no_past")
    last = result.past[0]
    moved = progress.dimension_changes(last.changes, result.grid)
    better = silver.improvements(moved)
    month = format_partial_date(language, last.assessed_on.isoformat()[:7])
    return translate(language, "outlook.progress", n=len(better), of=len(moved), month=month)


def _silver(result: ClusterBenchmark, language: Language) -> str:
    if not result.past:
        return translate(language, "outlook.no_past")
    first = silver.by_suitability(result.past, result.assessed_on)[0]
    better = silver.improvements(progress.dimension_changes(first.changes, result.grid))
    return translate(language, "outlook.silver", n=len(better), asked=silver.AREAS)


def _gold(own: Evaluation | None, language: Language) -> str:
    answers = (own.verified or own.declared) if own else None
    if own is None or answers is None:
        return translate(language, "outlook.no_answers")
    found = score(own.grid, answers.answers)
    if found.needed is not None and found.points < found.needed:
        lacking = found.needed - found.points
        told = {"points": found.points, "maximum": found.maximum, "needed": found.needed}
        return translate(language, "outlook.lacking", n=lacking, **told)
    if found.blocking:
        return translate(language, "outlook.blocked", n=len(found.blocking))
    return translate(language, "outlook.reached")
