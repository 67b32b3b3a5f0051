"""Two servers behind nginx with TLS, below a sub-path, with one database and one store: as visitors meet them."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import duckdb
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect
from prometheus_client.parser import text_string_to_metric_families
from support.browser import needs_chromium, run_has_ended, switch_language
from support.deployed_proxy import SERVED_BY
from support.installation import GRANTS, Installation, Server, installation
from support.postgresql import needs_postgresql
from support.tls_proxy import needs_nginx

from clusterdash.editions import catalog

pytestmark = [needs_nginx, needs_postgresql, pytest.mark.slow]
VISIT = "_streamlit_xsrf"
"""The cookie that leads a visit to its server."""
WHEN_RUN_HAS_ENDED = """
() => {
  const app = document.querySelector("[data-testid=stApp]"), name = "data-test-script-state";
  let running = false;
  new MutationObserver((_, observer) => {
    if (app.getAttribute(name) === "running") running = true;
    else if (running && app.getAttribute(name) === "notRunning") { observer.disconnect(); console.log("ended"); }
  }).observe(app, { attributes: true, attributeFilter: [name] });
}
"""
"""Writes to the console once the next run of the page has ended."""
ANNA, BEN = "anna@a.example", "ben@b.example"


@pytest.fixture(scope="module")
def running(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("installation"), small_folder) as started:
        yield started


class Answer(NamedTuple):
    status: int
    text: str
    server: str
    cookies: list[str]


def get(address: str, cookie: str = "") -> Answer:
    """Ask once, as a program does: through nginx or a server itself."""
    request = urllib.request.Request(address, headers={"Cookie": cookie} if cookie else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return _answer(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return _answer(refused)


def _answer(answer: http.client.HTTPResponse | urllib.error.HTTPError) -> Answer:
    cookies = answer.headers.get_all("Set-Cookie") or []
    return Answer(answer.status or 0, answer.read().decode(), answer.headers.get(SERVED_BY, ""), cookies)


def until(condition: Callable[[], bool], seconds: float = 60) -> float:
    """Wait for something; returns the seconds that it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + seconds, f"not so within {seconds} seconds"
        time.sleep(0.02)
    return time.monotonic() - start


def new_visit(running: Installation) -> str:
    """The cookie of somebody who comes for the first time."""
    (cookie,) = [one for one in get(f"{running.address}/").cookies if one.startswith(VISIT)]
    return cookie.split(";")[0]


def visit_to(running: Installation, server: Server) -> str:
    """The cookie of a visit that nginx leads to a server."""
    while True:
        cookie = new_visit(running)
        if get(f"{running.address}/healthz", cookie).server == server.behind_nginx:
            return cookie


def open_sessions(server: Server) -> float:
    """How many visits a server has open, as it says itself."""
    families = text_string_to_metric_families(get(f"{server.address}/metrics").text)
    return next(family.samples[0].value for family in families if family.name == "clusterdash_open_sessions")


@contextmanager
def tab_at(browser: Browser, running: Installation, server: Server) -> Iterator[Page]:
    """A tab of a browser of its own, whose visit is led to a server."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}, ignore_https_errors=True)
    lead_to(context, running, server)
    try:
        yield context.new_page()
    finally:
        context.close()


def lead_to(context: BrowserContext, running: Installation, server: Server) -> None:
    name, _, value = visit_to(running, server).partition("=")
    context.add_cookies(
        [{"name": name, "value": value, "url": f"{urlsplit(running.address)._replace(path='/').geturl()}"}]
    )


def sign_in(page: Page, running: Installation, email: str) -> None:
    page.goto(f"{running.address}/")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_placeholder("sub").fill(email)
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{running.address}/**")
    signed_in(page, email)


def signed_in(page: Page, email: str) -> None:
    expect(page.locator(".st-key-viewer").get_by_role("button", name=email.partition("@")[0])).to_be_visible()


def copy_sign_in(page: Page, copied: Page) -> None:
    """Copy the cookies of a sign-in into another browser, but for the one that leads to a server."""
    for cookie in page.context.cookies():
        if cookie["name"].startswith("_streamlit_user"):
            copy = {name: cookie[name] for name in ("name", "value", "domain", "path")}  # type: ignore[literal-required]
            copied.context.add_cookies([copy])  # type: ignore[list-item]


def in_english(page: Page) -> None:
    """A manager's page has run in English."""
    expect(page.get_by_test_id("stTopNav").get_by_role("link", name="Results")).to_be_visible()
    run_has_ended(page)


def open_benchmark(page: Page, running: Installation, cluster: str, language: str = "fr") -> None:
    page.goto(f"{running.address}/benchmark?cluster=demo-{cluster}&lang={language}")
    expect(page.get_by_role("heading", name=f"Cluster Démo {cluster}")).to_be_visible()
    run_has_ended(page)


