"""What search engines read in the head of pages: clusters with their awards, the register as a data set."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from support.editions import AWARDS, HOSTILE, hostile_register

from clusterdash.domain import LabelHolder
from clusterdash.i18n import format_partial_date, translate
from clusterdash.ingest import invisible_characters
from clusterdash.open_data import structured_data
from clusterdash.server.page_metadata import PageMetadata
from clusterdash.server.routes import routes
from clusterdash.server.security_headers import INDEX

SERVER = "https://labels.example/"
PAGES = ("labels", "open_data", "cluster", "guide")


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield application()


def application() -> TestClient:
    pages = [Route(f"/{name}", lambda _: HTMLResponse(INDEX.read_text("utf-8"))) for name in PAGES]
    return TestClient(Starlette(routes=[*routes(), *pages], middleware=[Middleware(PageMetadata)]))


def structured(page: str) -> list[dict[str, Any]]:
    """The structured data of a page, as a program finds it."""
    head = page.split("</head>", maxsplit=1)[0]
    return [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', head)]


@pytest.mark.parametrize("text", [HOSTILE, "</script><script>alert(1)</script>", "<!--", "&lt;\u2028\u2029", "\\u003c"])
def test_nothing_in_the_data_ends_its_element(text: str) -> None:
    element = structured_data.script({"name": text, text: [text]})
    inside = element.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set(inside) & set("<>&\u2028\u2029")
    assert json.loads(inside) == {"name": text, text: [text]}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_cluster_is_told_with_its_place_and_awards(
    client: TestClient, register: tuple[LabelHolder, ...], language: str
) -> None:
    by_precision = {holder.cluster.geo_precision: holder for holder in register}
    assert len(by_precision) == 3
    for precision, holder in by_precision.items():
        cluster = holder.cluster
        page = client.get("/cluster", params={"id": cluster.cluster_id, "lang": language}).text
        (told,) = structured(page)
        assert (told["@context"], told["@type"], told["name"]) == ("https://schema.org", "Organization", cluster.name)
        asked = parse_qs(urlsplit(told["mainEntityOfPage"]).query)
        assert asked == {"id": [cluster.cluster_id], "lang": [language]}
        assert told["url"] == cluster.website or told["mainEntityOfPage"]
        assert told["address"]["addressCountry"] == cluster.country
        assert told["address"].get("addressLocality", "") == cluster.city
        assert told["address"].get("addressRegion", "") == cluster.region
        assert ("location" in told) == (precision == "city")
        if precision == "city":
            point = told["location"]["geo"]
            assert (point["latitude"], point["longitude"]) == (cluster.latitude, cluster.longitude)
        assert len(told["award"]) == len(holder.awards)
        for text, award in zip(told["award"], holder.awards, strict=True):
            assert translate(language, f"label.{award.label}") in text  # type: ignore[arg-type]
            assert not award.awarded_on or format_partial_date(language, award.awarded_on) in text  # type: ignore[arg-type]
            assert not award.end.until or format_partial_date(language, award.end.until) in text  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/labels?lang=en&label=gold", "/open_data?lang=en"])
def test_the_register_is_told_as_a_data_set_whose_files_exist(client: TestClient, path: str) -> None:
    (told,) = structured(client.get(path).text)
    assert (told["@context"], told["@type"]) == ("https://schema.org", "Dataset")
    assert 50 <= len(told["description"]) <= 5000, "what dataset search asks for"
    about = client.get("/labels.json?lang=en").json()["metadata"]
    assert (told["name"], told["version"]) == (about["title"], about["version"])
    assert told["dateModified"] == about["as_of"]
    assert told["license"]["name"] == about["licence"]
    assert len(told["distribution"]) == 5
    for file in told["distribution"]:
        address = urlsplit(file["contentUrl"])
        answer = client.get(f"{address.path}?{address.query}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == file["encodingFormat"]
    assert about["awards"] == str(AWARDS)


def test_other_pages_and_unknown_clusters_say_nothing(client: TestClient) -> None:
    for path in ("/guide?lang=en", "/cluster?lang=en", "/cluster?id=nobody", "/cluster?id=%3Cscript%3E"):
        assert structured(client.get(path).text) == [], path


def test_without_an_edition_the_pages_still_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(tmp_path))
    answer = application().get("/labels?lang=en")
    assert answer.status_code == 200
    assert structured(answer.text) == []


def test_a_wrong_contact_leaves_out_the_publisher_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    (told,) = structured(client.get("/open_data?lang=en").text)
    assert told["creator"]["name"]
    monkeypatch.setattr("clusterdash.labels.contact.PROJECT_DATA", tmp_path)
    (told,) = structured(client.get("/open_data?lang=en").text)
    assert "creator" not in told


@pytest.mark.parametrize(
    "path", ["/cluster?id=c0", "/labels", "/labels?country=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"]
)
def test_hostile_names_and_addresses_do_not_break_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(hostile_register(tmp_path)))
    page = application().get(path).text
    (told,) = structured(page)
    assert "<script>alert" not in page
    if path.startswith("/cluster"):
        assert told["name"] == invisible_characters.remove_invisible(HOSTILE)


@pytest.mark.parametrize(
    "path", ["/labels?lang=en&label=gold&country=FR&q=bio", "/open_data?lang=en", "/list/en?country=FR"]
)
def test_pages_about_labels_name_the_feed_and_the_data_package(client: TestClient, path: str) -> None:
    links = re.findall(r'<link rel="(alternate|describedby)" type="([^"]+)"[^>]*href="([^"]+)"', client.get(path).text)
    found = {kind: address.replace("&amp;", "&") for _, kind, address in links}
    assert {*found} == {"application/atom+xml", "application/json", "application/ld+json"}
    for address in found.values():
        parts = urlsplit(address)
        assert client.get(f"{parts.path}?{parts.query}".rstrip("?")).status_code == 200
    asked = parse_qs(urlsplit(found["application/atom+xml"]).query)
    assert asked["lang"] == ["en"]
    assert ("country" in path) == (asked.get("country") == ["FR"])
    assert "q" not in asked
    ElementTree.fromstring(client.get(found["application/atom+xml"]).content)
