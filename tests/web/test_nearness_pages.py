"""The labels page, its map and its plain list by the distance from a typed place; official totals on the figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from support.editions import HOSTILE, LABELLED, PLACELESS
from support.pages import APP, words

from clusterdash.i18n import LANGUAGES
from clusterdash.server import edition_cache
from clusterdash.server.routes import routes

pytestmark = pytest.mark.slow
LABELS, FIGURES = "pages/public/labels.py", "pages/public/figures.py"


@pytest.fixture
def visit(data: Path, monkeypatch: pytest.MonkeyPatch):
    """Open a page of an address."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))

    def opened(page: str, **address: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        app.run().switch_page(page).run()
        assert not app.exception
        return app

    return opened


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield TestClient(Starlette(routes=routes()))


def kilometres(html: str) -> list[int]:
    """The distances of a list in their order."""
    return [int(re.sub(r"\D", "", found)) for found in re.findall(r"([\d\s\u202f,]+)\u00a0?\s?km", unescape(html))]


def list_of(app: AppTest) -> str:
    (found,) = [str(h.proto.body) for h in app.get("html") if 'class="register' in str(h.proto.body)]
    return found


def frame_parameters(app: AppTest) -> dict[str, list[str]]:
    """The parameters of the map's address."""
    (found,) = [frame.proto.src for frame in app.get("iframe")]
    return parse_qs(urlsplit(found).query)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_typed_place_sorts_the_list_and_stands_in_the_address(visit, language) -> None:
    app = visit(LABELS, lang=language)
    assert "km</small>" not in list_of(app)
    app.text_input(key="choice-near").set_value(" Vienne ").run()
    assert app.query_params["near"] in ("Vienne", ["Vienne"])
    shown = list_of(app)
    assert shown.count("<li ") == LABELLED
    far = kilometres(shown)
    assert len(far) == LABELLED - PLACELESS
    assert far == sorted(far)
    assert "Vienne \\(Vienna\\)" in words(app)
    assert "Vienne, FR" in words(app)
    assert frame_parameters(app)["near"] == ["Vienne"]
    app.button(key="reset").click().run()
    assert "near" not in app.query_params


def test_a_place_that_is_not_known_is_told_and_the_map_stays(visit) -> None:
    app = visit(LABELS, lang="en", near=HOSTILE[:90])
    (said,) = [info.value for info in app.info]
    assert "not among the towns" in said
    assert "<script>" not in said
    assert "km</small>" not in list_of(app)
    assert "near" not in frame_parameters(app), "a map of an unknown place would be refused"
    assert "near=" not in words(app)


def test_files_have_no_place_and_say_so(visit, client: TestClient) -> None:
    for kind in ("csv", "json", "geojson", "xlsx"):
        refused = client.get(f"/labels.{kind}?near=Lyon&lang=en")
        assert refused.status_code == 400
        assert "“near”" in refused.text
    app = visit(LABELS, lang="en", near="Lyon")
    said = words(app)
    files = re.findall(r'href="(labels\.\w+\?[^"]*)"', said)
    assert len(files) == 4
    for address in files:
        assert client.get("/" + unescape(address)).status_code == 200
    (plain,) = re.findall(r'href="(list/en\?[^"]*)"', said)
    assert "near=Lyon" in plain
    assert client.get("/" + unescape(plain)).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plain_list_by_distance_has_every_cluster_once(client: TestClient, language) -> None:
    answer = client.get(f"/list/{language}", params={"near": "Lyon"})
    assert answer.status_code == 200
    assert answer.text.count("<table>") == 1
    assert answer.text.count('<th scope="row">') == LABELLED
    far = kilometres(answer.text)
    assert len(far) == LABELLED - PLACELESS
    assert far == sorted(far)
    assert "Lyon, France" in answer.text
    addresses = re.findall(r'href="([^"]*labels\.\w+\?[^"]*)"', answer.text)
    assert addresses
    assert not any("near=" in address for address in addresses)
    assert client.get(f"/list/{language}").text.count("<table>") > 1


@pytest.mark.parametrize("path", ["list/fr", "embed"])
def test_a_route_refuses_a_place_that_it_does_not_know(client: TestClient, path: str) -> None:
    refused = client.get(f"/{path}", params={"near": "xqzzw"})
    assert refused.status_code == 400
    assert "xqzzw" in refused.text


def test_the_map_marks_the_place_and_is_not_kept_for_everybody(client: TestClient, monkeypatch) -> None:
    plain = client.get("/embed?lang=fr").text
    assert "circleMarker" not in plain
    kept: list[Any] = []
    once_a_day = edition_cache.once_a_day

    def noted(key: Any, day: date, make: Callable[[Any], Any], *of: Any) -> Any:
        kept.append(key)
        return once_a_day(key, day, make, *of)

    monkeypatch.setattr(edition_cache, "once_a_day", noted)
    assert client.get("/embed?lang=en").status_code == 200
    assert "embed" in {key[0] for key in kept}
    kept.clear()
    near = client.get("/embed?lang=fr&near=Vienne").text
    assert "embed" not in {key[0] for key in kept}, "visitors may type any number of places"
    assert near.count("circleMarker") == 1
    assert "Vienne (Vienna), Autriche" in near
    assert re.findall(r"fitBounds\([^;]*", near) != re.findall(r"fitBounds\([^;]*", plain)
    world = client.get("/embed?lang=fr&near=Vienne&view=world").text
    whole = client.get("/embed?lang=fr&view=world").text
    assert re.search(r"fitBounds\(\s*\[\[[^\]]*\]", world)[0] == re.search(r"fitBounds\(\s*\[\[[^\]]*\]", whole)[0]  # type: ignore[index]


def test_official_totals_stand_beside_those_of_the_register(visit) -> None:
    gold, bronze, every = (visit(FIGURES, lang="en", label=label) for label in ("gold", "bronze", "all"))
    for app in (gold, every):
        assert "Official totals beside the register" in words(app)
        assert "Not every renewal is announced publicly" in words(app)
    assert "Official total" not in words(bronze)
