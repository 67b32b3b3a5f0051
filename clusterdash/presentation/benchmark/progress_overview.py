"""Progress at a glance: the verdict, a row for each dimension, and each dimension over the years. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ...benchmark.progress import DimensionChange, TimeSeries, Trend
from ...benchmark.rules import Classification
from ...domain import Grid, Language
from ...i18n import escape_markdown, format_partial_date, translate
from ..formatting import signed_difference, whole_number
from ..html import Markup, render, verdict_paragraph
from ..html_charts import Strip, strip, time_line

_MARKS: dict[Trend, Classification] = {"better": "above", "same": "level", "worse": "below", "unsure": "unsure"}
"""The mark of each trend on a strip."""
_ORDER: tuple[Trend, ...] = ("better", "unsure", "same", "worse")


def own_difference(change: DimensionChange, language: Language) -> str:
    """The own effect in whole points with its sign, as the difference of two shown scores."""
    return signed_difference(language, change.before, change.before + change.own_effect)


def progress_verdict(moved: Sequence[DimensionChange], grid: Grid, language: Language) -> Markup:
    """In how many dimensions the cluster has improved by its own answers; the best and the worst change."""
    names = _names(grid, language)
    better = sorted((c for c in moved if c.trend == "better"), key=lambda c: -c.own_effect)
    worse = sorted((c for c in moved if c.trend == "worse"), key=lambda c: c.own_effect)
    sentences: list[str] = []
    classes: list[str] = []
    if better:
        sentences.append(translate(language, "progress.verdict", n=len(better), of=len(moved)))
        points = own_difference(better[0], language)
        sentences.append(translate(language, "progress.best", name=names[better[0].dimension], points=points))
        classes += ["up", "up"]
    else:
        sentences.append(translate(language, "progress.no_better"))
    if worse:
        points = own_difference(worse[0], language)
        sentences.append(translate(language, "progress.worst", name=names[worse[0].dimension], points=points))
        classes.append("down")
    return verdict_paragraph(" ".join(sentences), *classes)


def change_table(moved: Sequence[DimensionChange], grid: Grid, language: Language, *, scores: bool = True) -> Markup:
    """A row for each dimension: the own effect, the score then and now; "" for none.

    Improvements come first, what cannot be told or is the same next, and what has fallen back last.

    `scores`: with the effect of the peers, and both scores as numbers.
    """
    names = _names(grid, language, markdown=False)
    rows = []
    for change in sorted(moved, key=lambda c: (_ORDER.index(c.trend), -c.own_effect)):
        then, now = whole_number(language, change.before), whole_number(language, change.now)
        told = {"name": names[change.dimension], "then": then, "now": now}
        drawn = Strip(change.now, before=change.before, classification=_MARKS[change.trend], band=False)
        rows.append(
            {
                "name": names[change.dimension],
                "note": translate(language, "progress.questions", n=change.n),
                "trend": change.trend,
                "word": translate(language, f"trend.{change.trend}"),
                "own": own_difference(change, language),
                "strip": strip(drawn, translate(language, "strip.change", **told)),
                "peers": signed_difference(language, change.before + change.own_effect, change.now),
                "then": then,
                "now": now,
            }
        )
    if not rows:
        return Markup("")
    headings = {name: translate(language, f"column.{name}") for name in ("dimension", "own_move", "peer_move", "score")}
    keys = [(key, translate(language, f"progress.{key}")) for key in ("then", "now", "middle")]
    template = "presentation/benchmark/templates/changes.html.jinja"
    return render(template, headings=headings, keys=keys, rows=rows, scores=scores)


def time_lines(series: Sequence[TimeSeries], grid: Grid, language: Language) -> Markup:
    """Each dimension over all benchmarks, as a small chart each; "" for none."""
    names = _names(grid, language, markdown=False)
    drawn = []
    for one in series:
        points = [(format_partial_date(language, day.isoformat()[:7]), score) for day, score in one.points]
        told = "; ".join(f"{when} {whole_number(language, score)}" for when, score in points)
        drawn.append(time_line(names[one.code], points, f"{names[one.code]}; {told}"))
    return Markup('<div class="time-lines">{}</div>').format(Markup("").join(drawn)) if drawn else Markup("")


def _names(grid: Grid, language: Language, *, markdown: bool = True) -> dict[str, str]:
    """The names of the dimensions by their code."""
    written = {dimension.code: dimension.name.get(language) for dimension in grid.dimensions}
    return {code: escape_markdown(name) for code, name in written.items()} if markdown else written
