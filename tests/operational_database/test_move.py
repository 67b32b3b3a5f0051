"""Moving the operational database into another one, while others write, and killed on the way."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.killed import duration, ended_before
from support.operational_database import change, fill
from support.postgresql import PostgresServer, needs_postgresql, postgresql_server

from clusterdash.cli.main import main
from clusterdash.domain import ClusterdashError
from clusterdash.operational_database import edition_files, grants, label_changes, pins, rows
from clusterdash.operational_database.edition_files import EditionFile
from clusterdash.operational_database.engine import database_path, forget_open_databases, reading
from clusterdash.operational_database.move import TO_FILE, move

pytestmark = needs_postgresql
NOW = datetime(2026, 6, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgresql_server() as running:
        yield running


def content(data: Path) -> dict[str, list[dict[str, object]]]:
    """All rows by table, sorted."""
    with reading(data, at_one_moment=True) as connection:
        assert connection is not None
        return {
            table.name: sorted((dict(row) for row in rows.read_rows(connection, table)), key=str)
            for table in rows.TABLES
        }


def test_all_rows_and_ids_come_along_to_postgresql_and_back(
    tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path)
    edition_files.add(tmp_path, EditionFile("20260601-120000-00000000", "0" * 64, 1 << 40, NOW.isoformat(), "me"))
    before, address = content(tmp_path), server.new_database()
    assert all(rows for name, rows in before.items() if name != "former_file")
    assert main(["move", "--to", address, "--data", str(tmp_path), "--lang", "en"]) == 0
    assert f"compared on both sides: {sum(map(len, before.values())):,}." in capsys.readouterr().out
    with pytest.raises(ClusterdashError, match=r"operational\.moved"):
        pins.read(tmp_path)  # a command without the variable
    monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
    assert content(tmp_path) == before
    pins.add(tmp_path, "labels", "three", by="me", now=NOW)
    assert [pin.pin_id for pin in pins.read(tmp_path)] == [3, 1], "the id of a removed pin is not given again"
    label_changes.add(tmp_path, [change("c9")], by="me", reason="why", now=NOW)
    before = content(tmp_path)
    assert move(tmp_path, TO_FILE).rows == sum(map(len, before.values()))
    with pytest.raises(ClusterdashError, match="not_moved"):
        pins.read(tmp_path)
    monkeypatch.delenv("CLUSTERDASH_DATABASE")
    assert content(tmp_path) == before
    assert database_path(tmp_path).stat().st_mode & 0o777 == 0o600
    assert [file.suffix for file in (tmp_path / "former-files").iterdir()] == [".sqlite"]
    monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
    database_path(tmp_path).rename(tmp_path / "elsewhere")
    with pytest.raises(ClusterdashError, match=r"operational\.moved"):
        pins.add(tmp_path, "labels", "four", by="me", now=NOW)  # it keeps its rows, and nobody works on with them


def test_a_target_with_rows_or_without_a_source_is_refused_and_nothing_changes(
    tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full, data = server.new_database(), tmp_path / "data"
    with monkeypatch.context() as patch:
        patch.setenv("CLUSTERDASH_DATABASE", full)
        grants.replace(tmp_path / "other", [("a@b.example", "staff", "", "", "")])
    with pytest.raises(ClusterdashError, match=r"move\.nothing"):
        move(data, full)
    fill(data)
    before = content(data)
    secret = full.replace("clusterdash@", "clusterdash:secret@")
    assert main(["move", "--to", secret, "--data", str(data), "--lang", "en"]) == 1
    said = capsys.readouterr().err
    assert said.endswith("is not empty. Name an empty one.\n")
    assert "secret" not in said
    for to, key in ((TO_FILE, "move.same"), ("mysql://h/d", "move.unknown_target"), ("x", "move.unknown_target")):
        with pytest.raises(ClusterdashError, match=key):
            move(data, to)
    nowhere = full.rpartition("/")[0] + "/absent"
    with pytest.raises(ClusterdashError, match=r"move\.failed"):
        move(data, nowhere)
    assert content(data) == before
    assert not (data / "former-files").exists()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from clusterdash.domain import ClusterdashError
from clusterdash.operational_database import pins
number = 0
while True:
    try:
        pins.add(Path(sys.argv[1]), "labels", f"{sys.argv[2]}{number}", by="me", now=datetime.now(UTC))
    except ClusterdashError as error:
        print(error.key, flush=True)
        break
    print(f"{sys.argv[2]}{number}", flush=True)
    number += 1
"""


def writer(data: Path, name: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(data), name], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.parametrize("back", [False, True])
def test_what_others_write_meanwhile_comes_along_or_is_refused(
    tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    fill(tmp_path)
    address = server.new_database()
    if back:
        move(tmp_path, address)
        monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
    writers = [writer(tmp_path, name) for name in "ab"]
    move(tmp_path, TO_FILE if back else address)
    acknowledged: list[str] = []
    for process in writers:
        out, _ = process.communicate(timeout=60)
        *written, last = out.splitlines()
        assert last in ("operational.moved", "operational.not_moved")
        acknowledged += written
    assert acknowledged
    if back:
        monkeypatch.delenv("CLUSTERDASH_DATABASE")
    else:
        monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
    assert {pin.note for pin in pins.read(tmp_path)} >= set(acknowledged)


MOVE = """
from pathlib import Path
from clusterdash.operational_database.move import move
ready()
move(Path(sys.argv[1]), sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("back", [False, True])
def test_killed_at_any_moment_one_database_is_whole_and_the_move_can_be_run_again(
    tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    chance, ended, turns = random.Random(1), 0, 6
    for turn in range(turns + 1):
        monkeypatch.delenv("CLUSTERDASH_DATABASE", raising=False)
        data, address = tmp_path / str(turn), server.new_database()
        fill(data)
        before, to = content(data), address
        if back:
            move(data, address)
            monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
            to = TO_FILE
        if not turn:
            whole = duration(MOVE, data, to)
            continue
        ended += ended_before(chance.uniform(0, whole), MOVE, data, to)
        try:
            move(data, to)
        except ClusterdashError as error:
            assert error.key in ("move.nothing", "move.taken"), "it had ended"
        if back:
            monkeypatch.delenv("CLUSTERDASH_DATABASE")
        else:
            monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
        assert content(data) == before
    assert ended < turns, "some were killed"


def test_an_interrupted_move_that_had_marked_its_source_is_ended(
    tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, data, address = tmp_path / "left", tmp_path / "data", server.new_database()
    fill(left)
    before = content(left)
    aside = move(left, address).set_aside
    data.mkdir()
    shutil.copy(str(aside), database_path(data))  # as if killed before it was set aside
    with pytest.raises(ClusterdashError, match=r"operational\.moved"):
        pins.read(data)
    monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
    with pytest.raises(ClusterdashError, match="not_moved"):
        pins.read(data)
    assert move(data, address).rows == sum(map(len, before.values()))
    assert content(data) == before


def test_an_interrupted_move_back_into_the_file_is_ended(
    tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    before, address = content(tmp_path), server.new_database()
    move(tmp_path, address)
    monkeypatch.setenv("CLUSTERDASH_DATABASE", address)
    move(tmp_path, TO_FILE)
    database_path(tmp_path).unlink()  # as if killed before the file was put in its place
    forget_open_databases()
    with pytest.raises(ClusterdashError, match=r"operational\.moved"):
        pins.read(tmp_path)
    assert move(tmp_path, TO_FILE).rows == sum(map(len, before.values()))
    monkeypatch.delenv("CLUSTERDASH_DATABASE")
    assert content(tmp_path) == before
