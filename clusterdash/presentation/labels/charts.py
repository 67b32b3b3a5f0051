"""Plotly figures of the register of labels. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go

from ...domain import Award, Label, Language
from ...i18n import format_partial_date, translate
from ...labels.counts import YearCount
from ...labels.status import first_day, last_day
from ..chart_theme import GRID, INK, OWN, make_figure
from ..theme import THEME

_LOOK = {
    Label.BRONZE: (THEME.bronze, "circle"),
    Label.SILVER: (THEME.silver, "square"),
    Label.GOLD: (THEME.gold, "hexagon"),
}
_SHADE = {"valid": OWN, "unknown": THEME.end_unknown, "ended": THEME.ended}
_PATTERN = {"valid": "", "unknown": "/", "ended": ""}


def time_line(awards: Sequence[Award], today: date, language: Language) -> go.Figure | None:
    """The dated awards of a cluster over time, one row per label, with lines up to the stated ends; None without any.

    Where only an end is stated, it is shown as a stroke.
    """
    dated = [award for award in awards if award.awarded_on]
    ending = [award for award in awards if award.valid_until and not award.awarded_on]
    if not dated and not ending:
        return None
    names = {label: translate(language, f"label.{label}") for label in Label}
    spans = [(names[a.label], first_day(a.awarded_on), last_day(a.valid_until)) for a in dated if a.valid_until]
    lines = {
        "type": "scatter",
        "x": [x for _, start, end in spans for x in (str(start), str(end), None)],
        "y": [name for name, _, _ in spans for _ in range(3)],
        "mode": "lines",
        "line": {"color": INK, "width": 4},
        "name": translate(language, "cluster.until_end"),
        "hoverinfo": "skip",
        "showlegend": bool(spans),
    }
    marks: list[dict[str, Any]] = []
    for label in Label:
        here = [award for award in dated if award.label is label]
        colour, symbol = _LOOK[label]
        marks.append(
            {
                "type": "scatter",
                "x": [str(first_day(award.awarded_on)) for award in here],
                "y": [names[label]] * len(here),
                "mode": "markers+text",
                "text": [award.awarded_on[:4] for award in here],
                "customdata": [format_partial_date(language, award.awarded_on) for award in here],
                "textposition": "top center",
                "marker": {"color": colour, "symbol": symbol, "size": 16, "line": {"color": INK, "width": 1.5}},
                "hovertemplate": "%{customdata}<extra></extra>",
                "showlegend": False,
            }
        )
    ends = {
        "type": "scatter",
        "x": [str(last_day(award.valid_until)) for award in ending],
        "y": [names[award.label] for award in ending],
        "mode": "markers+text",
        "text": [award.valid_until[:4] for award in ending],
        "customdata": [format_partial_date(language, award.valid_until) for award in ending],
        "textposition": "top center",
        "marker": {"color": INK, "symbol": "line-ns-open", "size": 16, "line": {"width": 3}},
        "name": translate(language, "cluster.only_end"),
        "hovertemplate": "%{customdata}<extra></extra>",
        "showlegend": bool(ending),
    }
    shown = [names[label] for label in Label if any(award.label is label for award in [*dated, *ending])]
    years = [first_day(award.awarded_on) or today for award in dated] + [end for *_, end in spans if end]
    years += [end for award in ending if (end := last_day(award.valid_until))]
    return make_figure(
        [lines, *marks, ends],
        height=110 + 74 * len(shown),
        margin={"l": 10, "r": 30, "t": 30, "b": 30},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={
            "type": "date",
            "range": [f"{min(years).year - 1}-01-01", f"{max(*years, today).year + 1}-12-31"],
            "tickformat": "%Y",
            "gridcolor": GRID,
            "automargin": True,
        },
        yaxis={"type": "category", "categoryarray": shown, "range": [-0.7, len(shown) - 0.3], "automargin": True},
    )


def label_years(years: Sequence[YearCount], language: Language) -> go.Figure:
    """Clusters that had been awarded a label by the end of each year, by what is known about its end."""
    bars = []
    for key in ("valid", "unknown", "ended"):
        counts = [int(getattr(count, key)) for count in years]
        bars.append(
            {
                "type": "bar",
                "x": [str(count.year) for count in years],
                "y": counts,
                "name": translate(language, f"figures.{key}"),
                "marker": {
                    "color": _SHADE[key],
                    "line": {"color": INK, "width": 0.5},
                    "pattern": {"shape": _PATTERN[key], "fgcolor": INK, "size": 6, "solidity": 0.15},
                },
                "hovertemplate": "%{x}: %{y}<extra>" + translate(language, f"figures.{key}") + "</extra>",
            }
        )
    return make_figure(
        bars,
        barmode="stack",
        height=400,
        margin={"l": 10, "r": 10, "t": 10, "b": 30},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0},
        xaxis={"type": "category", "automargin": True},
        yaxis={"title": {"text": translate(language, "figures.clusters")}, "gridcolor": GRID, "automargin": True},
    )
