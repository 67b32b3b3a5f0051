"""Results -> sentences. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..benchmark import (
    ABOVE,
    AT_MOST,
    BELOW,
    MEDIAN_MINIMUM,
    PERCENTILE_MINIMUM,
    QUARTILE_MINIMUM,
    SPREAD_MINIMUM,
    STEP,
    TOP_SIZE,
    Findings,
    Shift,
    Slope,
    interval,
    lead,
    place,
    summary,
    word,
)
from ..editions.difference import Difference
from ..editions.disclosure import SMALLEST
from ..editions.robustness import ENVELOPE, FLOOR, VARIANTS, WEIGHT_SPAN
from ..editions.safeguards import Safeguard
from ..i18n import number, plain, say, written
from ..model import (
    Cluster,
    ClusterBenchmark,
    Earlier,
    Language,
    Practice,
    Profile,
    Recommendation,
    Reference,
    Sector,
    Withdrawn,
)
from .counterparts import Counterpart


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


def verdict(found: Findings, reference: Reference, group: str, language: Language) -> str:
    """In how many indicators the cluster is clearly above and below a group; Markdown."""
    told = [judgement.word for judgement in found.judgements if judgement.word]
    if not told:
        return say(language, "verdict.nothing", group=plain(group), n=reference.n, minimum=PERCENTILE_MINIMUM)
    return say(
        language,
        "verdict.sentence",
        group=plain(group),
        above=told.count("above"),
        below=told.count("below"),
        level=told.count("level"),
        unsure=told.count("unsure"),
        n=len(told),
    )


def difference_in_words(found: Difference, language: Language) -> list[str]:
    """What a new edition changes, a line for each kind of change; plain text."""
    if found.nothing:
        return [say(language, "difference.nothing")]
    lines = []
    for key, names in (
        ("difference.clusters_new", found.clusters_new),
        ("difference.clusters_gone", found.clusters_gone),
        ("difference.clusters_changed", found.clusters_changed),
    ):
        if names:
            more = ["…"] if len(names) > _NAMED else []
            lines.append(say(language, key, n=len(names), names=", ".join([*names[:_NAMED], *more])))
    answers = {"new": found.answers_new, "gone": found.answers_gone, "changed": found.answers_changed}
    if any(answers.values()):
        lines.append(say(language, "difference.answers", **answers))
    if found.awards_new or found.awards_gone:
        lines.append(say(language, "difference.awards", new=found.awards_new, gone=found.awards_gone))
    if found.rows_changed:
        lines.append(say(language, "difference.rows", n=found.rows_changed))
    for lost in found.groups_lost:
        name = lost.group.name.in_(language) or say(language, f"difference_group.{lost.group.kind}")
        lines.append(say(language, "difference.group", name=name, before=lost.before, after=lost.after))
    if found.groups_exposed:
        lines.append(say(language, "difference.exposed", n=found.groups_exposed, minimum=SMALLEST))
    return lines


def safeguard_in_words(found: Safeguard, language: Language) -> str:
    """What must be confirmed before an edition is published; plain text."""
    key, values = safeguard_text(found, language)
    return say(language, key, **dict(values))


def safeguard_text(found: Safeguard, language: Language) -> tuple[str, tuple[tuple[str, object], ...]]:
    """The key of the text of a safeguard, and its values."""
    values = {**dict(found.values), "minimum": SMALLEST}
    names = values.get("names")
    if isinstance(names, tuple):
        more = ["…"] if len(names) > _NAMED else []
        listed = ", ".join([*names[:_NAMED], *more])
        values["names"] = say(language, "safeguard.names", names=listed) if listed else ""
    return f"safeguard.{found.kind}", tuple(values.items())


def references(result: ClusterBenchmark, language: Language) -> dict[str, tuple[str, Reference]]:
    """The references by the id that stands in the address (their kind; for a second sector its code too), named."""
    found: dict[str, tuple[str, Reference]] = {}
    for reference in result.references:
        group = reference.group
        key = group.kind if group.kind not in found else f"{group.kind}-{group.key}"
        found[key] = (group_name(result, reference, language), reference)
    return found


def group_name(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """What a group is called."""
    if reference.group.kind == "top500":
        return top_name(result, language)
    if reference.group.kind == "all":
        return say(language, "group.all")
    return reference.group.name.in_(language)


def against(group: str, language: Language) -> str:
    """What a list is told against; plain text."""
    return say(language, "list.key", group=group)


def basis(result: ClusterBenchmark, language: Language) -> str:
    """Which assessment the result rests on; Markdown."""
    return say(
        language,
        "benchmark.basis",
        scheme=plain(result.grid.scheme.name.in_(language)),
        day=result.assessed_on,
        evidence=say(language, f"evidence.{result.evidence}"),
        edition=plain(result.edition.title),
    )


def groups(result: ClusterBenchmark, language: Language) -> str:
    """Who is in the references of the radar; Markdown."""
    told = [membership(result.top500, language)]
    if result.sector:
        told.append(membership(result.sector, language))
    return "\n\n".join(told)


def membership(reference: Reference, language: Language) -> str:
    """By which rule one belongs to a group, how many others do, and whether they are enough; Markdown."""
    name = plain(reference.group.name.in_(language))
    rule = say(language, f"grouping.{reference.group.kind}", n=reference.n, name=name)
    if reference.n >= PERCENTILE_MINIMUM:
        return rule
    return f"{rule} {say(language, 'grouping_small.few', minimum=MEDIAN_MINIMUM, percentile=PERCENTILE_MINIMUM)}"


def withdrawn(missing: Withdrawn, language: Language) -> str:
    """Why nothing is told of a group that the cluster belongs to; Markdown."""
    group = plain(missing.group.name.in_(language)) or say(language, "group.all")
    return say(language, f"withdrawn.{missing.reason}", group=group)


def progress(earlier: Earlier, moved: Sequence[Shift], language: Language) -> str:
    """What has changed since an earlier benchmark, in a sentence of Markdown."""
    points = {
        "own": sum(round(s.before + s.own) > round(s.before) for s in moved),
        "total": sum(round(s.now) > round(s.before) for s in moved),
    }
    return say(language, "progress.sentence", day=earlier.assessed_on, n=len(moved), **points)


def progress_in_words(moved: Sequence[Shift], language: Language) -> str:
    """The chart of progress for those who do not see it."""
    return say(language, "progress.alt", n=len(moved))


def positions_key(language: Language) -> str:
    """How to read the table of indicators; Markdown."""
    return say(
        language, "table.positions_key", minimum=PERCENTILE_MINIMUM, median=MEDIAN_MINIMUM, quartiles=QUARTILE_MINIMUM
    )


def robustness_key(language: Language) -> str:
    """What the panel of robustness tells; Markdown."""
    return say(language, "benchmark.robustness_key", variants=VARIANTS, **_robustness_limits())


def _robustness_limits() -> dict[str, float]:
    share = round(100 * (ENVELOPE[1] - ENVELOPE[0]))
    return {"span": round(100 * WEIGHT_SPAN), "floor": FLOOR, "envelope": share}


def aim(recommendation: Recommendation, language: Language) -> str:
    """What a recommendation aims at, and its effort; Markdown."""
    good = plain(recommendation.good.in_(language))
    return say(language, "plan.aim", good=good, effort=say(language, f"effort.{recommendation.effort}"))


def slopes_in_words(drawn: Sequence[Slope], language: Language) -> str:
    """The chart of slopes for those who do not see it."""
    return say(language, "slopes.alt", n=len(drawn))


def practices_in_words(reference: Reference, language: Language) -> str:
    """The chart of practices for those who do not see it."""
    return say(language, "practices.alt", n=len({practice.indicator for practice in reference.practices}))


def practice_levels(practice: Practice) -> str:
    """The levels of a part: "3", or "0–1" where they were joined."""
    return str(practice.low) if practice.low == practice.high else f"{practice.low}–{practice.high}"


def reasons(near: Counterpart, sectors: Mapping[str, Sector], language: Language) -> str:
    """Why a cluster is near."""
    told = [say(language, "counterparts.sector", sector=sectors[code].name.in_(language)) for code in near.sectors]
    if near.same_country:
        told.append(say(language, "counterparts.country"))
    elif near.same_region:
        told.append(say(language, "counterparts.region"))
    if near.distance is not None:
        told.append(say(language, "counterparts.distance", km=round(near.distance)))
    elif not near.cluster.placed:
        told.append(say(language, "counterparts.no_place"))
    return ", ".join(told)


def counterparts_order(own: Cluster, language: Language) -> str:
    """Where near clusters were searched, and in which order they stand; Markdown."""
    order = "counterparts.by_distance" if own.placed else "counterparts.by_name"
    return f"{say(language, 'counterparts.key')} {say(language, order)}"


def no_counterparts(cluster: Cluster, sectors: Mapping[str, Sector], language: Language) -> str:
    """That nobody in the register shares a sector; Markdown."""
    names = ", ".join(plain(sectors[code].name.in_(language)) for code in cluster.sectors) or "–"
    return say(language, "counterparts.none", sectors=names)


def spine_in_words(found: Findings, language: Language) -> str:
    """The spine chart for those who do not see it."""
    return say(language, "spine.alt", n=len(found.judgements))


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


_NAMED = 10
"""How many clusters a line names."""
EXAMPLE_VALUE, EXAMPLE_PEERS = 3.0, (0, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4)
"""The answers of the method page's worked example: a level, and those of twelve invented peers."""


