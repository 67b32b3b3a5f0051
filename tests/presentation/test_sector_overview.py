"""Sectors side by side: the sentence, the order, and that nothing but quartiles travels."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from clusterdash.domain import Sector, SectorScores
from clusterdash.domain.text import LocalizedText
from clusterdash.editions.reader import EditionReader
from clusterdash.presentation.benchmark import sector_overview

DIMENSIONS = {"a": "Alpha", "b": "Beta", "c": "Gamma"}
SECTORS = {
    code: Sector(code, LocalizedText(name, name), is_esca_portfolio=True)
    for code, name in (("x", "Xenon"), ("y", "Ytter"), ("z", "Zinc"))
}
MEDIANS = {"a": (30, 40, 90), "b": (41, 43, 95), "c": (20, 48, None)}


@pytest.fixture
def profiles() -> list[SectorScores]:
    """Three sectors in three dimensions; the third sector has so few members that it decides nothing."""
    return [
        SectorScores(sector, dimension, n, None, median, None)
        for dimension, medians in MEDIANS.items()
        for (sector, n), median in zip((("x", 50), ("y", 20), ("z", 19)), medians, strict=True)
    ]


def test_the_verdict_names_the_widest_and_the_narrowest_range(profiles: list[SectorScores]) -> None:
    told = re.sub(r"<[^>]+>", "", sector_overview.sectors_verdict(profiles, DIMENSIONS, "en"))
    assert told == (
        "“Gamma” separates the sectors most: their medians run from 20 to 48. "
        "“Beta” separates them least, from 41 to 43."
    )
    alike = [replace(profile, dimension="d") for profile in profiles if profile.dimension == "c"]
    tied = sector_overview.sectors_verdict([*profiles, *alike], {**DIMENSIONS, "d": "Delta"}, "en")
    assert tied.startswith('<p class="verdict">“Gamma”'), "the first of two"
    assert sector_overview.sectors_verdict([*profiles, *alike], {"c": "Gamma", "d": "Delta"}, "en") == ""
    assert sector_overview.sectors_verdict(profiles, {"a": "Alpha"}, "en") == ""
    assert sector_overview.sectors_verdict([p for p in profiles if p.sector == "x"], DIMENSIONS, "en") == ""


@pytest.mark.parametrize(("dimension", "order"), [("a", "Zinc Ytter Xenon"), ("c", "Ytter Xenon Zinc")])
def test_table_and_rows_stand_by_the_median_of_one_dimension(
    profiles: list[SectorScores], dimension: str, order: str
) -> None:
    table = sector_overview.sector_heat_table(profiles, SECTORS, DIMENSIONS, dimension, "en")
    assert re.findall(r'scope="row"><a href="comparison[^>]*>(\w+)', table) == order.split()
    assert re.findall(r'aria-sort="descending"><a [^>]*>(\w+)', table) == [DIMENSIONS[dimension]]
    rows = sector_overview.sector_rows(profiles, SECTORS, dimension, "en")
    assert re.findall(r'row-head"><span>(\w+)', rows) == order.split()
    assert ("too few clusters" in rows) == (dimension == "c")


def test_extremes_are_marked_among_sectors_of_enough_members(profiles: list[SectorScores]) -> None:
    table = sector_overview.sector_heat_table(profiles, SECTORS, DIMENSIONS, "a", "en")
    cells = re.findall(r'<td class="([^"]*)">([^<]*)', table)
    assert [text for look, text in cells if "highest" in look] == ["40", "43", "48"]
    assert [text for look, text in cells if "lowest" in look] == ["30", "41", "20"]
    assert [text for look, text in cells if "few" in look] == ["90", "95", "–"]


def test_rows_ship_quartiles_only(staff: EditionReader) -> None:
    profiles = [p for p in staff.sector_profiles("benchmark-36") if p.dimension == "services"]
    rows = sector_overview.sector_rows(profiles, staff.sectors(), "services", "en")
    known = {round(q) for p in profiles for q in (p.lower_quartile, p.median, p.upper_quartile) if q is not None}
    assert {int(place) for place in re.findall(r"--(?:p|lo|hi):(\d+)", rows)} <= known
    drawn = [round(float(place)) for place in re.findall(r"--p:(\d+)", rows)]
    assert len(drawn) == sum(p.median is not None for p in profiles)
    assert all(first >= second for first, second in pairwise(drawn))
    table = sector_overview.sector_table(profiles, staff.sectors(), {"services": "Services"}, "en")
    assert table.count("<tr>") == len(profiles) + 1
