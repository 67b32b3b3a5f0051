"""What the server lets in besides the pages: uploads, internal addresses, connections, sign-outs; what it logs."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
import streamlit
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Scope
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from support.browser import ROOT, needs_chromium, serve, wait_for
from support.editions import NOW
from support.sign_in_settings import AUTH, CLAIMS
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from clusterdash.auth import revocation
from clusterdash.auth.oidc import identity, providers
from clusterdash.editions import catalog
from clusterdash.operational_database import audit_records
from clusterdash.server import sign_out, upload_limits
from clusterdash.server.connection_limits import ADDRESS_CONNECTIONS, ConnectionLimits
from clusterdash.server.internal_endpoints import OPEN, InternalEndpoints
from clusterdash.server.sign_out import SignOut
from clusterdash.server.upload_limits import MEGABYTE, SERVER_BYTES, VISIT_BYTES, UploadLimits
from clusterdash.settings import Settings

pytestmark = pytest.mark.slow

CLOSED = {"agent", "metrics", "script-health-check"}
"""Of the addresses that Streamlit has now."""


class Visitor:
    """Somebody without a browser: a connection as Streamlit's page opens it, and requests with its cookies."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.open(f"{address}/_stcore/health").close()

    def connect(self) -> ClientConnection:
        return connect(
            f"{self.address.replace('http', 'ws')}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
        )

    def session(self, connection: ClientConnection, page: str = "") -> str:
        """Let a page run; the id of its session."""
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        asked.rerun_script.page_name = page
        connection.send(asked.SerializeToString())
        session = ""
        while True:
            told = ForwardMsg.FromString(bytes(connection.recv(60)))  # type: ignore[arg-type]
            if told.WhichOneof("type") == "new_session":
                session = told.new_session.initialize.session_id
            if told.WhichOneof("type") == "script_finished":
                return session

    def upload(self, session: str, name: str, content: bytes) -> tuple[int, str]:
        """Upload a file as Streamlit's page does; status and answer."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "_streamlit_xsrf")
        body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n' + content + b"\r\n--x--\r\n"
        headers = {"X-Xsrftoken": token or "", "Content-Type": "multipart/form-data; boundary=x"}
        address = f"{self.address}/_stcore/upload_file/{session}/{name}"
        return self.ask(urllib.request.Request(address, body, headers, method="PUT"))

    def ask(self, request: urllib.request.Request | str) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError):  # hung up on while still sending
            return 0, ""


def until(arrived: Callable[[], bool]) -> None:
    """Wait for a state of the server; fails where it does not come in a minute."""
    end = time.monotonic() + 60
    while not arrived():
        assert time.monotonic() < end, "the state that is waited for does not come"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def house(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path, Path]]:
    """A server of a copy of the project: its address, project, data and log; at most eight visits at once."""
    folder = tmp_path_factory.mktemp("house")
    root, own, log = folder / "project", folder / "data", folder / "log"
    root.mkdir()
    for name in (
        "clusterdash",
        "pages",
        ".streamlit",
        "static",
        "data/gazetteer",
        "data/geo",
        "data/labels",
        "data/scheme",
    ):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", root)
    shutil.copy(ROOT / "data" / "contact.toml", root / "data")
    shutil.copytree(data, own)
    (own / "access.toml").write_text("sessions = 8\n")
    with serve(own, root=root, log=log) as address:
        yield address, root, own, log


def test_only_a_visit_that_was_asked_for_files_may_upload_any(house: tuple[str, Path, Path, Path]) -> None:
    visitor = Visitor(house[0])
    with visitor.connect() as connection:
        session = visitor.session(connection)
        for turn in range(3):
            status, told = visitor.upload(session, f"file-{turn}", b"a;b\n" * 1000)
            assert status == 403
            assert "waiting for a file" in told or "attend de fichier" in told
        page = visitor.session(connection, "data")  # staff only
        assert visitor.upload(page, "x", b"a")[0] == 403
    assert visitor.upload("no-such-session", "x", b"a")[0] == 403


@needs_chromium
def test_a_visit_that_was_asked_for_files_may_upload_so_much_and_no_more(
    page: Page, house: tuple[str, Path, Path, Path]
) -> None:
    address = house[0]
    puts: list[tuple[int, str]] = []
    page.on("response", lambda got: puts.append((got.status, got.url)) if got.request.method == "PUT" else None)
    page.goto(f"{address}/data?lang=en")
    page.get_by_role("button", name="As staff").click()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        [{"name": f"{i}.csv", "mimeType": "text/csv", "buffer": b"cluster_id\n"} for i in range(12)]
    )
    expect(page.get_by_role("button", name="Check")).to_be_enabled()
    wait_for(page, lambda: len(puts) >= 12)
    assert [status for status, _ in puts] == [204] * 12, "also while the page runs again after each of them"
    session = puts[0][1].split("/")[-2]
    visitor, large = Visitor(address), bytes(19 * MEGABYTE)
    statuses = [visitor.upload(session, f"large-{turn}", large)[0] for turn in range(7)]
    fit = (VISIT_BYTES - 12 * upload_limits.COUNTED_BYTES) // (len(large) + 200)
    assert statuses[:fit] == [204] * fit
    assert set(statuses[fit:]) <= {413, 0}
    page.get_by_role("link", name="Method").click()
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    wait_for(page, lambda: visitor.upload(session, "later", b"a")[0] == 403)  # the page that asked is no longer open


def test_every_place_that_takes_files_in_says_so_to_the_server() -> None:
    """Each `st.file_uploader` and its like comes right after `upload_limits.allow_uploads()`."""
    takers = re.compile(r"^(.*)\n.*\b(?:file_uploader|camera_input|audio_input|accept_file)\(", re.MULTILINE)
    found = []
    for path in (*(ROOT / "clusterdash").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"):
        found += [(path.stem, before.strip()) for before in takers.findall(path.read_text("utf-8"))]
    assert sorted(found) == [(name, "upload_limits.allow_uploads()") for name in ("admin", "case_evidence", "widgets")]


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """What comes of a coroutine; in a thread of its own, for the browser's tests keep a loop in this one."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, work).result()