RULES: tuple[str, ...] = (
    "groups",
    "scores",
    "percentile",
    "example",
    "words",
    "lists",
    "progress",
    "practices",
    "robust",
    "missing",
    "confidence",
    "labels",
)
"""The parts of the method, in their order."""


def method(language: Language, rules: Sequence[str] = RULES) -> list[tuple[str, str]]:
    """The rules in plain words, as (heading, Markdown); limits and the example come from the code that applies them."""
    percentile, low, high = place(EXAMPLE_VALUE, EXAMPLE_PEERS)
    interval_low, interval_high = interval(percentile, len(EXAMPLE_PEERS))
    judged = word(min(low, interval_low), max(high, interval_high))
    figures = {
        "top": TOP_SIZE,
        "median": MEDIAN_MINIMUM,
        "percentile_minimum": PERCENTILE_MINIMUM,
        "step": STEP,
        "quartiles": QUARTILE_MINIMUM,
        "above": ABOVE,
        "below": BELOW,
        "most": AT_MOST,
        "spread": SPREAD_MINIMUM,
        "joined": MEDIAN_MINIMUM + 1,
        "variants": VARIANTS,
        **_robustness_limits(),
        "value": EXAMPLE_VALUE,
        "peers": ", ".join(str(peer) for peer in EXAMPLE_PEERS),
        "n": len(EXAMPLE_PEERS),
        "worse": sum(peer < EXAMPLE_VALUE for peer in EXAMPLE_PEERS),
        "level": sum(peer == EXAMPLE_VALUE for peer in EXAMPLE_PEERS),
        "percentile": round(percentile, 1),
        "low": round(low, 1),
        "high": round(high, 1),
        "interval_low": round(interval_low, 1),
        "interval_high": round(interval_high, 1),
        "word": say(language, f"word.{judged}"),
    }
    return [(say(language, f"rule.{part}_title"), say(language, f"rule.{part}", **figures)) for part in rules]


