"""Backup and restore: while others write, onto another folder and engine, interrupted, damaged, of other versions."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.editions import NOW, publish_folder
from support.killed import duration, ended_before
from support.operational_database import fill
from support.postgresql import needs_postgresql
from support.s3_server import s3_server

from clusterdash.backup import archive
from clusterdash.backup.create import backup
from clusterdash.backup.restore import restore
from clusterdash.cli.main import main
from clusterdash.domain import ClusterdashError
from clusterdash.editions import build, catalog
from clusterdash.operational_database import label_changes, pins, rows
from clusterdash.operational_database.engine import database_path, reading

pytestmark = pytest.mark.usefixtures("without_statistics")
ENGINES = ["sqlite", pytest.param("postgresql", marks=needs_postgresql)]


@pytest.fixture(scope="module")
def installation(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with rows in all tables, two editions of which one is served, and files of an operator."""
    data = tmp_path_factory.mktemp("installation")
    fill(data)
    publish_folder(small_folder, data)
    tables, _ = build.check_files([small_folder], data, NOW.date())
    assert tables
    build.build(tables, [small_folder], data, NOW.replace(hour=13))
    (data / "access.toml").write_text("hours = 4\n")
    (data / "official_totals.csv").write_text("label,total\n")
    shutil.copytree(catalog.PROJECT_DATA / "labels", data / "labels")
    (data / "drafts").mkdir()
    (data / "drafts" / "x.duckdb").write_bytes(b"draft")
    return data


@pytest.fixture(scope="module")
def saved(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    path = tmp_path_factory.mktemp("backups") / "backup.zip"
    backup(installation, path, NOW)
    return path


def content(data: Path) -> dict[str, list[str]]:
    """All rows by table, sorted."""
    with reading(data, at_one_moment=True) as connection:
        assert connection is not None
        return {table.name: sorted(map(str, rows.read_rows(connection, table))) for table in rows.TABLES}


def stored(data: Path) -> dict[str, bytes]:
    """The files of an installation besides its database."""
    found = [path for path in data.rglob("*") if path.is_file() and path.name[0] != "." and "sqlite" not in path.name]
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in found}


def changed(path: Path, to: Path, change: Callable[[dict[str, object]], None]) -> Path:
    """A copy of a backup with another manifest; files that it names in addition contain an x."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        manifest = json.loads(old.read(archive.MANIFEST))
        change(manifest)
        for file in manifest["files"]:
            new.writestr(file["name"], old.read(file["name"]) if file["name"] in old.namelist() else b"x")
        new.writestr(archive.MANIFEST, json.dumps(manifest))
    return to


@needs_postgresql
def test_what_is_restored_is_the_same_on_every_engine_and_back(
    installation: Path, saved: Path, tmp_path: Path, use_engine: Callable[[str], None]
) -> None:
    files, tables = stored(installation), content(installation)
    files.pop("drafts/x.duckdb")
    assert len([name for name in files if name.startswith("editions/")]) == 2
    assert len(tables["audit_record"]) >= 2500
    for number, engine in enumerate(("postgresql", "sqlite", "sqlite")):
        use_engine(engine)
        data, again = tmp_path / str(number), tmp_path / f"{number}.zip"
        assert main(["restore", str(saved), "--data", str(data)]) == 0
        assert stored(data) == files, "bit-equal"
        assert content(data) == tables
        assert catalog.current_path(data).name in str(list(files))
        assert main(["backup", str(again), "--data", str(data)]) == 0
        assert again.stat().st_mode & 0o777 == 0o600
        assert archive.verify(again).engine == engine
        pins.add(data, "labels", "three", by="me", now=NOW)
        assert [pin.pin_id for pin in pins.read(data)] == [3, 1], "the id of a removed pin is not given again"
        saved = again


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from clusterdash.editions import catalog
from clusterdash.operational_database import pins
from clusterdash.operational_database.engine import writing
data, name, number = Path(sys.argv[1]), sys.argv[2], 0
while True:
    now = datetime.now(UTC)
    if name == "p":
        (catalog.editions_folder(data) / f"p{number}.duckdb").write_bytes(b"an edition" * number)
        catalog.set_current(data, f"p{number}", now, "me")
    else:
        with writing(data):
            pins.add(data, "labels", f"{name}{number}", by="first", now=now)
            pins.add(data, "labels", f"{name}{number}", by="second", now=now)
    print(f"{name}{number}", flush=True)
    number += 1
"""


