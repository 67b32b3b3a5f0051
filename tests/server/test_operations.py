"""What an operator sees of a running server: health, metrics, the log, and the id that leads from a page to the log."""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
import timeit
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page, expect
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from support.browser import needs_chromium, run_has_ended, serve

from clusterdash.editions import catalog
from clusterdash.i18n import translate
from clusterdash.metrics import PAGE_RUNS, REGISTRY
from clusterdash.server import request_ids, request_metrics
from clusterdash.server.logs import JsonFormatter, TextFormatter
from clusterdash.server.request_ids import RequestIds
from clusterdash.server.request_metrics import RequestMetrics, may_read
from clusterdash.server.route_classes import OTHER, route_class
from clusterdash.server.routes import routes
from clusterdash.settings import Settings
from clusterdash.site_map import PAGES

TOKEN = "0123456789-0123456789"
PATHS = [route.path.replace("{kind}", "csv") for route in routes() if isinstance(route, Route | Mount)]
NAMED = re.compile(r"naming ([0-9a-f]{12})\.")


@dataclass(frozen=True)
class Installation:
    """A running server, its data and its log."""

    address: str
    data: Path
    log: Path

    def ask(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        request = urllib.request.Request(
            f"{self.address}{path}", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def metrics(self) -> dict[tuple[str, ...], float]:
        status, text, _ = self.ask("/metrics")
        assert status == 200
        return samples(text)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def about(self, own: str) -> list[dict[str, Any]]:
        """The lines of the log with an id."""
        return [line for line in self.lines() if line.get("request") == own]


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


@pytest.fixture(scope="module")
def installation(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("operations")
    own, log = folder / "data", folder / "log"
    shutil.copytree(data, own)
    (own / "settings.toml").write_text(f'log_format = "json"\nmetrics_token = "{TOKEN}"\n')
    with serve(own, log=log) as address:
        yield Installation(address, own, log)


@pytest.mark.slow
def test_a_server_says_whether_it_runs_and_whether_it_is_ready(installation: Installation) -> None:
    edition = catalog.current_path(installation.data)
    for path in ("/healthz", "/readyz", "/health"):
        assert installation.ask(path)[:2] == (200, "ok")
    edition.rename(edition.with_suffix(".away"))
    answers = {path: installation.ask(f"{path}?lang=en") for path in ("/healthz", "/readyz", "/health")}
    measured = installation.metrics()
    edition.with_suffix(".away").rename(edition)
    assert {path: status for path, (status, _, _) in answers.items()} == {
        "/healthz": 200,
        "/readyz": 503,
        "/health": 503,
    }
    assert len(answers["/readyz"][1]) > 20
    assert str(installation.data) not in answers["/readyz"][1]
    assert measured["clusterdash_ready",] == 0
    assert ("clusterdash_edition_age_seconds",) not in measured
    database, away = installation.data / "clusterdash.sqlite", installation.data / "away"
    away.mkdir()
    for file in installation.data.glob("clusterdash.sqlite*"):
        file.rename(away / file.name)
    database.write_bytes(b"no database" * 1000)
    status = installation.ask("/readyz")[0]
    for file in away.iterdir():
        file.rename(installation.data / file.name)
    assert status == 503
    assert installation.ask("/readyz")[0] == 200


@pytest.mark.slow
def test_metrics_are_for_this_machine_or_for_the_token(installation: Installation) -> None:
    assert installation.ask("/metrics")[0] == 200
    for proxied in ({"X_Forwarded_For": "1.2.3.4"}, {"Forwarded": "for=1.2.3.4"}, {"Via": "1.1 proxy"}):
        assert installation.ask("/metrics", **proxied)[0] == 404
        assert installation.ask("/metrics", **proxied, Authorization=f"Bearer {TOKEN}")[0] == 200
        assert installation.ask("/metrics", **proxied, Authorization=f"Bearer {TOKEN[:-1]}")[0] == 404


@pytest.mark.parametrize(
    ("found", "host", "headers", "allowed"),
    [
        (Settings(), "127.0.0.1", {}, True),
        (Settings(), "::1", {}, True),
        (Settings(), "192.0.2.1", {}, False),
        (Settings(), "", {}, False),
        (Settings(), "127.0.0.1", {"x-real-ip": "192.0.2.1"}, False),
        (Settings(), "192.0.2.1", {"authorization": "Bearer "}, False),
        (Settings(), "192.0.2.1", {"authorization": "Bearer None"}, False),
        (Settings(metrics="token"), "127.0.0.1", {}, False),
        (Settings(metrics="token", metrics_token=TOKEN), "127.0.0.1", {}, False),
        (Settings(metrics="token", metrics_token=TOKEN), "192.0.2.1", {"authorization": f"Bearer {TOKEN}"}, True),
    ],
)
def test_who_may_read_metrics(found: Settings, host: str, headers: dict[str, str], allowed: bool) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "headers": raw, "client": (host, 1) if host else None})
    assert may_read(request, found) == allowed


@needs_chromium
def test_a_visit_is_counted_without_saying_whose(page: Page, installation: Installation) -> None:
    before = installation.metrics()
    page.goto(f"{installation.address}/cluster?id=de-hamburg-aviation-e-v&lang=en")
    run_has_ended(page)
    page.goto(f"{installation.address}/labels?q=secret-name&lang=en")
    run_has_ended(page)
    after = installation.metrics()

    def growth(*key: str) -> float:
        return after[key] - before.get(key, 0)

    assert after["clusterdash_open_sessions",] == 1
    assert growth("clusterdash_page_run_seconds_count", "cluster") >= 1
    assert growth("clusterdash_page_run_seconds_count", "labels") >= 1
    assert growth("clusterdash_page_run_seconds_sum", "labels") > 0
    assert growth("clusterdash_requests_total", "page", "200") == 2
    assert growth("clusterdash_edition_query_seconds_count") > 0
    assert growth("clusterdash_database_query_seconds_count") > 0
    assert growth("clusterdash_errors_total", "page") == 0
    assert after["clusterdash_edition_age_seconds",] > 0
    assert after["process_resident_memory_bytes",] > 1e7
    values = {value for key in after for value in key[1:]}
    allowed = {page.name for page in PAGES} | {route_class({"type": "http", "path": path}) for path in PATHS}
    allowed |= {"page", "request", "data", "static", "internal", "metrics", "media", "component", OTHER}
    assert not {value for value in values - allowed if not re.fullmatch(r"[\d.]+|\+Inf", value)}
    page.close()


@needs_chromium
def test_the_id_on_a_page_that_fails_leads_to_the_exception_in_the_log(page: Page, installation: Installation) -> None:
    edition = catalog.current_path(installation.data)
    whole = edition.with_suffix(".away")
    edition.rename(whole)
    try:
        _copy_with_impossible_date(whole, edition)
        page.goto(f"{installation.address}/figures?lang=en")
        expect(page.get_by_text("Something unexpected went wrong")).to_be_visible()
        own = _named(page)
        (line,) = installation.about(own)
        assert line["message"] == "a page has failed"
        assert line["level"] == "ERROR"
        assert "ValueError" in line["exception"]
        assert line["session"]

        status, text, headers = installation.ask("/labels.json?q=secret-name&lang=en")
        assert (status, text) == (500, translate("en", "error.request", id=headers["x-request-id"]))
        (line,) = installation.about(headers["x-request-id"])
        assert line["message"] == "a request (register) failed"
        assert "ValueError" in line["exception"]

        edition.write_bytes(b"no edition" * 1000)
        page.goto(f"{installation.address}/figures?lang=en")
        expect(page.get_by_role("heading", name=translate("en", "error.title"))).to_be_visible()
        messages = [line["message"] for line in installation.about(_named(page))]
        assert [message.partition(":")[0] for message in messages] == [
            "an edition could not be read",
            "the data cannot be shown",
        ]
    finally:
        whole.rename(edition)
    said = installation.log.read_text()
    assert "secret-name" not in said
    assert "Uncaught" not in said, "each failure once"


def _copy_with_impossible_date(whole: Path, to: Path) -> None:
    shutil.copy(whole, to)
    with duckdb.connect(str(to)) as connection:
        connection.execute("update award set awarded_on = '2013-99' where awarded_on <> ''")


def _named(page: Page) -> str:
    caption = page.get_by_text(NAMED)
    expect(caption).to_be_visible()
    found = NAMED.search(caption.inner_text())
    assert found
    return found[1]


@pytest.mark.slow
def test_every_line_of_the_log_is_an_object(installation: Installation) -> None:
    lines = [line for line in installation.log.read_text().splitlines() if line.strip()]
    other = [line for line in lines if not line.startswith("{")]
    assert all("http://" in line or "Streamlit app" in line for line in other), "only what Streamlit prints for people"
    starts = [line for line in installation.lines() if line["message"].startswith("the server starts: clusterdash ")]
    assert len(starts) == 1
    assert {line["logger"] for line in installation.lines()} >= {"clusterdash", "uvicorn.error"}


@pytest.mark.slow
def test_an_id_of_a_proxy_is_taken_over_if_it_is_one(installation: Installation) -> None:
    assert installation.ask("/healthz", X_Request_ID="proxy-4711.x")[2]["x-request-id"] == "proxy-4711.x"
    for wrong in ("short", "x" * 65, "anna@example.org", "a b c d e f"):
        answered = installation.ask("/healthz", X_Request_ID=wrong)[2]["x-request-id"]
        assert re.fullmatch("[0-9a-f]{12}", answered), wrong


def test_a_line_of_the_log_holds_no_address_and_no_second_line() -> None:
    for formatter in (TextFormatter(), JsonFormatter()):
        output = io.StringIO()
        handler = logging.StreamHandler(output)
        handler.setFormatter(formatter)
        logger = logging.Logger("test")
        logger.addHandler(handler)
        try:
            raise ValueError("of anna.a@example.org in postgresql://user:secret@host/x\nforged")
        except ValueError:
            logger.exception("lost: %s", "<ben@b.example>")
        said = output.getvalue()
        assert not [private for private in ("anna", "ben@", "secret", "@b.example") if private in said]
        assert "ValueError" in said
        assert isinstance(formatter, JsonFormatter) == (len(said.splitlines()) == 1)


def test_a_request_that_fails_is_answered_and_one_that_is_refused_is_not_open() -> None:
    def fail(_: Request) -> PlainTextResponse:
        raise KeyError("x")

    async def refuse(socket: WebSocket) -> None:
        await socket.close()

    app = Starlette(
        routes=[Route("/list", fail), WebSocketRoute("/_stcore/stream", refuse)],
        middleware=[Middleware(RequestMetrics), Middleware(RequestIds)],
    )
    client = TestClient(app, raise_server_exceptions=False)
    before = REGISTRY.get_sample_value("clusterdash_requests_total", {"route": "list", "status": "500"}) or 0
    answer = client.get("/list?lang=fr")
    assert answer.status_code == 500
    assert answer.text == translate("fr", "error.request", id=answer.headers["x-request-id"])
    assert REGISTRY.get_sample_value("clusterdash_requests_total", {"route": "list", "status": "500"}) == before + 1
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass
    assert REGISTRY.get_sample_value("clusterdash_open_sessions") == 0


def test_each_route_has_a_kind() -> None:
    kinds = {path: route_class({"type": "http", "path": path}) for path in PATHS}
    assert OTHER not in kinds.values(), kinds
    assert route_class({"type": "http", "path": "/someone@example.org"}) == OTHER
    assert route_class({"type": "http", "path": "/x/labels", "clusterdash.prefix": "/x"}) == "page"


def test_measuring_a_run_costs_less_than_a_fifth_of_a_millisecond() -> None:
    def run() -> None:
        request_ids.begin_run({})
        PAGE_RUNS.labels("test").observe(0.1)
        for _ in range(20):
            request_metrics.DATABASE_QUERIES.observe(0.001)

    assert min(timeit.repeat(run, number=100, repeat=5)) / 100 < 0.0002
    PAGE_RUNS.remove("test")
