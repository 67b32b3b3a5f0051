"""HTML tables of cases. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ...domain import Language
from ...domain.case import TrailLine
from ...i18n import format_datetime, translate
from ..benchmark.tables import table

_LONGEST = 120
"""Characters of a text in the trail that are shown."""


def trail_table(lines: Sequence[TrailLine], language: Language) -> str:
    """The trail of a case, the latest line first: when (UTC), who, what, and the text of a field before and after."""
    headings = [translate(language, f"trail.{name}") for name in ("at", "by", "did", "on", "before", "after")]
    return table(
        translate(language, "trail.caption"), headings, [("", [_row(line, language) for line in reversed(lines)])]
    )


def _row(line: TrailLine, language: Language) -> list[str]:
    did = translate(language, f"trail_action.{line.action}")
    on = " ".join(part for part in (line.question, line.field) if part)
    texts = [_short(text) if text is not None else "–" for text in (line.before, line.after)]
    return [format_datetime(language, datetime.fromisoformat(line.at)), line.by or "–", did, on, *texts]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
