"""Places by name: the gazetteer that comes with the project, from GeoNames. Pure but for reading it once."""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..editions.catalog import PROJECT_DATA
from ..i18n import collation_key, countries_by_name, country_codes

MOST_CANDIDATES = 5
"""The most places that a text may mean."""
_SHORTEST_BEGINNING = 3
"""So many letters of a name are needed to find a place by its beginning."""
_OWN_NAME = 25
"""So many times the inhabitants of a place must another one have to be meant by its name."""
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e"}
)
"""Letters that are not accented ones, and what is typed instead where a keyboard lacks them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A town: its name, its country (ISO 3166-1 alpha-2), WGS 84 degrees, inhabitants, and its names elsewhere."""

    name: str
    country: str
    latitude: float
    longitude: float
    population: int
    other_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place, and the one of its names by which it was found."""

    place: Place
    found_by: str


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    """All places, the largest first; their indexes by name, as `name_key` writes it; and these keys in order."""

    places: tuple[Place, ...]
    by_key: dict[str, tuple[int, ...]]
    keys: tuple[str, ...]


@lru_cache(maxsize=8192)
def find_places(text: str) -> tuple[NamedPlace, ...]:
    """The places that a text may mean, at most `MOST_CANDIDATES`, all found alike; the largest first.

    "Lyon" or "Lyon, FR" or "Lyon, France", in any language of Europe, without regard to accents, case, hyphens. Found
    by a whole name; if there is none, by the beginning of one; if there is none, by one with a typing error (two from 8
    letters up).
    """
    name, comma, country = text.rpartition(",")
    asked = _country_code(country) if comma else ""
    typed = (name if asked else text).strip()
    return tuple(_as_typed(found, typed) for found in _find(name_key(typed), asked))


def _as_typed(found: NamedPlace, typed: str) -> NamedPlace:
    """The place by the name as it was typed, accents included, where that is another one than its own: "Torino".

    Of names that differ in accents alone the gazetteer knows one, of whichever language.
    """
    other = name_key(typed) == name_key(found.found_by) != name_key(found.place.name)
    written = typed[:1].isupper() and re.fullmatch(r"[\w .'’-]+", typed)
    return NamedPlace(found.place, typed) if other and written else found


def find_place(text: str, countries: Collection[str] = ()) -> NamedPlace | None:
    """The place that a text most likely means, of several alike rather one in these countries; None if unknown."""
    found = find_places(text)
    return next((one for one in found if one.place.country in countries), found[0] if found else None)


@lru_cache(maxsize=8192)
def names_elsewhere(city: str, country: str) -> frozenset[str]:
    """The names of a city of a country in other languages, as `name_key` writes them.

    Those by which a larger place elsewhere is meant are omitted.
    """
    found = next(iter(_find(name_key(city), country, (_whole_names,))), None)
    names = {name_key(name) for name in (found.place.name, *found.place.other_names)} if found else set()
    return frozenset(name for name in names if found and _find(name, "", (_whole_names,))[0].place is found.place)


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """A name as it is compared: its words without accents, case, hyphens and apostrophes."""
    return _key(name)


def _key(name: str) -> str:
    if name.isascii() and name.isalpha():
        return name.casefold()
    return " ".join(re.findall(r"\w+", collation_key(name).translate(_LETTERS)))


def _find(key: str, country: str, ways: Sequence[Callable[[str], Collection[str]]] = ()) -> tuple[NamedPlace, ...]:
    """As `find_places`; `country` "" for any; `ways` lead from a text to keys, all where none is named."""
    found = (tuple(_places_of(way(key), country)) for way in ways or (_whole_names, _beginnings, _near_misses))
    return next((places for places in found if places), ()) if key else ()


def _whole_names(key: str) -> Collection[str]:
    return (key,)


def _beginnings(key: str) -> Collection[str]:
    keys = _gazetteer().keys
    start = bisect_left(keys, key)
    longer = takewhile(lambda other: other.startswith(key), islice(keys, start, None))
    return tuple(longer) if len(key) >= _SHORTEST_BEGINNING else ()


def _near_misses(key: str) -> Collection[str]:
    allowed = 2 if len(key) >= 8 else 1 if len(key) >= 4 else 0
    if not allowed:
        return ()
    found = process.extract(key, _gazetteer().keys, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    nearest = min((distance for _, distance, _ in found), default=0)
    return tuple(other for other, distance, _ in found if distance == nearest)


def _places_of(keys: Collection[str], country: str) -> Iterator[NamedPlace]:
    """The places with one of these names, each once, in the order of `_weight`."""
    gazetteer, wanted = _gazetteer(), frozenset(keys)
    indexes = {index for key in wanted for index in gazetteer.by_key.get(key, ())}
    places = (gazetteer.places[index] for index in sorted(indexes))
    fitting = [place for place in places if country in ("", place.country)]
    fitting.sort(key=lambda place: -_weight(place, wanted))
    for place in fitting[:MOST_CANDIDATES]:
        names = (place.name, *place.other_names)
        yield NamedPlace(place, next(name for name in names if _key(name) in wanted))


def _weight(place: Place, keys: Collection[str]) -> int:
    """Its inhabitants, which count more where it is found by its own name: Niš is not Nice, but Cologne is Köln."""
    return place.population * (_OWN_NAME if name_key(place.name) in keys else 1)


def _country_code(text: str) -> str:
    """The country that a text names by its code or in a language of Europe; "" if none."""
    key = name_key(text)
    return key.upper() if key.upper() in country_codes() else countries_by_name(name_key).get(key, "")


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    """The file of places, read once."""
    with (PROJECT_DATA / "gazetteer" / "places.csv").open(encoding="utf-8", newline="") as file:
        places = [
            Place(
                row["name"],
                row["country"],
                float(row["latitude"]),
                float(row["longitude"]),
                int(row["population"]),
                tuple(name for name in row["other_names"].split("|") if name),
            )
            for row in csv.DictReader(file)
        ]
    places.sort(key=lambda place: -place.population)
    by_key: dict[str, list[int]] = {}
    for index, place in enumerate(places):
        for key in {_key(name) for name in (place.name, *place.other_names)}:
            by_key.setdefault(key, []).append(index)
    return _Gazetteer(tuple(places), {key: tuple(found) for key, found in by_key.items()}, tuple(sorted(by_key)))
