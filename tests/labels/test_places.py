"""The gazetteer: places by their names in any language, with country, by beginnings and with slips; and its file."""

from __future__ import annotations

import csv
import importlib.util
from itertools import pairwise
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.i18n import country_codes, european_names
from clusterdash.labels import places
from clusterdash.labels.places import MOST_CANDIDATES, find_place, find_places, name_key, names_elsewhere

GAZETTEER = PROJECT_DATA / "gazetteer"
ROWS = list(csv.DictReader((GAZETTEER / "places.csv").read_text("utf-8").splitlines()))
LARGE = [row for row in ROWS if int(row["population"]) > 300_000 and row["country"] != "MX"]


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """The script that writes the file."""
    spec = importlib.util.spec_from_file_location("build_places", GAZETTEER / "build_places.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(some.sampled_from(ROWS))
def test_every_place_is_found_by_its_own_name_and_country(row: dict[str, str]) -> None:
    found = find_places(f"{row['name']}, {row['country']}")
    assert 0 < len(found) <= MOST_CANDIDATES
    assert all(one.place.country == row["country"] for one in found)
    alike = [one for one in found if name_key(one.found_by) == name_key(row["name"])]
    assert alike == list(found), "a whole name comes before beginnings and slips"
    assert int(row["population"]) <= found[0].place.population * places._OWN_NAME


@given(some.sampled_from(LARGE), some.data())
def test_a_large_place_is_found_by_any_name_and_with_a_slip(row: dict[str, str], data: some.DataObject) -> None:
    name = data.draw(some.sampled_from([row["name"], *filter(None, row["other_names"].split("|"))]))
    assert find_place(f"{name}, {row['country']}") is not None
    if len(name) >= 6 and name_key(name).isalpha():
        at = data.draw(some.integers(1, len(name) - 1))
        slip = find_place(name[:at] + name[at + 1 :])
        assert slip is not None


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Lyon", "Lyon", "FR"),
        ("Lyon, FR", "Lyon", "FR"),
        ("lyon , frankreich", "Lyon", "FR"),
        ("Monachium", "Munich", "DE"),
        ("münchen", "Munich", "DE"),
        ("Köln", "Köln", "DE"),
        ("Cologne", "Köln", "DE"),
        ("Kolonia", "Köln", "DE"),
        ("Cologne, Italie", "Cologne", "IT"),
        ("Vienne", "Vienna", "AT"),
        ("Vienne, FR", "Vienne", "FR"),
        ("Frankfurt", "Frankfurt am Main", "DE"),
        ("Niš", "Niš", "RS"),
        ("Nis", "Niš", "RS"),
        ("lodz", "Łódź", "PL"),
        ("saint etienne", "Saint-Étienne", "FR"),
        ("Αθήνα", "Athens", "GR"),
        ("Київ", "Kyiv", "UA"),
        ("Saint-Etiene", "Saint-Étienne", "FR"),
        ("Bordeau", "Bordeaux", "FR"),
        ("Lyom", "Lyon", "FR"),
    ],
)
def test_the_place_that_is_meant(text: str, name: str, country: str) -> None:
    found = find_place(text)
    assert found is not None
    assert (found.place.name, found.place.country) == (name, country)


@pytest.mark.parametrize("text", ["", ",", "!!", "xqzzw", "Xqzzwvkj, FR", "a", "Lyon, DE"])
def test_what_names_no_place(text: str) -> None:
    found = find_place(text)
    assert found is None or name_key(found.found_by) != "lyon"
    assert not (found and text != "Lyon, DE")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Torino", "Torino"),
        (" Torino , Italia", "Torino"),
        ("Monachium", "Monachium"),
        ("monachium", "Monachium"),
        ("Nis", "Niš"),
        ("Torino<>", "Tórínó"),
        ("Wien!", "Wien"),
        ("Bordeau", "Bordeaux"),
    ],
)
def test_another_name_is_shown_as_it_was_typed(text: str, shown: str) -> None:
    found = find_place(text)
    assert found is not None
    assert found.found_by == shown


def test_of_several_places_alike_that_of_a_wanted_country_is_taken() -> None:
    assert [one.place.country for one in find_places("Vienne")] == ["AT", "FR"]
    assert (find_place("Vienne", {"FR"}) or find_places("Vienne")[0]).place.country == "FR"
    assert find_place("Vienne", {"SE"}) == find_places("Vienne")[0], "a preference, not a filter"


def test_a_name_by_which_another_place_is_meant_is_not_one_elsewhere() -> None:
    assert "monachium" in names_elsewhere("Munich", "DE")
    assert names_elsewhere("Munich", "FR") == frozenset()
    assert "zaragoza" in names_elsewhere("Zaragoza", "ES")
    tijuana = next(row for row in ROWS if row["name"] == "Tijuana")
    assert "Zaragoza" in tijuana["other_names"].split("|"), "so the source says"
    assert "zaragoza" not in names_elsewhere("Tijuana", "MX")


def test_the_file_is_in_order_and_says_no_name_twice(builder: ModuleType) -> None:
    assert len(ROWS) > 10_000
    order = [(row["country"], builder.collation_key(row["name"])) for row in ROWS]
    assert all(one <= other for one, other in pairwise(order)), "so that a newer source changes few lines"
    fewest = builder._fewest_inhabitants()
    for row in ROWS:
        names = [row["name"], *filter(None, row["other_names"].split("|"))]
        assert len({name_key(name) for name in names}) == len(names), row["name"]
        assert int(row["population"]) >= fewest[row["country"]]
        assert -90 <= float(row["latitude"]) <= 90
        assert -180 <= float(row["longitude"]) <= 180
        assert row["country"] in country_codes()
    assert (GAZETTEER / "places.csv").stat().st_size < 1_600_000


def test_names_that_no_european_types_are_left_out(builder: ModuleType) -> None:
    entry = {
        "name": "Munich",
        "countrycode": "DE",
        "population": 1_500_000,
        "alternatenames": [
            *("MUC", "München", "Munchen", "Muenchen", "Minkhen", "mi wnik", "Munich", "Μόναχο", "Мюнхен", "Мүнхен"),
            *("ミュンヘン", "ميونخ", "Lungsod ng München", "Mjun'khen", "Monaco di Baviera", "Mjunkhen"),
        ],
    }
    kept = set(builder.other_names(entry))
    assert kept == {"München", "Muenchen", "Minkhen", "Monaco di Baviera", "Μόναχο", "Мюнхен"}
    small = {**entry, "population": 6_000}
    assert set(builder.other_names(small)) == {"München", "Muenchen", "Minkhen", "Monaco di Baviera"}
    assert "Mjunkhen" in set(builder.other_names({**entry, "countrycode": "UA"})), "there it is how others know it"


def test_every_country_of_the_gazetteer_can_be_typed() -> None:
    for code in {row["country"] for row in ROWS}:
        assert places._country_code(code.lower()) == code
        for name in european_names(code):
            assert places._country_code(name), name
