"""A whole installation on one machine: two servers, PostgreSQL, S3, an OpenID provider, and nginx with TLS.

`python -m tests.support.installation` (`make try-cluster`) runs one for a person to try. The address lies below a
sub-path; each server has a data folder of its own, and shares database and store of editions with the other.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from oidc_provider_mock import run_server_in_thread

from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.ingest import grants, sample
from clusterdash.settings import PREFIX

from .browser import serve
from .deployed_proxy import deployed_proxy
from .editions import publish_folder
from .postgresql import PostgresServer, postgresql_server
from .s3_server import S3Server, s3_server
from .tls_proxy import free_port

SUBPATH = "clusterdash"
GRANTS = [
    ["anna@a.example", "manager", "demo-0007", "", ""],
    ["ben@b.example", "manager", "demo-0008|demo-0009", "", ""],
    ["staff@s.example", "staff", "", "", ""],
]


@dataclass
class Server:
    """One of the servers; `process` is its process id."""

    data: Path
    log: Path
    port: int
    _running: ExitStack = field(default_factory=ExitStack)
    process: int = 0

    @property
    def address(self) -> str:
        """Where it answers without nginx."""
        return f"http://localhost:{self.port}/{SUBPATH}"

    @property
    def behind_nginx(self) -> str:
        """Its name in nginx."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        processes: list[int] = []
        started = serve(self.data, subpath=SUBPATH, log=self.log, processes=processes, port=self.port)
        self._running.enter_context(started)
        self.process = processes[0]

    def kill(self) -> None:
        """End it as a crash does."""
        os.kill(self.process, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        """End it in order."""
        self._running.close()


@dataclass(frozen=True)
class Installation:
    """What runs: the address for visitors, the servers, and what they share."""

    address: str
    servers: tuple[Server, Server]
    database: PostgresServer
    store: S3Server
    provider: str

    def person(self, email: str) -> None:
        """Make a person known to the provider."""
        body = json.dumps({"email": email, "email_verified": True}).encode()
        request = urllib.request.Request(f"{self.provider}/users/{email}", body, method="PUT")
        request.add_header("Content-Type", "application/json")
        urllib.request.urlopen(request).close()

    def grant(self, *rows: list[str]) -> None:
        """Replace all grants."""
        checked, problems = grants.check_rows(rows, ())
        assert not problems
        grants.replace(self.servers[0].data, checked)

    def other(self, server: Server) -> Server:
        """The other one of the two servers."""
        return self.servers[1 - self.servers.index(server)]


@contextmanager
def installation(folder: Path, files: Path) -> Iterator[Installation]:
    """All of it running, with an edition of the files of a folder, and `GRANTS`; its own files lie in `folder`.

    The servers' variables count in this process as well, so that commands and functions reach the same database.
    """
    certificate, port = folder / "nginx" / "certificate.pem", free_port()
    address = f"https://localhost:{port}/{SUBPATH}"
    servers = tuple(Server(folder / name, folder / f"{name}.log", free_port()) for name in ("one", "two"))
    with ExitStack() as stack:
        database = stack.enter_context(postgresql_server(durable=True))
        store = stack.enter_context(s3_server())
        provider = f"http://localhost:{stack.enter_context(run_server_in_thread()).server_port}"
        settings = {
            "DATABASE": database.new_database(),
            "EDITIONS": store.new_bucket(),
            "URL": address,
            "BEHIND_TLS": "true",
            "REDIRECT_URI": f"{address}/oauth2callback",
            "COOKIE_SECRET": "4b1f0c7a92d83e65b1f0c7a92d83e654",
            "CLIENT_ID": "clusterdash",
            "CLIENT_SECRET": "only-for-tests",
            "METADATA_URL": f"{provider}/.well-known/openid-configuration",
            "PROMPT": "login",
        }
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        variables = {PREFIX + name: value for name, value in settings.items()}
        for name, value in {**variables, **store.access, "SSL_CERT_FILE": str(certificate)}.items():
            patch.setenv(name, value)
        for server in servers:
            server.data.mkdir(mode=0o700)
            stack.callback(server.stop)
        running = Installation(address, (servers[0], servers[1]), database, store, provider)
        publish_folder(files, servers[0].data)
        running.grant(*GRANTS)
        for server in servers:
            server.start()
        below = {"location / {": f"location /{SUBPATH}/ {{"}
        stack.enter_context(deployed_proxy(folder / "nginx", [server.port for server in servers], below, port))
        for email, *_ in GRANTS:
            running.person(email)
        yield running


def main() -> None:
    """Run an installation until Ctrl-C, and say how to enter it."""
    with tempfile.TemporaryDirectory(prefix="clusterdash-installation-") as place:
        folder = Path(place)
        files = folder / "files"
        print("Starting: an invented edition is built first (a minute) ...", flush=True)
        sample.generate(files, PROJECT_DATA, clusters=120, years=2, seed=7)
        with installation(folder, files) as running:
            print(f"\nOpen      {running.address}/   (your browser warns of the certificate: it is signed by itself)")
            print("Sign in   as one of these; write the address into the field of the provider, then Authorize:")
            for email, role, clusters, *_ in GRANTS:
                print(f"          {email:20}{role} {clusters.replace('|', ', ')}")
            for server in running.servers:
                print(f"Server    {server.address}   process {server.process}, data {server.data}, log {server.log}")
            print(f"Database  {os.environ['CLUSTERDASH_DATABASE']}")
            print(f"Editions  {os.environ['CLUSTERDASH_EDITIONS']} at {running.store.endpoint}")
            print(f"nginx     {folder / 'nginx' / 'nginx.conf'}")
            print("\nCtrl-C ends everything and removes it.", flush=True)
            ended = threading.Event()
            for ending in (signal.SIGINT, signal.SIGTERM):
                signal.signal(ending, lambda *_: ended.set())
            ended.wait()
            print("Ending ...", flush=True)


if __name__ == "__main__":
    sys.exit(main())
