"""Rows about the same thing: places stay whole, an award is one however often and precisely it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import TODAY

from clusterdash.domain import Problem
from clusterdash.i18n import LANGUAGES, explain
from clusterdash.ingest import merge, validate
from clusterdash.ingest.extend import ExtendedEdition
from clusterdash.ingest.readers import Sheet
from clusterdash.ingest.table_reader import IngestState, Layer, Row, as_cell, read_table

Cells = dict[str, str]
Files = dict[str, list[Cells]]
"""What is handed in at once: rows by table. A row is a file of its own, so that the order of files is tried too."""

LILLE = {"country": "FR", "city": "Lille", "region": "Nord", "latitude": "50.6", "longitude": "3.1"}
LYON = {"country": "FR", "city": "Lyon", "region": "Rhône", "latitude": "45.8", "longitude": "4.8"}
GHENT = {"country": "BE", "city": "Gent", "region": "Vlaanderen", "latitude": "51.1", "longitude": "3.7"}
PLACES = (LILLE, LYON, GHENT)
PARTS = ("city", "region", "latitude", "longitude")


def sheets(tables: Files, file: str) -> list[Sheet]:
    """Each row as a sheet of its own."""
    return [
        Sheet(f"{file}-{index}", table, tuple(row), [(2, tuple(row.values()))])
        for table, rows in tables.items()
        for index, row in enumerate(rows)
    ]


def imported(facts: Files, *imports: Files) -> tuple[validate.CheckedTables, list[Problem]]:
    """What stands in the edition after imports of which each completes the one before; the last one's problems."""
    known, kept = sheets({**facts, "sectors": [{"code": "x", "name_en": "X", "name_fr": "X"}]}, "facts"), None
    for number, tables in enumerate(imports):
        found, problems = validate.validate(known, sheets(tables, f"import{number}"), TODAY, kept)
        assert found, problems
        before = [
            Sheet("kept", form, tuple(frame.columns), list(enumerate(frame.itertuples(index=False, name=None), 2)))
            for form, frame in found.handed_in.items()
        ]
        answers = Sheet(
            "kept", "answers", ("cluster_id", "scheme", "assessed_on", "evidence", "indicator", "value"), []
        )
        kept = ExtendedEdition(f"edition{number}", before, answers)
    return found, problems


def merged(facts: Files, *imports: Files) -> tuple[list[Row], list[Row]]:
    """The clusters and awards after some imports, by the merging alone: quicker than `imported`."""
    kept: Files = {}
    for tables in imports:
        findings = IngestState()
        for layer, rows in ((Layer.FACTS, facts), (Layer.EXTENDED, kept), (Layer.IMPORT, tables)):
            for sheet in sheets(rows, layer.name):
                read_table(findings, layer, sheet, sheet.name)
        found = merge.merge_clusters(findings)
        given_awards = merge.merge_awards(findings, found)
        added = merge.added_clusters(findings).values()
        kept = {
            "clusters": [{name: as_cell(value) for name, value in row.items()} for row in added],
            "awards": [*kept.get("awards", []), *tables.get("awards", [])],
        }
    return list(found.values()), sorted(given_awards, key=lambda row: tuple(map(str, row.values())))


def cluster(**cells: str) -> Cells:
    return {"cluster_id": "a", "name": "A", "country": "FR", **cells}


def award(awarded_on: str = "", **cells: str) -> Cells:
    return {"cluster_id": "a", "label": "gold", "awarded_on": awarded_on, **cells}


def place(tables: validate.CheckedTables) -> Cells:
    """Where the cluster is, as text; what is not known is ""."""
    (row,) = tables.frames["cluster"].query("cluster_id == 'a'").to_dict("records")
    told = {name: row[name] for name in ("country", *PARTS, "geo_precision")}
    return {name: "" if pd.isna(value) else str(value) for name, value in told.items()}


def awards(tables: validate.CheckedTables) -> list[Cells]:
    return tables.frames["award"].sort_values(["awarded_on", "source_url"]).to_dict("records")


def keys(problems: Sequence[Problem]) -> Counter[str]:
    for problem in problems:
        assert all(explain(language, problem) for language in LANGUAGES)
    return Counter(problem.key for problem in problems)


ANY = {"awards": [award("2001")]}
"""Something to publish."""


# -- a cluster's place


