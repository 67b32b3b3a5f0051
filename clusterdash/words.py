"""Results -> sentences. Pure."""

from __future__ import annotations

from .benchmark import TOP_SIZE, lead, summary
from .i18n import number, plain, say
from .model import ClusterBenchmark, Language, Profile


def headline(result: ClusterBenchmark, language: Language) -> str:
    """The profile against the top 500 in two sentences of Markdown."""
    short = summary(result.top500)
    if short is None:
        return say(language, "benchmark.no_summary")
    names = {dimension.code: plain(dimension.name.in_(language)) for dimension in result.grid.dimensions}
    extremes = say(
        language,
        "benchmark.extremes",
        highest=names[short.highest.dimension],
        high=_against_median(short.highest, language),
        lowest=names[short.lowest.dimension],
        low=_against_median(short.lowest, language),
    )
    group = top_name(result, language)
    return f"{say(language, 'benchmark.summary', n=short.above, scored=short.scored, group=group)} {extremes}"


def top_name(result: ClusterBenchmark, language: Language, *, short: bool = False) -> str:
    """What to call the first reference: the 500 best, or the European clusters where they are fewer."""
    if result.top500.n >= TOP_SIZE - 1:
        return say(language, "group.best_short" if short else "group.best")
    return say(language, "group.europe_short" if short else "group.europe")


def radar_in_words(result: ClusterBenchmark, language: Language) -> str:
    """The radar for those who do not see it."""
    names = {dimension.code: dimension.name.in_(language) for dimension in result.grid.dimensions}
    scores = "; ".join(
        f"{names[p.dimension]} "
        + (say(language, "radar.no_score") if p.score is None else number(language, p.score, 0))
        for p in result.top500.profiles
    )
    return say(language, "radar.alt", cluster=result.cluster.name, scores=scores)


def sectors_in_words(dimension: str, language: Language) -> str:
    """The chart of sectors for those who do not see it."""
    return say(language, "sectors.alt", dimension=dimension)


def _against_median(profile: Profile, language: Language) -> str:
    points = lead(profile)
    if points == 0:
        return say(language, "benchmark.at_median")
    return say(language, "benchmark.above" if points > 0 else "benchmark.below", n=abs(points))
