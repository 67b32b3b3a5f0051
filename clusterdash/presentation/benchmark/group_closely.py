"""One group of clusters closely: finding, means, strengths, weaknesses, what to advise; for page and note. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...benchmark.rules import MAX_LISTED, Classification
from ...domain import Language, Recommendation
from ...domain.group_comparison import CellComparison, DueRecommendation, Finding, PooledMean
from ...i18n import translate
from ...statistics.parameters import LIMITS
from ..formatting import whole_number
from ..html import Markup, render, verdict_paragraph
from ..html_charts import Strip, strip
from .group_overview import MARKS, ComparedGroups
from .overview import strip_rows

_CLASSES: Mapping[Finding, Classification] = {Finding.ABOVE: "above", Finding.BELOW: "below"}


@dataclass(frozen=True, slots=True)
class CloseGroup:
    """One of the compared groups: `means` are its own by dimension, `due` the recommendations due in it."""

    groups: ComparedGroups
    group: str
    means: Mapping[str, PooledMean]
    due: Sequence[DueRecommendation]

    @property
    def name(self) -> str:
        """The name of the group."""
        return self.groups.names[self.group]

    @property
    def dimensions(self) -> Mapping[str, CellComparison]:
        """The comparisons of its scores, by dimension."""
        return {c.ranks.item: c for c in self.groups.cells if c.ranks.group == self.group and c.ranks.is_dimension}

    @property
    def indicators(self) -> Mapping[str, CellComparison]:
        """The comparisons of its answers, by indicator."""
        return {c.ranks.item: c for c in self.groups.cells if c.ranks.group == self.group and not c.ranks.is_dimension}

    def found(self, finding: Finding) -> list[CellComparison]:
        """The indicators with a finding, those furthest from no difference first."""
        cells = [cell for cell in self.indicators.values() if cell.finding is finding]
        return sorted(cells, key=lambda cell: -abs((cell.superiority or 50) - 50))


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation and how many of the `of` clusters that answered it is due to; `at_least`: or more of them."""

    recommendation: Recommendation
    n: int
    of: int
    at_least: bool
    really_below: bool


def group_verdict(close: CloseGroup, language: Language) -> str:
    """In how many indicators the group really differs; Markdown."""
    above, below = (len(close.found(finding)) for finding in (Finding.ABOVE, Finding.BELOW))
    tested = sum(cell.finding is not Finding.FEW for cell in close.indicators.values())
    which = "both" if above and below else "above" if above else "below" if below else "none" if tested else "few"
    return translate(language, f"group_note.verdict_{which}", name=close.name, above=above, below=below, tested=tested)


def mean_cells(close: CloseGroup, language: Language) -> list[tuple[str, dict[str, str], PooledMean, Classification]]:
    """A row for each dimension: its name, figures as texts by name, the mean itself, and the class of its mark."""
    rows = []
    for dimension in close.groups.grid.dimensions:
        mean, cell = close.means.get(dimension.code), close.dimensions.get(dimension.code)
        if mean is None or cell is None:
            continue
        low, high = whole_number(language, mean.low), whole_number(language, mean.high)
        figures = {
            "expected": f"{MARKS[cell.finding]} {whole_number(language, mean.pooled)}".strip(),
            "low": low,
            "high": high,
            "interval": translate(language, "group_note.span", low=low, high=high),
            "raw": whole_number(language, mean.mean),
            "overall": whole_number(language, mean.overall),
        }
        rows.append((dimension.name.get(language), figures, mean, _CLASSES.get(cell.finding, "level")))
    return rows


def marked_superiority(cell: CellComparison, language: Language) -> str:
    """The superiority in whole per cent with the sign of the finding, as the page writes it."""
    return f"{MARKS[cell.finding]} {whole_number(language, cell.superiority)}"


def advice(close: CloseGroup) -> list[Advice]:
    """What to advise: of each indicator the recommendation most often due; really below first, then the most due.

    In a group whose shares may leave the house, a number is never so small or so large that it tells of a few.
    """
    found: dict[str, Advice] = {}
    for due in close.due:
        cell = close.indicators.get(due.indicator)
        counted = _counted(due.n, cell.ranks.n) if cell else None
        if cell is None or counted is None or (due.indicator in found and found[due.indicator].n >= counted[0]):
            continue
        listed = close.groups.grid.recommendations[due.place]
        found[due.indicator] = Advice(listed, counted[0], cell.ranks.n, counted[1], cell.finding is Finding.BELOW)
    return sorted(found.values(), key=lambda one: (not one.really_below, -one.n))[:MAX_LISTED]


def _counted(n: int, of: int) -> tuple[int, bool] | None:
    """The number to be shown and whether it stands for more; None where it is too small."""
    if of < LIMITS.share_minimum:
        return n, False
    most = of - LIMITS.median_minimum
    return None if n < LIMITS.median_minimum else (min(n, most), n > most)


def advice_texts(one: Advice, close: CloseGroup, language: Language) -> tuple[str, str, str]:
    """How many clusters it is due to and its effort; the indicator; what to do."""
    due = translate(language, "group_note.due_at_least" if one.at_least else "group_note.due", n=one.n, of=one.of)
    names = {indicator.code: indicator.name.get(language) for indicator in close.groups.grid.indicators}
    code = one.recommendation.indicator
    mark = f"{MARKS[Finding.BELOW]} " if one.really_below else ""
    effort = translate(language, f"effort.{one.recommendation.effort}")
    return f"{due} · {effort}", f"{mark}{code} {names[code]}", one.recommendation.action.get(language)


def verdict(close: CloseGroup, language: Language) -> Markup:
    """In how many indicators the group really differs, in the type of verdicts."""
    return verdict_paragraph(group_verdict(close, language), "")


def mean_strips(close: CloseGroup, language: Language) -> Markup:
    """A strip for each dimension: the mean to be expected with its interval, and the mean as it was."""
    rows = []
    for name, figures, mean, classification in mean_cells(close, language):
        beside = translate(language, "group_note.beside", **figures)
        alt = translate(
            language,
            "comparison.pooled",
            name=name,
            value=figures["expected"],
            low=figures["low"],
            high=figures["high"],
            raw=figures["raw"],
        )
        drawn = strip(Strip(mean.pooled, mean.low, mean.high, classification, mean.mean, band=False), alt)
        rows.append((name, figures["expected"], beside, drawn, ""))
    return strip_rows(rows)


def advice_cards(close: CloseGroup, language: Language) -> Markup:
    """A card for each recommendation; a sentence where there is none."""
    cards = [advice_texts(one, close, language) for one in advice(close)]
    if not cards:
        return Markup("<p>{}</p>").format(translate(language, "group_note.no_advice"))
    return render("presentation/benchmark/templates/cards.html.jinja", cards=cards)
