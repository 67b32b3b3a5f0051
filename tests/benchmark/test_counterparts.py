"""Near clusters: only from the register, by what is declared, each with its reason."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from clusterdash.benchmark.counterparts import MAX_LISTED, distance, nearest, neighbours
from clusterdash.domain import Cluster, Label, LabelHolder
from clusterdash.editions.reader import EditionReader
from clusterdash.i18n import LANGUAGES, translate
from clusterdash.presentation.benchmark import narrative, tables


@pytest.fixture
def holders(staff: EditionReader) -> list[LabelHolder]:
    return list(staff.label_register())


def like(cluster: Cluster, **changes: object) -> Cluster:
    return replace(cluster, cluster_id="own", name="Own", **changes)  # type: ignore[arg-type]


def test_the_nearest_share_a_sector_the_country_first(staff: EditionReader, holders: list[LabelHolder]) -> None:
    own = like(holders[0].cluster, country="FR", sectors=("food",), latitude=48.85, longitude=2.35)
    near = nearest(own, holders, staff.country_groups())
    assert 0 < len(near) <= MAX_LISTED
    assert all("food" in found.cluster.sectors for found in near)
    at_home = [found.same_country for found in near]
    assert at_home == sorted(at_home, reverse=True)
    french = {h.cluster.cluster_id for h in holders if h.cluster.country == "FR" and "food" in h.cluster.sectors}
    assert {found.cluster.cluster_id for found in near if found.same_country} == french or len(french) > MAX_LISTED
    kilometres = [found.distance for found in near if found.same_country and found.distance is not None]
    assert kilometres == sorted(kilometres)


def test_itself_is_left_out_and_each_cluster_comes_once_with_its_highest_label(
    staff: EditionReader, holders: list[LabelHolder]
) -> None:
    golden = {h.cluster.cluster_id for h in holders if any(award.label is Label.GOLD for award in h.awards)}
    gold = next(holder.cluster for holder in holders if holder.cluster.cluster_id in golden)
    near = nearest(gold, holders, staff.country_groups(), at_most=500)
    ids = [found.cluster.cluster_id for found in near]
    assert gold.cluster_id not in ids
    assert len(ids) == len(set(ids))
    assert all((found.label is Label.GOLD) == (found.cluster.cluster_id in golden) for found in near)


def test_the_order_that_is_told_is_the_order(staff: EditionReader, holders: list[LabelHolder]) -> None:
    """By distance where both places are known; else by label and name, and nothing is called near."""
    rank = list(Label)
    placeless = next(h.cluster for h in holders if not h.cluster.has_coordinates and h.cluster.sectors)
    for own in (placeless, next(h.cluster for h in holders if h.cluster.has_coordinates and h.cluster.sectors)):
        near = nearest(own, holders, staff.country_groups(), at_most=500)
        assert all(
            (found.distance is None) == (not own.has_coordinates or not found.cluster.has_coordinates) for found in near
        )
        for key in {(len(f.sectors), f.same_country, f.same_country_group) for f in near}:
            alike = [f for f in near if (len(f.sectors), f.same_country, f.same_country_group) == key]
            far = [f.distance for f in alike if f.distance is not None]
            assert far == sorted(far)
            assert all(found.distance is not None for found in alike[: len(far)]), "known places first"
            rest = [(-rank.index(f.label), f.cluster.name) for f in alike[len(far) :]]
            assert rest == sorted(rest)
        for language in LANGUAGES:
            order = narrative.counterparts_order(own, language)
            assert (translate(language, "counterparts.by_distance") in order) == own.has_coordinates
            assert (translate(language, "counterparts.by_name") in order) == (not own.has_coordinates)
            for found in near:
                said = narrative.counterpart_reasons(found, staff.sectors(), language)
                assert ("km" in said) == (found.distance is not None)
                assert (translate(language, "counterparts.no_place") in said) == (not found.cluster.has_coordinates)
            table = tables.counterpart_table(near[:3], staff.sectors(), language)
            assert not re.search("(?i)nearest|les plus proches", order + table)


def test_no_sector_no_counterpart(staff: EditionReader, holders: list[LabelHolder]) -> None:
    assert nearest(like(holders[0].cluster, sectors=()), holders, staff.country_groups()) == ()


def test_distance(holders: list[LabelHolder]) -> None:
    paris = like(holders[0].cluster, latitude=48.8566, longitude=2.3522)
    berlin = like(holders[0].cluster, latitude=52.52, longitude=13.405)
    assert distance(paris, berlin) == pytest.approx(878, abs=2)
    assert distance(paris, paris) == 0
    assert distance(paris, like(holders[0].cluster, latitude=None, longitude=None)) is None


def test_a_hostile_name_stays_text(staff: EditionReader, holders: list[LabelHolder]) -> None:
    own = like(holders[0].cluster, sectors=holders[0].cluster.sectors)
    (found,) = nearest(own, [holders[0]], staff.country_groups())
    hostile = replace(found, cluster=replace(found.cluster, name="<script>x</script>", cluster_id='a"><b>'))
    html = tables.counterpart_table([hostile], staff.sectors(), "en")
    assert "<script>" not in html
    assert 'href="cluster?id=a%22%3E%3Cb%3E&amp;lang=en"' in html


def test_neighbours_are_the_nearest_in_space(holders: list[LabelHolder]) -> None:
    own = next(holder.cluster for holder in holders if holder.cluster.latitude is not None)
    near = neighbours(own, holders)
    assert len(near) == MAX_LISTED
    assert [found.distance for found in near] == sorted(found.distance for found in near)
    others = [distance(own, h.cluster) for h in holders if h.cluster != own]
    assert sum(far < near[-1].distance for far in others if far is not None) < MAX_LISTED
    assert neighbours(like(own, latitude=None, longitude=None), holders) == ()
