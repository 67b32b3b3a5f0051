"""The operational database on both engines: several writers, a process that is killed, what cannot be opened."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from support.postgresql import PostgresServer, needs_postgresql

from bench import acknowledged_changes
from clusterdash import files
from clusterdash.domain import ClusterdashError
from clusterdash.domain.label_change import ChangeAction, NewChange
from clusterdash.i18n import LANGUAGES, explain
from clusterdash.operational_database import label_changes, publications
from clusterdash.operational_database.engine import (
    connect,
    database_path,
    database_url,
    forget_open_databases,
    open_database,
    reading,
    writing,
)
from clusterdash.operational_database.lock import locked
from clusterdash.operational_database.publications import Publication

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def check(of: str, day: str = "2026-06-01") -> NewChange:
    return NewChange(ChangeAction.CHECK, of, {"checked_on": day, "award_ids": "x"})


def add(data: Path, *changes: NewChange, expected: int | None = None) -> None:
    label_changes.add(data, changes, by="me", reason="why", now=NOW, expected=expected)


def test_what_is_added_is_read_and_nothing_is_made_by_reading(tmp_path: Path) -> None:
    assert label_changes.read(tmp_path) == ()
    assert label_changes.latest(tmp_path) == 0
    assert not database_path(tmp_path).exists()
    add(tmp_path, check("a"), check("b"))
    first, second = label_changes.read(tmp_path)
    assert (first.cluster_id, second.cluster_id, second.change_id) == ("a", "b", label_changes.latest(tmp_path))
    assert (first.by, first.reason, first.at) == ("me", "why", "2026-06-01T12:00:00+00:00")
    assert first.details == {"checked_on": "2026-06-01", "award_ids": "x"}
    assert database_path(tmp_path).stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("database_engine")
def test_changes_decided_on_an_earlier_state_are_refused_whole(tmp_path: Path) -> None:
    add(tmp_path, check("a"))
    seen = label_changes.latest(tmp_path)
    add(tmp_path, check("b"))
    with pytest.raises(ClusterdashError, match="changed_meanwhile"):
        add(tmp_path, check("c"), check("d"), expected=seen)
    assert [one.cluster_id for one in label_changes.read(tmp_path)] == ["a", "b"]


@pytest.mark.usefixtures("database_engine")
def test_of_many_who_decide_on_the_same_state_one_comes_first(tmp_path: Path) -> None:
    refused: list[str] = []
    begun = threading.Barrier(8)

    def decide(who: str) -> None:
        begun.wait()
        try:
            add(tmp_path, check(who), expected=0)
        except ClusterdashError as error:
            refused.append(error.key)

    label_changes.read(tmp_path)
    threads = [threading.Thread(target=decide, args=(who,)) for who in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(label_changes.read(tmp_path)) == 1
    assert refused == ["register.changed_meanwhile"] * 7


@pytest.mark.usefixtures("database_engine")
def test_two_threads_of_many_changes_lose_none(tmp_path: Path) -> None:
    def write(who: str) -> None:
        for number in range(40):
            add(tmp_path, check(f"{who}{number}"))

    threads = [threading.Thread(target=write, args=(who,)) for who in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [one.cluster_id for one in label_changes.read(tmp_path)]
    assert sorted(found) == sorted(f"{who}{number}" for who in "ab" for number in range(40))
    assert [one for one in found if one[0] == "a"] == [f"a{number}" for number in range(40)]


@pytest.mark.slow
def test_a_killed_process_loses_nothing_that_it_had_acknowledged(
    tmp_path: Path, database_engine: str, request: pytest.FixtureRequest
) -> None:
    """While it publishes, grants and corrects; half of the time PostgreSQL itself is killed as well."""
    data = tmp_path / "data"
    acknowledged_changes.prepare(data)
    outcomes = [acknowledged_changes.run(data, kills=3, seed=1)]
    if database_engine == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgresql")

        def crash() -> None:
            server.stop(signal.SIGKILL)
            server.start()

        outcomes.append(acknowledged_changes.run(data, kills=3, seed=2, first=10_000, crash=crash))
    for outcome in outcomes:
        assert outcome.acknowledged > 10
        assert (outcome.lost, outcome.torn) == ([], [])


@pytest.mark.usefixtures("database_engine")
def test_a_database_of_a_later_version_is_told_and_left_alone(tmp_path: Path) -> None:
    add(tmp_path, check("a"))
    with writing(tmp_path) as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    forget_open_databases()
    with pytest.raises(ClusterdashError, match=r"operational\.later") as refused:
        label_changes.read(tmp_path)
    assert "Install that version" in explain("en", refused.value)
    with connect(database_url(tmp_path)).connect() as connection:
        assert connection.scalar(text("select count(*) from label_change")) == 1


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    database_path(tmp_path).write_bytes(b"not a database, whatever its name says. " * 40)
    with pytest.raises(ClusterdashError, match=r"operational\.failed"):
        label_changes.read(tmp_path)


def test_a_restored_file_is_read_at_once(tmp_path: Path) -> None:
    add(tmp_path, check("a"))
    one, other = tmp_path / "one.sqlite", database_path(tmp_path)
    source = sqlite3.connect(other)
    with sqlite3.connect(one) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    add(tmp_path, check("b"))
    assert len(label_changes.read(tmp_path)) == 2
    for left in tmp_path.glob("clusterdash.sqlite-*"):
        left.unlink()
    one.replace(other)
    assert [found.cluster_id for found in label_changes.read(tmp_path)] == ["a"]


@pytest.mark.usefixtures("database_engine")
def test_nested_transactions_are_made_together_or_not_at_all(tmp_path: Path) -> None:
    now = Publication("2026-06-01", "first", "me", "publish")
    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        add(tmp_path, check("a"))
        publications.add(tmp_path, now)
        assert publications.served(tmp_path) == "first", "who writes reads what was written"
        assert len(label_changes.read(tmp_path)) == 1
        raise ZeroDivisionError
    assert publications.served(tmp_path) == ""
    assert label_changes.read(tmp_path) == ()
    assert publications.add(tmp_path, now, expected="")
    assert not publications.add(tmp_path, now, expected=""), "decided on what is no longer served"
    assert publications.read(tmp_path) == [now]


@pytest.mark.usefixtures("database_engine")
def test_threads_that_ask_within_a_reading_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """As many as there are connections: a second one for each would never be free."""
    add(tmp_path, check("a"))
    pool = open_database(tmp_path, create=False).pool  # type: ignore[union-attr]
    many = pool.size() + pool._max_overflow  # type: ignore[attr-defined]
    all_read = threading.Barrier(many, timeout=60)

    def read_twice(_: int) -> int:
        with reading(tmp_path) as connection:
            assert connection
            connection.scalar(text("select 1"))
            all_read.wait()
            return len(label_changes.read(tmp_path))

    with ThreadPoolExecutor(many) as threads:
        assert list(threads.map(read_twice, range(many))) == [1] * many
    assert pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.usefixtures("database_engine")
def test_who_writes_holds_up_other_writers_and_no_reader(tmp_path: Path) -> None:
    add(tmp_path, check("a"))
    second = threading.Thread(target=add, args=(tmp_path, check("c")))
    with writing(tmp_path):
        add(tmp_path, check("b"))
        second.start()
        seen: list[int] = []
        reader = threading.Thread(target=lambda: seen.append(len(label_changes.read(tmp_path))))
        reader.start()
        reader.join()
        assert seen == [1], "as it was before"
        assert second.is_alive()
    second.join()
    assert [one.cluster_id for one in label_changes.read(tmp_path)] == ["a", "b", "c"]


HOLDER = """
import sys
from pathlib import Path
from clusterdash.operational_database.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_lock_is_one_over_all_servers_and_is_given_back_by_one_that_dies(
    tmp_path: Path, database_engine: str
) -> None:
    """Servers of a PostgreSQL database have a data folder each."""
    other = tmp_path / "other" if database_engine == "postgresql" else tmp_path
    add(tmp_path, check("a"))
    command = [sys.executable, "-c", HOLDER, str(other)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        entered = threading.Event()

        def enter() -> None:
            with locked(tmp_path), locked(tmp_path):
                entered.set()

        waiting = threading.Thread(target=enter)
        waiting.start()
        assert not entered.wait(0.3)
        add(tmp_path, check("b"))  # what is written without the lock goes on
        holder.kill()
        assert entered.wait(60)
        waiting.join()


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("mysql://x@y/z", r"operational\.unknown_engine"),
        ("postgresql://x@y/z", r"operational\.unknown_engine"),
        ("nonsense", r"operational\.unknown_engine"),
        ("postgresql+psycopg://me:secret-word@127.0.0.1:1/none", r"operational\.failed"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(
    address: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
    with pytest.raises(ClusterdashError, match=key) as refused:
        label_changes.read(tmp_path)
    for language in LANGUAGES:
        assert "secret-word" not in explain(language, refused.value)


@needs_postgresql
def test_a_file_that_was_not_moved_is_not_forgotten(
    tmp_path: Path, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path, check("a"))
    monkeypatch.setenv("CLUSTERDASH_DATABASE", postgresql.new_database())
    with pytest.raises(ClusterdashError, match=r"operational\.not_moved"):
        label_changes.read(tmp_path)


@needs_postgresql
def test_a_server_of_postgresql_that_was_restarted_is_found_again(
    tmp_path: Path, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATABASE", postgresql.new_database())
    postgresql.stop()
    postgresql.start()
    add(tmp_path, check("a"))
    postgresql.stop()
    postgresql.start()
    assert len(label_changes.read(tmp_path)) == 1, "nobody notices"
    postgresql.stop()
    with pytest.raises(ClusterdashError, match=r"operational\.failed"):
        label_changes.read(tmp_path)
    postgresql.start()
    add(tmp_path, check("b"))
    assert len(label_changes.read(tmp_path)) == 2


@pytest.mark.parametrize(("kind", "refused"), [("nfs4", True), ("fuse.sshfs", True), ("cifs", True), ("ext4", False)])
def test_a_network_file_system_is_refused(
    kind: str, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    folder = tmp_path / "a folder"
    escaped = str(folder).replace(" ", "\\040")
    mounts.write_text(f"x / ext4 rw 0 0\nnas:/x {escaped} {kind} rw,relatime 0 0\nnas:/y {escaped}-b nfs rw 0 0\n")
    monkeypatch.setattr(files, "MOUNTS", mounts)
    if refused:
        with pytest.raises(ClusterdashError, match=r"operational\.network"):
            add(folder, check("a"))
        assert not database_path(folder).exists()
    else:
        add(folder, check("a"))
    add(tmp_path, check("a"))
