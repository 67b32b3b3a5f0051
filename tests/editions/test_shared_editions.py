"""Editions that two servers share, each with a data folder of its own, through one database and one store."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.browser import ROOT
from support.editions import NOW, TODAY
from support.postgresql import PostgresServer, needs_postgresql, postgresql_server
from support.s3_server import S3Server, s3_server

from clusterdash.cli.main import main
from clusterdash.domain import ClusterdashError
from clusterdash.editions import build, catalog, shared_editions
from clusterdash.editions.edition_store import EditionStore, configured_store
from clusterdash.editions.reader import SCHEMA_VERSION, EditionDatabase
from clusterdash.editions.upgrade import REPLACED, upgrade
from clusterdash.operational_database import edition_files

pytestmark = [needs_postgresql, pytest.mark.usefixtures("without_statistics")]
LATER = datetime.now(UTC) + timedelta(days=2)
"""When objects without an edition may be swept."""


@pytest.fixture(scope="module")
def store_server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(scope="module")
def database_server() -> Iterator[PostgresServer]:
    with postgresql_server() as running:
        yield running


@pytest.fixture(scope="module")
def built(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder without a store, with three editions: one served, and before, and one that waits."""
    data = tmp_path_factory.mktemp("built")
    ids = []
    for minutes in range(3):
        tables, problems = build.check_files([small_folder], data, TODAY)
        assert tables is not None, problems
        ids.append(build.build(tables, [small_folder], data, NOW + timedelta(minutes=minutes)))
    for edition_id in ids[:2]:
        catalog.set_current(data, edition_id, NOW, "")
    return data


