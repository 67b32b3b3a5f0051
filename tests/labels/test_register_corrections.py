"""Corrections of the register: applied, undone, applied twice; against a plain twin over rows of text."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import TODAY

from clusterdash.domain import Award, Cluster, Label, LabelHolder, LabelState
from clusterdash.domain.label_change import ChangeAction, LabelChange, in_force, undone
from clusterdash.domain.register_corrections import RegisterCorrections, award_id
from clusterdash.editions.reader import EditionReader
from clusterdash.labels.status import label_statuses

IDS = ("a", "b", "c")
DAYS = ("", "2019", "2020-05", "2021-06-07")


def cluster(name: str) -> Cluster:
    return Cluster(name, f"Name {name}", "FR", "Lyon", "", 45.0, 5.0, "city", "", "", "", ())


def award(of: str, label: Label, day: str) -> Award:
    source = f"https://{of}.example"
    return Award(award_id(of, label, day, source), label, day, "stated", "", source, "high", "")


BASE = tuple(
    LabelHolder(cluster(one), (award(one, Label.GOLD, "2018"), award(one, Label.BRONZE, "2016")), ()) for one in IDS
)


def change(number: int, action: ChangeAction, of: str = "a", **details: str) -> LabelChange:
    return LabelChange(number, "2026-01-01T00:00:00+00:00", "me", "why", action, of, details)


def applied(changes: Sequence[LabelChange], base: Sequence[LabelHolder] = BASE) -> tuple[LabelHolder, ...]:
    return RegisterCorrections(changes).register(base, {}, ())


@st.composite
def histories(draw: st.DrawFn) -> list[LabelChange]:
    """Changes as staff may make them, undoings of any before among them."""
    made: list[LabelChange] = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        of = draw(st.sampled_from(IDS))
        kind = draw(st.sampled_from(["edit", "add", "remove", "check", "observe", "dissolve", "merge", "undo"]))
        label, day = draw(st.sampled_from(list(Label))), draw(st.sampled_from(DAYS))
        if kind == "edit":
            made.append(change(number, ChangeAction.EDIT_CLUSTER, of, city=draw(st.sampled_from(["Lyon", "Brest"]))))
        elif kind == "add":
            made.append(change(number, ChangeAction.ADD_AWARD, of, label=label, awarded_on=day, source_url="https://n"))
        elif kind == "remove":
            known = draw(st.sampled_from([one.award_id for one in BASE[IDS.index(of)].awards]))
            made.append(change(number, ChangeAction.REMOVE_AWARD, of, award_id=known))
        elif kind == "check":
            ids = "|".join(one.award_id for one in BASE[IDS.index(of)].awards)
            made.append(change(number, ChangeAction.CHECK, of, checked_on="2026-05-01", award_ids=ids))
        elif kind == "observe":
            seen = {"label": label.value, "seen_on": day or "2022", "state": "lapsed"}
            made.append(change(number, ChangeAction.ADD_OBSERVATION, of, **seen))
        elif kind == "dissolve":
            made.append(change(number, ChangeAction.DISSOLVE, of, dissolved_on="2024", successor=""))
        elif kind == "merge":
            made.append(change(number, ChangeAction.MERGE, of, into=draw(st.sampled_from([i for i in IDS if i != of]))))
        elif made:
            over = draw(st.sampled_from(made))
            made.append(change(number, ChangeAction.UNDO, over.cluster_id, change_id=str(over.change_id)))
    return made


@given(histories())
def test_what_is_undone_is_as_if_it_had_never_been(made: list[LabelChange]) -> None:
    over = undone(made)
    open_ones = [one for one in made if one.change_id not in over and one.action is not ChangeAction.UNDO]
    undoings = [
        change(100 + n, ChangeAction.UNDO, one.cluster_id, change_id=str(one.change_id))
        for n, one in enumerate(open_ones)
    ]
    assert applied([*made, *undoings]) == applied([])
    assert applied(made) == applied(open_ones), "only what is in force counts"


@given(histories())
def test_an_undoing_that_is_undone_brings_the_change_back(made: list[LabelChange]) -> None:
    for one in in_force(made):
        undoing = change(100, ChangeAction.UNDO, one.cluster_id, change_id=str(one.change_id))
        assert one not in in_force([*made, undoing])
        again = change(101, ChangeAction.UNDO, one.cluster_id, change_id="100")
        assert in_force([*made, undoing, again]) == in_force(made)


@given(histories(), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_a_second_time_changes_anything(
    made: list[LabelChange], rnd: random.Random
) -> None:
    shuffled = [replace(holder, awards=tuple(rnd.sample(holder.awards, len(holder.awards)))) for holder in BASE]
    rnd.shuffle(shuffled)
    once = applied(made)
    if in_force(made):  # else it is left as the edition has it
        assert applied(made, shuffled) == once
    if not any(one.action in (ChangeAction.MERGE, ChangeAction.DISSOLVE) for one in made):
        assert applied(made, once) == once, "an import that has the corrections already changes nothing"


@given(histories())
def test_the_register_is_that_of_a_plain_twin(made: list[LabelChange]) -> None:
    """The twin keeps rows of text in lists, and looks at each change from the last one back."""
    dropped: set[int] = set()
    for one in reversed(made):
        if one.action is ChangeAction.UNDO and one.change_id not in dropped:
            dropped.add(int(one.details["change_id"]))
    rows = [
        (h.cluster.cluster_id, a.label.value, a.awarded_on, a.source_url, a.award_id) for h in BASE for a in h.awards
    ]
    cities = dict.fromkeys(IDS, "Lyon")
    into: dict[str, str] = {}
    for one in made:
        if one.change_id in dropped:
            continue
        cells = one.details
        if one.action is ChangeAction.EDIT_CLUSTER:
            cities[one.cluster_id] = cells["city"]
        elif one.action is ChangeAction.ADD_AWARD:
            new = (one.cluster_id, cells["label"], cells["awarded_on"], cells["source_url"])
            rows = [row for row in rows if row[:4] != new]
            rows.append((*new, award_id(*new)))
        elif one.action is ChangeAction.REMOVE_AWARD:
            rows = [row for row in rows if row[4] != cells["award_id"]]
        elif one.action is ChangeAction.MERGE:
            path = [cells["into"]]
            while path[-1] in into and one.cluster_id not in path:
                path.append(into[path[-1]])
            if one.cluster_id not in path:
                into[one.cluster_id] = cells["into"]

    def final(name: str) -> str:
        return final(into[name]) if name in into else name

    moved = {(final(of), label, day, source) for of, label, day, source, _ in rows}
    expected = sorted((of, label, day, award_id(of, label, day, source)) for of, label, day, source in moved)
    found = applied(made)
    told = sorted((h.cluster.cluster_id, a.label.value, a.awarded_on, a.award_id) for h in found for a in h.awards)
    assert told == expected
    assert {h.cluster.cluster_id: h.cluster.city for h in found} == {
        h.cluster.cluster_id: cities[h.cluster.cluster_id] for h in found
    }


def state(holders: Sequence[LabelHolder], of: str, label: Label) -> LabelState:
    (found,) = [
        one.state
        for one in label_statuses(holders, TODAY, TODAY)
        if one.cluster.cluster_id == of and one.label is label
    ]
    return found


def test_a_dissolved_cluster_holds_nothing_whatever_a_source_promised() -> None:
    long = replace(award("a", Label.GOLD, "2025"), valid_until="2030")
    base = (LabelHolder(cluster("a"), (long,), ()), BASE[1])
    assert state(applied([], [replace(base[0], awards=(long,))]), "a", Label.GOLD) is not LabelState.EXPIRED
    over = applied([change(1, ChangeAction.DISSOLVE, "a", dissolved_on="2025-12", successor="b")], base)
    assert state(over, "a", Label.GOLD) is LabelState.EXPIRED
    assert (over[0].dissolved_on, over[0].successor) == ("2025-12", "b")
    early = applied([change(1, ChangeAction.DISSOLVE, "a", dissolved_on="2026-12", successor="")], base)
    assert state(early, "a", Label.GOLD) is not LabelState.EXPIRED, "not yet, on the day of today"


def test_a_merged_cluster_leads_over_several_merges_and_never_in_a_circle() -> None:
    chain = [change(1, ChangeAction.MERGE, "a", into="b"), change(2, ChangeAction.MERGE, "b", into="c")]
    assert RegisterCorrections(chain).merged == {"a": "c", "b": "c"}
    again = [*chain, change(3, ChangeAction.MERGE, "b", into="a")]
    assert RegisterCorrections(again).merged == {"a": "c", "b": "c"}, "b went on to c before"
    circle = [*chain, change(3, ChangeAction.MERGE, "c", into="a")]
    assert len(applied(circle)) >= 1, "awards are not lost"
    assert sum(len(holder.awards) for holder in applied(circle)) == sum(len(holder.awards) for holder in BASE)


def test_ids_of_awards_are_those_of_the_edition(staff: EditionReader) -> None:
    for holder in staff.label_register():
        for one in holder.awards:
            assert one.award_id == award_id(holder.cluster.cluster_id, one.label, one.awarded_on, one.source_url)


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"latitude": "", "longitude": ""}, (None, None)),
        ({"latitude": "48.5", "longitude": "-3.25"}, (48.5, -3.25)),
    ],
)
def test_coordinates_are_numbers_or_absent(
    details: Mapping[str, str], expected: tuple[float | None, float | None]
) -> None:
    found = RegisterCorrections([change(1, ChangeAction.EDIT_CLUSTER, **details)]).cluster(cluster("a"))
    assert (found.latitude, found.longitude) == expected