def uploads(held: dict[str, int], body: list[bytes], headers: dict[str, str]) -> int:
    """The status of an upload of a body in parts by the session "asked", where sessions hold so much already."""
    answered: list[Message] = []
    parts = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    parts.append({"type": "http.request", "body": b"", "more_body": False})

    async def takes_all(scope: Scope, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        await Response(status_code=204)(scope, receive, send)

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {"type": "http", "method": "PUT", "path": "/base/_stcore/upload_file/asked/1", "query_string": b""}
    scope["headers"] = Headers(headers).raw
    limits = UploadLimits(takes_all, largest=20 * MEGABYTE, held=lambda: held)
    run(limits(scope, receive, send))
    assert limits.coming == {}
    return int(answered[0]["status"])


def test_announced_and_streamed_bytes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_limits, "_offered", {"asked"})
    part = [bytes(MEGABYTE)]
    assert uploads({}, part, {"content-length": str(MEGABYTE)}) == 204
    assert uploads({}, part * 20, {}) == 204, "without an announcement"
    assert uploads({}, part * 22, {}) == 413
    assert uploads({}, part * 3, {"content-length": str(MEGABYTE)}) == 413, "more than was announced"
    assert uploads({}, part, {"content-length": str(22 * MEGABYTE)}) == 413
    assert uploads({"asked": VISIT_BYTES - MEGABYTE // 2}, part, {"content-length": str(MEGABYTE)}) == 413
    assert uploads({"asked": VISIT_BYTES - 10 * MEGABYTE}, [b"a"], {}) == 413, "as much as any may bring"
    others = {f"{i}": 50 * MEGABYTE for i in range(SERVER_BYTES // (50 * MEGABYTE))}
    assert uploads(others, [b""], {"content-length": "0"}) == 413, "an empty file counts as well"
    others.popitem()
    assert uploads(others, part, {"content-length": str(MEGABYTE)}) == 204
    monkeypatch.setattr(upload_limits, "_offered", set())
    assert uploads({}, part, {"content-length": str(MEGABYTE)}) == 403


def test_of_streamlits_own_addresses_those_answer_that_pages_need(house: tuple[str, Path, Path, Path]) -> None:
    folder = Path(streamlit.__file__).parent / "web" / "server" / "starlette"
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    known = set(re.findall(r'(?:"_stcore|\{BASE_ROUTE_CORE\})/([\w-]+)', source))
    assert known == set(OPEN) | CLOSED, "another address: open it with a reason, or leave it closed"
    visitor = Visitor(house[0])
    for name in (*CLOSED, "metrics/", "metrics?families=x", "no-such"):
        assert visitor.ask(f"{house[0]}/_stcore/{name}")[0] == 404, name
    assert visitor.ask(f"{house[0]}/_stcore/health") == (200, "ok")
    assert visitor.ask(f"{house[0]}/_stcore/host-config")[0] == 200
    everything = [Route("/{path:path}", lambda _: Response())]
    below = TestClient(Starlette(routes=everything, middleware=[Middleware(InternalEndpoints)]))
    assert below.get("/base/_stcore/metrics").status_code == 404
    assert below.options("/_stcore/metrics").status_code == 404
    assert below.get("/base/_stcore/health").status_code == 200


def test_no_more_visits_are_open_at_once_than_the_operator_allows(house: tuple[str, Path, Path, Path]) -> None:
    visitor = Visitor(house[0])
    asked = urllib.request.Request(f"{house[0]}/labels?lang=en", headers={"Accept": "text/html"})
    with ExitStack() as stack:
        connections: list[ClientConnection] = []

        def all_taken() -> bool:
            """Take a place; those of other tests come free while their connections close."""
            with suppress(InvalidStatus):
                connections.append(stack.enter_context(visitor.connect()))
            return len(connections) == 8

        until(all_taken)
        with pytest.raises(InvalidStatus) as refused:
            visitor.connect()
        assert refused.value.response.status_code == 503
        assert "15 " in bytes(refused.value.response.body or b"").decode()
        status, told = visitor.ask(asked)
        assert status == 503
        assert "All places are taken" in told
        assert '<meta http-equiv="refresh" content="15">' in told, "it enters by itself"
        assert f'href="{house[0]}/list/en"' in told
        assert visitor.ask(f"{house[0]}/labels.csv")[0] == 200, "what takes no visit is answered"
        connections[0].close()
        until(lambda: visitor.ask(asked)[0] == 200)
        with visitor.connect() as last:
            assert visitor.session(last)


@pytest.mark.parametrize(
    ("address", "by_address", "let_in"),
    [("192.0.2.7", True, ADDRESS_CONNECTIONS), ("192.0.2.7", False, 60), ("127.0.0.1", True, 60), ("::1", True, 60)],
)
def test_one_address_cannot_take_all_visits(address: str, by_address: bool, let_in: int) -> None:
    async def attempts() -> tuple[int, int]:
        leave, said = asyncio.Event(), []

        async def stays(*_: Any) -> None:
            await leave.wait()

        async def send(message: Message) -> None:
            said.append(message)

        limits = ConnectionLimits(stays, most=60, by_address=by_address)
        scope = {"type": "websocket", "path": "/_stcore/stream", "client": (address, 1), "headers": []}
        tasks = [asyncio.create_task(limits(scope, None, send)) for _ in range(70)]  # type: ignore[arg-type]
        await asyncio.sleep(0)
        still = sum(not task.done() for task in tasks)
        leave.set()
        await asyncio.gather(*tasks)
        assert limits.open.total() == 0
        return still, len(said)

    assert run(attempts()) == (let_in, 70 - let_in)


def test_who_opens_the_address_for_signing_out_has_signed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(tmp_path))
    monkeypatch.setattr(sign_out, "auth", lambda: AUTH)
    client = TestClient(
        Starlette(routes=[Route("/auth/logout", lambda _: PlainTextResponse("out"))], middleware=[Middleware(SignOut)])
    )
    claims = {**CLAIMS, "iat": time.time() + 40}  # a clock that is ahead
    cookie = create_signed_value(get_cookie_secret(), "_streamlit_user", json.dumps(claims)).decode()
    person = identity(claims, providers(AUTH, Settings()), NOW.fromtimestamp(time.time(), NOW.tzinfo), Settings())
    for hostile in ("", "x", cookie[:-3] + "abc"):
        client.cookies.set("_streamlit_user", hostile)
        assert client.get("/auth/logout").text == "out"
        assert not revocation.is_revoked(tmp_path, person)
    client.cookies.set("_streamlit_user", cookie)
    for _ in range(2):
        assert client.get("/auth/logout").text == "out"
        assert revocation.is_revoked(tmp_path, person)
    assert [(entry.who, entry.action) for entry in audit_records.read(tmp_path, 9)] == [
        ("anna@example.org", "sign_out")
    ]


def test_health_says_whether_the_data_can_be_read(house: tuple[str, Path, Path, Path]) -> None:
    address, _, data, _ = house
    visitor = Visitor(address)
    edition = catalog.current_path(data)
    content = edition.read_bytes()
    assert visitor.ask(f"{address}/health") == (200, "ok")
    edition.rename(edition.with_suffix(".away"))
    told = [visitor.ask(f"{address}/health?lang=en")]
    edition.write_bytes(b"not a database")
    told.append(visitor.ask(f"{address}/health?lang=en"))
    edition.write_bytes(content[: len(content) // 2])
    told.append(visitor.ask(f"{address}/health?lang=en"))
    edition.unlink()
    edition.with_suffix(".away").rename(edition)
    (data / "access.toml").write_text("sessions = 0\n")
    told.append(visitor.ask(f"{address}/health?lang=en"))
    (data / "access.toml").write_text("sessions = 8\n")
    assert [status for status, _ in told] == [503] * 4
    assert not [text for _, text in told if str(data) in text or len(text) < 20]
    assert visitor.ask(f"{address}/health") == (200, "ok")
    assert visitor.ask(f"{address}/_stcore/health") == (200, "ok")


def test_no_request_is_logged_though_the_configuration_changes(house: tuple[str, Path, Path, Path]) -> None:
    address, root, _, log = house
    visitor = Visitor(address)
    config = root / ".streamlit" / "config.toml"
    for turn in range(2):
        with Visitor(address).connect() as connection:
            visitor.session(connection)
        for path in ("labels?q=secret-query", "labels.csv?q=secret-query", "no-such?q=secret-query", "metrics"):
            visitor.ask(f"{address}/{path}")
        if not turn:
            config.write_text(config.read_text() + '\n[server.trustedUserHeaders]\nX-User = "email"\n')
            until(lambda: "config.toml" in log.read_text())
    time.sleep(0.5)  # for what must not come, there is no state to wait for
    said = log.read_text()
    assert "it counts after a restart" in said
    for private in ("secret-query", "127.0.0.1", "GET /", "_stcore/stream"):
        assert private not in said, said