class Writer:
    """A process that writes until it is stopped, and says what was acknowledged."""

    def __init__(self, data: Path, name: str) -> None:
        """`name`: p publishes editions, any other pins views, two in one transaction."""
        command = [sys.executable, "-c", WRITER, str(data), name]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.acknowledged: list[str] = []
        self.read(3)

    def read(self, most: int) -> None:
        """Wait until so many more changes were acknowledged."""
        assert self._process.stdout
        self.acknowledged += [self._process.stdout.readline().strip() for _ in range(most)]

    def stop(self) -> None:
        self._process.kill()
        assert self._process.stdout
        self._process.stdout.close()
        self._process.wait()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_backup_under_writes_has_every_change_acknowledged_before_it_and_each_whole(
    engine: str, small_folder: Path, tmp_path: Path, use_engine: Callable[[str], None]
) -> None:
    use_engine(engine)
    data, path = publish_folder(small_folder, tmp_path / "data"), tmp_path / "backup.zip"
    writers = [Writer(data, name) for name in "abp"]
    found = []
    try:
        for _ in range(3):
            for one in writers:
                one.read(5)
            before = {name for one in writers for name in one.acknowledged}
            found.append((before, backup(data, path, NOW), path.rename(tmp_path / f"{len(found)}.zip")))
            for one in writers:
                one.read(1)  # the writers went on meanwhile
    finally:
        for one in writers:
            one.stop()
    for number, (before, manifest, kept) in enumerate(found):
        use_engine(engine)
        target = tmp_path / f"restored-{number}"
        assert restore(kept, target) == manifest
        notes = [pin.note for pin in pins.read(target)]
        assert {*notes} >= {name for name in before if name[0] != "p"}
        assert all(notes.count(note) == 2 for note in notes), "both of a transaction, or none"
        assert {change.edition for change in catalog.history(target)} >= {name for name in before if name[0] == "p"}
        assert catalog.current_id(target) == manifest.served
        assert stored(target).items() <= stored(data).items()


