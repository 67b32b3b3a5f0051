"""The first screen of the way to Gold: the points reached and those required. Pure."""

from __future__ import annotations

from ...domain import Language
from ...evaluation.scoring import Verdict
from ...i18n import format_number, translate
from ..html import Markup
from ..html_charts import gauge


def points_gauge(found: Verdict, language: Language) -> Markup:
    """The points on a bar with what is required; "" where the scheme requires no share of the points."""
    if found.needed is None or not found.answered:
        return Markup("")
    needed, maximum = format_number(language, found.needed), format_number(language, found.maximum)
    texts = (
        translate(language, "gauge.points", n=found.points),
        translate(language, "gauge.needed", needed=needed),
        translate(language, "gauge.maximum", maximum=maximum),
    )
    alt = translate(language, "gauge.alt", n=found.points, needed=needed, maximum=maximum)
    return gauge(found.points, found.needed, found.maximum, alt, texts)
