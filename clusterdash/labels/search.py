"""Search in the register: labels that match filters and a search text, with counts for each filter. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from ..domain import Cluster, Label, LabelEnd, LabelHolder, LabelState, LocalizedText
from ..i18n import LANGUAGES, collation_key, country_name, european_names
from . import places
from .filters import LabelFilters
from .status import LabelStatus, is_awarded_by

_RANK = {label: rank for rank, label in enumerate(Label)}
_FOREIGN_LETTERS = 4
"""So many letters of a country's name in another language are needed: shorter ones begin too many names."""
_CITY_LETTERS = 5
"""The same of a city's name, of which there are more."""
_FEWEST_INITIALS = 3
Facet = Literal["label", "country", "sector", "state"]
FACETS: tuple[Facet, ...] = ("label", "country", "sector", "state")


def count_undated(register: Iterable[LabelHolder], selection: LabelFilters, today: date) -> int:
    """How many matching awards cannot be dated before or after the day, for lack of a date."""
    day = selection.day(today)
    found = [
        LabelStatus(holder.cluster, award.label, LabelState.UNKNOWN, LabelEnd(), (award,), holder.sector_names)
        for holder in register
        for award in holder.awards
        if is_awarded_by(award, day, today) is None
    ]
    return len(matching(found, replace(selection, states=frozenset())))


def select(found: Sequence[LabelStatus], selection: LabelFilters) -> tuple[LabelStatus, ...]:
    """The matching labels; only the highest of each cluster where the filters name no label."""
    return highest_labels(matching(found, selection), selection.label)


def facet_counts(found: Sequence[LabelStatus], selection: LabelFilters) -> dict[Facet, Counter[str]]:
    """For each value of each facet, how many clusters would be shown with it, the other filters unchanged.

    The label "" counts all labels together.
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
    """If nothing matches: single filters to drop ("text" or a facet), with the matches without them, most first."""
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
    """The ids of the clusters in whose name, former names, location or field every word of a text is found.

    Accents and case are ignored. A word matches where it is part of a word, or where it names the country or the city
    in another language: the beginning of such a name is enough from 4 letters up, of a city's from 5. If it matches
    nothing in the register so, it matches where the words of a name begin with its letters (`_initials`); if there is
    none, with one typing error (two from 8 letters up): a letter wrong, missing, added or swapped with its neighbour;
    compared with whole words and, from 6 letters up, with beginnings of words.
    """
    known = {holding.cluster.cluster_id: _search_words(holding.cluster, holding.sector_names) for holding in found}
    fitting, whole = set(known), f" {places.name_key(text)} "
    for asked in _split(text):
        fitting &= (
            {cluster for cluster, words in known.items() if _matches(asked, whole, words)}
            or {cluster for cluster, words in known.items() if asked in words.initials}
            or {cluster for cluster, words in known.items() if any(_is_near_miss(asked, word) for word in words.own)}
        )
    return frozenset(fitting)


@dataclass(frozen=True, slots=True)
class _SearchWords:
    """The words by which a cluster is found; texts of words have a space before and after each.

    `own_text`: its own; `country` and `city`: in other languages, names of one word; `city_names`: those of several.
    """

    own: frozenset[str]
    own_text: str
    initials: frozenset[str]
    country: str
    city: str
    city_names: tuple[str, ...]


def _matches(asked: str, whole: str, words: _SearchWords) -> bool:
    """Whether a word is part of one of a cluster's own, or names its country or its city."""
    if asked in words.own_text or (len(asked) >= _FOREIGN_LETTERS and f" {asked}" in words.country):
        return True
    key = places.name_key(asked)
    return (f" {key}" if len(key) >= _CITY_LETTERS else f" {key} ") in words.city or any(
        name in whole and f" {key} " in name for name in words.city_names
    )


@lru_cache(maxsize=65_536)
def _search_words(cluster: Cluster, fields: tuple[LocalizedText, ...]) -> _SearchWords:
    """The words by which a cluster is found. Former names are in its name or its note, after "formerly"."""
    former = re.findall(r"(?i)former(?:ly)?\b([^.;]*)", cluster.note)
    countries = [country_name(language, cluster.country) for language in LANGUAGES]
    names = [name for field in fields for name in (field.fr, field.en)]
    searched = (cluster.name, cluster.city, cluster.region, cluster.activity, *countries, *former, *names)
    own = frozenset(_split(" ".join(searched)))
    return _SearchWords(
        own,
        _spaced(own),
        frozenset(_initials(cluster.name)),
        _country_words(cluster.country),
        *_city_names(cluster.city, cluster.country),
    )


@cache
def _country_words(country: str) -> str:
    return _spaced(set(_split(" ".join(european_names(country)))))


@lru_cache(maxsize=8192)
def _city_names(city: str, country: str) -> tuple[str, tuple[str, ...]]:
    """The city's names in other languages: those of one word as a text, and each of several ("Monaco di Baviera")."""
    names = sorted(places.names_elsewhere(city, country)) if city else []
    return _spaced(name for name in names if " " not in name), tuple(f" {name} " for name in names if " " in name)


def _initials(name: str) -> Iterator[str]:
    """The abbreviations, from 3 letters up, that the first words of a name give, or of a part of it after a dash.

    "Virtual Dimension Center Fellbach" gives "vdc" and "vdcf"; words without a capital letter may be left out.
    """
    for part in re.split(r" [-–—] |[(),:;/|]", name):
        words = re.findall(r"\w+", part)
        for kept in (words, [word for word in words if not word[0].islower()]):
            letters = collation_key("".join(word[0] for word in kept))
            yield from (letters[:length] for length in range(_FEWEST_INITIALS, len(letters) + 1))


def _spaced(words: Iterable[str]) -> str:
    return f" {' '.join(sorted(words))} "


def cluster_names(register: Iterable[LabelHolder]) -> dict[str, str]:
    """The names of the clusters by id, in alphabetical order."""
    found = ((holder.cluster.cluster_id, holder.cluster.name) for holder in register)
    return dict(sorted(found, key=lambda entry: collation_key(entry[1])))


def matching(found: Sequence[LabelStatus], selection: LabelFilters) -> list[LabelStatus]:
    """All matching labels, also several of one cluster where the filters name no label."""
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
    """The highest label of each cluster; all that are given where `label` is set."""
    if label is not None:
        return tuple(found)
    best: dict[str, LabelStatus] = {}
    for holding in found:
        known = best.get(holding.cluster.cluster_id)
        if known is None or _RANK[holding.label] > _RANK[known.label]:
            best[holding.cluster.cluster_id] = holding
    return tuple(best.values())


@lru_cache(maxsize=65_536)
def _split(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", collation_key(text)))


def _is_near_miss(asked: str, word: str) -> bool:
    allowed = 2 if len(asked) >= 8 else 1 if len(asked) >= 4 else 0
    if not allowed:
        return False
    others = (word, word[: len(asked)], word[: len(asked) + 1]) if len(asked) >= 6 else (word,)
    return any(OSA.distance(asked, other, score_cutoff=allowed) <= allowed for other in others)
