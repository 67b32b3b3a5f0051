"""The feed of new awards and ended labels: what Atom requires, in order, nothing in the future, stable ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.editions import HOSTILE, TODAY

from clusterdash.domain import Award, Cluster, Label, LabelHolder, Language, Observation, ValidityRule
from clusterdash.domain.label_end import with_ends
from clusterdash.domain.partial_dates import first_day, last_day
from clusterdash.domain.text import LocalizedText
from clusterdash.editions.reader import EditionReader
from clusterdash.i18n import LANGUAGES
from clusterdash.labels import status
from clusterdash.labels.contact import Contact
from clusterdash.labels.filters import LabelFilters
from clusterdash.open_data import feed
from clusterdash.open_data.label_files import FilteredRegister
from clusterdash.server.routes import routes

ATOM = "{http://www.w3.org/2005/Atom}"
SERVER = "https://labels.example/base/"
AUTHOR = Contact('E & "Co" <x>', "https://e.example/?a=1&b=2")
RULE = ValidityRule(
    Label.GOLD, False, 2000, None, 24, False, 12, "inferred", LocalizedText("règle", "rule"), "https://r.example"
)


def award(awarded_on: str = "", valid_until: str = "", label: Label = Label.GOLD, *, checked: str = "") -> Award:
    identity = f"{label}-{awarded_on}-{valid_until}"
    return Award(identity, label, awarded_on, "stated", valid_until, "https://a.example/?x=1&y=2", "high", checked)


def holder(
    *awards: Award,
    name: str = "Example",
    rules: Sequence[ValidityRule] = (),
    seen: Sequence[Observation] = (),
) -> LabelHolder:
    cluster = Cluster(
        cluster_id="xx-example",
        name=name,
        country="FR",
        city="Lyon",
        region="",
        latitude=None,
        longitude=None,
        geo_precision="unknown",
        activity="",
        website="",
        note="",
        sectors=(),
    )
    return LabelHolder(cluster, with_ends(awards, rules), (), tuple(seen))


def register_of(*holders: LabelHolder, language: Language = "en", today: date = TODAY) -> FilteredRegister:
    found = status.label_statuses(holders, today, today)
    return FilteredRegister(found, {}, LabelFilters(), today, None, "0" * 64, language)


def document(*holders: LabelHolder, language: Language = "en") -> ElementTree.Element:
    return checked(feed.feed(register_of(*holders, language=language), SERVER, AUTHOR), TODAY)


def only(parent: ElementTree.Element, name: str) -> str:
    """The text of the one child of this name that there must be."""
    (child,) = parent.findall(ATOM + name)
    assert child.text and child.text.strip()
    return child.text


TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[\w/?:@!$&'()*+,;=.~%-]+")
"""RFC 4151, section 2.1."""
DAY = re.compile(r"\d{4}-\d\d-\d\dT00:00:00Z")


def checked(text: str, today: date) -> ElementTree.Element:
    """A feed that has all that RFC 4287 requires, as an element."""
    root = ElementTree.fromstring(text.encode())
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    for part in (root, *entries):
        assert TAG.fullmatch(only(part, "id"))
        assert only(part, "title")
        assert DAY.fullmatch(only(part, "updated"))
        assert date.fromisoformat(only(part, "updated")[:10]) <= today
        links = {link.get("rel"): link.get("href", "") for link in part.findall(f"{ATOM}link")}
        assert all(address.startswith("http") for address in links.values())
        assert "alternate" in links, "there is no content"
    (author,) = root.findall(f"{ATOM}author")
    assert only(author, "name")
    assert {link.get("rel") for link in root.findall(f"{ATOM}link")} == {"self", "alternate"}
    assert all(only(entry, "summary") for entry in entries)
    ids = [only(entry, "id") for entry in entries]
    assert len(set(ids)) == len(ids)
    days = [only(entry, "updated") for entry in entries]
    assert days == sorted(days, reverse=True)
    assert len(entries) <= feed.MAX_ENTRIES
    assert only(root, "updated") == days[0] if days else only(root, "updated")
    return root


def titles(root: ElementTree.Element) -> list[str]:
    return [only(entry, "title").replace("\u00a0", " ") for entry in root.findall(f"{ATOM}entry")]


def updates(root: ElementTree.Element) -> list[str]:
    return [only(entry, "updated")[:10] for entry in root.findall(f"{ATOM}entry")]


@pytest.mark.parametrize(
    ("awarded_on", "day", "english", "french"),
    [
        ("2026-03-27", "2026-03-27", "on 27 March 2026", "le 27 mars 2026"),
        ("2026-03-01", "2026-03-01", "on 1 March 2026", "le 1er mars 2026"),
        ("2026-02", "2026-02-28", "in February 2026", "en février 2026"),
        ("2025", "2025-12-31", "in 2025", "en 2025"),
        ("2026", "2026-06-01", "in 2026", "en 2026"),
        ("2026-06", "2026-06-01", "in June 2026", "en juin 2026"),
    ],
)
def test_an_award_is_told_as_precisely_as_it_is_known(awarded_on: str, day: str, english: str, french: str) -> None:
    for language, told in (("en", f"Example was awarded the label Gold {english}"), ("fr", french)):
        root = document(holder(award(awarded_on)), language=language)  # type: ignore[arg-type]
        (title,) = titles(root)
        assert title.endswith(told)
        assert updates(root) == [day]


def test_an_award_is_no_later_than_its_source_was_checked() -> None:
    for checked_on, day in (("2026-02-10", "2026-02-10"), ("2026-02", "2026-02-28"), ("2027", "2026-06-01")):
        assert updates(document(holder(award("2026", checked=checked_on)))) == [day]
    assert updates(document(holder(award("2026-05-20", checked="2026-03")))) == ["2026-05-20"], "announced before"


def test_an_end_says_how_it_is_known() -> None:
    stated = holder(award("2015", "2025-06"))
    by_rule = holder(award("2024-05"), rules=[RULE])
    seen = Observation(Label.GOLD, "2026-01-15", False, "page", "https://o.example", "high")
    lapsed = holder(award("2015"), seen=[seen])
    running = holder(award("2015", "2026-06-01"))
    renewed = holder(award("2015", "2025-06"), award("2020", "2030"))
    for found, english, french, day in (
        (stated, "The label Gold of Example ended in June 2025", "le label Gold a pris fin en juin 2025", "2025-06-30"),
        (
            by_rule,
            "By the rule of the scheme, the label Gold of Example ended about May 2026, unless renewed since",
            "d’après la règle du dispositif, le label Gold a pris fin vers mai 2026, sauf renouvellement depuis",
            "2026-05-31",
        ),
        (
            lapsed,
            "Example no longer held the label Gold on 15 January 2026",
            "Example ne détenait plus le label Gold le 15 janvier 2026",
            "2026-01-15",
        ),
    ):
        root = document(found)
        assert (titles(root)[0], updates(root)[0]) == (english, day)
        assert titles(document(found, language="fr"))[0].endswith(french)
    assert titles(document(running)) == [], "its last day is today"
    assert titles(document(renewed)) == []


def test_what_is_older_than_two_years_or_without_a_date_is_left_out() -> None:
    since = TODAY.replace(year=TODAY.year - 2)
    kept, dropped = award(since.isoformat()), award((since - timedelta(1)).isoformat())
    assert updates(document(holder(kept, dropped, award("")))) == [since.isoformat()]


def test_there_are_fifty_at_most_and_they_are_the_latest() -> None:
    days = [TODAY - timedelta(number) for number in range(60)]
    root = document(holder(*(award(day.isoformat()) for day in reversed(days))))
    assert updates(root) == [day.isoformat() for day in days[:50]]


def test_an_id_stays_whatever_the_language_the_port_and_the_filters_are() -> None:
    ids = set()
    for language, server in (("fr", SERVER), ("en", SERVER), ("en", "http://labels.example:8501/")):
        register = register_of(holder(award("2026-02"), award("2019", "2026-03", Label.SILVER)), language=language)
        root = ElementTree.fromstring(feed.feed(register, server, AUTHOR))
        ids.add(tuple(sorted(only(entry, "id") for entry in root.findall(f"{ATOM}entry"))))
    (found,) = ids
    assert len(found) == 2
    assert "tag:labels.example,2026:end/xx-example/silver/2026-03" in found


def test_a_feed_without_entries_is_a_feed(staff: EditionReader) -> None:
    root = checked(feed.feed(register_of(), SERVER, AUTHOR), TODAY)
    assert only(root, "updated") == "2026-06-01T00:00:00Z"
    stated = staff.provenance()
    assert stated
    old = replace(register_of(), provenance=replace(stated, as_of="2025-11"))
    assert only(checked(feed.feed(old, SERVER, AUTHOR), TODAY), "updated") == "2025-11-30T00:00:00Z"


def test_hostile_names_stay_text() -> None:
    for name in (HOSTILE, "]]><entry/>", "&amp;lt;b&gt;", '" onload="x'):
        root = document(holder(award("2026-02"), name=name))
        assert name in only(root.findall(f"{ATOM}entry")[0], "title")
        assert {element.tag for element in root.iter()} <= {
            ATOM + known
            for known in (
                *("feed", "entry", "id", "title", "subtitle", "updated", "link", "author", "name", "uri"),
                *("rights", "category", "summary"),
            )
        }
        assert root.findall(f"{ATOM}author/{ATOM}name")[0].text == AUTHOR.name


DATES = some.sampled_from(["", "2023", "2024-06-01", "2024", "2025-03", "2025-11-30", "2026", "2026-05", "2026-06"])
AWARDS = some.builds(award, DATES, DATES, some.sampled_from(list(Label)), checked=DATES)


@given(some.lists(some.lists(AWARDS, min_size=1, max_size=5), max_size=30), some.booleans())
def test_every_award_of_the_period_is_told_once_at_a_day_that_it_can_mean(given_awards: Any, ruled: bool) -> None:
    holders = [
        replace(found, cluster=replace(found.cluster, cluster_id=f"c{number}"))
        for number, own in enumerate(given_awards)
        for identified in [[replace(one, award_id=f"{number}-{n}") for n, one in enumerate(own)]]
        for found in [holder(*identified, rules=[RULE] if ruled else [])]
    ]
    register = register_of(*holders)
    checked(feed.feed(register, SERVER, AUTHOR), TODAY)
    entries = feed.feed_entries(register)
    by_path = {entry.path: entry for entry in entries}
    dated = [one for found in holders for one in found.awards if one.awarded_on]
    for one in dated:
        first, last = first_day(one.awarded_on), last_day(one.awarded_on)
        assert first and last
        entry = by_path.get(f"award/{one.award_id}")
        if entry:
            assert first <= entry.updated <= min(last, TODAY)
            assert one.awarded_on[:4] in entry.title
        else:
            assert len(entries) == feed.MAX_ENTRIES or first < TODAY.replace(year=2024) or first > TODAY
    ends = [entry for entry in entries if entry.path.startswith("end/")]
    assert all((entry.holding.state in status.ENDED) and entry.updated <= TODAY for entry in ends)


# -- As it is served


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield TestClient(Starlette(routes=routes()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_served_feed_takes_filters_and_names_itself(
    client: TestClient, register: tuple[LabelHolder, ...], language: str
) -> None:
    today = datetime.now(UTC).date()
    answer = client.get(f"/labels.atom?lang={language}&label=gold&country=FR,DE")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = checked(answer.text, today)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    (own,) = [link.get("href", "") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert client.get(own).text == answer.text
    assert {c.get("term") for c in root.iter(f"{ATOM}category")} <= {"gold"}
    clusters = {holder.cluster.cluster_id: holder.cluster for holder in register}
    pages = [link.get("href", "") for link in root.findall(f"{ATOM}entry/{ATOM}link[@rel='alternate']")]
    named = {clusters[re.search(r"id=([^&]+)", page)[1]].country for page in pages}  # type: ignore[index]
    assert named <= {"FR", "DE"}
    everything = checked(client.get("/labels.atom").text, today)
    assert len(everything.findall(f"{ATOM}entry")) >= len(pages)
    again = client.get("/labels.atom", headers={"If-None-Match": client.get("/labels.atom").headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("query", ["year=2018", "state=valid", "q=x", "label=platinum", "country=ZZ", "view=world"])
def test_a_feed_has_no_day_and_refuses_what_it_does_not_know(client: TestClient, query: str) -> None:
    answer = client.get(f"/labels.atom?{query}")
    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.text


def test_a_contact_that_cannot_be_read_is_told(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "contact.toml").write_text('website = "https://e.example"\n')
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    for path in ("/labels.atom", "/dcat.jsonld"):
        answer = client.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 503
        assert "contact.toml" in answer.text
        assert str(tmp_path) not in answer.text
