"""What the server answers beside the pages: through the real application, with Starlette's client."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import streamlit as st
from openpyxl import load_workbook
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from support.editions import HOSTILE, hostile_register

from clusterdash import spreadsheets
from clusterdash.domain import PUBLIC, Label
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase
from clusterdash.i18n import translate
from clusterdash.ingest import invisible_characters
from clusterdash.labels import filters, search, status
from clusterdash.open_data import label_files
from clusterdash.presentation.labels.narrative import state_sentence
from clusterdash.server.login_redirect import COOKIE, LoginRedirect, return_address
from clusterdash.server.page_metadata import PageMetadata
from clusterdash.server.routes import routes

INDEX = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")


def application() -> TestClient:
    """Our routes and our middleware, before Streamlit's own empty page."""
    pages = [Route(f"/{name}", lambda _: HTMLResponse(INDEX)) for name in ("", "labels", "cluster", "benchmark")]
    return TestClient(Starlette(routes=[*routes(), *pages], middleware=[Middleware(PageMetadata)]))


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield application()


@pytest.fixture(scope="module")
def hostile_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of clusters with names that would like to be something else."""
    return hostile_register(tmp_path_factory.mktemp("hostile"))


def fitting(data: Path, address: dict[str, str]) -> list[status.LabelStatus]:
    opened = EditionDatabase(catalog.current_path(data))
    register, sectors = opened.reader(PUBLIC).label_register(), opened.reader(PUBLIC).sectors()
    opened.close()
    today = datetime.now(UTC).date()
    asked, wrong = filters.from_query(address, {holder.cluster.country for holder in register}, sectors, today)
    assert not wrong
    return search.matching(status.label_statuses(register, asked.day(today), today), asked)


def shown(data: Path, address: dict[str, str]) -> tuple[status.LabelStatus, ...]:
    """Each cluster once."""
    label = address.get("label", "all")
    return search.highest_labels(fitting(data, address), None if label == "all" else Label(label))


ADDRESSES = [{}, {"label": "gold", "country": "FR"}, {"state": "expired,soon"}, {"q": "energie", "year": "2018"}]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_file_holds_exactly_the_awards_that_fit(client: TestClient, data: Path, address: dict[str, str]) -> None:
    wanted = sorted(
        (holding.cluster.cluster_id, holding.label.value, holding.state.value, award.award_id, award.source_url)
        for holding in fitting(data, address)
        for award in holding.awards
    )
    assert wanted
    columns = ("cluster_id", "label", "cluster_label_state", "award_id", "source_url")
    rows = list(csv.DictReader(io.StringIO(client.get("/labels.csv", params=address).content.decode("utf-8-sig"))))
    assert sorted(tuple(row[name] for name in columns) for row in rows) == wanted
    assert all(row["about_licence"] and row["about_title"].startswith("Registre des labels") for row in rows)
    told = client.get("/labels.json", params=address).json()
    assert sorted(tuple(row[name] for name in columns) for row in told["labels"]) == wanted
    assert set(told["metadata"]) >= {"title", "as_of", "version", "day", "filters", "sources", "licence"}
    clusters = {row["cluster_id"]: row["latitude"] for row in told["labels"]}
    counts = {"awards": len(wanted), "clusters": len(clusters)}
    counts["clusters_without_place"] = sum(latitude is None for latitude in clusters.values())
    assert {name: told["metadata"][name] for name in counts} == {name: str(n) for name, n in counts.items()}
    features = client.get("/labels.geojson", params=address).json()["features"]
    assert sorted(tuple(f["properties"][name] for name in columns) for f in features) == wanted
    for feature in features:
        placed = feature["properties"]["geo_precision"] != "unknown"
        assert (feature["geometry"] is not None) == placed
    book = load_workbook(io.BytesIO(client.get("/labels.xlsx", params=address).content))
    sheet, about = book.worksheets
    heads = [cell.value for cell in sheet[1]]
    found = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert sorted(tuple(row[name] for name in columns) for row in found) == wanted
    assert {row[0].value for row in about.iter_rows()} >= {"title", "filters", "sources", "licence"}


def test_answers_are_kept_until_something_changes(client: TestClient) -> None:
    first = client.get("/labels.json")
    assert first.headers["access-control-allow-origin"] == "*"
    assert "max-age" in first.headers["cache-control"]
    again = client.get("/labels.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/labels.json?label=gold", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    for tag in (f"W/{first.headers['etag']}", "*", f'"other", {first.headers["etag"]}'):
        assert client.get("/labels.json", headers={"If-None-Match": tag}).status_code == 304
    assert client.head("/labels.csv").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "country=ZZ",
        "label=platinum",
        "label=gold&label=silver",
        "state=odd",
        "year=1999",
        "sector=%3Cb%3E",
        "view=moon",
    ],
)
@pytest.mark.parametrize("path", ["/labels.csv", "/labels.json", "/list/fr", "/embed"])
def test_a_wrong_value_is_refused_by_name(client: TestClient, path: str, address: str) -> None:
    answer = client.get(f"{path}?{address}&lang=en")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert address.split("=", maxsplit=1)[0] in answer.text


def test_no_edition_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(tmp_path))
    answer = application().get("/labels.json?lang=en")
    assert answer.status_code == 503
    assert "No edition is published" in answer.text
    assert str(tmp_path.parent) not in answer.text, "not where on the server"
    assert application().get("/sitemap.xml").status_code == 200


def test_parameters_that_stand_twice_are_both_heard(client: TestClient) -> None:
    one = client.get("/labels.json?country=FR,DE").json()["labels"]
    assert client.get("/labels.json?country=FR&country=DE").json()["labels"] == one
    assert client.get("/labels.json?label=").json()["labels"] == client.get("/labels.json").json()["labels"]


def test_what_was_asked_is_told(client: TestClient, data: Path) -> None:
    text = client.get("/list/en?label=gold&country=FR&q=bio").text
    assert "(Gold, France, “bio”)</title>" in text
    assert "Chosen: Gold, France, “bio”." in text
    told = parsed(client.get("/embed?country=FR&q=bio&lang=fr").text).text
    assert "France, «\u00a0bio\u00a0»" in told
    placeless = sum(not holding.cluster.has_coordinates for holding in shown(data, {}))
    assert f"dont {placeless} sans lieu connu" in parsed(client.get("/embed?lang=fr").text).text
    assert "7777777" not in client.get("/embed?q={{7*'7'}}x").text, "a question is not run as a template"


def test_our_own_page_shows_the_map_without_caption_and_never_stale(client: TestClient) -> None:
    captioned, bare = (client.get(f"/embed?label=gold&lang=fr{more}") for more in ("", "&caption=none"))
    assert 'class="caption"' in captioned.text
    assert 'class="caption"' not in bare.text
    assert (captioned.headers["cache-control"], bare.headers["cache-control"]) == (
        "public, max-age=300",
        "public, max-age=0",
    )
    assert client.get("/embed?caption=none", headers={"If-None-Match": bare.headers["etag"]}).status_code == 200
    again = client.get("/embed?label=gold&lang=fr&caption=none", headers={"If-None-Match": bare.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/embed?caption=large").status_code == 400


def test_the_data_package_describes_each_column_of_the_file(client: TestClient) -> None:
    package = client.get("/datapackage.json?lang=en").json()
    (resource,) = package["resources"]
    path = urlsplit(resource["path"])
    table = list(csv.DictReader(io.StringIO(client.get(f"{path.path}?{path.query}").content.decode("utf-8-sig"))))
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == list(table[0])
    for field in fields:
        limits, cells = field.get("constraints", {}), [row[field["name"]] for row in table]
        filled = [cell for cell in cells if cell]
        assert not limits.get("required") or len(filled) == len(cells), field
        assert {*filled} <= {*limits.get("enum", filled)}, field
        assert all(re.fullmatch(limits.get("pattern", "(?s:.*)"), cell) for cell in filled), field
        if field["type"] in ("number", "integer"):
            values = [float(cell) for cell in filled]
            assert values and min(values) >= limits["minimum"] and max(values) <= limits.get("maximum", 1e9), field
            assert field["type"] == "number" or all(value.is_integer() for value in values)
    assert package["profile"] == "tabular-data-package"
    assert package["licenses"] and package["sources"] and re.fullmatch(r"\d+\.\d+\.\d+", package["version"])


def test_a_badge_says_label_and_state_in_words(client: TestClient, data: Path) -> None:
    every = fitting(data, {})
    several = [one for one in shown(data, {}) if sum(other.cluster == one.cluster for other in every) > 1]
    for holding in [one for one in several if one.label is Label.GOLD][:8]:
        cluster = holding.cluster
        answer = client.get(f"/badge/{cluster.cluster_id}.svg?lang=en")
        assert answer.headers["content-type"] == "image/svg+xml"
        picture = ElementTree.fromstring(answer.text)
        words = " ".join(picture.itertext())
        assert "Gold" in words
        assert state_sentence(holding, "en") in words
        assert cluster.name in (picture.get("aria-label") or "")
        assert "http" not in answer.text.replace('xmlns="http://www.w3.org/2000/svg"', ""), "it loads nothing"
        again = client.get(
            f"/badge/{cluster.cluster_id}.svg?lang=en", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304
        of_label = client.get(f"/badge/{cluster.cluster_id}.svg?lang=fr&label=silver")
        has_silver = any(one.cluster == cluster for one in fitting(data, {"label": "silver"}))
        assert of_label.status_code == (200 if has_silver else 404)
    assert client.get("/badge/nobody.svg").status_code == 404


class Reader(HTMLParser):
    """The tags, attributes and text of a page, as a browser understands them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_plain_list_tells_all_and_belongs_to_its_language(client: TestClient, data: Path, language: str) -> None:
    text = client.get(f"/list/{language}?label=gold").text
    page = parsed(text)
    assert ("html", {"lang": language}) in page.tags
    assert "script" not in {tag for tag, _ in page.tags}
    told = {attributes.get("property"): attributes.get("content") for tag, attributes in page.tags if tag == "meta"}
    assert told["og:title"]
    assert told["og:url"] == f"http://testserver/list/{language}?label=gold"
    assert {a["hreflang"] for tag, a in page.tags if tag == "link" and "hreflang" in a} == {"fr", "en"}
    found = shown(data, {"label": "gold"})
    for holding in found:
        assert holding.cluster.name in page.text
    sources = {a["href"] for tag, a in page.tags if tag == "a"}
    assert sources >= {award.source_url for holding in found for award in holding.awards}
    assert text.count("<tr>") - text.count("<thead>") == len(found)


