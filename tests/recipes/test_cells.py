"""A column decides how its cells are read; where it does not, somebody is asked."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdash.ingest.cell_parsers import NumberWithin
from clusterdash.recipes.cells import read_days, read_numbers

ANY = NumberWithin(0, None)
SHARE = NumberWithin(0, 100)


def numbered(cells: list[str]) -> list[tuple[int, str]]:
    return list(enumerate(cells, start=2))


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["1.234", "12.5"], ["1.234", "12.5"]),
        (["1.234", "1.234.567"], ["1234", "1234567"]),
        (["1,234", "1,234.50"], ["1234", "1234.5"]),
        (["1.234", "1.234,50"], ["1234", "1234.5"]),
        (["1 234", "12,5"], ["1234", "12.5"]),
    ],
)
def test_other_cells_say_what_a_separator_means(cells: list[str], read: list[str]) -> None:
    found = read_numbers(numbered(cells), ANY, {"kind": "number"}, {})
    assert [*found.read.values()] == read
    assert not found.asked


def test_a_separator_that_nothing_explains_is_asked_about() -> None:
    cells = numbered(["1.234", "2.345"])
    found = read_numbers(cells, ANY, {"kind": "number"}, {})
    assert found.asked == {"thousands": [2, 3]}
    chosen = read_numbers(cells, ANY, {"kind": "number"}, {"thousands": "thousands"})
    assert [*chosen.read.values()] == ["1234", "2345"]
    assert not read_numbers(cells, SHARE, {"kind": "share"}, {}).asked, "a share is no thousand"


def test_shares_of_one_are_multiplied_if_so_chosen_and_cells_with_a_sign_never() -> None:
    cells = numbered(["0.45", "0,5", "0.07", "0.5 %", "1"])
    indicator = {"kind": "share"}
    assert read_numbers(cells, SHARE, indicator, {}).asked == {"fractions": [2, 3, 4, 6]}
    found = read_numbers(cells, SHARE, indicator, {"fractions": "percent"})
    assert [*found.read.values()] == ["45", "50", "7", "0.5", "100"]


def test_a_unit_beside_a_number_is_left_out_if_it_is_that_of_the_indicator() -> None:
    indicator = {"kind": "number", "unit_fr": "participant|participants", "unit_en": "participant|participants"}
    found = read_numbers(numbered(["516 participants", "12 ans"]), ANY, indicator, {})
    assert found.read == {2: "516", 3: "12 ans"}
    assert found.asked == {"unreadable": [3]}


def test_numbers_far_above_the_others_are_asked_about() -> None:
    cells = numbered(["10", "11", "12", "13", "14", "140"])
    assert read_numbers(cells, ANY, {"kind": "number"}, {}).asked == {"far_above": [7]}
    assert read_numbers(cells, ANY, {"kind": "number"}, {"far_above": "no_answer"}).read[7] == ""


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 12, 31)), min_size=1), st.sampled_from(["dmy", "mdy"]))
def test_days_are_read_in_the_order_of_their_column_or_asked_about(days: list[date], order: str) -> None:
    form = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    cells = numbered([day.strftime(form) for day in days])
    found = read_days(cells, {})
    proved = any(day.day > 12 for day in days)
    open_days = [day for day in days if day.day <= 12 and day.day != day.month]
    assert bool(found.asked.get("day_order")) == (bool(open_days) and not proved)
    if not found.asked:
        assert [*found.read.values()] == [day.isoformat() for day in days]
    chosen = read_days(cells, {"day_order": order})
    assert [*chosen.read.values()] == [day.isoformat() for day in days]


@pytest.mark.parametrize(
    ("choice", "read"),
    [("12-31", ["2024-12-31", "2024-02-29"]), ("01-01", ["2024-01-01", "2024-02-01"]), ("", ["", ""])],
)
def test_a_year_or_a_month_needs_a_day_that_stands_for_it(choice: str, read: list[str]) -> None:
    found = read_days(numbered(["2024", "02/2024"]), {"day_of_year": choice} if choice else {})
    assert [*found.read.values()] == read
    assert found.asked == {"day_of_year": [2, 3]}


@given(
    st.lists(st.sampled_from(["1.234", "12.5", "1.234.567", "n.d.", "5", "1,5", "0.45", "x"]), max_size=8), st.randoms()
)
def test_how_a_column_is_read_does_not_depend_on_the_order_of_its_rows(cells: list[str], chance: random.Random) -> None:
    rows = numbered(cells)
    mixed = rows[:]
    chance.shuffle(mixed)
    first, second = (read_numbers(some, ANY, {"kind": "number"}, {}) for some in (rows, mixed))
    assert first.read == second.read
    assert {k: {*v} for k, v in first.asked.items()} == {k: {*v} for k, v in second.asked.items()}
