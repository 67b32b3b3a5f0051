"""The embedded map: its theme, where it opens, the link to our own page, and the code to copy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from clusterdash.domain import Label, LabelHolder
from clusterdash.labels.filters import LabelFilters
from clusterdash.open_data import embed
from clusterdash.presentation.labels import narrative, world_map
from clusterdash.server.routes import routes


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield TestClient(Starlette(routes=routes()))


def opened_at(page: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """The corners in which a map opens: south-west and north-east."""
    (corners,) = re.findall(r"fitBounds\(\s*(\[\[.*?\]\])", page, flags=re.DOTALL)
    south_west, north_east = json.loads(corners)
    return tuple(south_west), tuple(north_east)


def places(register: tuple[LabelHolder, ...], *countries: str) -> list[tuple[float, float]]:
    found = [holder.cluster for holder in register if holder.cluster.country in countries]
    return [(one.latitude, one.longitude) for one in found if one.latitude is not None and one.longitude is not None]


@pytest.mark.parametrize("countries", [("PL",), ("FR", "BE"), ("MX",), ("IS",)])
@pytest.mark.parametrize("view", ["", "&view=europe"])
def test_a_map_of_chosen_countries_opens_on_their_labels(
    client: TestClient, register: tuple[LabelHolder, ...], countries: tuple[str, ...], view: str
) -> None:
    (south, west), (north, east) = opened_at(client.get(f"/embed?country={','.join(countries)}{view}").text)
    latitudes, longitudes = zip(*places(register, *countries), strict=True)
    assert south < min(latitudes) and max(latitudes) < north
    assert west < min(longitudes) and max(longitudes) < east
    assert (north - south) - (max(latitudes) - min(latitudes)) <= 1, "little else"
    assert (east - west) - (max(longitudes) - min(longitudes)) <= 1


def test_without_chosen_countries_or_with_a_view_of_the_world_it_opens_as_ever(client: TestClient) -> None:
    europe = world_map.VIEWS["europe"]
    for address in ("/embed", "/embed?view=europe&label=gold", "/embed?country=PL&label=gold&year=2011"):
        assert opened_at(client.get(address).text) == europe, address
    (south, west), (north, east) = opened_at(client.get("/embed?country=PL&view=world").text)
    assert (north - south) > 100 and (east - west) > 150


def test_the_button_of_that_view_bears_the_name_of_what_it_shows() -> None:
    def named(*countries: str) -> list[str]:
        selection = LabelFilters(countries=frozenset(countries))
        return list(narrative.view_options(world_map.VIEWS, selection, "en").values())

    assert named() == ["Europe", "World"]
    assert named("PL") == ["Poland", "World"]
    assert named("PL", "FR") == ["2 countries", "World"]


@pytest.mark.parametrize(
    ("theme", "scheme"), [("", "light dark"), ("auto", "light dark"), ("light", "light"), ("dark", "dark")]
)
def test_a_theme_is_that_of_the_page_and_of_the_map(client: TestClient, theme: str, scheme: str) -> None:
    page = client.get(f"/embed?theme={theme}").text
    assert f":root{{color-scheme:{scheme}}}" in page
    assert re.findall(r'documentElement\.style\.colorScheme = "([^"]+)"', page) == [scheme]


def test_a_theme_that_does_not_exist_is_refused(client: TestClient) -> None:
    for theme in ("sepia", "light,dark", "%3Cb%3E"):
        answer = client.get(f"/embed?theme={theme}&lang=en")
        assert answer.status_code == 400
        assert "theme" in answer.text


class Links(HTMLParser):
    """The links of a page, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))


@pytest.mark.parametrize(
    "asked", [{}, {"label": "gold", "country": "FR,PL", "q": '"><b>', "view": "world", "lang": "en"}]
)
def test_the_caption_leads_to_the_same_labels_on_our_own_page(client: TestClient, asked: dict[str, str]) -> None:
    page = client.get("/embed", params=asked, headers={"Accept-Language": "fr"}).text
    (link,) = links(page)
    assert (link["target"], link["rel"]) == ("_blank", "noopener")
    address = urlsplit(link["href"] or "")
    assert (address.scheme, address.netloc, address.path) == ("", "", "labels"), "of this server, below its sub-path"
    told = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert told == {"label": "all", "view": "europe", "lang": "fr", **asked}
    assert "<b>" not in page
    assert links(client.get("/embed", params={**asked, "caption": "none"}).text) == []


def links(page: str) -> list[dict[str, str | None]]:
    reader = Links()
    reader.feed(page)
    return reader.found


@pytest.mark.parametrize("theme", [*embed.THEMES])
@pytest.mark.parametrize("height", embed.HEIGHTS)
def test_the_code_to_copy_has_the_chosen_height_and_theme(client: TestClient, height: int, theme: str) -> None:
    selection = LabelFilters(Label.GOLD, countries=frozenset({"FR"}))
    code = unescape(embed.embed_code(selection, "europe", "http://testserver/", "fr", height=height, theme=theme))
    assert f"height:{height}px" in code
    (address,) = re.findall(r'src="([^"]+)"', code)
    parts = urlsplit(unescape(address))
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert asked.get("theme", "auto") == theme
    assert "height" not in asked, "the height is the frame’s"
    assert client.get(f"{parts.path}?{parts.query}").status_code == 200
    assert embed.HEIGHT in embed.HEIGHTS