def test_robots_and_sitemap(client: TestClient) -> None:
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").text
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    addresses = [element.text or "" for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(addresses) == len(set(addresses)) > 760
    for path in {re.sub(r"\?.*", "", address.removeprefix("http://testserver")) for address in addresses}:
        assert path in {
            "/",
            "/labels",
            "/figures",
            "/guide",
            "/dictionary",
            "/method",
            "/open_data",
            "/privacy",
            "/accessibility",
            "/cluster",
            "/list/fr",
            "/list/en",
        }


def test_the_address_told_may_be_set(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_URL", "https://labels.example/base")
    assert "https://labels.example/base/sitemap.xml" in client.get("/robots.txt").text


def test_the_embedded_map_needs_nothing_of_streamlit(client: TestClient, data: Path) -> None:
    text = client.get("/embed?label=gold&lang=fr&view=world").text
    page = parsed(text)
    assert ("html", {"lang": "fr"}) in page.tags
    asking = [attributes for tag, attributes in page.tags if tag in ("script", "link")]
    loaded = [address for a in asking if (address := a.get("src") or a.get("href"))]
    assert loaded
    assert all(address.startswith("assets/") for address in loaded)
    assert f"{len(shown(data, {'label': 'gold'}))} clusters labellisés" in page.text
    assert len(text) < 150_000
    for path in loaded:
        assert client.get(f"/{path}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/list/fr", "/embed?view=europe", "/cluster?id=c0", "/badge/c0.svg", "/labels.xlsx", "/labels.csv"]
)
def test_hostile_names_stay_text(hostile_data: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(hostile_data))
    answer = application().get(path)
    assert answer.status_code == 200
    if path == "/labels.xlsx":
        cells = [c for sheet in load_workbook(io.BytesIO(answer.content)).worksheets for r in sheet for c in r]
        assert all(cell.data_type != "f" for cell in cells)
        assert invisible_characters.remove_invisible(HOSTILE) in {cell.value for cell in cells}
        return
    text = answer.content.decode("utf-8-sig")
    if path == "/labels.csv":
        rows = list(csv.reader(io.StringIO(text)))
        assert all(len(row) == len(rows[0]) for row in rows)
        return
    page = parsed(text)
    assert "<script>alert" not in text
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    assert not {tag for tag, _ in page.tags} & {"b", "img", "iframe"}


def test_the_page_that_streamlit_sends_speaks_the_language_of_its_address(client: TestClient) -> None:
    for path, browser, language, title in (
        ("/labels?lang=en", "fr", "en", "Map of the labels"),
        ("/labels", "fr-BE,fr;q=0.9", "fr", "Carte des labels"),
        ("/?lang=fr", "de", "fr", "Accueil"),
        ("/", "de", "en", "Home"),
        ("/", "en;q=0.5,fr;q=0.9", "fr", "Accueil"),
        ("/", "x;q=nonsense", "en", "Home"),
        ("/benchmark?cluster=secret&lang=en", "fr", "en", "Results"),
        ("/cluster?id=de-hamburg-aviation-e-v&lang=en", "fr", "en", "Hamburg Aviation e. V."),
        ("/cluster?id=%3Cscript%3E&lang=en", "fr", "en", "Page of a cluster"),
    ):
        answer = client.get(path, headers={"Accept-Language": browser})
        page = parsed(answer.text)
        assert ("html", {"lang": language}) in page.tags, path
        assert f"<title>{title} · clusterdash</title>" in answer.text
        assert len(answer.content) == int(answer.headers["content-length"])
        told = {a.get("property"): a.get("content") for tag, a in page.tags if tag == "meta"}
        assert told["og:title"] == f"{title} · clusterdash"
        assert "secret" not in answer.text, "a preview quotes public choices only"
        assert any(a.get("href", "").endswith(f"/list/{language}") for tag, a in page.tags if tag == "a")
        assert (
            len([a for tag, a in page.tags if tag == "meta" and ("charset" in a or a.get("name") == "viewport")]) == 2
        )
        head = client.head(path, headers={"Accept-Language": browser})
        assert (head.content, head.headers["content-length"]) == (b"", answer.headers["content-length"])
        scripts = [a for tag, a in page.tags if tag == "script" and a.get("type") != "application/ld+json"]
        own = {"data-page": "" if path == "/" else path.strip("/").split("?")[0]}
        assert [a for a in scripts if a != own] == [a for tag, a in parsed(INDEX).tags if tag == "script"]
        assert len(scripts) == len([a for tag, a in parsed(INDEX).tags if tag == "script"]) + 1
        fonts = [a["href"] for tag, a in page.tags if tag == "link" and a.get("as") == "font"]
        assert fonts
        assert all("clusterdash" in name for name in fonts), "no font that the theme does not use"


def test_routes_and_pages_speak_the_same_language(client: TestClient) -> None:
    for browser, language in (("de,fr;q=0.5", "fr"), ("de", "en"), ("en-GB,fr;q=0.5", "en"), ("fr", "fr")):
        sent = {"Accept-Language": browser}
        assert f'<html lang="{language}">' in client.get("/", headers=sent).text
        assert f'<html lang="{language}"' in client.get("/embed", headers=sent).text
        assert client.get("/labels.pdf", headers=sent).text == translate(
            language, "export.unknown", kinds="csv, json, geojson, xlsx"
        )
        other = client.get("/labels.json", headers=sent)
        assert "Accept-Language" in other.headers["vary"], "a cache keeps one answer for each language"


def test_a_name_like_a_formula_is_made_harmless_in_every_table(data: Path) -> None:
    """The import refuses such names; the files do not rely on it."""
    opened = EditionDatabase(catalog.current_path(data))
    gateway = opened.reader(PUBLIC)
    holding = fitting(data, {"label": "gold"})[0]
    hostile = replace(
        holding, cluster=replace(holding.cluster, name="=1+1", city="@x", latitude=-33.5, longitude=-70.25)
    )
    asked = filters.LabelFilters(Label.GOLD)
    day = datetime.now(UTC).date()
    register = label_files.FilteredRegister(
        [hostile], gateway.sectors(), asked, day, gateway.provenance(), "0" * 64, "fr"
    )
    opened.close()
    (row, *_) = csv.DictReader(io.StringIO(label_files.labels_csv(register).decode("utf-8-sig")))
    assert (row["name"], row["city"], row["latitude"], row["longitude"]) == ("'=1+1", "'@x", "-33.5", "-70.25")
    sheet = load_workbook(io.BytesIO(label_files.labels_xlsx(register))).worksheets[0]
    name, _, _, city, _, latitude = [cell.value for cell in sheet[2]][1:7]
    assert (name, city, latitude) == ("'=1+1", "'@x", -33.5)
    assert json.loads(label_files.labels_json(register))["labels"][0]["name"] == "=1+1", "JSON is no spreadsheet"


def test_numbers_stay_numbers_and_words_are_no_formulas() -> None:
    for text in ("-12.5", "-3", "0.25"):
        assert spreadsheets.neutralize_formula(text) == text
    for text in ("=1+1", "+1+1", "-1+1", "@x", "\t=1", "-"):
        assert spreadsheets.neutralize_formula(text) == f"'{text}"


def test_labels_of_the_model_are_those_of_the_files() -> None:
    assert json.loads(json.dumps([label.value for label in Label])) == ["bronze", "silver", "gold"]


# -- Back to where one signed in


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("https://here.example/progress?lang=en&cluster=a%20b", "progress?lang=en&cluster=a+b"),
        ("https://here.example/sub/path/labels", "labels"),
        ("https://here.example/?lang=fr", "?lang=fr"),
        ("https://here.example/", ""),
        ("https://here.example/nothing?lang=fr", ""),
        ("https://elsewhere.example/%0d%0aset-cookie:x=1", ""),
        ("//elsewhere.example/data", "data"),
        ("data?x=%0d%0aset-cookie%3ax%3d1", "data?x=%0D%0Aset-cookie%3Ax%3D1"),
        ("data?" + "x=1&" * 1000, "data"),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_only_pages_of_ours_are_a_place_to_come_back_to(address: str, back: str) -> None:
    assert return_address(address) == back
    assert return_address(back) == back


def test_a_cookie_leads_from_the_provider_to_the_page_and_is_gone() -> None:
    def answer(request: Request) -> Response:
        leaving = request.url.path.endswith("login")
        return RedirectResponse("https://provider.example/?a=b" if leaving else "/", status_code=302)

    routes = [Route("/auth/login", answer), Route("/oauth2callback", answer), Route("/auth/logout", answer)]
    browser = TestClient(Starlette(routes=routes, middleware=[Middleware(LoginRedirect)]), follow_redirects=False)
    away = browser.get("/auth/login", headers={"referer": "http://testserver/gold?lang=en&try=1.2:3"})
    assert away.headers["location"] == "https://provider.example/?a=b", "the way there stays as it is"
    assert {"HttpOnly", "SameSite=lax"} <= set(away.headers["set-cookie"].split("; "))
    assert browser.get("/oauth2callback").headers["location"] == "/gold?lang=en&try=1.2%3A3"
    assert COOKIE not in browser.cookies
    assert browser.get("/oauth2callback").headers["location"] == "/"
    browser.get("/auth/login", headers={"referer": "http://testserver/gold"})
    browser.get("/auth/login")  # once more, and nobody knows from where
    assert browser.get("/oauth2callback").headers["location"] == "/"
    browser.cookies.set(COOKIE, "https%3A//elsewhere.example/data")
    assert browser.get("/oauth2callback").headers["location"] == "/data", "ours, whatever stands before it"