@pytest.mark.parametrize(
    ("told", "left", "dropped"),
    [
        ({"city": "Lyon"}, {"city": "Lyon", "geo_precision": "unknown"}, "region, latitude, longitude"),
        ({"city": "LILLE"}, {**LILLE, "city": "LILLE", "geo_precision": "city"}, ""),
        ({**LYON}, {**LYON, "geo_precision": "city"}, ""),
        ({"city": "Lyon", "region": "Rhône"}, {**LYON, "latitude": "", "longitude": ""}, "latitude, longitude"),
        ({"latitude": "50.61", "longitude": "3.11"}, {**LILLE, "latitude": "50.61", "longitude": "3.11"}, ""),
        ({"region": "Hauts-de-France"}, {**LILLE, "region": "Hauts-de-France"}, ""),
        ({"country": "BE"}, {"country": "BE", "geo_precision": "unknown"}, "city, region, latitude, longitude"),
        ({"country": "BE", **{n: GHENT[n] for n in PARTS}}, {**GHENT, "geo_precision": "city"}, ""),
        ({"note": "moved"}, {**LILLE, "geo_precision": "city"}, ""),
    ],
)
@pytest.mark.parametrize("known_by", ["facts", "import"])
def test_a_corrected_place_keeps_nothing_of_the_old_one(told: Cells, left: Cells, dropped: str, known_by: str) -> None:
    old = {"clusters": [cluster(**LILLE)], "awards": [award("2001")]}
    facts, imports = (old, []) if known_by == "facts" else ({}, [old])
    tables, problems = imported(facts, *imports, {"clusters": [cluster(**told)], **ANY})
    found = place(tables)
    expected = {name: left.get(name, "") for name in ("country", *PARTS)} | {"country": left.get("country", "FR")}
    assert {name: found[name] for name in expected} == expected
    assert found["geo_precision"] == left.get("geo_precision", "city" if left.get("latitude") else "unknown")
    warned = [dict(problem.values)["dropped"] for problem in problems if problem.key == "cluster.place_dropped"]
    assert warned == [dropped] * bool(dropped)


def test_coordinates_of_a_region_go_with_it_and_a_precision_with_its_coordinates() -> None:
    middle = {"region": "Nord", "latitude": "50.5", "longitude": "3", "geo_precision": "region"}
    facts = {"clusters": [cluster(**middle)]}
    tables, problems = imported(facts, {"clusters": [cluster(region="Rhône")], **ANY})
    assert (place(tables)["latitude"], keys(problems)["cluster.place_dropped"]) == ("", 1)
    exact = {"city": "Lille", "latitude": "50.6", "longitude": "3.1"}
    tables, problems = imported(facts, {"clusters": [cluster(**exact)], **ANY})
    assert place(tables)["geo_precision"] == "city", "not the precision of the coordinates of before"
    assert not problems
    tables, _ = imported(facts, {"clusters": [cluster(city="Lille")], **ANY})
    assert (place(tables)["latitude"], place(tables)["geo_precision"]) == ("50.5", "region")


@given(
    st.sampled_from(PLACES),
    st.lists(st.tuples(st.sampled_from(PLACES), st.frozensets(st.sampled_from(PARTS))), min_size=1, max_size=3),
)
def test_no_place_is_ever_made_of_two(known: Cells, told: list[tuple[Cells, frozenset[str]]]) -> None:
    """Whatever parts of places are handed in one after the other: city, coordinates and country are of one place."""
    imports: list[Files] = []
    for where, parts in told:
        named = parts | ({"city", "latitude", "longitude"} if parts & {"latitude", "longitude"} else set())
        named |= (
            {"city"} if "region" in parts else set()
        )  # alone, region and coordinates correct those of the same city
        cells = {name: where[name] for name in sorted(named)}
        imports.append({"clusters": [cluster(**{**cells, "country": where["country"]})]})
    facts: Files = {"clusters": [cluster(**known)]}
    ((found,), _), (again, _) = merged(facts, *imports), merged(facts, *imports, imports[-1])
    for city in PLACES:
        if found["city"] == city["city"]:
            assert found["country"] == city["country"]
            assert found["region"] in ("", city["region"])
            at = (found["latitude"], found["longitude"])
            assert at in ((None, None), (float(city["latitude"]), float(city["longitude"])))
    if not found["city"]:
        assert (found["region"], found["latitude"]) == ("", None)
    assert again == [found], "importing twice changes nothing"


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [True, False])
def test_parts_of_a_new_place_may_come_in_any_order(at_once: bool) -> None:
    parts = [
        {"city": "Lyon"},
        {"latitude": "45.8", "longitude": "4.8"},
        {"region": "Rhône"},
        {"geo_precision": "region"},
    ]
    found = []
    for order in permutations(parts):
        rows = [cluster(**cells) for cells in order]
        each = [{"clusters": rows, **ANY}] if at_once else [{"clusters": [row], **ANY} for row in rows]
        tables, problems = imported({"clusters": [cluster(**LILLE)]}, *each)
        found.append(place(tables))
        assert not at_once or not keys(problems)["cluster.place_dropped"]
    assert all(one == {**LYON, "geo_precision": "region"} for one in found)