@needs_chromium
def test_a_manager_signs_in_below_the_sub_path_and_nothing_else_is_asked_for(
    browser: Browser, running: Installation
) -> None:
    with tab_at(browser, running, running.servers[0]) as page:
        asked: list[str] = []
        # The provider's own pages may ask whom they want.
        page.on("request", lambda one: None if one.frame.url.startswith(running.provider) else asked.append(one.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        sign_in(page, running, ANNA)
        page.get_by_role("link", name="Vos résultats").click()
        expect(page.get_by_role("heading", name="Cluster Démo 0007")).to_be_visible()
        switch_language(page, "EN")
        in_english(page)
        assert page.url.startswith(f"{running.address}/benchmark?")
        page.locator(".st-key-viewer").get_by_role("button").first.click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="End session").click()
        page.wait_for_url(f"{running.address}/**")
        expect(page.get_by_role("button", name="Se connecter").first).to_be_visible()
        socket = running.address.replace("https", "wss")
        assert f"{socket}/_stcore/stream" in asked
        own = (f"{running.address}/", f"{socket}/", f"{running.provider}/", "data:", f"blob:{running.address[:20]}")
        assert [url for url in asked if not url.startswith(own)] == []


def test_visits_are_spread_and_each_stays_with_its_server(running: Installation) -> None:
    servers = set()
    for _ in range(20):
        visit = new_visit(running)
        answered = {
            get(f"{running.address}/{path}", visit).server for path in ("", "healthz", "labels.json", "nothing")
        }
        assert len(answered) == 1
        servers |= answered
    assert servers == {server.behind_nginx for server in running.servers}


@needs_chromium
def test_a_browser_has_its_session_on_the_server_that_sends_its_files(browser: Browser, running: Installation) -> None:
    for server in running.servers:
        other = running.other(server)
        until(lambda: [open_sessions(one) for one in running.servers] == [0, 0])
        with tab_at(browser, running, server) as page:
            answers: list[Response] = []
            page.on("response", lambda answer, answers=answers: answers.append(answer))
            for path in ("labels", "method", "labels"):
                page.goto(f"{running.address}/{path}")
                run_has_ended(page)
            assert {answer.header_value(SERVED_BY) for answer in answers} - {None} == {server.behind_nginx}
            assert (open_sessions(server), open_sessions(other)) == (1, 0)


@needs_chromium
def test_signing_out_on_one_server_ends_a_copied_sign_in_on_the_other(browser: Browser, running: Installation) -> None:
    first, second = running.servers
    with tab_at(browser, running, first) as page, tab_at(browser, running, second) as copied:
        sign_in(page, running, ANNA)
        copy_sign_in(page, copied)
        open_benchmark(copied, running, "0007")
        assert open_sessions(second) >= 1
        page.locator(".st-key-viewer").get_by_role("button").first.click()
        page.get_by_role("button", name="Se déconnecter").click()
        page.get_by_role("button", name="End session").click()
        page.wait_for_url(f"{running.address}/**")
        switch_language(copied, "EN")
        expect(copied.get_by_text("You have signed out")).to_be_visible()
        expect(copied.get_by_text("Cluster Démo 0007")).to_have_count(0)
        copied.goto(f"{running.address}/benchmark?lang=fr")
        expect(copied.get_by_text("Vous vous êtes déconnecté")).to_be_visible()
        expect(copied.get_by_text("Cluster Démo 0007")).to_have_count(0)


@needs_chromium
def test_a_revoked_grant_refuses_on_both_servers_at_the_next_click(browser: Browser, running: Installation) -> None:
    with ExitStack() as tabs:
        pages = [tabs.enter_context(tab_at(browser, running, server)) for server in running.servers]
        for page in pages:
            sign_in(page, running, BEN)
            open_benchmark(page, running, "0009")
        running.grant(*(row for row in GRANTS if row[0] != BEN))
        try:
            for page in pages:
                switch_language(page, "EN")
                expect(page.get_by_role("heading", name="This page is not public")).to_be_visible()
                expect(page.get_by_text("Cluster Démo 0009")).to_have_count(0)
        finally:
            running.grant(*GRANTS)


def version(server: Server) -> str:
    """Which edition a server serves."""
    found: str = json.loads(get(f"{server.address}/labels.json").text)["metadata"]["version"]
    return found


def test_what_one_server_publishes_the_other_serves_within_two_seconds(
    running: Installation, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    publisher, other = running.servers
    for turn in range(3):
        copy = Path(
            shutil.copy(catalog.current_path(publisher.data), tmp_path / f"20260701-00000{turn}-edition.duckdb")
        )
        number = f"{turn:012}"
        with duckdb.connect(str(copy)) as edition:
            edition.execute("update edition set edition_id = ?, content_hash = ?", [copy.stem, number.ljust(64, "0")])
        catalog.add_edition(publisher.data, copy, copy.stem, "staff@s.example")
        catalog.set_current(publisher.data, copy.stem, datetime.now(UTC), "staff@s.example")
        published, asked = time.monotonic(), 0.0
        while version(other) != number:
            assert asked < 2, f"what was asked for {asked:.2f} s later is of the edition before"
            asked = time.monotonic() - published
        record_property("seconds until asked for and seen", round(asked, 3))
        print(f"visible on the other server when asked for after {asked:.2f} s")


@dataclass
class Reader:
    """Asks without a pause through nginx, from within a visit; counts what it gets."""

    address: str
    visit: str
    stop: threading.Event
    times: list[float] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def read(self) -> None:
        """Until `stop`."""
        where, context = urlsplit(self.address), ssl.create_default_context()
        while not self.stop.is_set():
            connection = http.client.HTTPSConnection(where.netloc, timeout=30, context=context)
            try:
                connection.request("GET", f"{where.path}/labels.json", headers={"Cookie": self.visit})
                answer = connection.getresponse()
                content = answer.read()
                if answer.status == http.client.OK and json.loads(content)["labels"]:
                    self.times.append(time.monotonic())
                    self.servers.append(answer.headers[SERVED_BY].rpartition(" ")[2])
                else:
                    self.failures.append(f"{answer.status}: {content[:100]!r}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
            finally:
                connection.close()


@contextmanager
def load(running: Installation, each: int) -> Iterator[list[list[Reader]]]:
    """Readers of both servers, `each` of them."""
    stop = threading.Event()
    readers = [
        [Reader(running.address, visit_to(running, server), stop) for _ in range(each)] for server in running.servers
    ]
    threads = [threading.Thread(target=reader.read) for group in readers for reader in group]
    for thread in threads:
        thread.start()
    try:
        yield readers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@needs_chromium
def test_when_a_server_is_killed_the_other_goes_on_and_takes_over_its_visits(
    browser: Browser, running: Installation
) -> None:
    killed, other = running.servers
    with ExitStack() as opened:
        page, beside = (opened.enter_context(tab_at(browser, running, server)) for server in (killed, other))
        for tab, email, cluster in ((page, BEN, "0009"), (beside, ANNA, "0007")):
            sign_in(tab, running, email)
            open_benchmark(tab, running, cluster)
        of_killed, of_other = opened.enter_context(load(running, each=3))
        address, before = page.url, open_sessions(other)
        until(lambda: all(len(reader.times) > 3 for reader in of_killed + of_other))
        page.evaluate(WHEN_RUN_HAS_ENDED)
        at = time.monotonic()
        with page.expect_console_message(lambda message: message.text == "ended"):  # by itself
            killed.kill()
        came = time.monotonic() - at
        try:
            switch_language(beside, "EN")
            in_english(beside)
            assert open_sessions(other) > before
            switch_language(page, "EN")
            in_english(page)
            assert page.url == address.replace("lang=fr", "lang=en")
            expect(page.get_by_role("heading", name="Cluster Démo 0009")).to_be_visible()
            signed_in(page, BEN)
            until(lambda: all(reader.times[-1] > at + 1 for reader in of_killed + of_other))
        finally:
            killed.start()
    print(f"the visit of the killed server was back after {came:.2f} s")
    assert [reader.failures for reader in of_other] == [[]] * len(of_other)
    for reader in of_killed:
        assert len(reader.failures) <= 1, reader.failures  # the answer that was under way
        assert {killed.behind_nginx, other.behind_nginx} <= set(reader.servers)


@needs_chromium
def test_while_the_database_is_away_pages_say_so_and_afterwards_they_are_back(
    browser: Browser, running: Installation
) -> None:
    with ExitStack() as tabs:
        pages = [tabs.enter_context(tab_at(browser, running, server)) for server in running.servers]
        for page in pages:
            sign_in(page, running, ANNA)
            open_benchmark(page, running, "0007")
        running.database.stop()
        try:
            for server in running.servers:
                assert get(f"{server.address}/healthz").status == http.client.OK
                answer = get(f"{server.address}/readyz")
                assert (answer.status, server.data.name in answer.text) == (http.client.SERVICE_UNAVAILABLE, False)
            for page in pages:
                switch_language(page, "EN")
                expect(page.get_by_role("alert")).to_contain_text("cannot be read or saved at the moment")
                expect(page.get_by_test_id("stMain")).not_to_contain_text("127.0.0.1")
                expect(page.get_by_text("Cluster Démo 0007")).to_have_count(0)
        finally:
            running.database.start()
        for server in running.servers:
            until(lambda server=server: get(f"{server.address}/readyz").status == http.client.OK)
        for page in pages:
            in_english(page)
            signed_in(page, ANNA)
            assert "cluster=demo-0007" in page.url
