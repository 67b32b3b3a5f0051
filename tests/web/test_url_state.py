"""The reader of addresses, on every route and every page: what is unknown, repeated or too long, and what it costs."""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice, product
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from markupsafe import escape
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from support.pages import APP, OF_CLUSTERS, PAGES, ROOT, listed, role_for, words

from clusterdash import query_string, site_map
from clusterdash.domain import ClusterdashError
from clusterdash.evaluation import what_if
from clusterdash.i18n import texts
from clusterdash.labels import filters
from clusterdash.server.login_redirect import LoginRedirect, return_address
from clusterdash.server.page_metadata import PageMetadata, rewrite_page
from clusterdash.server.request_info import QueryLimits, SubPath, prefix_of
from clusterdash.server.routes import routes
from clusterdash.server.security_headers import INDEX, SecurityHeaders
from clusterdash.site_map import INDEXED, is_page

pytestmark = pytest.mark.slow

FILLED = {"{kind}": "json", "{language}": "fr", "{cluster}": "de-hamburg-aviation-e-v", "{version}": "0"}
FILLED["{script}"] = "answer_sheet.js"
ROUTES = [route for route in routes() if isinstance(route, Route)]
ASSETS = ("assets/leaflet/leaflet.js", "assets/geo/countries-110m.geojson")


def filled(path: str) -> str:
    for hole, value in FILLED.items():
        path = path.replace(hole, value)
    return path.strip("/")


ANSWERED = [filled(route.path) for route in ROUTES]
NAMES = ["", *(Path(page).stem for page in PAGES if not page.endswith("home.py"))]
"""Of all pages, as they stand in an address."""


def unknown(n: int) -> str:
    """So many parameters that nobody knows, in as few characters as can be: an address has 65,536 at most."""
    letters = string.ascii_letters
    return "&".join("".join(name) for name in islice(product(letters, letters, letters), n))


def application(prefix: str = "") -> TestClient:
    """All that is ours of the server, and Streamlit's page for any other address, as Streamlit answers it."""
    stack = [
        Middleware(SubPath, prefix=prefix),
        Middleware(SecurityHeaders, tls=False),
        Middleware(QueryLimits),
        Middleware(PageMetadata),
        Middleware(LoginRedirect),
    ]
    fallback = Mount(prefix or "/", app=FileResponse(INDEX))
    return TestClient(Starlette(routes=[*routes(prefix), fallback], middleware=stack), follow_redirects=False)


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield application()


def test_the_list_of_pages_is_whole() -> None:
    assert all(is_page(name) for name in NAMES)
    assert not is_page("closed")
    named = {key.removesuffix(".menu") for key in texts() if key.endswith(".menu")}
    assert named == {page.name for page in site_map.PAGES}
    written = {str(path.relative_to(ROOT)) for path in (ROOT / "pages").rglob("*.py")}
    assert written == {page.file for page in site_map.PAGES} | {"pages/public/closed.py"}


@pytest.mark.parametrize("path", [*ANSWERED, *ASSETS, *NAMES, "nopage"])
def test_an_address_that_is_too_long_is_refused_everywhere(client: TestClient, path: str) -> None:
    for asked in (
        unknown(1000),
        unknown(15_000),
        "&" * 15_000,
        "country=FR&" * 1000,
        f"q={'a' * 20_000}",
        f"lang={'%F0' * 7000}",
    ):
        answer = client.get(f"/{path}?{asked}", headers={"Accept-Language": "en"})
        assert answer.status_code == 400
        assert len(answer.text) < 200
        assert "The address" in answer.text


@pytest.mark.parametrize("path", ANSWERED)
def test_a_route_refuses_a_parameter_that_it_does_not_know(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}?lable=gold", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "“lable”" in answer.text
    assert client.get(f"/{path}").status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_page_ignores_a_parameter_that_it_does_not_know(client: TestClient, name: str) -> None:
    plain, marked = client.get(f"/{name}?lang=en"), client.get(f"/{name}?lang=en&utm_source=mail&utm_source=x")
    assert (plain.status_code, plain.text) == (marked.status_code, marked.text)


def test_what_a_provider_of_sign_ins_sends_back_may_be_long(client: TestClient) -> None:
    assert client.get(f"/oauth2callback?code={'x' * 20_000}").status_code != 400


@pytest.mark.parametrize("path", ["labels.json", "labels.csv", "list/fr", "embed"])
def test_a_parameter_that_stands_several_times_has_one_meaning(client: TestClient, path: str) -> None:
    assert client.get(f"/{path}?label=gold&label=silver").status_code == 400
    assert client.get(f"/{path}?label=gold&label=gold&label=").status_code == 200
    assert client.get(f"/{path}?country=FR&country=DE,FR").status_code == 200


