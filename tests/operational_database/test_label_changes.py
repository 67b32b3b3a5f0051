"""The operational database: its migrations, changes by several at once, a process that is killed, bad files."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from clusterdash.domain import ClusterdashError
from clusterdash.domain.label_change import ChangeAction, NewChange
from clusterdash.operational_database import label_changes
from clusterdash.operational_database.engine import database_path, migrate, open_database
from clusterdash.operational_database.tables import METADATA

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


def test_changes_decided_on_an_earlier_state_are_refused_whole(tmp_path: Path) -> None:
    add(tmp_path, check("a"))
    seen = label_changes.latest(tmp_path)
    add(tmp_path, check("b"))
    with pytest.raises(ClusterdashError, match="changed_meanwhile"):
        add(tmp_path, check("c"), check("d"), expected=seen)
    assert [one.cluster_id for one in label_changes.read(tmp_path)] == ["a", "b"]


def test_the_migrations_make_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with engine.begin() as connection:
        migrate(connection)
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


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


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from clusterdash.domain.label_change import ChangeAction, NewChange
from clusterdash.operational_database import label_changes
number = int(sys.argv[2])
while True:
    number += 1
    change = NewChange(ChangeAction.CHECK, f"c{number}", {"checked_on": "2026", "award_ids": "x"})
    label_changes.add(Path(sys.argv[1]), [change] * 2, by="me", reason="why", now=datetime.now(UTC))
    print(number, flush=True)
"""


@pytest.mark.slow
def test_a_killed_process_loses_nothing_that_it_had_acknowledged(tmp_path: Path) -> None:
    acknowledged = 0
    for turn in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(acknowledged)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(3 + 7 * turn % 11):
            acknowledged = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        for line in process.stdout:
            acknowledged = int(line)
        process.wait()
        found = [one.cluster_id for one in label_changes.read(tmp_path)]
        # A change may be committed whose number was not printed any more.
        for number in range(1, acknowledged + 1):
            assert found.count(f"c{number}") in (2, 4), "whole, and there"
        acknowledged = len(set(found))


def test_a_database_of_a_later_version_or_that_is_none_is_told(tmp_path: Path) -> None:
    add(tmp_path, check("a"))
    engine = open_database(tmp_path, create=False)
    assert engine is not None
    engine.dispose()
    path = database_path(tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    other = tmp_path / "other"
    for content, key in ((path.read_bytes(), "later"), (b"not a database, whatever its name says. " * 40, "failed")):
        other.write_bytes(content)
        other.replace(path)
        with pytest.raises(ClusterdashError, match=rf"operational\.{key}"):
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
