"""Editions of earlier schema versions, made by the programs of then: built anew, completed, exported, gone back to."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import duckdb
import pytest
from support.browser import serve
from support.editions import TODAY
from support.reference_packs import small_pack
from support.shared_folders import made_once

from clusterdash.cli.main import main
from clusterdash.domain import PUBLIC, STAFF, ClusterdashError
from clusterdash.editions import build, catalog, export, reader
from clusterdash.editions import upgrade as upgrading
from clusterdash.editions.database_errors import OLDEST_SCHEMA_VERSION
from clusterdash.editions.diff import difference
from clusterdash.editions.publication_effects import publication_effect
from clusterdash.editions.reader import SCHEMA_VERSION, EditionDatabase
from clusterdash.i18n import explain, language_of_environment, translate
from clusterdash.ingest import grants
from clusterdash.ingest.table_schemas import TABLES
from clusterdash.reference_packs import archive
from clusterdash.statistics import pipeline

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_statistics")]

KEPT = Path(__file__).parents[1] / "data" / "editions"
SCHEMA = Path(reader.__file__).parent / "schema.sql"
ROOT = Path(__file__).parents[2]
VERSIONS = range(OLDEST_SCHEMA_VERSION, SCHEMA_VERSION + 1)
EARLIER = [version for version in VERSIONS if version < SCHEMA_VERSION]
ADDED = "own-0003"
COMPUTE = pipeline.compute
HANDED_IN = (
    *("sector", "scheme", "dimension", "indicator", "dictionary", "recommendation", "document", "effort", "band"),
    *("cluster", "cluster_sector", "award", "coverage", "register", "assessment", "answer", "remark", "story"),
    *("source_file", "handed_in_file"),
)
"""The tables of an edition that are not computed."""


def unpacked(version: int, name: str, place: Path) -> Path:
    """The data folder `real` or `demonstration` that the program of a version has left."""
    with tarfile.open(KEPT / f"version-{version}.tar.gz") as packed:
        packed.extractall(place, filter="data")
    return place / name


def tables(path: Path, like: Path | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """All that an edition was made of, and what it says of itself; `like`: in the columns of another edition."""
    columns = _columns(like or path)
    with duckdb.connect(str(path), read_only=True) as edition:
        there = {
            f"handed_in.{name}" if schema == "handed_in" else name
            for schema, name in edition.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        }
        found = {
            name: edition.execute(f"select {columns.get(name, '*')} from {name} order by all").fetchall()
            for name in sorted(there)
            if name in HANDED_IN or name.startswith("handed_in.")
        }
        found["edition"] = edition.execute("select * exclude (schema_version) from edition").fetchall()
    return found


def _columns(path: Path) -> dict[str, str]:
    with duckdb.connect(str(path), read_only=True) as edition:
        return dict(
            edition.execute(
                """select if(schema_name = 'handed_in', 'handed_in.', '') || table_name,
                       string_agg('"' || column_name || '"', ', ' order by column_index)
                   from duckdb_columns() where database_name = current_database() group by all"""
            ).fetchall()
        )


def command(*arguments: object) -> int:
    return main([*map(str, arguments), "--lang", "en"])


def formula(path: Path) -> None:
    """What a person wrote that later rules refuse: a name that a spreadsheet would take for a formula."""
    with duckdb.connect(str(path)) as edition:
        edition.execute("update handed_in.clusters set name = '=1+1' where cluster_id = ?", [ADDED])


@dataclass(frozen=True)
class Upgraded:
    """A data folder of an earlier version: as it was, and as it is after `upgrade`."""

    version: int
    before: Path
    data: Path


def nothing(*_: object, **__: object) -> None:
    """No statistics."""


@pytest.fixture(scope="module", params=VERSIONS)
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, without_statistics: None
) -> Upgraded:
    del without_statistics

    def make(place: Path) -> None:
        data = Path(shutil.copytree(unpacked(request.param, "real", place), place / "upgraded"))
        # The edition that is served comes first, and pages are read from it.
        steps: Iterator[Callable[..., None]] = iter([COMPUTE])

        def compute(*given: object, **named: object) -> None:
            next(steps, nothing)(*given, **named)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipeline, "compute", compute)
            assert command("upgrade", "--data", data) == 0

    place = made_once(tmp_path_factory, f"version-{request.param}", make)
    return Upgraded(request.param, place / "real", place / "upgraded")


@pytest.fixture
def own(upgraded: Upgraded, tmp_path: Path) -> Path:
    """The upgraded data folder, to be changed."""
    return Path(shutil.copytree(upgraded.data, tmp_path / "own"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A data folder of the oldest version with one edition, which is served and counts as real, to be upgraded."""
    data = unpacked(EARLIER[0], "real", tmp_path)
    for path in catalog.edition_paths(data):
        if path != catalog.current_path(data):
            path.unlink()
    return data


