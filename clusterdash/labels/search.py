"""Which labels match a set of filters and a search text, with counts for each filter. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from ..domain import Cluster, Label, LabelHolder, LabelState, LocalizedText
from ..i18n import LANGUAGES, collation_key, country_name
from .filters import LabelFilters
from .status import LabelStatus, is_awarded_by

_RANK = {label: rank for rank, label in enumerate(Label)}
Facet = Literal["label", "country", "sector", "state"]
FACETS: tuple[Facet, ...] = ("label", "country", "sector", "state")


def count_undated(register: Iterable[LabelHolder], selection: LabelFilters, today: date) -> int:
    """How many awards that fit cannot be placed before or after the day, for want of a date."""
    day = selection.day(today)
    found = [
        LabelStatus(holder.cluster, award.label, LabelState.UNKNOWN, "", (award,), holder.sector_names)
        for holder in register
        for award in holder.awards
        if is_awarded_by(award, day, today) is None
    ]
    return len(matching(found, replace(selection, states=frozenset())))


def select(found: Sequence[LabelStatus], selection: LabelFilters) -> tuple[LabelStatus, ...]:
    """What fits; of each cluster the highest label where no label is asked for."""
    return highest_labels(matching(found, selection), selection.label)


def facet_counts(found: Sequence[LabelStatus], selection: LabelFilters) -> dict[Facet, Counter[str]]:
    """For each value of each facet how many clusters would be shown with it, the other choices as they are.

    The label "" stands for all labels together.
    """
    found, selection = matching(found, LabelFilters(text=selection.text)), replace(selection, text="")  # searched once
    counts: dict[Facet, Counter[str]] = {facet: Counter() for facet in FACETS}
    of_any_label = matching(found, replace(selection, label=None))
    counts["label"].update(holding.label for holding in of_any_label)
    counts["label"][""] = len(highest_labels(of_any_label, None))
    without: dict[Facet, LabelFilters] = {
        "country": replace(selection, countries=frozenset()),
        "sector": replace(selection, sectors=frozenset()),
        "state": replace(selection, states=frozenset()),
    }
    values: dict[Facet, Callable[[LabelStatus], Sequence[str]]] = {
        "country": lambda holding: (holding.cluster.country,),
        "sector": lambda holding: holding.cluster.sectors,
    }
    for facet, value in values.items():
        for holding in select(found, without[facet]):
            counts[facet].update(value(holding))
    open_states = matching(found, without["state"])
    for state in LabelState:
        counts["state"][state] = len(highest_labels([h for h in open_states if h.state is state], selection.label))
    return counts


def relaxations(found: Sequence[LabelStatus], selection: LabelFilters) -> list[tuple[str, int]]:
    """Where nothing fits: which one choice to give up ("text" or a facet), and how many would fit then; most first."""
    ways: dict[str, LabelFilters] = {}
    if selection.text:
        ways["text"] = replace(selection, text="")
    if selection.label:
        ways["label"] = replace(selection, label=None)
    if selection.countries:
        ways["country"] = replace(selection, countries=frozenset())
    if selection.sectors:
        ways["sector"] = replace(selection, sectors=frozenset())
    if selection.states:
        ways["state"] = replace(selection, states=frozenset())
    counted = [(name, len(select(found, way))) for name, way in ways.items()]
    return sorted((entry for entry in counted if entry[1]), key=lambda entry: -entry[1])


def matching_text(found: Sequence[LabelStatus], text: str) -> frozenset[str]:
    """The ids of the clusters in whose name, former names, place or field every word of a text is found.

    Accents and case do not count. A word fits where it is part of one. One that is part of none anywhere fits where it
    differs by a slip of the pen: a letter wrong, missing, too many or swapped with its neighbour, two in words of 8
    letters up; from a whole word, and with 6 letters up from the beginning of one.
    """
    known = {holding.cluster.cluster_id: _search_words(holding.cluster, holding.sector_names) for holding in found}
    fitting = set(known)
    for asked in _split(text):
        as_it_is = {cluster for cluster, words in known.items() if any(asked in word for word in words)}
        fitting &= as_it_is or {
            cluster for cluster, words in known.items() if any(_is_near_miss(asked, word) for word in words)
        }
    return frozenset(fitting)


def cluster_names(register: Iterable[LabelHolder]) -> dict[str, str]:
    """The names of the clusters by their ids, in the order of the alphabet."""
    found = ((holder.cluster.cluster_id, holder.cluster.name) for holder in register)
    return dict(sorted(found, key=lambda entry: collation_key(entry[1])))


def matching(found: Sequence[LabelStatus], selection: LabelFilters) -> list[LabelStatus]:
    """All labels that fit, also several of one cluster where no label is asked for."""
    searched = matching_text(found, selection.text) if selection.text else frozenset()
    return [
        holding
        for holding in found
        if selection.label in (None, holding.label)
        and (not selection.countries or holding.cluster.country in selection.countries)
        and (not selection.sectors or not selection.sectors.isdisjoint(holding.cluster.sectors))
        and (not selection.states or holding.state in selection.states)
        and (not selection.text or holding.cluster.cluster_id in searched)
    ]


def highest_labels(found: Iterable[LabelStatus], label: Label | None) -> tuple[LabelStatus, ...]:
    """Of each cluster the highest label; all of what is given where a label is asked for."""
    if label is not None:
        return tuple(found)
    best: dict[str, LabelStatus] = {}
    for holding in found:
        known = best.get(holding.cluster.cluster_id)
        if known is None or _RANK[holding.label] > _RANK[known.label]:
            best[holding.cluster.cluster_id] = holding
    return tuple(best.values())


@lru_cache(maxsize=65_536)
def _search_words(cluster: Cluster, fields: tuple[LocalizedText, ...]) -> frozenset[str]:
    """What a cluster may be found by. Former names stand in its name or in its note, after "formerly"."""
    former = re.findall(r"(?i)former(?:ly)?\b([^.;]*)", cluster.note)
    countries = [country_name(language, cluster.country) for language in LANGUAGES]
    names = [name for field in fields for name in (field.fr, field.en)]
    told = (cluster.name, cluster.city, cluster.region, cluster.activity, *countries, *former, *names)
    return frozenset(_split(" ".join(told)))


@lru_cache(maxsize=65_536)
def _split(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", collation_key(text)))


def _is_near_miss(asked: str, word: str) -> bool:
    allowed = 2 if len(asked) >= 8 else 1 if len(asked) >= 4 else 0
    if not allowed:
        return False
    others = (word, word[: len(asked)], word[: len(asked) + 1]) if len(asked) >= 6 else (word,)
    return any(OSA.distance(asked, other, score_cutoff=allowed) <= allowed for other in others)