# -- What reading costs: lines of Python that are run, not seconds


def lines(do: Callable[[], object]) -> int:
    """How many lines of Python run."""
    count = 0

    def tracer(_: FrameType, event: str, __: object) -> Any:
        nonlocal count
        count += event == "line"
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        do()
    finally:
        sys.settrace(before)
    return count


def request(path: str, asked: str) -> Request:
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "server": ("testserver", 80),
        "path": path,
        "root_path": "",
        "query_string": asked.encode(),
        "headers": [(b"accept-language", b"en")],
        "path_params": {"kind": "json", "language": "fr"},
    }
    return Request(scope)


KINDS = {
    "unknown": lambda n: urlencode({f"x{i}": i for i in range(n)}),
    "known": lambda n: "&".join(f"country=Z{i}" for i in range(n)),
    "mixed": lambda n: "&".join(f"label=gold&x{i}=1" for i in range(n // 2)),
    "one long value": lambda n: "country=" + ",".join(f"Z{i}" for i in range(n)),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_cost_of_reading_grows_no_faster_than_the_address(
    data: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Without the limits, so that the reader itself is measured: twice as much to read costs at most twice as much."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    monkeypatch.setattr(query_string, "MAX_LENGTH", 10**9)
    monkeypatch.setattr(query_string, "MAX_PARAMETERS", 10**9)
    page = INDEX.read_text("utf-8")
    readers: dict[str, Callable[[str], object]] = {
        route.path: lambda asked, route=route: route.endpoint(request(route.path, asked)) for route in ROUTES
    }
    readers |= {
        name: lambda asked, name=name: rewrite_page(page, request(f"/{name}", asked), name) for name in NAMES[1:]
    }
    readers["back"] = lambda asked: return_address(f"http://testserver/labels?{asked}")
    readers["strict"] = lambda asked: query_string.parse(
        asked, [*filters.PARAMETER_NAMES, *(f"x{i}" for i in range(10))][:6] or ()
    )
    for name, read in readers.items():
        try:
            read(KINDS[kind](4))  # what is read once and kept
            few, many = (lines(partial(read, KINDS[kind](n))) for n in (300, 600))
        except ClusterdashError:
            continue
        assert many <= 2.2 * few, (name, few, many)


@settings(max_examples=50)
@given(some.text(max_size=300), some.lists(some.sampled_from(["label", "q", "country", "x"]), max_size=4))
def test_the_reader_gives_known_names_only_or_refuses(asked: str, known: list[str]) -> None:
    try:
        found = query_string.parse(asked, known)
    except ClusterdashError as refused:
        assert refused.key in ("address.unknown_name", "address.too_long", "address.too_many")
    else:
        assert set(found) <= set(known)
        assert all(found.values())
    assert set(query_string.parameter(asked, known)) <= set(known)


def test_the_longest_choices_fit() -> None:
    """All countries and sectors, the longest text, every indicator tried: addresses that the pages write themselves."""
    found = {
        "label": "gold",
        "q": "é" * filters.MAX_TEXT_LENGTH,
        "country": ",".join(["FR"] * 60),
        "sector": ",".join(["information-technology"] * 30),
        "state": ",".join(["expired"] * 5),
        "year": "2013",
        "lang": "en",
        "view": "europe",
    }
    query_string.check_length(urlencode(found))
    tried = dict.fromkeys(what_if.PARAMETER_NAMES, ",".join(["10.1.1:4"] * 20)) | {"try": ",".join(["10.1.1:4"] * 60)}
    query_string.check_length(urlencode({**tried, "cluster": "x" * 40, "evaluation": "gold-31"}))


# -- Below a sub-path, and for other origins


@pytest.mark.parametrize("setting", ["dash", "/dash/", "a/b"])
def test_all_that_is_ours_lies_below_the_sub_path(data: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    prefix = prefix_of(setting)
    client = application(prefix)
    for path in (*ANSWERED, *ASSETS):
        answer = client.get(f"{prefix}/{path}")
        assert answer.status_code == 200
        assert client.get(f"/{path}").status_code == 404
    for name in NAMES:
        text = client.get(f"{prefix}/{name}?lang=en").text
        assert '<html lang="en">' in text
        assert f'<link rel="canonical" href="http://testserver{prefix}/{name}?lang=en">' in text
    assert client.get(f"{prefix}/nopage").status_code == 404
    assert client.get(f"{prefix}/home?lang=en").headers["location"] == f"{prefix}/?lang=en"
    assert f"http://testserver{prefix}/sitemap.xml" in client.get(f"{prefix}/robots.txt").text
    sitemap = client.get(f"{prefix}/sitemap.xml").text
    assert sitemap.count(f"<loc>http://testserver{prefix}/") == sitemap.count("<loc>")
    assert "x-frame-options" not in client.get(f"{prefix}/embed").headers
    assert "x-frame-options" in client.get(f"{prefix}/labels").headers


@pytest.mark.parametrize("path", [*ANSWERED, *ASSETS])
def test_pages_of_any_origin_may_read_what_is_public(client: TestClient, path: str) -> None:
    origin = {"Origin": "null"}
    for method in ("GET", "HEAD"):
        answer = client.request(method, f"/{path}", headers=origin)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    asked = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    answer = client.options(f"/{path}", headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_no_page_is_open_to_other_origins(client: TestClient) -> None:
    for name in NAMES:
        assert "access-control-allow-origin" not in client.get(f"/{name}", headers={"Origin": "null"}).headers


# -- What does not exist


@pytest.mark.parametrize("path", ["nopage", "staff", "staff/data", "labels/x", "index.html", "a/b/c"])
def test_a_page_that_does_not_exist_is_404_in_the_visitors_language(client: TestClient, path: str) -> None:
    for language, title in (("fr", "Cette page n’existe pas"), ("en", "This page does not exist")):
        by_address = client.get(f"/{path}?lang={language}", headers={"Accept-Language": "de"})
        by_browser = client.get(f"/{path}", headers={"Accept-Language": language})
        assert by_address.text == by_browser.text
        assert (by_address.status_code, by_browser.status_code) == (404, 404)
        assert f'<html lang="{language}">' in by_address.text
        assert str(escape(title)) in by_address.text
        for way in (f"?lang={language}", f"labels?lang={language}", f"list/{language}"):
            assert f'href="http://testserver/{way}"' in by_address.text
    assert client.head(f"/{path}").status_code == 404
    assert client.get(f"/{path}", headers={"Accept-Encoding": "gzip"}).status_code == 404


def test_home_is_the_first_page(client: TestClient) -> None:
    assert client.get("/home").headers["location"] == "/"
    assert client.get("/home?lang=fr&label=gold").headers["location"] == "/?lang=fr&label=gold"


def test_the_page_of_an_unknown_cluster_is_404(client: TestClient) -> None:
    assert client.get("/cluster?id=de-hamburg-aviation-e-v").status_code == 200
    assert client.get("/cluster").status_code == 200
    assert client.get("/cluster?id=nobody").status_code == 404
    assert client.get("/cluster?id=de-hamburg-aviation-e-v&id=nobody").status_code == 404
    assert INDEXED[0] == ""


# -- Pages as they run


@pytest.fixture
def open_page(data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page with somebody's eyes at an address."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))

    def start(role: str, page: str, address: dict[str, str | list[str]]) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60)
        app.session_state["role"] = role
        for name, value in address.items():
            app.query_params[name] = value
        return app.run().switch_page(page).run()

    return start


def test_every_page_reads_what_it_knows_only(open_page: Callable[..., AppTest]) -> None:
    first, *others = [page for page in PAGES if role_for(page) == "staff"]
    plain = open_page("staff", first, {"lang": "en"})
    marked = open_page("staff", first, {"lang": "en", **{f"x{i}": "y" for i in range(900)}})
    for page in others:
        assert words(marked.switch_page(page).run()) == words(plain.switch_page(page).run()), page
        assert "x7" in marked.query_params


def test_buttons_and_list_read_a_repeated_parameter_alike(open_page: Callable[..., AppTest]) -> None:
    address = {"lang": "en", "label": ["gold", "silver"], "country": ["FR", "DE"]}
    app = open_page("public", "pages/public/labels.py", address)
    assert "label = “gold,silver”" in words(app).replace("\\", "").replace("\u2060", "")
    assert app.segmented_control(key="choice-label").value == "all"
    assert app.multiselect(key="choice-country").value == ["FR", "DE"]
    plain = open_page("public", "pages/public/labels.py", {"lang": "en", "country": "DE,FR"})
    assert listed(app) == listed(plain)


def test_long_and_many_wrong_values_are_told_in_short(open_page: Callable[..., AppTest]) -> None:
    address: dict[str, str | list[str]] = {"lang": "en", "country": ",".join(f"Z{i}" for i in range(3000))}
    address |= {"label": "x" * 20_000, "view": "y" * 20_000, "q": "z" * 20_000}
    app = open_page("public", "pages/public/labels.py", address)
    assert not app.exception
    assert len(app.warning) <= 8
    assert all(len(warning.value) < 600 for warning in app.warning)


@pytest.mark.parametrize("page", OF_CLUSTERS)
@pytest.mark.parametrize("role", ["cluster", "staff"])
def test_an_unknown_cluster_is_told_and_nothing_else_is_shown(
    open_page: Callable[..., AppTest], page: str, role: str
) -> None:
    app = open_page(role, page, {"lang": "en", "cluster": "demo-9999"})
    assert not app.exception
    assert any("“demo\\-9999”" in warning.value for warning in app.warning)
    assert len(app.warning) == 1
    assert "Démo" not in words(app)
    assert not app.header
    assert not app.get("plotly_chart")
    app.selectbox(key="choice-cluster").select("demo-0004").run()
    assert "Démo 0004" in words(app)
    assert "demo-0004" in app.query_params["cluster"]


def test_an_unknown_cluster_of_the_register_is_told_and_nobody_else_is_shown(
    open_page: Callable[..., AppTest],
) -> None:
    for address, told in (({"id": "xx-nope"}, 1), ({}, 0)):
        app = open_page("public", "pages/public/cluster.py", {"lang": "en", **address})
        assert app.title[0].value == "Page of a cluster"
        assert len(app.warning) == told
        assert not app.header
        assert "Map of the labels, where you can search for a cluster" in [a.proto.label for a in app.get("page_link")]
        assert app.selectbox(key="choice-id").value is None


def test_a_trial_names_its_cluster_and_is_applied_to_no_other(open_page: Callable[..., AppTest]) -> None:
    page = "pages/cluster/gold.py"
    tried = {"lang": "en", "try": "3.2:1", "fixed": "4.5", "lower": "20"}
    for made_for, told in (("demo-0004", "another cluster"), ("", "does not say for which")):
        of = {"of": made_for} if made_for else {}
        app = open_page("staff", page, {**tried, "cluster": "demo-0003", **of})
        assert any(told in warning.value for warning in app.warning)
        assert "What if:" not in words(app)
        assert "4.5" not in app.multiselect(key="choice-fixed").value
        assert app.slider(key="doubt-lower").value != 20
        app.slider(key="doubt-lower").set_value(30).run()
        assert "demo-0003" in app.query_params["of"]
        assert "What if:" not in words(app), "what was made for the other is gone"
        assert app.slider(key="doubt-lower").value == 30
        assert "try" not in app.query_params
    app = open_page("staff", page, {**tried, "cluster": "demo-0003", "of": "demo-0003"})
    assert "What if:" in words(app)


# -- What a widget returns


def sent(app: AppTest, widget: str, value: str) -> AppTest:
    """What happens if a browser names an option of a widget by this text."""
    states = app._tree.get_widget_states()
    state = next(state for state in states.widgets if state.id == widget)
    if state.WhichOneof("value") in ("string_value", None):
        state.string_value = value
    else:
        del state.string_array_value.data[:]
        state.string_array_value.data.append(value)
    return app._run(states)


CHOICES = ("selectbox", "multiselect", "button_group", "radio", "select_slider")


@pytest.mark.parametrize("page", list(PAGES))
def test_a_text_that_is_no_option_changes_nothing(open_page: Callable[..., AppTest], page: str) -> None:
    app = open_page(role_for(page), page, {"lang": "en"})
    widgets = [element.proto.id for kind in CHOICES for element in app.get(kind)]
    assert widgets
    # of the levels of all indicators one
    alike = {re.sub(r"^\$\$ID-\w+-|[\d.]", "", widget): widget for widget in widgets}
    for widget in alike.values():
        before = words(app)
        sent(app, widget, "France (9999)")
        assert not app.exception, widget
        assert not any("9999" in str(value) for value in app.query_params.values()), widget
        app.run()
        assert words(app) == before, widget


def test_an_option_is_known_by_the_text_that_it_had_a_moment_ago(open_page: Callable[..., AppTest]) -> None:
    """Counts change with each choice: what a browser sends may have been drawn before."""
    app = open_page("public", "pages/public/labels.py", {"lang": "en", "label": "gold"})
    country = app.multiselect(key="choice-country")
    widget, drawn = country.proto.id, next(text for text in country.options if text.startswith("France"))
    app.slider(key="choice-year").set_value(2014).run()
    assert drawn not in app.multiselect(key="choice-country").options, "another count"
    sent(app, widget, drawn)
    assert app.query_params["country"] in ("FR", ["FR"])
    assert app.query_params["year"] in ("2014", ["2014"])
    sent(app, widget, "France (9999)")
    assert "could not be read" in words(app)
    assert app.query_params["year"] in ("2014", ["2014"])


def test_the_role_of_a_demonstration_outlives_a_change_of_language(open_page: Callable[..., AppTest]) -> None:
    app = open_page("staff", "pages/staff/sectors.py", {"lang": "fr"})
    drawn = app.radio(key="role").options[-1]
    widget = app.radio(key="role").proto.id
    app.query_params["lang"] = "en"
    app.run()
    assert drawn not in app.radio(key="role").options
    sent(app, widget, drawn)
    assert app.title[0].value == "Sectors side by side"
