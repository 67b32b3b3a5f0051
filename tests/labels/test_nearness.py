"""Labels by their distance from a typed place: the order, the place taken, what is said, and how it is asked for."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some
from support.editions import HOSTILE, LABELLED, PLACELESS, TODAY

from clusterdash.domain import LabelHolder
from clusterdash.i18n import LANGUAGES
from clusterdash.labels import filters, nearness, places, search, status
from clusterdash.labels.filters import LabelFilters, from_query
from clusterdash.presentation.labels import narrative, tables

CITIES = ("Lyon", "Vienne, FR", "Oslo", "Αθήνα", "Bogota")


def of_today(register: tuple[LabelHolder, ...]) -> tuple[status.LabelStatus, ...]:
    return search.select(status.label_statuses(register, TODAY, TODAY), LabelFilters())


def origin_of(text: str) -> nearness.Origin:
    found = nearness.find_origin(LabelFilters(near=text))
    assert found is not None
    return found


@pytest.mark.parametrize("city", CITIES)
def test_the_nearest_come_first_and_those_without_a_location_last(register: tuple[LabelHolder, ...], city: str) -> None:
    found = of_today(register)
    near = nearness.by_distance(found, origin_of(city))
    assert len(near) == LABELLED
    assert {id(one.holding) for one in near} == {id(holding) for holding in found}
    known = [one.distance for one in near if one.distance is not None]
    assert len(near) - len(known) == PLACELESS
    assert all(one.distance is None for one in near[len(known) :])
    assert all(one <= other for one, other in pairwise(known))
    assert nearness.count_close(near) == sum(far <= nearness.CLOSE_KM for far in known)


@given(some.data())
def test_no_cluster_is_nearer_to_its_own_city_than_those_there(
    register: tuple[LabelHolder, ...], data: some.DataObject
) -> None:
    cluster = data.draw(some.sampled_from([holder.cluster for holder in register if holder.cluster.geo_precision]))
    place = places.find_place(f"{cluster.city}, {cluster.country}") if cluster.city else None
    if place is None or not cluster.has_coordinates or cluster.geo_precision != "city":
        return
    holding = next(one for one in of_today(register) if one.cluster == cluster)
    (near,) = nearness.by_distance([holding], nearness.Origin(place, None))
    assert near.distance is not None
    assert not math.isnan(near.distance)


def test_the_place_taken_and_the_other_of_that_name() -> None:
    vienna = origin_of("Vienne")
    assert vienna.taken.place.country == "AT"
    assert vienna.other is not None
    assert vienna.other.place.country == "FR"
    assert origin_of("Monachium").other is None
    french = nearness.find_origin(LabelFilters(near="Vienne", countries=frozenset({"FR"})))
    assert french is not None
    assert (french.taken.place.country, french.other.place.country if french.other else "") == ("FR", "AT")
    assert nearness.find_origin(LabelFilters()) is None
    assert nearness.find_origin(LabelFilters(near="xqzzw")) is None


def test_a_place_that_is_not_known_is_left_out_of_addresses() -> None:
    known, unknown = LabelFilters(text="a", near="Lyon"), LabelFilters(text="a", near="xqzzw")
    assert nearness.without_unknown_place(known) == known
    assert nearness.without_unknown_place(unknown) == LabelFilters(text="a")


def test_the_place_stands_in_the_address_and_filters_nothing() -> None:
    found, wrong = from_query({"near": " Lyon, FR "}, (), (), TODAY)
    assert (found, wrong) == (LabelFilters(near="Lyon, FR"), [])
    assert found.address() == {"label": "all", "near": "Lyon, FR"}
    assert not found.narrowed
    assert from_query({"near": "!!"}, (), (), TODAY) == (LabelFilters(), [])
    long = "x" * (filters.MAX_TEXT_LENGTH + 1)
    assert from_query({"near": long, "q": long}, (), (), TODAY) == (LabelFilters(), [("q", long), ("near", long)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_says_which_place_was_taken(register: tuple[LabelHolder, ...], language) -> None:
    for text, taken, other in (("Vienne", "Vienne \\(Vienna\\), A", "Vienne, FR"), ("Lyon", "Lyon, France", "")):
        origin = origin_of(text)
        near = nearness.by_distance(of_today(register), origin)
        said = narrative.nearest_first(near, origin, language)
        assert taken in said
        assert str(nearness.count_close(near)) in said
        assert other in said
        assert ("“" in said or "«" in said) == bool(other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_says_the_kilometres(register: tuple[LabelHolder, ...], staff, language) -> None:
    found = of_today(register)
    entries = tables.list_entries(found, staff.sectors(), language)
    near = nearness.by_distance(found, origin_of("Lyon"))
    listed = str(tables.near_list(near, entries, language))
    assert listed.count("<li ") == LABELLED
    assert listed.count("km</small>") == LABELLED - PLACELESS
    assert listed.count("<small></small>") == PLACELESS
    ids = [one.holding.cluster.cluster_id for one in near]
    at = [listed.index(f"id={cluster_id}&") for cluster_id in ids[:20]]
    assert at == sorted(at)
    plain = str(tables.label_list(found, entries))
    assert plain.count("<li ") == LABELLED
    assert "<small>" not in plain


def test_a_hostile_place_is_no_markup(register: tuple[LabelHolder, ...]) -> None:
    assert "<script>" not in narrative.unknown_place(HOSTILE, "en")
    place = replace(origin_of("Lyon").taken.place, name=HOSTILE)
    origin = nearness.Origin(places.NamedPlace(place, HOSTILE), None)
    near = nearness.by_distance(of_today(register), origin)
    assert "<script>" not in narrative.nearest_first(near, origin, "fr")
