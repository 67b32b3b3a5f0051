"""The first screen of the evidence checklist: how many documents are ready, and a cell for each of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ...domain import Language
from ...evaluation.evidence_checklist import Status
from ...i18n import translate
from ..html import Markup, verdict_paragraph
from ..html_charts import cells


def checklist_verdict(counted: Mapping[Status, int], language: Language) -> Markup:
    """How many documents are ready, as a paragraph."""
    ready, total = counted["ready"], sum(counted.values())
    if ready in (0, total):
        sentence = translate(language, "binder.none_ready" if not ready else "binder.all_ready", n=total)
    else:
        sentence = translate(language, "binder.some_ready", n=ready, total=total)
    return verdict_paragraph(sentence, "up")


def checklist_cells(counted: Mapping[Status, int], language: Language) -> Markup:
    """A cell for each document: those that are ready, those in preparation, those that are missing."""
    states: tuple[Status, ...] = ("ready", "drafted", "missing")
    parts = [(str(state), counted[state], translate(language, f"binder.{state}", n=counted[state])) for state in states]
    return cells(parts, ", ".join(f"{n} {words}" for _, n, words in parts))
