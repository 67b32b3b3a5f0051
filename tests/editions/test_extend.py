"""Completing an edition, and exporting it: nothing that was handed in is lost, and nothing is changed on the way."""

from __future__ import annotations

import filecmp
import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import NOW, TODAY, laid_bare, publish_folder

from clusterdash.admin.editions import EditionAdmin
from clusterdash.cli.main import main
from clusterdash.domain import STAFF, ClusterdashError, Problem, Remark, Story
from clusterdash.editions import build, catalog, diff, export
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.confirmations import KINDS
from clusterdash.editions.reader import EditionDatabase
from clusterdash.ingest import cell_parsers, questionnaire_writer
from clusterdash.ingest.table_reader import as_cell
from clusterdash.operational_database import audit_records
from clusterdash.spreadsheets import neutralize_formula

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_statistics")]

HANDED_IN = (
    *("sector", "scheme", "dimension", "indicator", "dictionary", "recommendation", "document", "band", "cluster"),
    *("cluster_sector", "award", "coverage", "register", "assessment", "answer", "remark", "story"),
)
"""The tables of an edition that hold what was handed in; all others are computed from them."""


def tables(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """What was handed in, as it stands in the edition that is served."""
    with laid_bare(data) as edition:
        return {name: edition.execute(f"from {name} order by all").fetchall() for name in HANDED_IN}


def add(files: list[Path], data: Path, minutes: int = 1) -> list[Problem]:
    """Complete what is served; returns the problems."""
    found, problems = build.check_files(files, data, TODAY, complete=catalog.current_id(data))
    if found:
        now = NOW + timedelta(minutes=minutes)
        build.activate(data, build.build(found, files, data, now), now, "", accept=KINDS)
    return problems


def keys(problems: list[Problem]) -> set[str]:
    return {problem.key for problem in problems if problem.severity == "error"}


@pytest.fixture
def own(data: Path, tmp_path: Path) -> Path:
    """The sample's data folder, to be changed."""
    return Path(shutil.copytree(data, tmp_path / "own"))


def questionnaire(data: Path, path: Path, cluster: str, day: str, scheme: str = "benchmark-36") -> None:
    """The questionnaire with the last answers confirmed."""
    opened = EditionDatabase(catalog.current_path(data))
    gateway = opened.reader(STAFF)
    grid = next(grid for grid in gateway.schemes() if grid.scheme.code == scheme)
    path.write_bytes(questionnaire_writer.questionnaire(grid, "fr", gateway.previous_assessment(cluster, scheme)))
    opened.close()
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D2"] = day
    book.save(path)


def note(path: Path) -> None:
    """Write an answer, notes and a story into a questionnaire."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    sheet["G2"], sheet["H2"], sheet["I2"] = sheet["G2"].value or 3, "- vu\nsur place, « oui »", "=contrat;n° 7"
    sheet["I2"].data_type = "s"  # typed as text
    book.worksheets[-1]["B2"], book.worksheets[-1]["C2"] = "Un projet à 5", "+12 emplois"
    book.save(path)


@pytest.fixture
def real_folder(tmp_path: Path) -> Path:
    """Real results with all that can be handed in: a sector, a grid, words, awards, clusters known and new, notes."""
    folder = tmp_path / "real"
    folder.mkdir()
    texts = {
        "sectors": "code,name_en,name_fr,is_esca_portfolio\nsea,Sea,Mer,1\nfood,Eating,Manger,\n",
        "schemes": "scheme,family,version,name_en,name_fr,purpose,illustrative,pass_share\n"
        "own-1,own,1,Own,À nous,benchmark,0,\n",
        "dimensions": "scheme,code,name_en,name_fr,position\nown-1,A,First,Un,2\nown-1,B,Second,Deux,1\n",
        "indicators": "scheme,code,dimension,name_en,name_fr,kind,unit_en,unit_fr,minimum,maximum,direction,threshold\n"
        "own-1,a,A,Level,Niveau,level,,,0,4,higher,3\nown-1,b,B,Number,Nombre,number,,,,,lower,\n",
        "dictionary": "scheme,indicator,measures_fr,measures_en,matters_fr,matters_en\nown-1,a,m,m,i,i\n",
        "recommendations": "scheme,indicator,limit,effort,action_fr,action_en,good_fr,good_en,evidence_fr,evidence_en\n"
        "own-1,a,1.5,2,f,d,b,g,p,e\nown-1,a,,1,f,d,b,g,p,e\n",
        "clusters": "cluster_id,name,country,sector,latitude,longitude,founded,website\n"
        "r1,Réal,FR,sea|food,45.123456,5.5,2001-04,https://r.example\nr2,Two,BE,food,,,,\n",
        "awards": "cluster_id,label,awarded_on,valid_until,source_url\nr1,gold,2024-05,2027,https://a.example\n",
        "coverage": "label,share_percent,basis_fr,basis_en\ngold,12.5,de tous,of all\n",
        "register": "title_fr,title_en,as_of\nNos labels,Our labels,2026-05\n",
        "answers": "cluster_id,assessed_on,scheme,indicator,value,evidence\n"
        "r1,2026-01-05,own-1,a,3,\nr1,2026-01-05,own-1,b,1234567.891,\nr2,2026-02-01,own-1,b,-0.00001,verified\n",
        "remarks": "cluster_id,assessed_on,scheme,indicator,notes,proof\nr1,2026-01-05,own-1,b,'=SUM(A1),\n",
        "stories": 'cluster_id,assessed_on,scheme,story,what,result\nr1,2026-01-05,own-1,2,"A\nB",\n',
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("invented", [True, False])
def test_what_is_exported_is_imported_as_the_same(
    invented: bool, sample_folder: Path, real_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_SIZE", 1 if not invented else 7)
    monkeypatch.setattr(export, "READ_AT_ONCE", 3)
    folder = Path(shutil.copytree(sample_folder, tmp_path / "sample")) if invented else real_folder
    data, again = publish_folder(folder, tmp_path / "data"), tmp_path / "again"
    export.write_tables(catalog.current_path(data), tmp_path / "first")
    publish_folder(tmp_path / "first", again)
    assert tables(again) == tables(data)
    export.write_tables(catalog.current_path(again), tmp_path / "second")
    names = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert {"edition.csv", "answers.csv", "clusters.csv"} <= set(names)
    assert filecmp.cmpfiles(tmp_path / "first", tmp_path / "second", names, shallow=False) == (names, [], [])
    assert invented or "'=SUM(A1)" in (tmp_path / "first" / "remarks.csv").read_text(), "a spreadsheet runs nothing"
    assert invented or (tmp_path / "first" / "edition.csv").read_text() == "title,synthetic\n,0\n", "it had no title"
    with pytest.raises(ClusterdashError, match="folder_taken"):
        export.write_tables(catalog.current_path(data), tmp_path / "first")


def test_numbers_are_kept_to_the_last_bit(real_folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    values = [
        *(rng.standard_normal(300) * 10.0 ** rng.integers(-20, 20, 300)).tolist(),
        0.1 + 0.2,
        1e15,
        5e-324,
        -0.0,
        7.0,
    ]
    head = "cluster_id,assessed_on,scheme,indicator,value\n"
    rows = [f"r1,{1950 + i % 70}-0{1 + i // 70}-01,own-1,b,{value!r}\n" for i, value in enumerate(values)]
    (real_folder / "answers.csv").write_text(head + "".join(rows))
    (real_folder / "remarks.csv").unlink()
    (real_folder / "stories.csv").unlink()
    data = publish_folder(real_folder, tmp_path / "data")
    *_, answers = export.sheets(catalog.current_path(data))
    cells = [cells[-1] for _, cells in answers.rows]
    assert sorted(map(cell_parsers.number, cells)) == sorted(values)
    assert "7" in cells


def test_added_piece_by_piece_is_the_same_as_all_at_once(real_folder: Path, tmp_path: Path) -> None:
    """Each table of its own, in an order in which each can stand."""
    whole = publish_folder(real_folder, tmp_path / "whole")
    pieces = [
        ["sectors", "schemes", "dimensions", "indicators", "clusters", "awards", "coverage", "register"],
        *(["dictionary"], ["recommendations"], ["answers"], ["remarks", "stories"]),
    ]
    data = tmp_path / "pieces"
    first = tmp_path / "first"
    first.mkdir()
    for name in pieces[0]:
        shutil.copy(real_folder / f"{name}.csv", first)
    publish_folder(first, data)
    for minutes, names in enumerate(pieces[1:], start=1):
        problems = add([real_folder / f"{name}.csv" for name in names], data, minutes)
        assert not keys(problems), names
    assert tables(data) == tables(whole)
    assert dict(_sources(data)) == dict(_sources(whole)), "all files are remembered, whenever they came in"


def _sources(data: Path) -> list[tuple[str, str]]:
    with laid_bare(data) as edition:
        return edition.execute("from source_file").fetchall()


def test_a_filled_questionnaire_completes_what_is_served(own: Path, tmp_path: Path) -> None:
    before, old = tables(own), catalog.current_path(own)
    path = tmp_path / "demo-0003.xlsx"
    questionnaire(own, path, "demo-0003", "2026-03-27")
    note(path)
    assert keys(add([path], own)) == set()
    after = tables(own)
    assert set(before["answer"]) != set(after["answer"])
    changed = diff.difference(old, catalog.current_path(own))
    assert (changed.clusters_new, changed.clusters_gone) == ((), ())
    assert changed.clusters_changed == ("Cluster Démo 0003",)
    assert (changed.answers_gone, changed.answers_changed) == (0, 0)
    opened = EditionDatabase(catalog.current_path(own))
    last = opened.reader(STAFF).previous_assessment("demo-0003", "benchmark-36")
    opened.close()
    assert last.remarks[next(iter(last.remarks))] == Remark("- vu\nsur place, « oui »", "=contrat;n° 7")
    assert last.stories == (Story(1, "Un projet à 5", "+12 emplois"),)
    assert len(last.answers) == changed.answers_new

    questionnaire(own, path, "demo-0003", "2026-03-27")  # prefilled with its own notes, read back as they were
    book = openpyxl.load_workbook(path)
    book.worksheets[1]["G3"] = None
    book.save(path)
    assert keys(add([path], own, 2)) == set()
    opened = EditionDatabase(catalog.current_path(own))
    corrected = opened.reader(STAFF).previous_assessment("demo-0003", "benchmark-36")
    opened.close()
    assert (corrected.remarks, corrected.stories) == (last.remarks, last.stories)
    assert corrected.answers.keys() < last.answers.keys(), "the assessment was replaced as a whole"


def test_notes_of_an_assessment_that_comes_in_anew_are_its_own(real_folder: Path, tmp_path: Path) -> None:
    data = publish_folder(real_folder, tmp_path / "data")
    file = tmp_path / "answers.csv"
    file.write_text("cluster_id,assessed_on,scheme,indicator,value\nr1,2026-01-05,own-1,a,2\n")
    assert not keys(add([file], data))
    found = tables(data)
    assert (found["remark"], found["story"]) == ([], [])
    assert sorted(value for *_, value in found["answer"]) == [-0.00001, 2.0]


def test_facts_that_have_changed_hold_in_what_is_completed(real_folder: Path, tmp_path: Path) -> None:
    """What is kept is what was handed in, not what the facts were then."""
    data = tmp_path / "data"
    shutil.copytree(PROJECT_DATA / "labels", data / "labels")
    publish_folder(real_folder, data)
    register = pd.read_csv(data / "labels" / "clusters.csv", dtype=str, keep_default_na=False)
    register.loc[0, "website"] = "https://new.example"
    register.to_csv(data / "labels" / "clusters.csv", index=False)
    file = tmp_path / "clusters.csv"
    file.write_text("cluster_id,name,country\nr2,Deux,BE\n")
    assert not add([file], data)
    file.write_text("cluster_id,name,country,city\nr2,Deux,BE,Gand\n")
    assert not add([file], data, 2)
    with laid_bare(data) as edition:
        told = dict(edition.execute("select cluster_id, website from cluster").fetchall())
        names = dict(edition.execute("select cluster_id, name from cluster").fetchall())
        known = "select city, sector from cluster join cluster_sector using (cluster_id) where cluster_id = 'r2'"
        place = edition.execute(known).fetchall()
    assert told[register.loc[0, "cluster_id"]] == "https://new.example"
    assert told["r1"] == "https://r.example"
    assert names["r2"] == "Deux"
    assert place == [("Gand", "food")], "what was said of a cluster bit by bit is all kept"


ONE = "cluster_id,assessed_on,scheme,indicator,value\n{cluster},2026-03-01,benchmark-36,G1,2\n"


def test_real_and_invented_are_not_mixed(own: Path, real_folder: Path, tmp_path: Path) -> None:
    def with_edition(cluster: str, told: str) -> set[str]:
        folder = tmp_path / f"{cluster}{told}"
        folder.mkdir()
        (folder / "answers.csv").write_text(ONE.format(cluster=cluster))
        if cluster == "new":
            (folder / "clusters.csv").write_text("cluster_id,name,country\nnew,New,FR\n")
        if told:
            (folder / "edition.csv").write_text(f"title,synthetic\nT,{told}\n")
        tables, problems = build.check_files([folder], data, TODAY, complete=catalog.current_id(data))
        assert (tables is None) == bool(keys(problems))
        assert tables is None or tables.synthetic == (data == own)
        return keys(problems)

    data = own  # invented
    assert with_edition("demo-0001", "") == set(), "a known invented cluster"
    assert with_edition("new", "") == {"edition.perhaps_real"}
    assert with_edition("new", "1") == set()
    assert with_edition("new", "0") == {"edition.other_nature"}
    data = publish_folder(real_folder, tmp_path / "data")
    assert with_edition("r1", "") == set()
    assert with_edition("r1", "0") == set()
    assert with_edition("r1", "1") == {"edition.other_nature"}


def test_only_what_is_wrong_with_the_new_files_is_told(own: Path, tmp_path: Path) -> None:
    """The sample has gaps of which the first import warned; who completes it is not told again."""
    file = tmp_path / "answers.csv"
    file.write_text(ONE.format(cluster="demo-0001") + "demo-0001,2026-03-01,benchmark-36,G2,9\n")
    problems = add([file], own)
    assert {problem.file for problem in problems} == {str(file)}
    assert keys(problems) == {"cell.range"}
    file.write_text("cluster_id,assessed_on,scheme,indicator,notes\ndemo-0001,2026-03-01,benchmark-36,G1,x\n")
    assert keys(add([file], own)) == {"remark.no_assessment"}
    remark = "cluster_id,assessed_on,scheme,indicator,notes\ndemo-0001,2026-03-01,benchmark-36,G99,x\n"
    (tmp_path / "remarks.csv").write_text(remark)
    file.write_text(ONE.format(cluster="demo-0001"))
    assert keys(add([file, tmp_path / "remarks.csv"], own)) == {"answer.indicator"}
    file.write_text(remark.replace("G99", "G1"))
    file.write_text("email,role\na@b.example,staff\n")
    tables, _ = build.check_files([file], own, TODAY, complete=catalog.current_id(own))
    assert tables and not tables.results, "grants complete no edition"


def test_a_grid_that_leaves_kept_answers_behind_is_refused(real_folder: Path, tmp_path: Path) -> None:
    data = publish_folder(real_folder, tmp_path / "data")
    head, first, _ = (real_folder / "indicators.csv").read_text("utf-8").splitlines()
    file = tmp_path / "indicators.csv"
    file.write_text(f"{head}\n{first}\n", "utf-8")
    problems = add([file], data)
    assert keys(problems) == {"answer.indicator"}
    assert {problem.file for problem in problems} == {catalog.current_path(data).stem}


def test_what_is_handed_in_anew_of_a_grid_takes_the_place_of_what_was(real_folder: Path, tmp_path: Path) -> None:
    data = publish_folder(real_folder, tmp_path / "data")
    head, first, *_ = (real_folder / "recommendations.csv").read_text("utf-8").splitlines()
    file = tmp_path / "recommendations.csv"
    file.write_text(f"{head}\n{first}\n", "utf-8")
    assert not add([file], data)
    file = tmp_path / "clusters.csv"
    file.write_text("cluster_id,name,country\nr2,Two,BE\n")
    assert not add([file], data, 2)
    of_ours = [row for row in tables(data)["recommendation"] if row[0] == "own-1"]
    assert [row[2:4] for row in of_ours] == [(1.5, 2)], "and what it replaced does not come back"


def test_what_has_come_in_meanwhile_is_not_lost(own: Path, tmp_path: Path) -> None:
    ids = []
    for minutes, cluster in enumerate(("demo-0001", "demo-0002"), start=1):
        file = tmp_path / f"{cluster}.csv"
        file.write_text(ONE.format(cluster=cluster))
        found, _ = build.check_files([file], own, TODAY, complete=catalog.current_id(own))
        assert found is not None
        ids.append(build.build(found, [file], own, NOW + timedelta(minutes=minutes)))
    build.activate(own, ids[0], NOW, "", accept=KINDS)
    with pytest.raises(ClusterdashError, match="overtaken"):
        build.activate(own, ids[1], NOW, "", accept=KINDS)
    assert catalog.current_id(own) == ids[0]
    build.activate(own, catalog.previous(own), NOW, "", "rollback", accept=KINDS)
    build.activate(own, ids[0], NOW, "", accept=KINDS)
    build.activate(own, catalog.previous(own), NOW, "", "rollback", accept=KINDS)
    file = tmp_path / "answers.csv"
    file.write_text(ONE.format(cluster="demo-0003"))
    add([file], own, 5)
    build.activate(own, ids[0], NOW, "", accept=KINDS)  # it was served before: whoever goes back to it knows what it is


def test_questionnaires_are_collected_until_they_are_published_together(own: Path, tmp_path: Path) -> None:
    """Each completes the one before, which waits; served is what was, until the last one is published."""
    served, latest = catalog.current_id(own), catalog.current_id(own)
    for minutes in range(1, 4):
        file = tmp_path / f"{minutes}.csv"
        file.write_text(ONE.format(cluster=f"demo-000{minutes}"))
        found, _ = build.check_files([file], own, TODAY, complete=latest)
        assert found is not None
        latest = build.build(found, [file], own, NOW + timedelta(minutes=minutes))
    assert catalog.current_id(own) == served
    desk = EditionAdmin(STAFF, own, demonstration=False, by="")
    assert [edition.edition_id for edition in desk.extendable()][:2] == [served, latest]
    changed = desk.effect(latest).changes
    assert changed is not None
    assert changed.clusters_changed == tuple(f"Cluster Démo 000{n}" for n in (1, 2, 3))
    first, *_ = (edition.edition_id for edition in desk.extendable()[::-1])
    build.activate(own, first, NOW, "", accept=KINDS)
    build.activate(own, latest, NOW, "", accept=KINDS)  # it completes what is served now, by way of one that waits
    build.activate(own, served, NOW, "", "rollback", accept=KINDS)
    assert desk.extendable()[0].edition_id == served


def test_the_same_completed_by_the_same_has_the_same_hash(own: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    hashes = set()
    for minutes, value in ((1, 2), (2, 2), (3, 3)):
        file.write_text(ONE.format(cluster="demo-0001").replace(",2\n", f",{value}\n"))
        found, _ = build.check_files([file], own, TODAY, complete=catalog.current_id(own))
        assert found is not None
        edition = build.build(found, [file], own, NOW + timedelta(minutes=minutes))
        opened = EditionDatabase(catalog.edition_path(own, edition))
        hashes.add(opened.reader(STAFF).edition().content_hash)
        opened.close()
    assert len(hashes) == 2
    build.activate(own, edition, NOW, "", accept=KINDS)
    found, _ = build.check_files([file], own, TODAY, complete=edition)
    assert found is not None
    opened = EditionDatabase(catalog.edition_path(own, build.build(found, [file], own, NOW + timedelta(minutes=9))))
    assert opened.reader(STAFF).edition().content_hash not in hashes, "it completes another one"
    opened.close()


@pytest.mark.usefixtures("with_statistics")
def test_adding_and_exporting_by_command(
    own: Path, sample_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = tmp_path / "answers.csv", tmp_path / "out"
    file.write_text(ONE.format(cluster="demo-0001"))
    by = ["--data", str(own), "--lang", "fr"]
    assert main(["check", str(file), "--add", *by]) == 1, "as the import would without a confirmation"
    assert main(["check", str(file), "--add", "--accept", "disclosure", *by]) == 0
    assert main(["import", str(file), "--add", "--accept", "disclosure", *by]) == 0
    assert "Cluster Démo 0001" in capsys.readouterr().out
    before = catalog.previous(own)
    assert main(["editions", catalog.current_id(own), *by]) == 0
    told = capsys.readouterr().out
    assert f"complète {before}" in told
    for source in (file, *sample_folder.iterdir()):
        assert f"{hashlib.sha256(source.read_bytes()).hexdigest()} {source.name}" in told
    assert "benchmark-36\u00a0: benchmark, version" in told
    served = catalog.current_id(own)
    file.write_text(ONE.format(cluster="demo-0002"))
    assert main(["import", str(file), "--add", "--stage", *by]) == 0
    waits = next(path.stem for path in catalog.unpublished(own))
    file.write_text(ONE.format(cluster="demo-0003"))
    assert main(["check", str(file), "--to", waits, "--accept", "disclosure", *by]) == 0
    assert main(["import", str(file), "--to", "nothing", *by]) == 1
    assert "nothing" in capsys.readouterr().err
    assert catalog.current_id(own) == served
    assert main(["export", "-o", str(folder), *by]) == 0
    assert audit_records.read(own, 1)[0].action == "export"
    answers = pd.read_csv(folder / "answers.csv", dtype=str)
    assert len(answers[answers["assessed_on"] == "2026-03-01"]) == 1
    assert main(["export", "-o", str(folder), *by]) == 1
    assert "n’est pas vide" in capsys.readouterr().err
    assert main(["import", str(file), "--add", "--data", str(tmp_path / "nothing"), "--lang", "fr"]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_the_desk_completes_or_replaces(own: Path) -> None:
    desk = EditionAdmin(STAFF, own, demonstration=False, by="a@b.example")
    upload = [("answers.csv", ONE.format(cluster="demo-0001").encode())]
    added = desk.check(upload, NOW, lambda *_: None, complete=catalog.current_id(own))
    assert added.edition is not None, added.problems
    changes = desk.effect(added.edition.edition_id).changes
    assert changes is not None
    assert (added.edition.clusters, changes.clusters_gone) == (120, ())
    alone = desk.check(upload, NOW, lambda *_: None)
    assert {problem.key for problem in alone.problems} >= {"cluster.unknown"}


def test_notes_of_what_was_only_verified_are_kept(own: Path, tmp_path: Path) -> None:
    """Where the cluster has declared nothing, notes belong to what the experts agreed upon."""
    path = tmp_path / "gold.xlsx"
    questionnaire(own, path, "demo-0003", "2026-03-27", "gold-31")
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[1:-1]:
        for row in sheet.iter_rows(min_row=2):
            row[15].value, row[6].value = row[6].value or 1, None
            row[7].value = "seen"
    book.save(path)
    assert keys(add([path], own)) == set()
    with laid_bare(own) as edition:
        found = edition.execute(
            "select distinct evidence, notes from assessment join remark using (assessment_id)"
        ).fetchall()
    assert found == [("verified", "seen")]


def test_a_note_is_corrected_by_its_key_and_told_once(real_folder: Path, tmp_path: Path) -> None:
    data = publish_folder(real_folder, tmp_path / "data")
    head = "cluster_id,assessed_on,scheme,indicator,notes\n"
    file, other = tmp_path / "remarks.csv", tmp_path / "remarks-2.csv"
    file.write_text(head + "r1,2026-01-05,own-1,b,corrected\n")
    other.write_text(head + "r1,2026-01-05,own-1,b,corrected\n")
    assert not keys(add([file, other], data))
    assert [row[2] for row in tables(data)["remark"]] == ["corrected"]
    other.write_text(head + "r1,2026-01-05,own-1,b,otherwise\n")
    assert keys(add([file, other], data, 2)) == {"row.contradicts"}


def test_what_a_questionnaire_says_twice_or_of_nothing_is_refused(own: Path, tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    questionnaire(own, path, "demo-0003", "2026-03-27")
    note(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    sheet.append([sheet["A2"].value, *[None] * 6, "another note"])
    book.worksheets[-1]["A3"], book.worksheets[-1]["B3"] = 1, "another story"
    book.worksheets[2]["A2"], book.worksheets[2]["G2"] = None, 2
    book.worksheets[3]["H1"] = "Commentaire"
    book.save(path)
    problems = add([path], own)
    told = {(p.table, p.row, p.key) for p in problems}
    assert (sheet.title, sheet.max_row, "row.contradicts") in told
    assert (book.worksheets[-1].title, 3, "row.contradicts") in told
    assert (book.worksheets[2].title, 2, "questionnaire.of_nothing") in told
    assert (book.worksheets[3].title, 1, "column.unknown") in told
    assert len(told) == len(problems) == 4
    sheet["A3"], sheet["H3"] = "no code!", "a note"
    book.worksheets[-1]["A2"] = "first"
    book.save(path)
    told = {(p.table, p.row, p.key) for p in add([path], own)}
    assert {(sheet.title, 3, "cell.code"), (book.worksheets[-1].title, 2, "cell.number")} <= told


def test_words_about_an_indicator_that_is_gone_are_left_behind(real_folder: Path, tmp_path: Path) -> None:
    answers = (real_folder / "answers.csv").read_text().splitlines()
    (real_folder / "answers.csv").write_text("\n".join(line for line in answers if ",a," not in line))
    data = publish_folder(real_folder, tmp_path / "data")
    head, _, second = (real_folder / "indicators.csv").read_text("utf-8").splitlines()
    (tmp_path / "indicators.csv").write_text(f"{head}\n{second}\n", "utf-8")
    assert not keys(add([tmp_path / "indicators.csv"], data))
    export.write_tables(catalog.current_path(data), tmp_path / "out")
    assert not keys(build.check_files([tmp_path / "out"], tmp_path / "other", TODAY)[1])


def test_what_was_filled_in_from_the_register_does_not_outlive_it(real_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(PROJECT_DATA / "labels", data / "labels")
    publish_folder(real_folder, data)
    register = pd.read_csv(data / "labels" / "clusters.csv", dtype=str, keep_default_na=False)
    cluster, path = register.loc[0, "cluster_id"], tmp_path / "filled.xlsx"
    questionnaire(data, path, cluster, "2026-03-27")
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[1:-1]:
        sheet["G2"] = 1
    book.save(path)
    assert not keys(add([path], data))
    register.loc[0, "name"] = "Nouveau nom"
    register.to_csv(data / "labels" / "clusters.csv", index=False)
    file = tmp_path / "clusters.csv"
    file.write_text("cluster_id,name,country,city\nr2,Two,BE,Gand\n")
    assert not keys(add([file], data, 2))
    with laid_bare(data) as edition:
        found = edition.execute("select name from cluster where cluster_id = ?", [cluster]).fetchall()
        kept = edition.execute("select geo_precision from handed_in.clusters").fetchall()
    assert found == [("Nouveau nom",)]
    assert {precision for (precision,) in kept} == {""}, "only what was said is kept"


def test_what_others_complete_is_not_discarded(own: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(ONE.format(cluster="demo-0001"))
    ids = [catalog.current_id(own)]
    for minutes in (1, 2):
        found, _ = build.check_files([file], own, TODAY, complete=ids[-1])
        assert found is not None
        ids.append(build.build(found, [file], own, NOW + timedelta(minutes=minutes)))
    with pytest.raises(ClusterdashError, match="is_completed"):
        build.discard(own, ids[1], NOW, "")
    build.discard(own, ids[2], NOW, "")
    build.discard(own, ids[1], NOW, "")


@pytest.mark.usefixtures("with_statistics")
def test_a_cluster_that_changes_its_sector_is_told_with_the_groups_that_it_exposes(own: Path, tmp_path: Path) -> None:
    with laid_bare(own) as edition:
        sizes = edition.execute("select key from peer_group where kind = 'sector' and withdrawn = '' order by n desc")
        (first,), (second,), *_ = sizes.fetchall()
        ((cluster,),) = edition.execute(
            """select cluster_id from cluster_sector where cluster_id like 'demo-%'
               group by cluster_id having count(*) = 1 and any_value(sector) = ? order by all limit 1""",
            [first],
        ).fetchall()
    old, file = catalog.current_path(own), tmp_path / "clusters.csv"
    file.write_text(f"cluster_id,name,country,sector\n{cluster},Cluster Démo {cluster[-4:]},FR,{second}\n")
    assert not keys(add([file], own))
    found = diff.difference(old, catalog.current_path(own))
    assert (found.clusters_changed, found.answers_changed) == ((), 0)
    assert "cluster_sector" in {change.table for change in found.tables_changed}
    assert found.groups_exposed >= 2


def test_the_same_table_in_two_files_counts_once(real_folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    for name in ("recommendations", "dictionary", "indicators", "sectors", "schemes", "dimensions"):
        shutil.copy(real_folder / f"{name}.csv", again)
    one = publish_folder(real_folder, tmp_path / "one")
    found, problems = build.check_files([real_folder, again], tmp_path / "two", TODAY)
    assert found is not None, problems
    build.build_and_activate(found, [real_folder, again], tmp_path / "two", NOW)
    assert tables(tmp_path / "two") == tables(one)


def test_two_uploads_of_one_name_are_two_files(own: Path) -> None:
    desk = EditionAdmin(STAFF, own, demonstration=False, by="")
    uploads = [("answers.csv", ONE.format(cluster=f"demo-000{n}").encode()) for n in (1, 2)]
    found = desk.check(uploads, NOW, lambda *_: None, complete=catalog.current_id(own))
    assert found.edition is not None
    changes = desk.effect(found.edition.edition_id).changes
    assert changes is not None
    assert changes.clusters_changed == ("Cluster Démo 0001", "Cluster Démo 0002")


def test_the_longest_note_comes_back() -> None:
    longest = "-" + "x" * (cell_parsers.MAXIMUM_PROSE - 1)
    assert cell_parsers.prose(neutralize_formula(cell_parsers.prose(longest))) == longest


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\n='+-@\t"), min_size=1))
def test_whatever_is_noted_comes_back_from_a_spreadsheet(text: str) -> None:
    if not (cell := text.strip()):
        return
    noted = cell_parsers.prose(cell)
    assert cell_parsers.prose(neutralize_formula(noted)) == noted
    assert neutralize_formula(noted)[0] not in "=@+\t\r"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_from_its_cell(value: float) -> None:
    assert cell_parsers.number(as_cell(value)) == value
