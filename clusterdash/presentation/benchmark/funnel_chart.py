"""The funnel of groups: their raw means by their numbers of clusters, with the limits of chance. Pure.

Spiegelhalter (2005), Statistics in Medicine 24.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from math import sqrt
from typing import Any

import plotly.graph_objects as go

from ...benchmark.rules import Classification
from ...domain import Language
from ...domain.group_comparison import PooledMean
from ...i18n import format_number, translate
from ..chart_theme import GRID, INK, TOP, make_figure, wrap_text
from .charts import MARKERS
from .group_overview import ComparedGroups, limit_word

_CLASSES: tuple[Classification, ...] = ("above", "below", "level")
_STEPS = 60
"""Points of a curve besides those at the numbers of the groups."""
_LEFT_OF_POINT = 0.6
"""The share of the axis from which names are to the left of their points, so that none is cut off."""


def shown_means(groups: ComparedGroups, pooled: Sequence[PooledMean]) -> list[PooledMean]:
    """The means that are drawn: those of groups that have a name."""
    return [one for one in pooled if groups.names.get(one.group)]


def funnel(groups: ComparedGroups, pooled: Sequence[PooledMean], language: Language) -> go.Figure:
    """The groups by number of clusters and raw mean score, named where chance alone does not explain their mean."""
    means = shown_means(groups, pooled)
    most = max((one.n for one in means), default=1)
    traces = [_curves(means, "limit_998", "dot", language), _curves(means, "limit_95", "dash", language)]
    if means:
        traces.append(_overall(means, most, language))
    traces += [_points(kind, groups, means, most, language) for kind in _CLASSES]
    return make_figure(
        traces,
        height=460,
        margin={"l": 10, "r": 18, "t": 10, "b": 10},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": -0.18, "yanchor": "top", "x": 0, "font": {"size": 12}},
        xaxis={
            "title": {"text": translate(language, "funnel_chart.number"), "font": {"size": 13}},
            "range": [0, most * 1.06],
            "gridcolor": GRID,
            "zeroline": False,
            "automargin": True,
        },
        yaxis={
            "title": {"text": translate(language, "funnel_chart.mean"), "font": {"size": 13}},
            "range": _heights(means),
            "gridcolor": GRID,
            "zeroline": False,
            "automargin": True,
        },
    )


def funnel_alt(groups: ComparedGroups, pooled: Sequence[PooledMean], dimension: str, language: Language) -> str:
    """The funnel in words: which groups are beyond the limits."""
    means = shown_means(groups, pooled)
    named = {
        kind: ", ".join(groups.names[one.group] for one in means if _class(one) == kind)
        or translate(language, "funnel_chart.none")
        for kind in _CLASSES
    }
    name = next(one.name.get(language) for one in groups.grid.dimensions if one.code == dimension)
    return translate(
        language, "funnel_chart.alt", dimension=name, n=len(means), above=named["above"], below=named["below"]
    )


def _class(one: PooledMean) -> Classification:
    if limit_word(one) == "within":
        return "level"
    return "above" if one.mean > one.overall else "below"


def _curves(means: Sequence[PooledMean], limit: str, dash: str, language: Language) -> dict[str, Any]:
    """Both curves of a limit as one trace: at the number of each group, and between."""
    x: list[float | None] = []
    y: list[float | None] = []
    if means:
        numbers = [one.n for one in means]
        low, high = min(numbers), max(numbers)
        steps = {low * (high / low) ** (step / _STEPS) for step in range(1, _STEPS)}
        places = sorted({*map(float, numbers), *steps})
        spread, overall = getattr(means[0], limit) * sqrt(means[0].n), means[0].overall
        for sign in (1, -1):
            x += [*places, None]
            y += [*(overall + sign * spread / sqrt(place) for place in places), None]
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "name": translate(language, f"funnel_chart.{limit}"),
        "line": {"color": TOP, "width": 1.3, "dash": dash},
        "hoverinfo": "skip",
    }


def _overall(means: Sequence[PooledMean], most: int, language: Language) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [0, most * 1.06],
        "y": [means[0].overall] * 2,
        "mode": "lines",
        "name": translate(language, "funnel_chart.overall"),
        "line": {"color": TOP, "width": 1.5},
        "hoverinfo": "skip",
    }


def _points(
    kind: Classification, groups: ComparedGroups, means: Sequence[PooledMean], most: int, language: Language
) -> dict[str, Any]:
    chosen = [one for one in means if _class(one) == kind]
    colour, symbol = MARKERS[kind]
    away = "bottom" if kind == "below" else "top"
    return {
        "type": "scatter",
        "x": [one.n for one in chosen],
        "y": [one.mean for one in chosen],
        "mode": "markers" if kind == "level" else "markers+text",
        "text": ["" if kind == "level" else wrap_text(groups.names[one.group], 26) for one in chosen],
        "textposition": [f"{away} {'left' if one.n > _LEFT_OF_POINT * most else 'right'}" for one in chosen],
        "textfont": {"size": 12},
        "cliponaxis": False,
        "name": translate(language, f"funnel_chart.{kind}"),
        "marker": {"color": colour, "symbol": symbol, "size": 11, "line": {"color": INK, "width": 1}},
        "customdata": [
            [
                html.escape(groups.names[one.group]),
                format_number(language, one.mean, 1),
                translate(language, "sectors.members", n=one.n),
                translate(language, f"funnel.{limit_word(one)}"),
            ]
            for one in chosen
        ],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<br>%{customdata[2]}<br>%{customdata[3]}<extra></extra>",
    }


def _heights(means: Sequence[PooledMean]) -> list[float]:
    """The range of scores that is drawn: all means and curves, within 0 and 100."""
    ends = [one.mean for one in means]
    ends += [one.overall + sign * one.limit_998 for one in means for sign in (1, -1)]
    low, high = min(ends, default=0), max(ends, default=100)
    return [max(0, low - 3), min(100, high + 3)]