def _against_median(profile: Profile, language: Language) -> str:
    points = lead(profile)
    if points == 0:
        return say(language, "benchmark.at_median")
    return say(language, "benchmark.above" if points > 0 else "benchmark.below", n=abs(points))


def as_text(result: ClusterBenchmark, language: Language) -> str:
    """A benchmark for a terminal: of each group the scores, then every indicator, in columns."""
    lines = [f"{result.cluster.name} ({result.cluster.cluster_id})"]
    names = {d.code: d.name.in_(language) for d in result.grid.dimensions}
    indicators = {i.code: i.name.in_(language) for i in result.grid.indicators}
    for title, reference in references(result, language).values():
        name, headings = f"{title} (N = {number(language, reference.n)})", say(language, "command.headings")
        lines.append("\n" + say(language, "table.labelled", name=name, value=headings))
        lines += [
            f"  {names[p.dimension]:<48}{_whole(language, p.score):>8}{_whole(language, p.peer_median):>8}{p.n:>8}"
            for p in reference.profiles
        ]
        lines += [
            f"  {p.indicator:<8}{indicators[p.indicator]:<56}{written(language, p.value):>12}"
            f"{_whole(language, p.percentile):>8}{written(language, p.peer_median):>12}{p.n:>8}"
            for p in reference.positions
        ]
    return "\n".join(lines) + "\n"


def _whole(language: Language, value: float | None) -> str:
    return "–" if value is None else number(language, value, 0)