def test_a_wide_sheet_that_tells_a_move_leaves_the_old_coordinates() -> None:
    grid = {
        "schemes": [
            {"scheme": "s", "family": "s", "version": "1", "name_en": "S", "name_fr": "S"}
            | {"purpose": "benchmark", "illustrative": "0"}
        ],
        "dimensions": [{"scheme": "s", "code": "D", "name_en": "D", "name_fr": "D"}],
        "indicators": [
            {"scheme": "s", "code": "i", "dimension": "D", "name_en": "I", "name_fr": "I"}
            | {"kind": "number", "direction": "higher"}
        ],
    }
    header = ("cluster_id", "name", "country", "city", "latitude", "longitude", "assessed_on", "i")
    rows = [
        ("a", "A", "FR", "Lille", "50.6", "3.1", "2023-01-01", "1"),
        ("a", "A", "FR", "Lyon", "", "", "2025-01-01", "2"),
    ]
    wide = Sheet("w", "wide", header, list(enumerate(rows, 2)))
    tables, _ = validate.validate(sheets(grid, "facts"), [wide], TODAY)
    assert tables
    assert (place(tables)["city"], place(tables)["latitude"]) == ("Lyon", "")


# -- an award told again

KNOWN = {"clusters": [cluster(**LILLE)]}


@pytest.mark.parametrize(
    ("before", "now", "dates", "warned"),
    [
        ("2014", "2014-02", ["2014-02"], "award.more_precise"),
        ("2014-02", "2014-02-06", ["2014-02-06"], "award.more_precise"),
        ("2014", "2014-02-06", ["2014-02-06"], "award.more_precise"),
        ("2014-02-06", "2014", ["2014-02-06"], "award.less_precise"),
        ("2014", "2014", ["2014"], ""),
        ("2014", "2015-01", ["2014", "2015-01"], "award.near"),
        ("2014-02", "2014-03", ["2014-02", "2014-03"], "award.near"),
        ("2014-06", "2015", ["2014-06", "2015"], "award.near"),
        ("2014-02", "2015-02", ["2014-02", "2015-02"], ""),
        ("2014", "2016", ["2014", "2016"], ""),
        ("", "2014", ["", "2014"], ""),
    ],
)
@pytest.mark.parametrize("known_by", ["facts", "import", "same"])
def test_an_award_told_again_is_one(before: str, now: str, dates: list[str], warned: str, known_by: str) -> None:
    old, new = {"awards": [award(before)]}, {"awards": [award(now)]}
    if known_by == "facts":
        tables, problems = imported({**KNOWN, **old}, new)
    elif known_by == "import":
        tables, problems = imported(KNOWN, old, new)
    else:
        tables, problems = imported(KNOWN, {"awards": [award(before), award(now)]})
        warned = "award.less_precise" if warned == "award.more_precise" else warned
    assert [row["awarded_on"] for row in awards(tables)] == dates
    found = keys(problems)
    assert set(found) == {warned} - {""}
    assert found[warned] <= (2 if warned == "award.near" and known_by == "same" else 1)
    assert all(problem.severity == "warning" for problem in problems)