@pytest.fixture
def shared(store_server: S3Server, database_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> EditionStore:
    """The variables of an installation with a new database and a new store."""
    for name, value in store_server.access.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", store_server.new_bucket())
    monkeypatch.setenv("CLUSTERDASH_DATABASE", database_server.new_database())
    store = configured_store()
    assert store
    return store


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The data folders of two servers."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    return tmp_path / "one", tmp_path / "two"


@pytest.fixture
def added(shared: EditionStore, folders: tuple[Path, Path], built: Path) -> str:
    """An edition that was added on the first server; its id."""
    edition_id, (_,) = add(folders[0], built), shared.stored()
    return edition_id


def add(data: Path, built: Path, number: int = 0) -> str:
    path = original(built, number)
    copy = Path(shutil.copy(path, data / path.name))
    catalog.add_edition(data, copy, path.stem, "someone")
    assert not copy.exists()
    return path.stem


def original(built: Path, number: int = 0) -> Path:
    return sorted((built / "editions").glob("*.duckdb"), reverse=True)[number]


def cached(data: Path) -> list[str]:
    return sorted(path.stem for path in shared_editions.cache_folder(data).glob(shared_editions.PATTERN))


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(ClusterdashError) as refused:
        attempt()
    return refused.value.key


def test_an_edition_of_one_server_is_the_same_on_the_other(
    added: str, folders: tuple[Path, Path], built: Path, shared: EditionStore
) -> None:
    one, two = folders
    (row,) = edition_files.read(two)
    assert (row.edition_id, row.size, row.added_by) == (added, original(built).stat().st_size, "someone")
    assert [found.sha256 for found in shared.stored()] == [row.sha256]
    assert catalog.edition_ids(two) == catalog.unpublished_ids(two) == [added]
    assert not cached(two), "only listed"
    assert catalog.current_id(two) == ""
    catalog.set_current(one, added, NOW, "someone")
    assert catalog.current_id(two) == added
    assert catalog.current_path(two).read_bytes() == original(built).read_bytes()
    assert cached(one) == cached(two) == [added]
    assert catalog.edition_paths(one) == [one / "edition-cache" / f"{added}.duckdb"]
    assert not (one / "editions").exists()
    assert refusal(lambda: catalog.edition_path(two, "no-such-edition")) == "editions.unknown"
    assert refusal(lambda: catalog.edition_path(two, "../x")) == "editions.unknown"


def test_an_import_is_published_rebuilt_upon_and_gone_back_from_on_any_server(
    shared: EditionStore, folders: tuple[Path, Path], small_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = folders

    def run(data: Path, *arguments: object) -> None:
        assert main([*map(str, arguments), "--data", str(data), "--lang", "en"]) == 0, capsys.readouterr()

    run(one, "import", small_folder)
    first = catalog.current_id(two)
    run(two, "import", small_folder, "--stage")
    (waits,) = catalog.unpublished_ids(one)
    run(one, "publish", waits)
    assert catalog.current_id(two) == waits
    run(two, "rollback")
    assert catalog.current_id(one) == first
    run(two, "editions")
    assert {first, waits} <= set(re.findall(r"\d{8}-\d{6}-\w{8}", capsys.readouterr().out))
    assert len(list(shared.stored())) == 2


def test_a_draft_is_kept_for_all_servers_and_discarded_on_all(
    shared: EditionStore, folders: tuple[Path, Path], small_folder: Path
) -> None:
    one, two = folders
    tables, _ = build.check_files([small_folder], one, TODAY)
    assert tables
    edition_id = build.build(tables, [small_folder], one, NOW, draft=True)
    assert not catalog.edition_ids(two)
    assert not list(shared.stored())
    catalog.keep_draft(one, edition_id, "someone")
    assert not catalog.draft_paths(one)
    assert not shared_editions.fetch_all(two)
    assert cached(two) == [edition_id]
    build.discard(two, edition_id, NOW, "someone")
    assert not catalog.edition_ids(one)
    assert not list(shared.stored())
    assert (cached(one), cached(two)) == ([edition_id], [])
    assert not shared_editions.fetch_all(one)
    assert not cached(one)
    assert refusal(lambda: build.discard(one, edition_id, NOW, "")) == "editions.unknown"


def test_a_copy_that_was_changed_is_fetched_again(added: str, folders: tuple[Path, Path], built: Path) -> None:
    for data in folders:
        path = catalog.edition_path(data, added)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        assert catalog.edition_path(data, added).read_bytes() == original(built).read_bytes()
        path.write_bytes(b"")
        assert catalog.edition_path(data, added).read_bytes() == original(built).read_bytes()


def test_what_is_cached_is_served_without_the_store_and_the_rest_says_why_not(
    added: str, folders: tuple[Path, Path], built: Path, shared: EditionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = folders
    catalog.set_current(one, added, NOW, "")
    shared.delete(edition_files.read(one)[0].sha256)
    EditionDatabase(catalog.current_path(one)).close()
    assert refusal(lambda: catalog.current_path(two)) == "edition_store.missing"
    assert [error.key for error in shared_editions.fetch_all(two)] == ["edition_store.missing"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("clusterdash.editions.edition_store.MOST_RETRIES", 0)
    EditionDatabase(catalog.current_path(one)).close()
    assert refusal(lambda: catalog.current_path(two)) == "edition_store.unreachable"
    assert refusal(lambda: add(two, built, 1)) == "edition_store.unreachable"
    assert catalog.edition_ids(two) == [added]


def test_many_who_need_an_edition_wait_for_one_download(
    added: str, folders: tuple[Path, Path], built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, counted = EditionStore.fetch, []

    def counting(self: EditionStore, *arguments: object) -> None:
        counted.append(arguments)
        fetch(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(EditionStore, "fetch", counting)
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(catalog.edition_path(folders[1], added).read_bytes()))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted) == 1
    assert found == [original(built).read_bytes()] * 12


def test_those_who_wait_for_a_download_that_fails_do_not_try_one_after_the_other(
    added: str, folders: tuple[Path, Path], shared: EditionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.delete(edition_files.read(folders[1])[0].sha256)
    asked, counted = threading.Semaphore(0), []
    fetch, is_whole = EditionStore.fetch, shared_editions._is_whole

    def asking(path: Path, file: edition_files.EditionFile) -> bool:
        found = is_whole(path, file)
        asked.release()
        return found

    def counting(self: EditionStore, *arguments: object) -> None:
        counted.append(arguments)
        for _ in range(7 if len(counted) == 1 else 0):  # until all six have found no copy, this one twice
            assert asked.acquire(timeout=30)
        fetch(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(shared_editions, "_is_whole", asking)
    monkeypatch.setattr(EditionStore, "fetch", counting)
    refused: list[str] = []
    threads = [
        threading.Thread(target=lambda: refused.append(refusal(lambda: catalog.edition_path(folders[1], added))))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["edition_store.missing"] * 6
    assert len(counted) == 1
    assert refusal(lambda: catalog.edition_path(folders[1], added)) == "edition_store.missing"
    assert len(counted) == 2, "the next visitor tries again"


KILLED = """
import os, signal, sys
from pathlib import Path
from clusterdash.editions import catalog, edition_store, shared_editions
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "listing":
    shared_editions.edition_files.add = die
else:
    edition_store.files.publish_file = die
data, path = Path(sys.argv[2]), Path(sys.argv[3])
if sys.argv[1] == "fetching":
    catalog.edition_path(data, path.stem)
else:
    catalog.add_edition(data, path, path.stem, "")
"""


def killed(moment: str, data: Path, path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, moment, str(data), str(path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_kill_before_an_edition_is_listed_leaves_an_object_that_is_swept(
    added: str, folders: tuple[Path, Path], built: Path, shared: EditionStore
) -> None:
    one, two = folders
    path = original(built, 1)
    killed("listing", one, Path(shutil.copy(path, one / path.name)))
    assert catalog.edition_ids(two) == [added]
    assert len(list(shared.stored())) == 2
    assert not shared_editions.sweep(two, datetime.now(UTC)), "it may be about to be listed"
    assert len(shared_editions.sweep(two, LATER)) == 1
    (kept,) = shared.stored()
    assert kept.sha256 == edition_files.read(one)[0].sha256
    catalog.add_edition(one, one / path.name, path.stem, "")
    assert catalog.edition_path(two, path.stem).read_bytes() == path.read_bytes()


def test_a_kill_while_an_edition_is_fetched_leaves_no_copy_and_the_next_one_succeeds(
    added: str, folders: tuple[Path, Path], built: Path
) -> None:
    two = folders[1]
    killed("fetching", two, Path(f"{added}.duckdb"))
    assert not cached(two)
    (unfinished,) = (two / "edition-cache").glob(".*.building")
    assert unfinished.stat().st_size > 0
    assert catalog.edition_path(two, added).read_bytes() == original(built).read_bytes()
    assert not list((two / "edition-cache").glob(".*.building"))


@pytest.mark.usefixtures("added")
def test_a_database_that_lists_nothing_lets_nothing_be_swept(
    folders: tuple[Path, Path], shared: EditionStore, database_server: PostgresServer, monkeypatch
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATABASE", database_server.new_database())
    assert refusal(lambda: shared_editions.sweep(folders[0], LATER)) == "edition_store.nothing_listed"
    assert len(list(shared.stored())) == 1


@pytest.mark.usefixtures("added")
def test_the_command_sweeps_and_says_where_there_is_no_store(
    folders: tuple[Path, Path], monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "--data", str(folders[0]), "--lang", "en"]) == 0
    assert "0" in capsys.readouterr().out
    for variable in ("CLUSTERDASH_EDITIONS", "CLUSTERDASH_DATABASE"):
        monkeypatch.delenv(variable)
    assert main(["sweep", "--data", str(folders[0]), "--lang", "en"]) == 1
    assert "CLUSTERDASH_EDITIONS" in capsys.readouterr().err


@pytest.mark.usefixtures("shared")
def test_an_object_that_is_swept_while_the_same_edition_is_added_is_written_again(
    folders: tuple[Path, Path], built: Path
) -> None:
    one, two = folders
    add(one, built, 1)
    path = Path(shutil.copy(original(built), one / original(built).name))
    uploaded = shared_editions.upload(path)
    assert len(shared_editions.sweep(two, LATER)) == 1
    shared_editions.add(one, path, path.stem, uploaded, "")
    assert catalog.edition_path(two, path.stem).read_bytes() == original(built).read_bytes()


def test_editions_of_before_there_was_a_store_are_taken_over_once(
    shared: EditionStore, folders: tuple[Path, Path], built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = folders
    for data in folders:
        shutil.copytree(built / "editions", data / "editions")
    ids = [original(built, number).stem for number in range(3)]
    before = {path.name: path.read_bytes() for path in (built / "editions").iterdir()}
    with monkeypatch.context() as unreachable:
        unreachable.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        unreachable.setattr("clusterdash.editions.edition_store.MOST_RETRIES", 0)
        (step,) = upgrade(one, TODAY)
        assert step.key == "upgrade.not_taken_over" and step.problems
    assert refusal(lambda: catalog.edition_path(one, ids[0])) == "editions.not_taken_over"
    assert {path.name: path.read_bytes() for path in (one / "editions").iterdir()} == before
    other = two / "editions" / f"{ids[2]}.duckdb"
    other.write_bytes(b"of another content, as after an upgrade elsewhere")
    for data in folders:
        assert [step.key for step in upgrade(data, TODAY)] == ["upgrade.taken_over"] * 3
        assert not list(upgrade(data, TODAY))
        assert catalog.edition_ids(data) == ids
        for path in catalog.edition_paths(data):
            assert path.read_bytes() == before[path.name]
        assert not [path for path in (data / "editions").iterdir() if path.is_file()]
    assert len(list(shared.stored())) == 3
    (kept,) = (two / "editions" / REPLACED).iterdir()
    assert kept.read_bytes() == b"of another content, as after an upgrade elsewhere"
    build.discard(one, ids[0], NOW, "")
    assert not list(upgrade(two, TODAY)), "what was discarded does not come back"
    assert catalog.edition_ids(two) == ids[1:]


@pytest.mark.slow
def test_of_two_servers_that_start_at_once_one_upgrades(shared: EditionStore, folders: tuple[Path, Path]) -> None:
    with tarfile.open(ROOT / "tests" / "data" / "editions" / f"version-{SCHEMA_VERSION - 1}.tar.gz") as packed:
        packed.extractall(folders[0].parent, filter="data")
    editions = folders[0].parent / "real" / "editions"
    before = {path.stem for path in editions.glob("*.duckdb")}
    assert set(shared_editions.take_over(folders[0], editions, editions / REPLACED)) == before
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "clusterdash", "upgrade", "--data", str(data), "--lang", "en"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for data in folders
    ]
    told = [started.communicate(timeout=300)[0] for started in processes]
    assert [started.returncode for started in processes] == [0, 0], told
    done = re.findall(r"^(\S+): upgraded\. .*(s3://\S+)$", "".join(told), re.MULTILINE)
    assert sorted(edition for edition, _ in done) == sorted(before), told
    assert len(list(shared.stored())) == 2 * len(before), "the old ones stay until they are swept"
    for data in folders:
        for path in catalog.edition_paths(data):
            EditionDatabase(path).close()
    assert sorted(shared_editions.sweep(folders[1], LATER)) == sorted(address for _, address in done)
