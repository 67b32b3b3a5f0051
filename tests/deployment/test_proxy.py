"""nginx with `deploy/nginx.conf` in front of two servers: TLS, headers, a lost server, sub-path."""

from __future__ import annotations

import http.client
import os
import signal
import socketserver
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from support.browser import serve
from support.deployed_proxy import deployed_proxy
from support.tls_proxy import free_port, needs_nginx

from clusterdash.doctor import web_requests
from clusterdash.doctor.public_address import check_public_address

pytestmark = [needs_nginx, pytest.mark.slow]
COOKIE = "_streamlit_xsrf"


@contextmanager
def two_servers(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str] | None = None, subpath: str = ""
) -> Iterator[tuple[str, list[int], list[int]]]:
    """The address of the proxy before two servers, their ports, and their processes."""
    monkeypatch.setenv("CLUSTERDASH_BEHIND_TLS", "true")
    processes: list[int] = []
    with (
        serve(data, subpath=subpath, processes=processes) as one,
        serve(data, subpath=subpath, processes=processes) as other,
    ):
        ports = [urlsplit(address).port or 0 for address in (one, other)]
        with deployed_proxy(folder, ports, changes) as address:
            monkeypatch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))
            yield address, ports, processes


def answered_by(folder: Path, path: str, requests: int) -> list[str]:
    """Which servers each request for a path was given to, in turn, as soon as so many are in the access log."""
    end = time.monotonic() + 60
    while True:
        lines = (folder / "access.log").read_text("utf-8").splitlines()
        fields = [line.split(maxsplit=5) for line in lines]
        found = [field[5].rpartition(" ")[0] for field in fields if field[3] == path]
        if len(found) >= requests:
            return found
        assert time.monotonic() < end, f"{path} is in the log {len(found)} times"


def send(method: str, address: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int:
    """The status of the answer to a request with a body."""
    parts = urlsplit(address)
    connection = http.client.HTTPSConnection(
        parts.hostname or "", parts.port, timeout=30, context=ssl.create_default_context()
    )
    try:
        connection.request(method, parts.path, body, headers or {})
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_whole_way_through_the_proxy(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "nginx"
    with two_servers(data, folder, monkeypatch) as (address, ports, processes):
        found = list(check_public_address(address, datetime.now(UTC), behind_tls=True))
        assert [(one.subject, one.severity) for one in found] == [
            ("certificate", "ok"),
            ("public_address", "ok"),
            ("proxy_headers", "ok"),
            ("websocket", "ok"),
        ]

        # What a client says of itself is replaced, and the request has one id in both logs.
        lies = {"X-Forwarded-Proto": "http", "X-Request-ID": "chosen-by-the-client"}
        assert web_requests.get(f"{address}/healthz", lies).headers["x-request-scheme"] == "https"
        identified = web_requests.get(f"{address}/labels.csv", lies).headers["x-request-id"]
        assert answered_by(folder, "/labels.csv", 1)
        assert f" {identified}\n" in (folder / "access.log").read_text("utf-8")

        # The headers are the program's own, each once.
        direct = web_requests.get(f"http://127.0.0.1:{ports[0]}/method", {"Accept": "text/html"})
        proxied = web_requests.get(f"{address}/method", {"Accept": "text/html"})
        own = set(direct.headers) & {"content-security-policy", "x-frame-options", "strict-transport-security"}
        assert len(own) == 3
        assert {name: proxied.headers[name] for name in own} == {name: direct.headers[name] for name in own}

        assert send("PUT", f"{address}/_stcore/upload_file/x/y", b"x" * 27_000_000) == 413
        assert web_requests.get(f"{address}/method", {"Cookie": f"x={'x' * 20_000}"}).status == 200, "long cookies"

        # A visit stays with its server; visits spread over both.
        visits = {f"/visit-{number}": {"Cookie": f"{COOKIE}=visit-{number}"} for number in range(20)}
        first = {}
        for path, cookie in visits.items():
            for _ in range(2):
                web_requests.get(f"{address}{path}", cookie)
            first[path], second = answered_by(folder, path, 2)
            assert second == first[path]
        assert set(first.values()) == {f"127.0.0.1:{port}" for port in ports}

        # Of a lost server nobody notices but who was changing something.
        os.kill(processes[0], signal.SIGKILL)
        assert {web_requests.get(f"{address}/healthz", cookie).status for cookie in visits.values()} == {200}
        moved = next(path for path, server in first.items() if server == f"127.0.0.1:{ports[0]}")
        web_requests.get(f"{address}{moved}", visits[moved])
        assert answered_by(folder, moved, 3)[2].endswith(f"127.0.0.1:{ports[1]}")
        assert web_requests.upgrade(f"{address}/_stcore/stream").status == 101


class _Unfinished(socketserver.StreamRequestHandler):
    """Takes a request and answers nothing."""

    received: ClassVar[list[bytes]] = []

    def handle(self) -> None:
        self.received.append(self.rfile.readline().split()[0])


def test_what_changes_something_is_not_sent_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = [socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Unfinished) for _ in range(2)]
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    try:
        with deployed_proxy(tmp_path / "nginx", [server.server_address[1] for server in servers]) as address:
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nginx" / "certificate.pem"))
            assert send("POST", f"{address}/x", b"x") == 502
            assert _Unfinished.received == [b"POST"]
            assert send("GET", f"{address}/x") == 502
            assert _Unfinished.received == [b"POST", b"GET", b"GET"]
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def test_too_many_requests_of_one_address_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"rate=200r/s": "rate=1r/m", "burst=5000": "burst=3"}
    with deployed_proxy(tmp_path / "nginx", [free_port(), free_port()], changes) as address:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nginx" / "certificate.pem"))
        assert [send("GET", f"{address}/x") for _ in range(6)] == [502, 502, 502, 502, 429, 429]


def test_below_a_sub_path_beside_other_sites(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"location / {": "location /clusterdash/ {"}
    with two_servers(data, tmp_path / "nginx", monkeypatch, changes, "clusterdash") as (address, _, _):
        found = list(check_public_address(f"{address}/clusterdash", datetime.now(UTC), behind_tls=True))
        assert {one.severity for one in found} == {"ok"}
        assert web_requests.get(f"{address}/healthz").status == 404, "another site’s"
        redirected = web_requests.get(f"{address}/clusterdash")
        assert (redirected.status, redirected.headers["location"]) == (301, "/clusterdash/")
