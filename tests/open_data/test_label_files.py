"""The register as it leaves the program: every award once, counted alike everywhere, by its own name; and figures."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.editions import TODAY

from clusterdash.domain import Award, Label, LabelHolder, LabelState, Language
from clusterdash.domain.label_end import with_ends
from clusterdash.editions.reader import EditionReader
from clusterdash.i18n import LANGUAGES, format_number
from clusterdash.labels import counts, search, status
from clusterdash.labels.contact import Contact
from clusterdash.labels.filters import LabelFilters
from clusterdash.labels.status import SUPERSEDED, award_state, first_day
from clusterdash.open_data import label_files
from clusterdash.presentation.labels import narrative, tables, world_map
from clusterdash.server.routes import routes

Register = tuple[LabelHolder, ...]
DAY = date(2024, 6, 30)


def award(awarded_on: str = "", valid_until: str = "", label: Label = Label.GOLD) -> Award:
    given = Award("id", label, awarded_on, "stated", valid_until, "https://a.example", "high", "")
    return with_ends([given], ())[0]


def file_of(
    staff: EditionReader, asked: LabelFilters, today: date = TODAY, language: Language = "fr"
) -> label_files.FilteredRegister:
    day = asked.day(today)
    found = search.matching(status.label_statuses(staff.label_register(), day, today), asked)
    return label_files.FilteredRegister(found, staff.sectors(), asked, day, staff.provenance(), "0" * 64, language)


def rows(staff: EditionReader, asked: LabelFilters) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row.values()) for row in label_files.label_rows(file_of(staff, asked)))


def values(register: Register, name: str) -> list[Any]:
    """All values that a filter may have."""
    clusters = [holder.cluster for holder in register]
    known: dict[str, list[Any]] = {
        "label": list(Label),
        "countries": sorted({cluster.country for cluster in clusters}),
        "sectors": sorted({sector for cluster in clusters for sector in cluster.sectors}),
        "states": list(LabelState),
    }
    return known[name]


def with_value(asked: LabelFilters, name: str, value: Any) -> LabelFilters:
    return replace(asked, **{name: value if name == "label" else frozenset({value})})


FILTERS = ("label", "countries", "sectors", "states")
BASES = [
    LabelFilters(),
    LabelFilters(year=2016),
    LabelFilters(countries=frozenset({"FR", "DE"})),
    LabelFilters(states=frozenset({LabelState.EXPIRED, LabelState.VALID})),
    LabelFilters(label=Label.GOLD),
    LabelFilters(text="energy"),
    LabelFilters(year=2019, sectors=frozenset({"food", "ict"})),
]


@pytest.mark.parametrize("base", BASES, ids=lambda base: "&".join(base.address().values()))
@pytest.mark.parametrize("name", FILTERS)
def test_the_files_of_all_values_of_a_filter_are_the_file_without_it(
    staff: EditionReader, register: Register, name: str, base: LabelFilters
) -> None:
    """No award is lost and none is told otherwise: bronze, silver and gold together are all, and so for each filter."""
    base = replace(base, **{name: None if name == "label" else frozenset()})
    everything = rows(staff, base)
    parts = [rows(staff, with_value(base, name, value)) for value in values(register, name)]
    assert everything
    if name == "sectors":  # a cluster may have several
        assert set().union(*parts) == set(everything)
    else:
        assert sum(parts, Counter()) == everything
        assert all(not (one & other) for one, other in combinations(parts, 2))


def test_the_file_of_all_holds_every_award_of_the_register(staff: EditionReader, register: Register) -> None:
    found = [row["award_id"] for row in label_files.label_rows(file_of(staff, LabelFilters()))]
    assert Counter(found) == Counter(award.award_id for holder in register for award in holder.awards)
    assert len(found) > len({(h.cluster.cluster_id, a.label) for h in register for a in h.awards}) > len(register)


@pytest.mark.parametrize(
    ("one", "others", "state"),
    [
        (("2014-02-06", ""), [("2019", "2027")], SUPERSEDED),
        (("2019", "2027"), [("2014-02-06", "")], "valid"),
        (("2022", "2024-12-30"), [], "soon"),
        (("", ""), [("2019", "2027")], "unknown"),
        (("", "2015"), [("2019", "")], SUPERSEDED),
        (("", "2019-06"), [("2019", "")], "expired"),
        (("2018", "2023-06-29"), [("", "")], "expired"),
        (("2018", "2023-06-30"), [("2018-05", "")], "renewal"),
        (("2018-05", ""), [("2018", "")], "unknown"),
        (("2018", ""), [("2019-01", "")], SUPERSEDED),
    ],
)
def test_an_award_has_the_state_of_its_own_end(one: tuple[str, str], others: list[tuple[str, str]], state: str) -> None:
    asked = award(*one)
    assert award_state(asked, [asked, *(award(*other) for other in others)], DAY) == state


@pytest.mark.parametrize("year", [2015, 2020, None])
def test_no_award_is_told_to_hold_by_the_end_of_another(staff: EditionReader, year: int | None) -> None:
    """Against plain strings: what an award's own end says, and whether another was given after it."""
    asked = LabelFilters(year=year)
    day, ends = asked.day(TODAY).isoformat(), ("-12-31", "-31", "")  # of a year, of a month (long enough), of a day
    found = list(label_files.label_rows(file_of(staff, asked)))
    for row in found:
        end = row["award_end"] and row["award_end"] + ends[len(row["award_end"]) // 3 - 1]
        others = [r["awarded_on"] for r in found if (r["cluster_id"], r["label"]) == (row["cluster_id"], row["label"])]
        given = row["awarded_on"] or row["valid_until"]
        given_by = given and given + ends[len(given) // 3 - 1]
        later = [other for other in others if given and other and (other + "-01-01")[:10] > given_by]
        if later:
            assert row["award_state"] == SUPERSEDED
        else:
            ruled, running = row["award_end_kind"] == "rule", bool(end and end >= day)
            assert (row["award_state"] in ("valid", "soon")) == (running and not ruled)
            assert (row["award_state"] == "by_rule") == (running and ruled)
            assert (row["award_state"] == "ended_by_rule") == (bool(end) and ruled and not running)
            assert (row["award_state"] == "unknown") == (not end)
    assert {row["award_state"] for row in found} > {SUPERSEDED, "ended_by_rule"}


# -- what is real is told of the register, what is invented of the edition


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield TestClient(Starlette(routes=routes()))


WAYS = ["/labels.csv", "/labels.json", "/labels.geojson", "/list/fr", "/list/en", "/embed", "/sitemap.xml"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("query", ["", "?lang=en&label=gold&year=2018"])
def test_real_facts_never_bear_the_title_of_an_invented_edition(
    client: TestClient, staff: EditionReader, way: str, query: str
) -> None:
    edition = staff.edition()
    assert edition.synthetic
    text = client.get(way + query).content.decode("utf-8-sig")
    assert edition.title not in text
    assert edition.edition_id not in text
    assert not re.search(r"(?i)d[eé]monstration|invent", unescape(text))


def test_files_name_the_register_and_its_day(staff: EditionReader) -> None:
    told = staff.provenance()
    assert told
    for language in LANGUAGES:
        register = file_of(staff, LabelFilters(), language=language)
        about = json.loads(label_files.labels_json(register))["metadata"]
        assert (about["title"], about["as_of"]) == (told.title.get(language), told.as_of)
        (row, *_) = csv.DictReader(io.StringIO(label_files.labels_csv(register).decode("utf-8-sig")))
        assert (row["about_title"], row["about_as_of"]) == (told.title.get(language), told.as_of)
        nameless = replace(register, provenance=None)
        assert nameless.about()["title"]
        assert nameless.about()["as_of"] == ""


@pytest.mark.parametrize("address", [{}, {"label": "gold"}, {"state": "expired"}, {"country": "PL", "year": "2020"}])
def test_page_list_map_and_files_count_the_same_and_say_what(
    client: TestClient, staff: EditionReader, address: dict[str, str]
) -> None:
    today = datetime.now(UTC).date()
    asked = LabelFilters(
        Label(address["label"]) if "label" in address else None,
        countries=frozenset(address.get("country", "").split(",")) - {""},
        states=frozenset(LabelState(state) for state in address.get("state", "").split(",") if state),
        year=int(address["year"]) if "year" in address else None,
    )
    register = file_of(staff, asked, today, "en")
    found, clusters, n = register.shown, register.clusters, register.awards
    told = client.get("/labels.json", params=address).json()
    assert len(told["labels"]) == n == int(told["metadata"]["awards"])
    assert len({row["cluster_id"] for row in told["labels"]}) == clusters == int(told["metadata"]["clusters"])
    listed = unescape(client.get("/list/en", params=address).text)
    assert listed.count("<tr>") - listed.count("<thead>") == clusters
    assert f"<h1>{clusters} labelled cluster" in listed
    assert f"all {n} awards" in listed
    drawn = sum(len(here) for here in world_map.by_location(found).values())
    assert drawn + register.without_coordinates == clusters
    embedded = client.get("/embed?lang=en", params={**address, "lang": "en"}).text
    assert f"{clusters} labelled cluster" in embedded
    assert (
        not register.without_coordinates
        or f"{register.without_coordinates} of them without a known location" in embedded
    )
    assert narrative.label_counts(found, asked, "en").startswith(f"{clusters} cluster")
    assert f"the {n} matching awards" in tables.export_links(asked, register.matching, "en")
    entries = tables.list_entries(found, staff.sectors(), "en")
    assert tables.label_list(found, entries).count("<li ") == clusters


# -- figures


def counted(register: Register, label: Label | None, day: date) -> set[str]:
    """The clusters that count on a day, by plain comparing."""
    found = set()
    for holder in register:
        own = [a for a in holder.awards if label in (None, a.label)]
        since = [first_day(a.awarded_on or a.valid_until) for a in own if a.awarded_on or a.valid_until]
        if any(start is not None and start <= day for start in since):
            found.add(holder.cluster.cluster_id)
    return found


@pytest.mark.parametrize("label", [None, *Label])
def test_awards_without_any_date_make_no_jump(register: Register, label: Label | None) -> None:
    years = counts.counts_by_year(register, label, TODAY)
    for count in years:
        day = TODAY if count.year == TODAY.year else date(count.year, 12, 31)
        assert count.states.total == len(counted(register, label, day))
    apart = counts.count_undated_clusters(register, label, TODAY)
    everybody = {h.cluster.cluster_id for h in register if any(label in (None, a.label) for a in h.awards)}
    assert apart == len(everybody) - years[-1].states.total > 0
    for language in LANGUAGES:
        assert format_number(language, apart) in narrative.year_changes(years, apart, language)


DATES = st.sampled_from(["", "2012", "2015-03", "2019-06-30", "2025", "2026-02"])
AWARDS = st.builds(award, DATES, DATES, st.sampled_from(list(Label)))


@given(
    given_awards=st.lists(st.lists(AWARDS, min_size=1, max_size=4), min_size=1, max_size=4),
    label=st.sampled_from([None, *Label]),
)
def test_what_rises_or_falls_is_explained(
    register: Register, given_awards: list[list[Award]], label: Label | None
) -> None:
    """From year to year the sums come out, and no fall of ended labels is left without its reason."""
    holders = [replace(holder, awards=tuple(own)) for holder, own in zip(register, given_awards, strict=False)]
    years = counts.counts_by_year(holders, label, TODAY)
    told = narrative.year_changes(years, 0, "en")
    for before, now in pairwise(years):
        assert now.states.total >= before.states.total
        assert now.ended - before.ended == now.ended_new - now.ended_left.total
        fall = f"In {now.year} the number of ended labels falls from {before.ended} to {now.ended};"
        assert (f"{fall} in: {now.ended_new}, out:" in told) == (now.ended < before.ended)


# -- how to tell of an error


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_reaches_somebody(register: Register, language: Language) -> None:
    """A mail has an addressee; without an address there is the organisation's page, and what to write there."""
    for holder in register[:40]:
        ids = [a.award_id for a in holder.awards]
        told, text = narrative.report_error(holder, Contact("E & Co", "https://e.example", ""), language)
        assert "mailto:" not in told
        assert "(<https://e.example>)" in told
        assert all(name in text for name in (holder.cluster.name, holder.cluster.cluster_id, *ids))
        told, text = narrative.report_error(holder, Contact("E", "https://e.example", "a+b@e.example"), language)
        (address,) = re.findall(r"\(<(mailto:[^>]+)>\)", told)
        parts = urlsplit(address)
        assert parts.path == "a%2Bb@e.example"
        asked = parse_qs(parts.query, strict_parsing=True)
        assert holder.cluster.cluster_id in asked["subject"][0]
        assert all(name in asked["body"][0] for name in (holder.cluster.name, *ids))
        assert re.sub(r"\r\n", "", asked["body"][0]).count("\n") == 0, "lines end as RFC 6068 says"
        assert not text
