"""The guide to the labels, and the neighbours of a cluster."""

from __future__ import annotations

import pytest

from clusterdash.benchmark import counterparts
from clusterdash.domain import Label, LabelHolder
from clusterdash.labels.contact import Contact
from clusterdash.labels.eligibility import CONDITIONS
from clusterdash.presentation.labels import guide, tables


@pytest.mark.parametrize(
    ("met", "reached", "wanted", "title"),
    [
        ((), 0, 0, "Four conditions to meet"),
        (CONDITIONS[:1], 1, 3, "Not yet: 1 condition of 4"),
        (CONDITIONS[1:], 3, 1, "Not yet: 3 conditions of 4"),
        (CONDITIONS, 4, 0, "Eligible: all four conditions are met."),
    ],
)
def test_a_box_for_each_condition(met: tuple, reached: int, wanted: int, title: str) -> None:
    drawn = guide.eligibility_result(met, "en")
    assert title in drawn
    assert drawn.count('class="reached"') == reached
    assert drawn.count('class="wanted"') == wanted
    assert drawn.count("<p>") == wanted, "a sentence for each that is missing"


def test_every_step_is_counted() -> None:
    drawn = guide.label_columns(None, "fr")
    assert "6 étapes" in drawn
    assert "4 étapes" in drawn
    assert drawn.count("<ol") == 3
    assert drawn.count("<li>") == 16


def test_who_has_no_address_for_mail_is_reached_through_the_website() -> None:
    assert guide.contact_address(Contact("E", "https://e.example")) == "https://e.example"
    assert guide.contact_address(Contact("E", "https://e.example", "a&b@e.example")) == "mailto:a%26b@e.example"


def test_a_neighbour_has_its_highest_label_and_its_distance(register: tuple[LabelHolder, ...]) -> None:
    own = next(holder for holder in register if holder.cluster.cluster_id == "de-hamburg-aviation-e-v")
    near = counterparts.neighbours(own.cluster, register)
    drawn = tables.neighbour_list(near, "en")
    assert drawn.count("<li") == len(near)
    labels = {award.label for award in near[0].holder.awards}
    assert f'<li class="{max(labels, key=list(Label).index)}">' in drawn
    assert f"{round(near[-1].distance)} km" in drawn