def test_editions_in_a_store_are_saved_and_restored_into_another_store(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with s3_server() as stores:
        for name, value in stores.access.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CLUSTERDASH_EDITIONS", stores.new_bucket())
        data, path = publish_folder(small_folder, tmp_path / "data"), tmp_path / "backup.zip"
        edition = catalog.current_path(data)
        shutil.rmtree(edition.parent)  # only the store has it
        manifest = backup(data, path, NOW)
        assert manifest.served == edition.stem
        monkeypatch.setenv("CLUSTERDASH_EDITIONS", stores.new_bucket())
        restored = tmp_path / "restored"
        restore(path, restored)
        shutil.rmtree(catalog.current_path(restored).parent)
        saved_bytes = zipfile.ZipFile(path).read(f"editions/{manifest.served}.duckdb")
        assert catalog.current_path(restored).read_bytes() == saved_bytes
        assert not list(catalog.editions_folder(restored).glob("*.duckdb")), "it is in the store"
        monkeypatch.delenv("CLUSTERDASH_EDITIONS")
        local = tmp_path / "local"
        restore(path, local)
        assert catalog.current_path(local).read_bytes() == saved_bytes


def test_only_an_empty_installation_is_restored_into(
    installation: Path, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stored(installation), content(installation)
    assert main(["restore", str(saved), "--data", str(installation), "--lang", "en"]) == 1
    said = capsys.readouterr().err
    for name in ("clusterdash.sqlite", "editions", "drafts", "access.toml", "labels"):
        assert str(installation / name) in said
    assert (stored(installation), content(installation)) == before
    (tmp_path / "grants.csv").write_text("email,role\n")
    with pytest.raises(ClusterdashError, match=r"restore\.not_empty"):
        restore(saved, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name != ".lock"] == ["grants.csv"]


@needs_postgresql
def test_a_database_with_rows_is_not_restored_into(
    saved: Path, tmp_path: Path, use_engine: Callable[[str], None]
) -> None:
    use_engine("postgresql")
    pins.add(tmp_path / "one", "labels", "mine", by="me", now=NOW)
    with pytest.raises(ClusterdashError, match=r"restore\.not_empty"):
        restore(saved, tmp_path / "other")
    assert [pin.note for pin in pins.read(tmp_path / "other")] == ["mine"]


RESTORE = """
from pathlib import Path
from clusterdash.backup.restore import restore
ready()
restore(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_restore_killed_at_any_moment_says_so_and_can_be_done_again(
    engine: str, installation: Path, saved: Path, tmp_path: Path, use_engine: Callable[[str], None]
) -> None:
    tables, files = content(installation), stored(installation)
    files.pop("drafts/x.duckdb")
    use_engine(engine)
    whole = duration(RESTORE, saved, tmp_path / "whole")
    chance, unfinished = random.Random(2), 0
    for turn in range(6):
        use_engine(engine)
        data = tmp_path / str(turn)
        if not ended_before(chance.uniform(0, whole), RESTORE, saved, data):
            if (data / ".restore-unfinished").exists():
                unfinished += 1
                with pytest.raises(ClusterdashError, match=r"operational\.restore_unfinished"):
                    catalog.current_path(data)
                restore(saved, data)
            elif not database_path(data).exists() and not stored(data):
                restore(saved, data)  # it had not begun
        assert (content(data), stored(data)) == (tables, files)
        assert not list(data.glob(".*building*"))
    assert unfinished


def test_a_damaged_backup_is_refused_before_anything_is_put_in_place(saved: Path, tmp_path: Path) -> None:
    whole, chance, data = saved.read_bytes(), random.Random(3), tmp_path / "data"
    damaged = tmp_path / "damaged.zip"
    for _ in range(6):
        place = chance.randrange(len(whole) // 2)
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with pytest.raises(ClusterdashError, match=r"backup\.(damaged|no_backup)"):
            restore(damaged, data)
    for content_of in (whole[:-100], whole[: len(whole) // 2], b"no archive", b""):
        damaged.write_bytes(content_of)
        assert main(["backup", str(damaged), "--verify", "--data", str(data)]) == 1
    assert main(["backup", str(tmp_path / "absent"), "--verify", "--data", str(data)]) == 1
    assert not data.exists()


def test_a_path_that_leads_out_of_the_data_folder_is_refused(saved: Path, tmp_path: Path) -> None:
    digest = {"size": 1, "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}  # of x
    for name in ("files/labels/../../x", "files/../x", "/x", "editions/../../x.duckdb", "files/x", "files/labels/.."):
        bad = changed(saved, tmp_path / "bad.zip", lambda told, n=name: told["files"].append({"name": n, **digest}))
        with pytest.raises(ClusterdashError, match=r"backup\.damaged"):
            restore(bad, tmp_path / "data")
    named = {"name": "files/labels/own.csv", **digest}
    restore(changed(saved, tmp_path / "good.zip", lambda told: told["files"].append(named)), tmp_path / "data")
    assert (tmp_path / "data" / "labels" / "own.csv").read_bytes() == b"x"


def test_a_backup_of_an_earlier_version_is_migrated_and_one_of_a_later_version_refused(
    saved: Path, tmp_path: Path
) -> None:
    for values in ({"revision": "9999"}, {"edition_schema": 99}):
        later = changed(saved, tmp_path / "later.zip", lambda told, v=values: told.update(v))
        with pytest.raises(ClusterdashError, match=r"restore\.later"):
            restore(later, tmp_path / "data")
    unknown = changed(saved, tmp_path / "unknown.zip", lambda told: told.update(format=2))
    with pytest.raises(ClusterdashError, match=r"backup\.no_backup"):
        restore(unknown, tmp_path / "data")

    def of_before(manifest: dict[str, object]) -> None:
        """As version 0.2 would have written it: its database had changes of labels and pins."""
        kept = ("database/label_change", "database/pin", "editions/")
        files = manifest["files"]
        assert isinstance(files, list)
        manifest.update(revision="0002", files=[file for file in files if file["name"].startswith(kept)])

    restore(changed(saved, tmp_path / "earlier.zip", of_before), tmp_path / "data")
    assert len(label_changes.read(tmp_path / "data")) == 5
    assert [pin.pin_id for pin in pins.read(tmp_path / "data")] == [1]
    with sqlite3.connect(database_path(tmp_path / "data")) as connection:
        tables = {name for (name,) in connection.execute("select name from sqlite_master")}
    connection.close()
    assert "audit_record" in tables


def test_a_backup_that_cannot_be_made_leaves_the_one_before(installation: Path, saved: Path, tmp_path: Path) -> None:
    path, data = tmp_path / "backup.zip", Path(shutil.copytree(installation, tmp_path / "data"))
    with pytest.raises(ClusterdashError, match=r"backup\.nothing"):
        backup(tmp_path / "empty", path, NOW)
    shutil.copy(saved, path)
    catalog.current_path(data).unlink()
    with pytest.raises(ClusterdashError, match=r"store\.missing"):
        backup(data, path, datetime.now(UTC))
    assert path.read_bytes() == saved.read_bytes()
    assert sorted(found.name for found in tmp_path.iterdir()) == ["backup.zip", "data"]
