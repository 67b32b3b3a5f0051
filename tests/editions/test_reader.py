"""The data file: immutable editions, the pointer, bad files, the locked connection."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from support.editions import AWARDS, LABELLED, NOW, PLACELESS, TODAY

from clusterdash import files
from clusterdash.domain import PUBLIC, STAFF, ClusterdashError, Label
from clusterdash.editions import build, catalog, database_errors, export
from clusterdash.editions import reader as editions_reader
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.i18n import explain
from clusterdash.operational_database import publications
from clusterdash.operational_database.publications import Publication


def refusal(action) -> str:
    with pytest.raises(ClusterdashError) as refused:
        action()
    return refused.value.key


@pytest.mark.slow
def test_a_second_edition_takes_over_at_once_and_the_first_stays(
    data: Path, sample_folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    first = catalog.current_path(copy)
    reader = EditionDatabase(first)
    before = first.read_bytes()
    tables, _ = build.check_files([sample_folder], copy, TODAY)
    assert tables is not None
    build.build_and_activate(tables, [sample_folder], copy, NOW + timedelta(minutes=1))
    assert catalog.current_path(copy) != first
    assert first.read_bytes() == before
    assert reader.reader(PUBLIC).edition().edition_id == first.stem, "a reader keeps its edition"
    assert EditionDatabase(catalog.current_path(copy)).reader(PUBLIC).edition().edition_id != first.stem
    assert not list((copy / "editions").glob(".*")), "nothing half-built is left"


def test_a_crash_while_building_leaves_the_old_edition(data: Path, sample_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    before = catalog.current_path(copy)
    tables, _ = build.check_files([sample_folder], copy, TODAY)
    assert tables is not None
    tables.frames["answer"].loc[0, "value"] = float("inf")  # the last line of defence is the CHECK of the schema
    with pytest.raises(duckdb.ConstraintException):
        build.build_and_activate(tables, [sample_folder], copy, NOW + timedelta(minutes=1))
    assert catalog.current_path(copy) == before
    assert [path.name for path in (copy / "editions").iterdir()] == [before.name]


@pytest.mark.slow
def test_a_failing_disk_leaves_the_pointer_alone(
    data: Path, sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pointer moves last: whatever fails before it, the old edition is served."""
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    before = catalog.current_path(copy)
    tables, _ = build.check_files([sample_folder], copy, TODAY)
    assert tables is not None

    def fail(temporary: Path, path: Path) -> None:  # noqa: ARG001 - as the function in its place
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(files, "publish_file", fail)
    with pytest.raises(OSError, match="No space left"):
        build.build_and_activate(tables, [sample_folder], copy, NOW + timedelta(minutes=1))
    assert catalog.current_path(copy) == before
    assert EditionDatabase(before).reader(PUBLIC).edition()


def test_bad_files_are_named(data: Path, tmp_path: Path) -> None:
    assert refusal(lambda: catalog.current_path(tmp_path)) == "store.no_edition"
    for name in ("gone", "../../etc/passwd"):
        publications.add(tmp_path, Publication("2026-01-01", name, "", "publish"))
        assert refusal(lambda: catalog.current_path(tmp_path)) == "store.missing"
    for content in (b"", b"this is no database", catalog.current_path(data).read_bytes()[:5000]):
        bad = tmp_path / "bad.duckdb"
        bad.write_bytes(content)
        assert refusal(lambda bad=bad: EditionDatabase(bad)) == "store.foreign"
    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        connection.execute("create table edition as select 99 as schema_version, false as synthetic")
    assert refusal(lambda: EditionDatabase(tmp_path / "other.duckdb")) == "store.version"
    with duckdb.connect(str(tmp_path / "alien.duckdb")) as connection:
        connection.execute("create table stock (item text)")
    assert refusal(lambda: EditionDatabase(tmp_path / "alien.duckdb")) == "store.foreign"


