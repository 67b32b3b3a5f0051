"""The store of editions: what is fetched is what was written, whatever happens to store, network or process."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import LocalStore, from_url
from support.browser import ROOT
from support.s3_server import S3Server, s3_server

from clusterdash.domain import ClusterdashError
from clusterdash.editions import edition_store
from clusterdash.editions.edition_store import PART, EditionStore, configured_store
from clusterdash.i18n import explain

LARGE = 3 * PART + 12_345
"""Bytes of an edition that is sent in four parts."""


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture
def reached(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The server, with the variables that reach it."""
    for name, value in server.access.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture(params=["s3", "file"])
def store(request: pytest.FixtureRequest, reached: S3Server, tmp_path: Path) -> EditionStore:
    return EditionStore(reached.new_bucket() if request.param == "s3" else (tmp_path / "shared").as_uri())


def edition(folder: Path, content: bytes) -> tuple[Path, str]:
    """A file with that content, and its hash."""
    path = folder / "edition.duckdb"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def refusal(attempt: Callable[[], object]) -> str:
    """The key of the error; its text is a sentence in both languages that names what is wrong."""
    with pytest.raises(ClusterdashError) as refused:
        attempt()
    for language in ("en", "fr"):
        sentence = explain(language, refused.value)
        assert sentence.endswith(".") and "{" not in sentence, sentence
    return refused.value.key


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "edition.duckdb")


