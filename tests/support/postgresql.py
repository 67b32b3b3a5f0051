"""A PostgreSQL server of our own, from Debian's package, with a new database for each test that asks for one."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or [Path(shutil.which("postgres") or "")]
PROGRAMS = _FOUND[-1].parent
needs_postgresql = pytest.mark.skipif(
    not (PROGRAMS / "initdb").is_file(),
    reason="no PostgreSQL server on this machine; on Debian and Ubuntu: apt install postgresql",
)


class PostgresServer:
    """A server in a folder of its own, on a free port of the loopback address."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        """Create the cluster; `durable`: what is committed is on the disk, as in operation."""
        self.folder, self._durable = folder, durable
        # PostgreSQL refuses to run as root; the account comes with the package.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        folder.chmod(0o700)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        options = ["--username", "clusterdash", "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C"]
        self._run("initdb", "--pgdata", str(folder / "data"), *options)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(PROGRAMS / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self.folder)

    def start(self) -> None:
        """Start the server, and wait until it answers.

        After a crash it refuses to start until the processes of the connections have ended, too.
        """
        self._process = self._launched()
        end = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self._address("postgres"), connect_timeout=1).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < end, (self.folder / "log").read_text("utf-8")
                if self._process.poll() is not None:
                    self._process = self._launched()
                time.sleep(0.02)

    def _launched(self) -> subprocess.Popen[bytes]:
        command = [str(PROGRAMS / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        for setting in (
            f"fsync={'on' if self._durable else 'off'}",
            f"unix_socket_directories={self.folder}",
            "listen_addresses=127.0.0.1",
            "max_connections=200",
        ):
            command += ["-c", setting]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, user=self._user, cwd=self.folder)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends the connections, SIGKILL is a crash."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def new_database(self) -> str:
        """The address of a new, empty database, as `CLUSTERDASH_DATABASE` takes it."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
        return f"postgresql+psycopg://clusterdash@127.0.0.1:{self.port}/{name}"

    def _address(self, database: str) -> str:
        return f"postgresql://clusterdash@127.0.0.1:{self.port}/{database}"


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A running server, removed afterwards; not `durable`, it is faster and survives no crash."""
    # Not below pytest's folders, which only the user of the tests may enter.
    folder = Path(tempfile.mkdtemp(prefix="clusterdash-postgresql-"))
    server = None
    try:
        server = PostgresServer(folder, durable=durable)
        yield server
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