@pytest.mark.slow
def test_only_a_damaged_file_is_told_as_one_and_every_cause_is_logged(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sound = catalog.current_path(data)
    content = bytearray(sound.read_bytes())
    damaged = tmp_path / "damaged.duckdb"
    told = set()
    for place in range(12_288, len(content), len(content) // 40):
        changed = content[:]
        for byte in range(place, min(place + 5_000, len(changed))):
            changed[byte] ^= 0xFF
        damaged.write_bytes(changed)
        try:
            opened = EditionDatabase(damaged)
            export.sheets(damaged)
            opened.reader(STAFF).label_register()
            opened.close()
        except ClusterdashError as error:
            told.add(error.key)
            assert isinstance(error.__cause__, duckdb.Error)
    assert told <= {"store.foreign", "store.damaged"}
    assert told
    assert "Corrupt" in caplog.text, "the cause is in the log"

    caplog.clear()
    opened = EditionDatabase(sound)
    faults = ("select no_such from cluster", "select * from no_such", "selec", "select 1 + 'a'", "select error('x')")
    for statement in faults:
        assert refusal(lambda sql=statement: opened.reader(STAFF)._rows(sql)) == "store.failed"
    assert refusal(lambda: opened.reader(STAFF)._rows("select ?", [object()])) == "store.failed"
    assert len([record for record in caplog.records if record.exc_info]) == len(faults) + 1
    assert "no_such" in caplog.text
    opened.close()
    monkeypatch.setattr(database_errors.os, "access", lambda *_: False)
    locked = tmp_path / "locked.duckdb"
    locked.write_bytes(b"")
    assert refusal(lambda: EditionDatabase(locked)) == "store.forbidden"
    for key in ("store.forbidden", "store.failed", "store.damaged"):
        error = ClusterdashError(key, file="f")
        assert explain("fr", error) != explain("en", error)


def test_the_connection_is_locked(opened: EditionDatabase) -> None:
    gateway = opened.reader(STAFF)
    for statement in (
        "select * from read_text('/etc/hostname')",
        "attach ':memory:' as other",
        "set enable_external_access = true",
        "insert into source_file values ('x', 'y')",
        "copy cluster to 'cluster.csv'",
    ):
        with pytest.raises(ClusterdashError) as refused:
            gateway._rows(statement)
        assert isinstance(refused.value.__cause__, duckdb.Error)


def test_a_long_query_is_stopped(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(editions_reader._LIMITS, "max_execution_time", 200)
    impatient = EditionDatabase(Path(shutil.copy(catalog.current_path(data), tmp_path)))
    slow = "select count(*) from range(100000000) a, range(100000) b where (a.range * b.range) % 7 = 3"
    assert refusal(lambda: impatient.reader(STAFF)._rows(slow)) == "store.too_long"
    assert impatient.reader(STAFF).edition(), "the connection goes on working"
    impatient.close()


@pytest.mark.slow
def test_reading_twice_gives_the_same(staff: EditionReader) -> None:
    for cluster in list(staff.assessed())[::20]:
        first = staff.benchmark(cluster)
        assert all(staff.benchmark(cluster) == first for _ in range(5))


def test_unknown_cluster(staff: EditionReader) -> None:
    assert refusal(lambda: staff.benchmark("nobody")) == "benchmark.unknown"
    assert refusal(lambda: staff.benchmark("fr-' or 1=1 --")) == "benchmark.unknown"


def test_every_cluster_of_the_register_is_told(staff: EditionReader) -> None:
    clusters = [holder.cluster for holder in staff.label_register()]
    assert len({cluster.cluster_id for cluster in clusters}) == len(clusters) == LABELLED
    placeless = [cluster for cluster in clusters if cluster.latitude is None]
    assert len(placeless) == PLACELESS
    awards = [award for holder in staff.label_register() for award in holder.awards]
    assert len(awards) == AWARDS
    assert len({award.award_id for award in awards}) > 0.98 * AWARDS, "the same fact in two rows has one id"
    assert {award.label for award in awards} == set(Label)


def test_sector_profiles_keep_the_minimum_counts(staff: EditionReader) -> None:
    profiles = staff.sector_profiles("benchmark-36")
    assert profiles
    withheld = {(w.group.key, w.code) for w in staff.suppressed_cells("benchmark-36") if w.group.kind == "sector"}
    for profile in profiles:
        open_to_all = (profile.sector, profile.dimension) not in withheld
        assert (profile.median is not None) == (open_to_all and profile.n >= 5)
        assert (profile.lower_quartile is not None) == (open_to_all and profile.n >= 20)
    assert any(profile.n < 10 for profile in profiles), "the sample is small enough to meet the limit"


@pytest.mark.slow
def test_a_demonstration_of_another_version_is_made_anew_and_real_data_never(
    data: Path, sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    monkeypatch.setattr(editions_reader, "SCHEMA_VERSION", editions_reader.SCHEMA_VERSION + 1)
    with pytest.raises(ClusterdashError) as invented:
        EditionDatabase(catalog.current_path(copy))
    assert build.may_demonstrate(copy, invented.value)
    monkeypatch.undo()
    real = tmp_path / "real"
    shutil.copytree(sample_folder, real)
    (real / "edition.csv").unlink()
    tables, _ = build.check_files([real], copy, TODAY)
    assert tables is not None
    build.build_and_activate(tables, [real], copy, NOW + timedelta(minutes=1))
    monkeypatch.setattr(editions_reader, "SCHEMA_VERSION", editions_reader.SCHEMA_VERSION + 1)
    with pytest.raises(ClusterdashError) as handed_in:
        EditionDatabase(catalog.current_path(copy))
    assert handed_in.value.key == "upgrade.needed"
    assert not build.may_demonstrate(copy, handed_in.value)