@pytest.mark.parametrize("size", [0, 1, 100_000, LARGE])
def test_what_is_fetched_is_what_was_written(store: EditionStore, size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    path, sha256 = edition(tmp_path, content)
    store.put(path, sha256)
    store.put(path, sha256)
    target = tmp_path / "cache" / "fetched.duckdb"
    target.parent.mkdir()
    store.fetch(sha256, size, target)
    assert target.read_bytes() == content
    assert target.stat().st_mode & 0o777 == 0o600
    assert left(target.parent) == ["fetched.duckdb"]
    assert [(found.sha256, found.size) for found in store.stored()] == [(sha256, size)]
    store.delete(sha256)
    store.delete(sha256)
    assert not list(store.stored())
    assert refusal(lambda: store.fetch(sha256, size, target)) == "edition_store.missing"
    assert target.read_bytes() == content


@pytest.mark.parametrize("change", ["flipped", "shorter", "longer", "empty", "another edition"])
def test_an_object_that_was_tampered_with_is_refused_and_put_right_by_who_has_the_edition(
    store: EditionStore, change: str, tmp_path: Path
) -> None:
    content = os.urandom(300_000)
    path, sha256 = edition(tmp_path, content)
    store.put(path, sha256)
    tampered = {
        "flipped": content[:1000] + bytes([content[1000] ^ 1]) + content[1001:],
        "shorter": content[:-1],
        "longer": content + b"x" * 2 * PART,
        "empty": b"",
        "another edition": os.urandom(len(content)),
    }[change]
    obstore.put(from_object_store(store), f"{sha256}.duckdb", tampered)
    target = tmp_path / "cache" / "fetched.duckdb"
    target.parent.mkdir()
    target.write_bytes(b"what was there")
    assert refusal(lambda: store.fetch(sha256, len(content), target)) == "edition_store.altered"
    assert target.read_bytes() == b"what was there"
    assert left(target.parent) == ["fetched.duckdb"]
    store.put(path, sha256)
    store.fetch(sha256, len(content), target)
    assert target.read_bytes() == content


def from_object_store(store: EditionStore) -> obstore.store.ObjectStore:
    """The same place, by the library alone."""
    if store.address.startswith("file:"):
        return LocalStore.from_url(store.address)
    return from_url(store.address, client_options={"allow_http": True})


@given(content=st.binary(max_size=5000), where=st.integers(min_value=0), cut=st.booleans())
def test_any_content_comes_back_and_any_change_of_it_is_refused(content: bytes, where: int, cut: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = EditionStore((folder / "shared").as_uri())
        path, sha256 = edition(folder, content)
        store.put(path, sha256)
        target = folder / "fetched.duckdb"
        store.fetch(sha256, len(content), target)
        assert target.read_bytes() == content
        if content:
            at = where % len(content)
            changed = content[:at] if cut else content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]
            (folder / "shared" / f"{sha256}.duckdb").write_bytes(changed)
            assert refusal(lambda: store.fetch(sha256, len(content), target)) == "edition_store.altered"
            assert target.read_bytes() == content


def test_a_store_that_cannot_be_used_says_why(reached: S3Server, tmp_path: Path, monkeypatch) -> None:
    path, sha256 = edition(tmp_path, b"an edition")
    target = tmp_path / "target.duckdb"
    address = reached.new_bucket()
    store = EditionStore(address)
    missing = EditionStore("s3://no-such-bucket/x")
    assert refusal(lambda: missing.put(path, sha256)) == "edition_store.no_bucket"
    assert refusal(lambda: missing.fetch(sha256, 10, target)) == "edition_store.no_bucket"
    assert refusal(lambda: list(missing.stored())) == "edition_store.no_bucket"
    reached.check_keys(required=True)
    try:
        for attempt in (
            lambda: store.put(path, sha256),
            lambda: store.fetch(sha256, 10, target),
            lambda: list(store.stored()),
            lambda: store.delete(sha256),
        ):
            assert refusal(attempt) == "edition_store.denied"
    finally:
        reached.check_keys(required=False)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        assert refusal(lambda: EditionStore(address).fetch(sha256, 10, target)) == "edition_store.unreachable"
    monkeypatch.setenv("AWS_ENDPOINT_URL", reached.endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "false")
    assert refusal(lambda: EditionStore(address).put(path, sha256)) == "edition_store.unreachable", "no plain HTTP"
    assert not target.exists()


class Forgetful(BaseHTTPRequestHandler):
    """A store that confirms what it is sent, and keeps it with one bit changed."""

    kept: ClassVar[dict[str, bytes]] = {}

    def do_PUT(self) -> None:
        content = bytearray(self.rfile.read(int(self.headers["Content-Length"])))
        content[-1] ^= 1
        self.kept[self.path] = bytes(content)
        self.send_response(200)
        self.send_header("ETag", '"x"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        content = self.kept.get(self.path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.send_header("Last-Modified", "Mon, 01 Jun 2026 12:00:00 GMT")
        self.send_header("ETag", '"x"')
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content or b"")

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.usefixtures("reached")
def test_a_store_that_does_not_keep_what_it_confirms_is_noticed(tmp_path: Path, monkeypatch) -> None:
    path, sha256 = edition(tmp_path, b"an edition")
    with ThreadingHTTPServer(("127.0.0.1", 0), Forgetful) as running:
        threading.Thread(target=running.serve_forever).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{running.server_port}")
        try:
            assert refusal(lambda: EditionStore("s3://bucket/x").put(path, sha256)) == "edition_store.not_written"
            assert len(Forgetful.kept) == 1
        finally:
            running.shutdown()


def test_a_store_that_stops_answering_is_given_up(reached: S3Server, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(edition_store, "LONGEST_SILENCE", edition_store.timedelta(seconds=0.3))
    monkeypatch.setattr(edition_store, "MOST_RETRIES", 1)
    store = EditionStore(reached.new_bucket())
    path, sha256 = edition(tmp_path, b"an edition")
    reached.pause()
    try:
        assert refusal(lambda: store.fetch(sha256, 10, tmp_path / "target")) == "edition_store.unreachable"
    finally:
        reached.resume()
    store.put(path, sha256)


@pytest.mark.parametrize("address", ["ftp://host/folder", "editions", "https://example.org/x", "gs://bucket/x"])
def test_another_kind_of_store_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", address)
    assert refusal(configured_store) == "edition_store.unknown_kind"
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", "s3://")
    assert refusal(configured_store) == "edition_store.bad_address"
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", "")
    assert configured_store() is None


def test_a_file_that_cannot_be_written_says_why(store: EditionStore, tmp_path: Path) -> None:
    path, sha256 = edition(tmp_path, b"an edition")
    store.put(path, sha256)
    (tmp_path / "taken").mkdir()
    assert refusal(lambda: store.fetch(sha256, 10, tmp_path / "taken")) == "edition_store.not_fetched"
    assert refusal(lambda: store.fetch(sha256, 10, tmp_path / "none" / "x")) == "edition_store.not_fetched"


PROCESS = """
import resource, sys
from pathlib import Path
from clusterdash.editions.edition_store import EditionStore
store, path, sha256, target = EditionStore(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
print("ready", flush=True)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sys.stdin.readline()
if target:
    store.fetch(sha256, path.stat().st_size, Path(target))
else:
    store.put(path, sha256)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, flush=True)
"""


def process(store: EditionStore, path: Path, sha256: str, target: Path | None = None) -> subprocess.Popen[str]:
    """A process that puts an edition, or fetches it into `target`, once it is told to; then it says how many megabytes
    of memory that took."""
    command = [sys.executable, "-c", PROCESS, store.address, str(path), sha256, str(target or "")]
    started = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout and started.stdout.readline() == "ready\n"
    return started


def go(started: subprocess.Popen[str]) -> None:
    assert started.stdin
    started.stdin.write("\n")
    started.stdin.flush()


def test_processes_that_put_the_same_edition_at_once_leave_one(store: EditionStore, tmp_path: Path) -> None:
    content = os.urandom(LARGE)
    path, sha256 = edition(tmp_path, content)
    processes = [process(store, path, sha256) for _ in range(2)]
    for started in processes:
        go(started)
    assert [started.wait(60) for started in processes] == [0, 0]
    assert [found.sha256 for found in store.stored()] == [sha256]
    store.fetch(sha256, LARGE, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == content


@pytest.mark.slow
def test_an_upload_that_is_killed_leaves_no_edition_and_the_next_one_succeeds(
    reached: S3Server, tmp_path: Path
) -> None:
    store = EditionStore(reached.new_bucket())
    content = os.urandom(20 * PART)
    path, sha256 = edition(tmp_path, content)
    started = process(store, path, sha256)
    go(started)
    bucket = store.address.removeprefix("s3://").partition("/")[0]
    while b"<UploadId>" not in urllib.request.urlopen(f"{reached.endpoint}/{bucket}?uploads").read():
        assert started.poll() is None, "it was not in the middle"
    started.send_signal(signal.SIGKILL)
    assert started.wait() == -signal.SIGKILL
    assert not list(store.stored())
    target = tmp_path / "fetched"
    assert refusal(lambda: store.fetch(sha256, len(content), target)) == "edition_store.missing"
    store.put(path, sha256)
    store.fetch(sha256, len(content), target)
    assert target.read_bytes() == content


@pytest.mark.slow
def test_a_large_edition_takes_little_memory_and_a_download_that_is_killed_leaves_no_file(
    store: EditionStore, tmp_path: Path
) -> None:
    size = 40 * PART
    path, sha256 = edition(tmp_path, os.urandom(size))
    target = tmp_path / "cache" / "fetched.duckdb"
    target.parent.mkdir()
    for to in (None, target):
        started = process(store, path, sha256, to)
        go(started)
        assert started.stdout
        megabytes = int(started.stdout.readline())
        assert started.wait(60) == 0
        assert megabytes < 150, "the edition has 320"
    target.unlink()
    started = process(store, path, sha256, target)
    go(started)
    while not any(part.stat().st_size for part in target.parent.glob(".*.building")):
        assert started.poll() is None, "it was not in the middle"
        time.sleep(0)
    started.send_signal(signal.SIGKILL)
    assert started.wait() == -signal.SIGKILL
    assert not target.exists()
    store.fetch(sha256, size, target)
    assert target.stat().st_size == size
