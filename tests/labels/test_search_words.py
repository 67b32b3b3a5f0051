"""The search knows cities by their names in other languages, and names by their initials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from support.editions import TODAY

from clusterdash.domain import Cluster, Label, LabelEnd, LabelHolder, LabelState
from clusterdash.labels import search, status
from clusterdash.labels.places import names_elsewhere
from clusterdash.labels.search import matching_text


def holding(cluster_id: str, name: str, city: str = "", country: str = "DE") -> status.LabelStatus:
    cluster = Cluster(cluster_id, name, country, city, "", None, None, "unknown", "", "", "", ())
    return status.LabelStatus(cluster, Label.GOLD, LabelState.UNKNOWN, LabelEnd(), (), ())


@given(some.data())
def test_a_cluster_is_found_by_every_name_of_its_city(register: tuple[LabelHolder, ...], data: some.DataObject) -> None:
    located = [one.cluster for one in register if names_elsewhere(one.cluster.city, one.cluster.country)]
    cluster = data.draw(some.sampled_from(located))
    name = data.draw(some.sampled_from(sorted(names_elsewhere(cluster.city, cluster.country))))
    if len(name) < 3 or " " in name:
        return
    found = status.label_statuses(register, TODAY, TODAY)
    assert cluster.cluster_id in matching_text(found, name)


IN_MUNICH = holding("munich", "Chemistry Cluster", "Munich")
IN_STRUER = holding("struer", "Sound Cluster", "Struer", "DK")
ALL = [IN_MUNICH, IN_STRUER, holding("none", "Cluster without a city")]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Monachium", {"munich"}),
        ("Monach", {"munich"}),
        ("München", {"munich"}),
        ("Μόναχο", {"munich"}),
        ("Monaco di Baviera", {"munich"}),
        ("chemistry monachium", {"munich"}),
        ("sound monachium", set()),
        ("Monaco", set()),
        ("Baviera", set()),
        ("Mona", set()),
    ],
)
def test_a_city_by_another_name(text: str, fits: set[str]) -> None:
    assert matching_text(ALL, text) == fits


def test_initials_count_only_where_nothing_fits_as_it_is() -> None:
    center = holding("center", "Virtual Dimension Center Fellbach e. V.")
    named, dashed = holding("named", "VDC North"), holding("dashed", "Name - Centre for Food and Health (Lyon)")
    assert matching_text([center, dashed], "vdc") == {"center"}
    assert matching_text([center, dashed], "VDCF") == {"center"}
    assert matching_text([center, named], "vdc") == {"named"}
    assert matching_text([center, dashed], "CFH") == {"dashed"}
    assert matching_text([center, dashed], "cffah") == {"dashed"}
    assert matching_text([center, dashed], "dcf") == set(), "not from the middle"
    assert matching_text([center, dashed], "vd") == set(), "too short"


def test_initials_of_a_name_of_signs_alone() -> None:
    assert list(search._initials("– (!) /")) == []