def test_an_edition_keeps_all_that_it_was_made_of_and_says_of_itself(upgraded: Upgraded) -> None:
    old, new = upgraded.before, upgraded.data
    assert [path.name for path in catalog.edition_paths(new)] == [path.name for path in catalog.edition_paths(old)]
    assert len(catalog.edition_paths(new)) == 3
    for path in catalog.edition_paths(old):
        before, after = tables(path), tables(catalog.edition_path(new, path.stem), like=path)
        assert {name: after[name] for name in before} == before
        assert before["answer"] and before["remark"] and before["story"] and before["handed_in.awards"]
        kept = new / "editions" / upgrading.REPLACED / f"{path.stem}-schema-{upgraded.version}.duckdb"
        assert upgraded.version == SCHEMA_VERSION or kept.read_bytes() == path.read_bytes()
    assert catalog.history(new) == catalog.history(old)
    assert grants.read_grants(new) == grants.read_grants(old)
    assert len(catalog.history(new)) == 2
    assert len(grants.read_grants(new)) == 1
    (waits,) = catalog.unpublished(new)
    opened = EditionDatabase(waits)
    assert opened.reader(STAFF).edition().completed == catalog.current_id(new)
    opened.close()
    assert command("upgrade", "--data", new) == 0, "a second time there is nothing to do"
    assert len(list((new / "editions").glob(f"{upgrading.REPLACED}/*"))) == (3 if upgraded.version in EARLIER else 0)


