"""The labels in figures: every award once, by year or apart; every country once, on one scale."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from support.editions import TODAY

from clusterdash.domain import Label, LabelHolder
from clusterdash.i18n import country_name
from clusterdash.labels import counts, search, status
from clusterdash.labels.filters import LabelFilters
from clusterdash.presentation.html_charts import LabelBar, label_bars
from clusterdash.presentation.labels import figures, tables

Register = tuple[LabelHolder, ...]


@pytest.mark.parametrize("label", [None, *Label])
def test_every_award_counts_once(register: Register, label: Label | None) -> None:
    awards = [a for holder in register for a in holder.awards if label in (None, a.label)]
    found = counts.award_counts(register, label, TODAY)
    assert found.dated + found.undated.total() == len(awards)
    assert found.dated == sum(bool(a.awarded_on) for a in awards)
    assert found.undated_ending == sum(bool(a.valid_until) for a in awards if not a.awarded_on)
    for year, of_year in found.years:
        assert of_year == Counter(a.label for a in awards if a.awarded_on[:4] == str(year))
    year, n = found.peak or (0, 0)
    assert n == max(Counter(a.awarded_on[:4] for a in awards if a.awarded_on).values())
    drawn = figures.award_years(found, "en")
    assert [int(total) for total in re.findall(r"<b>(\d*)</b>", drawn) if total] == [
        of_year.total() for _, of_year in found.years if of_year
    ]
    assert f"{year} {n}" in drawn
    assert f"is {year}, with" in figures.peak_year(found, "en")
    table = tables.award_year_table(found, "en")
    assert sum(int(cell) for cell in re.findall(r"<td[^>]*>(\d+)</td>", table)) == len(awards)


def test_without_any_award_nothing_is_drawn() -> None:
    found = counts.award_counts([], None, TODAY)
    assert found.peak is None
    assert figures.peak_year(found, "fr") == figures.undated_panel(found, "fr") == ""
    assert figures.award_count(found, "en") == "0 known awards, 0 with a date"
    assert counts.leading_countries([]) == 0
    assert figures.leading_bars([], "en") == ""


@pytest.mark.parametrize("label", [None, *Label])
def test_every_country_has_one_bar(register: Register, label: Label | None) -> None:
    found = search.select(status.label_statuses(register, TODAY, TODAY), LabelFilters(label))
    countries = counts.counts_by_country(found)
    drawn = figures.leading_bars(countries, "en") + figures.other_bars(countries, "en")
    totals = {country_name("en", code): of_country.total() for code, of_country in countries}
    bars = re.findall(r'"label-bar"><span>([^<]+)</span>.*?--w:([\d.]+)".*?<b>(\d+)</b>', drawn)
    assert {name: int(total) for name, _, total in bars} == totals
    longest = max(totals.values())
    assert all(float(width) == pytest.approx(100 * totals[name] / longest, abs=0.05) for name, width, _ in bars)
    first = counts.leading_countries(countries)
    sizes = list(totals.values())
    assert 2 * sum(sizes[:first]) > sum(sizes) >= 2 * sum(sizes[: first - 1])


def test_names_are_escaped_and_no_bar_is_longer_than_the_longest(register: Register) -> None:
    drawn = label_bars([LabelBar("<b>", Counter({Label.GOLD: 1}), "1")], 2)
    assert "&lt;b&gt;" in drawn
    assert "--p:50.0" in drawn
    with pytest.raises(ValueError, match="longest"):
        label_bars([LabelBar("a", Counter({Label.GOLD: 3}), "3")], 2)
    undated = replace(register[0], awards=tuple(replace(a, awarded_on="") for a in register[0].awards))
    panel = figures.undated_panel(counts.award_counts([undated], None, TODAY), "en")
    assert f'"total">{len(undated.awards)}<' in panel