def test_what_belongs_to_a_date_stays_with_it() -> None:
    rough = award("2014", date_basis="stated", source_url="https://a.example", valid_until="2016", confidence="high")
    exact = award("2014-02-06", date_basis="news_date", source_url="https://b.example")
    tables, problems = imported(KNOWN, {"awards": [rough]}, {"awards": [exact]})
    (row,) = awards(tables)
    told = tuple(row[name] for name in ("awarded_on", "date_basis", "source_url", "confidence", "valid_until"))
    assert told == ("2014-02-06", "news_date", "https://b.example", "medium", "2016")
    assert keys(problems) == {"award.more_precise": 1}
    tables, problems = imported(
        KNOWN, {"awards": [award("2014", valid_until="2016")]}, {"awards": [award("2014", valid_until="2017")]}
    )
    assert (len(awards(tables)), keys(problems)) == (2, {"award.near": 1}), "ends that contradict each other"


def test_a_source_looked_at_again_is_no_second_award() -> None:
    for date in ("", "2014"):
        looked = [award(date, source_url="https://a.example", checked_on=day) for day in ("2026-01-05", "2025-03", "")]
        for order in permutations(looked):
            tables, problems = imported(KNOWN, *({"awards": [row]} for row in order))
            (row,) = awards(tables)
            assert (row["checked_on"], problems) == ("2026-01-05", [])
    other = award("2014", source_url="https://b.example")
    tables, problems = imported(KNOWN, {"awards": [award("2014", source_url="https://a.example")]}, {"awards": [other]})
    assert (len(awards(tables)), keys(problems)) == (1, {"award.again": 1})


AWARDS = st.builds(
    award,
    st.sampled_from(["", "2014", "2014-02", "2014-02-06", "2014-03", "2015-01", "2016", "2018-12-31"]),
    label=st.sampled_from(["bronze", "gold"]),
    valid_until=st.sampled_from(["", "2019", "2020", "2020-05"]),
    source_url=st.sampled_from(["", "https://a.example", "https://b.example"]),
    confidence=st.sampled_from(["", "high"]),
    checked_on=st.sampled_from(["", "2025"]),
)


@given(st.lists(AWARDS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_imports_does_not_matter_and_twice_changes_nothing(rows: list[Cells], chance: Random) -> None:
    _, expected = merged(KNOWN, {"awards": rows})
    shuffled = list(rows)
    chance.shuffle(shuffled)
    one_by_one: list[Files] = [{"awards": [row]} for row in shuffled]
    assert merged(KNOWN, {"awards": shuffled})[1] == expected
    assert merged(KNOWN, *one_by_one)[1] == expected
    assert merged(KNOWN, *one_by_one, one_by_one[0], {"awards": rows})[1] == expected
    for label in ("bronze", "gold"):
        dates = [row["awarded_on"] for row in expected if row["label"] == label and row["awarded_on"]]
        told = {row["awarded_on"] for row in rows if row["label"] == label and row["awarded_on"]}
        most_precise = {date for date in told if not any(other != date and other.startswith(date) for other in told)}
        assert most_precise <= set(dates) <= told


def test_an_award_without_a_place_is_told_once_a_cluster() -> None:
    facts = {"clusters": [cluster()]}
    tables, problems = imported(facts, {"awards": [award("2014"), award("2018"), award("2016", label="bronze")]})
    assert len(awards(tables)) == 3
    (warned,) = [problem for problem in problems if problem.key == "award.placeless"]
    assert (warned.value, warned.severity) == ("a", "warning")
    assert not imported(facts, {"clusters": [cluster(**LILLE)], "awards": [award("2014")]})[1]


# -- what the register is


def test_the_register_is_as_of_its_day_unless_awards_were_handed_in() -> None:
    told = {"title_fr": "R", "title_en": "R", "as_of": "2025-06"}
    facts = {**KNOWN, "awards": [award("2014")], "register": [told]}
    own = {**told, "as_of": "2026-01-31"}
    for imports, day in (
        ([{"clusters": [cluster(note="x")], "register": [own]}], "2026-01-31"),
        ([{"awards": [award("2020")]}], ""),
        ([{"awards": [award("2020")], "register": [own]}], "2026-01-31"),
    ):
        first = [{"awards": [award("2014")]}] if imports[0].keys() == {"clusters", "register"} else []
        assert imported(facts, *first, *imports)[0].frames["register"].to_dict("records") == [{**told, "as_of": day}]
    assert imported(KNOWN, ANY)[0].frames["register"].empty
    assert merge.NEAR_MONTHS == 12