@pytest.mark.usefixtures("with_statistics")
@pytest.mark.parametrize("version", EARLIER)
def test_a_demonstration_stays_the_same_and_lacks_no_facts(
    version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = unpacked(version, "demonstration", tmp_path)
    path = catalog.current_path(data)
    old = Path(shutil.copy(path, tmp_path / "old.duckdb"))
    before = tables(path)
    assert command("prepare", "--data", data) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == translate("en", "upgrade.starts", edition=path.stem, found=version, expected=SCHEMA_VERSION)
    assert told[-1] == translate("en", "command.ready", edition=path.stem), "no other demonstration takes its place"
    assert catalog.edition_paths(data) == [path]
    after = tables(path, like=old)
    assert {name: after[name] for name in before} == before
    with (catalog.PROJECT_DATA / "scheme" / "efforts.csv").open(encoding="utf-8") as file:
        assert len(after["effort"]) == sum(1 for _ in file) - 1, "version 10 has brought them"
    ((title, _, day),) = after["register"]
    assert title
    assert (day == "") == ("register" not in before), "today’s day is not that of the awards of then"


def test_an_upgraded_edition_is_served_completed_exported_and_gone_back_to(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served = catalog.current_id(own)
    assert command("show", ADDED, "--data", own) == 0
    assert command("editions", served, "--data", own) == 0
    told = capsys.readouterr().out
    assert f"Cluster {ADDED}" in told and "questionnaire-2026-03-02.xlsx" in told

    assert command("export", "--out", tmp_path / "out", "--data", own) == 0
    assert command("import", tmp_path / "out", "--data", tmp_path / "other") == 0
    again, before = tables(catalog.current_path(tmp_path / "other")), tables(catalog.current_path(own))
    of_results = ("assessment", "answer", "remark", "story")
    for name in before:
        if name.startswith("handed_in.") or name in of_results:
            assert again[name] == before[name]
        elif name in ("cluster", "cluster_sector"):  # those of the register are today's
            assert [row for row in again[name] if row[0].startswith("own")] == [
                row for row in before[name] if row[0].startswith("own")
            ]

    more = tmp_path / "more.csv"
    with duckdb.connect(str(catalog.current_path(own)), read_only=True) as edition:
        edition.execute(
            f"""copy (
                select cluster_id, date '2026-05-05' as assessed_on, scheme, indicator, value
                from answer join assessment using (assessment_id)
                where cluster_id = '{ADDED}' and assessed_on = '2026-03-02') to '{more}' (header)"""
        )
    assert command("import", "--add", more, "--data", own, "--accept", "disclosure") == 0
    completed = catalog.current_id(own)
    assert completed != served
    after = tables(catalog.current_path(own))
    assert len(after["assessment"]) == len(before["assessment"]) + 1
    assert len(after["answer"]) > len(before["answer"])
    kept = [name for name in before if name.startswith("handed_in.")]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert command("rollback", "--data", own, "--accept", "removal,disclosure") == 0
    assert catalog.current_id(own) == served
    assert command("rollback", "--data", own, "--accept", "removal,disclosure") == 0
    assert catalog.current_id(own) == catalog.history(own)[0].edition, "from one upgraded edition to another"


def test_an_edition_that_waits_is_compared_with_all_served_before_it_and_published(own: Path) -> None:
    (waits,) = catalog.unpublished(own)
    earlier = catalog.previous_paths(own)
    assert len(earlier) == 1
    told = publication_effect(own, waits).changes
    assert told is not None and told.clusters_changed == (f"Cluster {ADDED}",)
    assert told == difference(catalog.current_path(own), waits, earlier)
    for path in earlier:
        assert difference(path, waits).answers_new > 0
    assert command("publish", waits.stem, "--data", own, "--accept", "disclosure") == 0
    assert catalog.current_id(own) == waits.stem


def test_a_page_tells_what_to_do_with_an_older_edition(tmp_path: Path) -> None:
    data = unpacked(EARLIER[0], "real", tmp_path)
    with pytest.raises(ClusterdashError) as refused:
        EditionDatabase(catalog.current_path(data))
    assert refused.value.key == "upgrade.needed"
    for language in ("fr", "en"):
        assert "python -m clusterdash upgrade" in explain(language, refused.value)
    with duckdb.connect(str(catalog.current_path(data))) as edition:
        edition.execute("update edition set schema_version = ?", [OLDEST_SCHEMA_VERSION - 1])
    with pytest.raises(ClusterdashError) as refused:
        EditionDatabase(catalog.current_path(data))
    assert refused.value.key == "upgrade.too_old"
    assert f"(schema {OLDEST_SCHEMA_VERSION - 1}," in explain("en", refused.value)


def test_the_server_upgrades_before_it_answers(tmp_path: Path) -> None:
    data = unpacked(EARLIER[0], "demonstration", tmp_path)
    served, log = catalog.current_path(data), tmp_path / "log"
    with serve(data, log=log) as address, urlopen(f"{address}/health") as answer:
        assert answer.read() == b"ok"
    assert catalog.edition_paths(data) == [served]
    starts = translate(
        language_of_environment(os.environ), "upgrade.starts", edition=served.stem, found=8, expected=SCHEMA_VERSION
    )
    assert f"clusterdash: {starts}" in log.read_text("utf-8")


def test_a_kill_in_the_middle_leaves_the_old_file_and_the_next_one_goes_on(small: Path) -> None:
    path = catalog.current_path(small)
    before = path.read_bytes()
    killed = """
import os, signal, sys
from clusterdash import files
from clusterdash.__main__ import main
def die(temporary, path):
    assert temporary.stat().st_size > 100_000
    os.kill(os.getpid(), signal.SIGKILL)
files.publish_file = die
main(["upgrade", "--data", sys.argv[1]])
"""
    done = subprocess.run([sys.executable, "-c", killed, str(small)], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == before
    assert list(path.parent.glob(".*.building*"))
    assert command("upgrade", "--data", small) == 0
    EditionDatabase(path).close()
    assert not list(path.parent.glob(".*"))
    (kept,) = (path.parent / upgrading.REPLACED).iterdir()
    assert kept.read_bytes() == before


def test_of_two_processes_one_does_it(small: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "clusterdash", "upgrade", "--data", small, "--lang", "en"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sum(text.count("upgraded. The old file") for text in told) == 1
    assert len(list((small / "editions" / upgrading.REPLACED).iterdir())) == 1
    EditionDatabase(catalog.current_path(small)).close()


def test_a_file_that_cannot_be_read_stays_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = unpacked(EARLIER[0], "real", tmp_path)
    (waits,), served = catalog.unpublished(data), catalog.current_path(data)
    (first,) = catalog.previous_paths(data)
    content = bytearray(waits.read_bytes())
    for place in range(200_000, len(content), 7):
        content[place] ^= 0xFF
    waits.write_bytes(content)
    first.write_bytes(first.read_bytes()[:5000])
    damaged = {path: path.read_bytes() for path in (waits, first)}
    assert command("upgrade", "--data", data) == 1
    told = capsys.readouterr().out
    for path, before in damaged.items():
        assert path.read_bytes() == before
        assert translate("en", "upgrade.stays", edition=path.stem) in told
    EditionDatabase(served).close()
    assert translate("en", "upgrade.result", n=1, stay=2, expected=SCHEMA_VERSION) in told
    assert not list(served.parent.glob(".*"))


def test_what_the_present_checks_refuse_is_listed_and_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = unpacked(EARLIER[0], "real", tmp_path)
    (waits,), served = catalog.unpublished(data), catalog.current_path(data)
    waits.unlink()
    formula(served)
    before = served.read_bytes()
    assert command("prepare", "--data", data) == 1
    caught = capsys.readouterr()
    row = next(line for line in caught.out.splitlines() if "=1+1" in line)
    assert row.startswith(f"{served.stem}, clusters, row 4, name") and "error" in row
    assert translate("en", "upgrade.served", edition=served.stem, data=data) in caught.out
    assert "python -m clusterdash upgrade" in caught.err
    assert served.read_bytes() == before

    assert command("export", "--out", tmp_path / "out", "--data", data) == 0
    exported = tmp_path / "out" / "clusters.csv"
    assert exported.read_text("utf-8").splitlines()[3].startswith(f"{ADDED},'=1+1"), "the row that was told"
    assert command("rollback", "--data", data, "--accept", "removal,disclosure") == 0
    assert catalog.current_id(data) == catalog.history(data)[0].edition
    EditionDatabase(catalog.current_path(data)).close()


def test_a_fault_of_the_program_in_one_edition_does_not_stop_the_others(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(export, "read_facts", fail)
    steps = list(upgrading.upgrade(small, TODAY))
    assert [step.key for step in steps] == ["upgrade.starts", "upgrade.stays", "upgrade.served"]
    assert [problem.key for problem in steps[1].problems] == ["upgrade.failed"]


def test_a_file_set_aside_before_is_never_replaced(small: Path) -> None:
    path = catalog.current_path(small)
    kept = path.parent / upgrading.REPLACED / f"{path.stem}-schema-{EARLIER[0]}.duckdb"
    kept.parent.mkdir()
    kept.write_bytes(b"something else")
    before = path.read_bytes()
    assert command("upgrade", "--data", small) == 0
    assert kept.read_bytes() == b"something else"
    assert kept.with_stem(f"{kept.stem}-2").read_bytes() == before


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_next_version_keeps_every_form_that_can_be_handed_in(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever facts were handed in, or corrected: an edition of today's version comes out the same in the next one."""
    folder, data, facts = tmp_path / "in", tmp_path / "data", catalog.PROJECT_DATA
    folder.mkdir()
    labels = [facts / "labels" / f"{name}.csv" for name in ("coverage", "observations", "validity")]
    for path in [*(facts / "scheme").glob("*.csv"), *labels]:
        shutil.copy(path, folder)
    (folder / "register.csv").write_text("title_fr,title_en,as_of\nRegistre,Register,2026-05\n", "utf-8")
    (folder / "recipes.csv").write_text("name,recipe\nRésultats,\"version = 1\n[sectors]\nBTP = 'food'\"\n", "utf-8")
    pack = folder / "more" / "pack.zip"
    pack.parent.mkdir()
    pack.write_bytes(archive.write(small_pack(synthetic=False)))
    for name in ("clusters", "answers"):
        rows = read(sample_folder / f"{name}.csv")
        own = [{**row, "cluster_id": row["cluster_id"].replace("demo", "own")} for row in rows]
        write(folder / f"{name}.csv", [{**row, "name": row["cluster_id"]} if "name" in row else row for row in own])
    moved = next(row for row in read(facts / "labels" / "clusters.csv") if row["city"] and row["latitude"])
    names = ("cluster_id", "name", "country", "sector")
    write(folder / "more" / "clusters.csv", [{**{name: moved[name] for name in names}, "city": "Elsewhere"}])
    dated = [row for row in read(facts / "labels" / "awards.csv") if len(row["awarded_on"]) == 4][:3]
    write(folder / "awards.csv", [{**row, "awarded_on": f"{row['awarded_on']}-03", "source_url": ""} for row in dated])
    assert command("import", folder, folder / "more" / "clusters.csv", pack, "--data", data) == 0
    path = catalog.current_path(data)
    before = tables(path)
    assert {name.removeprefix("handed_in.") for name in before if name.startswith("handed_in.")} == (
        TABLES.keys() - {"edition", "answers", "remarks", "stories", "grants"}
    )
    for module in (reader, build, upgrading):
        monkeypatch.setattr(module, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    steps = list(upgrading.upgrade(data, TODAY))
    assert [step.key for step in steps] == ["upgrade.starts", "upgrade.done"], steps[1].problems[:3]
    assert tables(path) == before


def test_a_changed_schema_has_a_version_of_its_own() -> None:
    known = tomllib.loads((KEPT / "schemas.toml").read_text("utf-8"))
    plain = " ".join(re.sub(r"--.*", "", SCHEMA.read_text("utf-8")).split())
    found = hashlib.sha256(plain.encode()).hexdigest()
    assert known.get(str(SCHEMA_VERSION)) == found, (
        "schema.sql is not the one of this SCHEMA_VERSION: where that version has been on main, raise it in"
        f" editions/reader.py; then follow tests/data/editions/README.md."
        f" Line for schemas.toml: {SCHEMA_VERSION} = {found!r}"
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_has_its_small_editions(version: int, tmp_path: Path) -> None:
    assert (KEPT / f"version-{version}.tar.gz").is_file(), "make it: see tests/data/editions/README.md"
    assert (KEPT / f"version-{version}.tar.gz").stat().st_size < 1_000_000
    for name in ("real", "demonstration"):
        opened = EditionDatabase(catalog.current_path(unpacked(version, name, tmp_path)), OLDEST_SCHEMA_VERSION)
        assert opened.version == version
        assert opened.reader(PUBLIC).edition().synthetic == (name == "demonstration")
        opened.close()
