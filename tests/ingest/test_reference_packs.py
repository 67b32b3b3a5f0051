"""Reference packs among the files that are handed in: kept, matched, trusted or refused."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.editions import NOW, TODAY
from support.reference_packs import HEADER, draw, pack_of, small_pack

from clusterdash.domain import STAFF
from clusterdash.editions import build, catalog, export
from clusterdash.editions.reader import EditionDatabase
from clusterdash.i18n import explain
from clusterdash.ingest import reference_pack_files
from clusterdash.reference_packs import archive, signing
from clusterdash.reference_packs.content import ReferencePack

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
PUBLIC = archive.read(archive.write(small_pack(), KEY)).public_key
pytestmark = pytest.mark.usefixtures("without_statistics")


def written(folder: Path, pack: ReferencePack, key: Ed25519PrivateKey | None = None, name: str = "pack.zip") -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / name
    path.write_bytes(archive.write(pack, key))
    return path


def check(data: Path, *paths: Path, complete: str = "") -> tuple[bool, list[str]]:
    """Whether the files are accepted, and what is told of the packs among them."""
    tables, problems = build.check_files(paths, data, TODAY, complete=complete)
    told = [explain("en", problem) for problem in problems if problem.table == "reference_packs" or not problem.table]
    return tables is not None, told


def published(data: Path, *paths: Path, complete: str = "") -> Path:
    tables, problems = build.check_files(paths, data, TODAY, complete=complete)
    assert tables is not None, problems[:3]
    build.build_and_activate(tables, paths, data, NOW)
    return catalog.current_path(data)


def packs_in(path: Path) -> list[tuple[str, str, int]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(
            "select publisher, public_key, last_year from reference_pack order by position"
        ).fetchall()


@pytest.fixture
def folder(small_folder: Path) -> Path:
    return small_folder


def test_a_pack_is_kept_as_it_came_and_comes_in_again(folder: Path, tmp_path: Path) -> None:
    pack = written(tmp_path, small_pack(), KEY)
    path = published(tmp_path / "data", folder, pack)
    assert packs_in(path) == [("A European body", PUBLIC, 2025)]
    files = export.write_tables(path, tmp_path / "out")
    again = published(tmp_path / "again", *files)
    assert packs_in(again) == packs_in(path)
    with duckdb.connect(str(again), read_only=True) as connection:
        name = str(path).replace("'", "''")
        connection.execute(f"attach '{name}' as before (read_only)")
        for table in ("group", "figure", "frequency", "share", "composition"):
            (differing,) = connection.execute(
                f"select count(*) from (from reference_{table} except from before.reference_{table})"
            ).fetchone() or (1,)
            assert differing == 0, table
        ((rows,),) = connection.execute("select count(*) from reference_frequency").fetchall()
    assert rows == len(small_pack().tables["frequencies"])


def test_a_pack_alone_extends_an_edition_and_a_later_one_replaces_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_pack_files, "PART_LENGTH", 5_000)
    data = tmp_path / "data"
    first = published(data, folder)
    with_pack = published(data, written(tmp_path / "1", small_pack(), KEY), complete=first.stem)
    assert packs_in(with_pack) == [("A European body", PUBLIC, 2025)]
    large = pack_of(draw(5), last_year=2026)
    small = pack_of(draw(6, codes=("G1",)), last_year=2027)  # of fewer parts than the one before
    parts = []
    for pack, year in ((large, 2026), (small, 2027)):
        path = published(data, written(tmp_path / str(year), pack, KEY), complete=catalog.current_path(data).stem)
        assert packs_in(path) == [("A European body", PUBLIC, year)]
        parts.append(next(sheet for sheet in export.sheets(path) if sheet.name == "reference_packs").rows)
    assert len(list(parts[0])) > len(list(parts[1])), "no part of the former is left"
    national = pack_of(draw(7), publisher="A national body", last_year=2024)
    path = published(data, written(tmp_path / "other", national), complete=catalog.current_path(data).stem)
    assert [publisher for publisher, *_ in packs_in(path)] == ["A European body", "A national body"]


def test_who_has_signed_is_told_and_another_key_is_refused(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    accepted, told = check(data, folder, written(tmp_path, small_pack(), KEY))
    assert accepted
    assert any(f"a key of which nothing is known yet: {PUBLIC}" in line for line in told)
    accepted, told = check(data, folder, written(tmp_path, small_pack()))
    assert accepted
    assert any("is not signed: nobody can tell" in line for line in told)
    data.mkdir()
    (data / "settings.toml").write_text(f'reference_keys = {{ "a european  Body" = "{PUBLIC}" }}\n')
    assert check(data, folder, written(tmp_path, small_pack(), KEY)) == (True, [])
    accepted, told = check(data, folder, written(tmp_path, small_pack(), OTHER))
    assert not accepted
    assert any(f"are signed with {PUBLIC}" in line for line in told)
    accepted, told = check(data, folder, written(tmp_path, small_pack()))
    assert not accepted
    assert any("the pack is not signed, but packs of “A European body” are" in line for line in told)


def test_the_key_of_an_earlier_pack_is_expected_of_the_next(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    path = published(data, folder, written(tmp_path, small_pack(), KEY))
    later = pack_of(draw(5), last_year=2026)
    assert check(data, written(tmp_path, later, KEY), complete=path.stem) == (True, [])
    accepted, told = check(data, written(tmp_path, later, OTHER), complete=path.stem)
    assert not accepted
    assert any("put it into the setting reference_keys" in line for line in told)
    assert not check(data, written(tmp_path, later), complete=path.stem)[0]
    found = archive.read(archive.write(later, OTHER)).public_key
    (data / "settings.toml").write_text(f'reference_keys = {{ "A European body" = "{found}" }}\n')
    assert check(data, written(tmp_path, later, OTHER), complete=path.stem) == (True, [])


def test_a_new_edition_expects_the_key_of_the_one_that_is_served(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    published(data, folder, written(tmp_path, small_pack(), KEY))
    assert not check(data, folder, written(tmp_path, small_pack()))[0], "not only where it is extended"
    assert not check(data, folder, written(tmp_path, small_pack(), OTHER))[0]
    assert check(data, folder, written(tmp_path, small_pack(), KEY)) == (True, [])


def test_another_spelling_of_a_publisher_is_the_same_one(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    path = published(data, folder, written(tmp_path, small_pack(), KEY))
    spelled = small_pack(publisher="a EUROPEAN  body")
    assert not check(data, written(tmp_path, spelled), complete=path.stem)[0]
    path = published(data, written(tmp_path, spelled, KEY), complete=path.stem)
    assert [publisher for publisher, *_ in packs_in(path)] == ["a EUROPEAN  body"]


def test_two_packs_of_one_publisher_are_refused_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    packs = [written(tmp_path, pack_of(draw(n)), KEY, f"{n}.zip") for n in (1, 2)]
    accepted, told = check(tmp_path / "data", folder, *packs)
    assert not accepted
    (line,) = [line for line in told if "1.zip" in line]
    assert "hand in one of them" in line
    assert len(line) < 400


def test_a_pack_without_results_is_told_where_it_belongs(tmp_path: Path) -> None:
    accepted, told = check(tmp_path / "data", written(tmp_path, small_pack(), KEY))
    assert not accepted
    assert any("add the pack to an edition (--add" in line for line in told)


def test_pages_open_with_a_signed_pack_of_the_best(folder: Path, tmp_path: Path) -> None:
    others = [
        written(tmp_path, small_pack(publisher="A club", last_year=2026), None, "club.zip"),
        written(tmp_path, pack_of(draw(3, {("all", ""): 90}), publisher="All", last_year=2027), KEY, "all.zip"),
        written(tmp_path, small_pack(), KEY),
    ]
    path = published(tmp_path / "data", folder, *others)
    assert [publisher for publisher, *_ in packs_in(path)] == ["A European body", "A club", "All"]


def test_a_pack_of_another_nature_or_scheme_is_refused(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for pack, told in (
        (small_pack(synthetic=False), "tells of real clusters, but these results are invented"),
        (small_pack(scheme="other", family="other"), "of which nothing matches a scheme here"),
    ):
        accepted, lines = check(data, folder, written(tmp_path, pack))
        assert not accepted
        assert any(told in line for line in lines), lines
    renamed = small_pack(scheme="ours-36")  # the same family and version under another code
    path = published(data, folder, written(tmp_path, renamed))
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("select scheme from reference_pack").fetchall() == [("benchmark-36",)]


def test_indicators_that_do_not_match_are_told_and_left_out(folder: Path, tmp_path: Path) -> None:
    pack = small_pack()
    tables = dict(pack.tables)
    changed = {"G4": (5, "member"), "V1": (8, 5.0)}
    rows = [list(row) for row in tables["indicators"] if row[0] != "A1"]
    for row in rows:
        if row[0] in changed:
            place, value = changed[row[0]]
            row[place] = value
    unknown = ["X1", *rows[0][1:]]
    tables["indicators"] = tuple(map(tuple, [*rows, unknown]))
    for table, place in (("figures", 3), ("frequencies", 3), ("shares", 2)):
        tables[table] = tuple(row for row in tables[table] if row[place] != "A1")
    path = written(tmp_path, replace(pack, tables=tables))
    accepted, told = check(tmp_path / "data", folder, path)
    assert accepted
    assert any("unit_en is “member” there" in line for line in told)
    assert any("maximum is “5” there and “4” here" in line for line in told)
    assert any("1 indicator that the scheme here does not have: X1" in line for line in told)
    assert any("does not tell of 1 indicator: A1" in line for line in told)
    edition = published(tmp_path / "data", folder, path)
    with duckdb.connect(str(edition), read_only=True) as connection:
        codes = {code for (code,) in connection.execute("select distinct code from reference_frequency").fetchall()}
    assert not codes & {"G4", "V1", "A1", "X1"}
    assert "G1" in codes
    assert not codes & {"governance", "services", "achievements"}, "their scores are those of other questions"
    assert "interaction" in codes


def test_a_pack_in_a_text_file_is_checked_like_any_other(folder: Path, tmp_path: Path) -> None:
    """Whoever edits the exported table has to forge the signature."""
    path = published(tmp_path / "data", folder, written(tmp_path, small_pack(), KEY))
    files = export.write_tables(path, tmp_path / "out")
    (table,) = [file for file in files if file.stem == "reference_packs"]
    with table.open(newline="") as file:
        rows = list(csv.reader(file))
    content = rows[1][2]
    rows[1][2] = content[:500] + ("A" if content[500] != "A" else "B") + content[501:]
    with table.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    accepted, told = check(tmp_path / "other", *files)
    assert not accepted
    assert any("no ZIP file" in line or "not as its publisher" in line for line in told)


def test_other_archives_are_refused_and_in_folders_passed_over(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "other.zip").write_bytes(b"PK\x03\x04 nothing")
    accepted, told = check(tmp_path / "data", folder, tmp_path / "in" / "other.zip")
    assert not accepted
    assert any("no ZIP file" in line for line in told)
    for file in folder.glob("*.csv"):
        (tmp_path / "in" / file.name).write_bytes(file.read_bytes())
    accepted, told = check(tmp_path / "data", tmp_path / "in")
    assert accepted


def test_staff_see_which_packs_an_edition_has(folder: Path, tmp_path: Path) -> None:
    database = EditionDatabase(published(tmp_path / "data", folder, written(tmp_path, small_pack(), KEY)))
    (pack,) = database.reader(STAFF).reference_packs()
    assert (pack.title, pack.publisher, pack.groups) == (HEADER.title, HEADER.publisher, 4)
    assert pack.public_key == PUBLIC
    database.close()


def test_a_key_file_signs_what_its_public_key_verifies(tmp_path: Path) -> None:
    public = signing.create_key(tmp_path / "key.pem")
    pack = archive.read(archive.write(small_pack(), signing.read_key(tmp_path / "key.pem")))
    assert pack.public_key == public
