"""The radar of an invented cluster, for people who have no results yet. Pure."""

from __future__ import annotations

from ...domain import Language
from ...i18n import translate
from ..html import Markup
from ..html_charts import RadarAxis, RadarSeries, radar

_AXES = ("structure", "governance", "financing", "services", "interaction", "achievements")
_OWN, _SECTOR, _BEST = (62, 71, 34, 58, 27, 49), (46, 41, 45, 40, 43, 38), (50, 50, 50, 50, 50, 50)
"""Invented scores from 0 to 100: highs and lows, around a middle as it is by definition."""


def example_radar(language: Language) -> Markup:
    """A radar with invented scores, which its caption says; it depends on no edition."""
    names = [translate(language, f"example.{axis}") for axis in _AXES]
    axes = [RadarAxis(name, str(score)) for name, score in zip(names, _OWN, strict=True)]
    series = [
        RadarSeries("top", translate(language, "example.best"), _BEST),
        RadarSeries("peers", translate(language, "example.sector"), _SECTOR),
        RadarSeries("own", translate(language, "radar.own"), _OWN),
    ]
    caption = translate(language, "example.caption")
    scores = ", ".join(f"{axis.name} {axis.value}" for axis in axes)
    drawn = radar(axes, series, translate(language, "table.labelled", name=caption, value=scores))
    return Markup('<figure class="example">{}<figcaption>{}</figcaption></figure>').format(drawn, caption)
