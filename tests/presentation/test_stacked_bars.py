"""Stacked bars, and the figures of the register that are drawn with them."""

from __future__ import annotations

from collections import Counter
from datetime import date

from clusterdash.domain import Label, LabelHolder
from clusterdash.labels import counts
from clusterdash.presentation.html_charts import StackedBar, bar_columns, bar_rows
from clusterdash.presentation.labels import figures


def test_a_part_is_as_long_as_its_share_of_the_longest_bar() -> None:
    drawn = bar_rows([StackedBar("<A>", [("bronze", 30), ("silver", 0), ("gold", 10)])], ["40"], longest=80)
    assert '<i class="bronze" style="--p:37.5"></i><i class="gold" style="--p:12.5"></i><b>40</b>' in drawn
    assert "silver" not in drawn
    assert "&lt;A&gt;" in drawn


def test_the_last_part_stands_on_top() -> None:
    drawn = bar_columns([StackedBar("2018", [("bronze", 1), ("gold", 3)])], ["4"], 'the "alt"')
    assert drawn.index('class="gold" style="--p:75.0"') < drawn.index('class="bronze" style="--p:25.0"')
    assert "the &#34;alt&#34;" in drawn
    assert "<small><span>20</span>18</small>" in drawn


def test_every_award_is_in_a_year_or_apart(register: tuple[LabelHolder, ...]) -> None:
    for label in (None, *Label):
        known = [a for h in register for a in h.awards if label in (None, a.label)]
        found = counts.awards_by_year(register, label, date(2026, 11, 26))
        assert found.dated == sum(bool(a.awarded_on) for a in known)
        assert found.undated.total() == len(known) - found.dated
        assert found.ending == sum(bool(a.valid_until) for a in known if not a.awarded_on)
        assert str(found.undated.total()) in figures.undated_awards(found, "en")
        assert f"{found.busiest}" in figures.busiest_year(found, "en")
    assert list(found.years) == list(range(2011, 2027))


def test_a_register_without_dates_has_no_busiest_year() -> None:
    empty = counts.awards_by_year((), None, date(2026, 11, 26))
    assert not figures.busiest_year(empty, "fr")
    assert not figures.undated_awards(empty, "fr")


def test_the_fewest_countries_with_more_than_half() -> None:
    def held(*clusters: int) -> list[tuple[str, Counter[Label]]]:
        return [(str(i), Counter({Label.GOLD: n})) for i, n in enumerate(clusters)]

    assert counts.majority(held(5, 5)) == 2, "half is not more than half"
    assert counts.majority(held(6, 5)) == 1
    assert counts.majority([]) == 0
