"""Files that an expert hands in: every form gives the same edition, every fault is named with its place."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path
from random import Random

import openpyxl
import pandas as pd
import pytest
from support.editions import AWARDS, LABELLED, TODAY, publish_folder

from clusterdash.domain import STAFF, Problem
from clusterdash.editions import build, catalog
from clusterdash.editions.reader import EditionDatabase
from clusterdash.i18n import explain
from clusterdash.ingest.validate import CheckedTables

CLUSTERS = "cluster_id,name,country,sector\nfr-a,Pôle A,FR,food|health\nde-b,Cluster B,DE,food\n"
UNLIKELY = {"answer.gaps", "answer.far_above"}
ANSWERS = "cluster_id,assessed_on,scheme,indicator,value\n"


def write(folder: Path, **files: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / (f"{name}.csv" if "_xlsx" not in name else name.replace("_xlsx", ".xlsx"))
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def check(folder: Path, data: Path | None = None) -> tuple[CheckedTables | None, list[Problem]]:
    """Check a folder; what is merely unlikely in such small files has tests of its own."""
    tables, problems = build.check_files([folder], data or folder / "none", TODAY)
    return tables, [problem for problem in problems if problem.key not in UNLIKELY]


def faults(folder: Path) -> set[tuple[str, int | None, str, str]]:
    """The problems of a folder as (file, row, column, key)."""
    tables, problems = check(folder)
    assert tables is None
    for problem in problems:
        for language in ("fr", "en"):
            assert explain(language, problem)  # type: ignore[arg-type]
    return {(Path(p.file).name, p.row, p.column, p.key) for p in problems if p.severity == "error"}


def answers_of(tables: CheckedTables | None) -> pd.DataFrame:
    assert tables is not None
    joined = tables.frames["assessment"].merge(tables.frames["answer"], on="assessment_id")
    return joined.drop(columns="assessment_id").sort_values(list(joined.columns[1:5])).reset_index(drop=True)


def test_the_register_itself_has_no_problem() -> None:
    tables, problems = build.check_files([catalog.PROJECT_DATA / "labels"], catalog.PROJECT_DATA, TODAY)
    assert tables is not None
    assert not problems
    assert len(tables.frames["cluster"]) == LABELLED
    assert len(tables.frames["award"]) == AWARDS, "the same rows twice are the same awards"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [["fr-a", "2025-03-27", "benchmark-36", "F1", "45,5"], ["de-b", "27/03/2025", "benchmark-36", "F1", "45.5"]]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerows([["cluster_id", "assessed_on", "scheme", "indicator", "value"], *rows])
    write(
        tmp_path, clusters=CLUSTERS.replace(",", delimiter).encode(encoding), answers=buffer.getvalue().encode(encoding)
    )
    tables, problems = check(tmp_path)
    assert {problem.key for problem in problems} == ({"sheet.perhaps"} if encoding == "cp1252" else set())
    assert set(answers_of(tables)["value"]) == {45.5}
    assert "Pôle A" in set(tables.frames["cluster"]["name"])  # type: ignore[union-attr]


def wide(sample_folder: Path) -> tuple[list[str], list[list[str]]]:
    """The benchmarks of the sample as a wide sheet."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    with (sample_folder / "answers.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["scheme"] == "benchmark-36":
                found.setdefault((row["cluster_id"], row["assessed_on"]), {})[row["indicator"]] = row["value"]
    codes = sorted({code for answers in found.values() for code in answers})
    header = ["cluster_id", "assessed_on", *codes]
    return header, [[*key, *(answers.get(code, "") for code in codes)] for key, answers in found.items()]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_wide_sheet_and_workbook_give_the_same_answers(sample_folder: Path, tmp_path: Path, form: str) -> None:
    header, rows = wide(sample_folder)
    clusters = (sample_folder / "clusters.csv").read_text()
    if form == "csv":
        buffer = io.StringIO()
        csv.writer(buffer).writerows([header, *rows])
        write(tmp_path, clusters=clusters, results=buffer.getvalue())
    else:
        book = openpyxl.Workbook()
        first = book.active
        first.title = "clusters"
        for row in csv.reader(io.StringIO(clusters)):
            first.append(row)
        second = book.create_sheet("Résultats 2025")
        second.append(header)
        for row in rows:
            second.append([*row[:2], *(float(cell) if cell else None for cell in row[2:])])
        book.save(tmp_path / "results.xlsx")
    tables, problems = check(tmp_path)
    assert not problems
    long_tables, _ = check(sample_folder)
    expected = answers_of(long_tables)
    expected = expected[expected["scheme"] == "benchmark-36"].reset_index(drop=True)
    pd.testing.assert_frame_equal(answers_of(tables), expected)


def test_one_wide_sheet_may_describe_the_clusters_too(tmp_path: Path) -> None:
    write(
        tmp_path,
        results="cluster_id,name,country,sector,assessed_on,G1,F1\n"
        "fr-a,Old name,FR,food,2024-01-05,3,40\nfr-a,New name,FR,food,2025-01-05,4,\n",
    )
    tables, problems = check(tmp_path)
    assert not problems
    assert len(answers_of(tables)) == 3
    assert "New name" in set(tables.frames["cluster"]["name"])  # type: ignore[union-attr]


@pytest.mark.slow
def test_any_scheme_comes_in_as_data(tmp_path: Path) -> None:
    """A grid of 8 dimensions and 49 indicators with other codes: imported, published, shown."""
    dimensions = [f"blk-{i}" for i in range(8)]
    indicators = [(f"q{i:02d}.x", dimensions[i % 8]) for i in range(49)]
    people = [f"c{i}" for i in range(24)]
    write(
        tmp_path,
        dimensions="scheme,code,name_en,name_fr,position\n"
        + "".join(f"other-49,{d},Block {d},Domaine {d},{i}\n" for i, d in enumerate(dimensions, 1)),
        indicators="scheme,code,dimension,name_en,name_fr,kind,unit_en,unit_fr,minimum,maximum,direction,threshold,basis\n"
        + "".join(f"other-49,{code},{d},Q {code},Q {code},level,level,niveau,0,6,higher,,\n" for code, d in indicators),
        sectors="code,name_en,name_fr\nspace-mining,Space mining,Mines spatiales\n",
        clusters="cluster_id,name,country,sector\n" + "".join(f"{c},Cluster {c},FR,space-mining\n" for c in people),
        answers=ANSWERS
        + "".join(
            f"{c},2025-05-01,other-49,{code},{(i * 5 + j * 3) % 7}\n"
            for i, c in enumerate(people)
            for j, (code, _) in enumerate(indicators)
        ),
    )
    data = publish_folder(tmp_path, tmp_path / "data")
    result = EditionDatabase(catalog.current_path(data)).reader(STAFF).benchmark("c3")
    assert len(result.first.positions) == 49
    assert [profile.dimension for profile in result.first.scores] == dimensions
    assert all(profile.score is not None for profile in result.first.scores)
    assert result.sector is not None
    assert result.sector.n == 23


def test_every_fault_in_one_run_with_its_place(tmp_path: Path) -> None:
    write(
        tmp_path,
        clusters="cluster_id,name,country,sector,website,latitude,longitude\n"
        "fr-a,=HYPERLINK(1),FR,food,https://a.fr,,\n"
        "fr b,Name,FR,food,,,\n"
        "fr-c,Name,FRX,fod,javascript:alert(1),91,2\n"
        "fr-d,Name,FR,food|unknown-sector,,48.1,\n"
        "fr-e,Name,FR,food,,,\n"
        "fr-e,Name,FR,food,,,\n"
        "fr-f,,FR,food,,,\n",
        answers=ANSWERS + "fr-e,2025-02-30,benchmark-36,G1,3\n"
        "fr-e,2025-02-03,benchmark-36,G1,five\n"
        "fr-e,2025-02-03,benchmark-36,G2,5\n"
        "fr-e,2025-02-03,benchmark-36,G7,2.5\n"
        "fr-e,2025-02-03,benchmark-36,ZZ,1\n"
        "fr-e,2025-02-03,no-scheme,G1,1\n"
        "nobody,2025-02-03,benchmark-36,G1,1\n"
        "fr-e,2030-02-03,benchmark-36,G1,1\n"
        "fr-e,2025-02-03,benchmark-36,G5,1\n"
        "fr-e,2025-02-03,benchmark-36,G5,1\n"
        "fr-e,2025-02-03,benchmark-36,G8,1,surplus\n"
        "fr-e,2025-02-03,benchmark-36,F1,1e999\n"
        "fr-e,2025-02-03,benchmark-36,F2,inf\n",
        awards="cluster_id,label,awarded_on,valid_until\nfr-e,platinum,2013,\nghost,gold,13/2013,\nfr-e,gold,2015,2013\n",
    )
    assert faults(tmp_path) >= {
        ("clusters.csv", 2, "name", "cell.formula"),
        ("clusters.csv", 3, "cluster_id", "cell.code"),
        ("clusters.csv", 4, "country", "cell.country"),
        ("clusters.csv", 4, "website", "cell.url"),
        ("clusters.csv", 4, "latitude", "cell.range"),
        ("clusters.csv", 5, "sector", "cluster.sector"),
        ("clusters.csv", 5, "latitude", "cluster.half_place"),
        ("clusters.csv", 7, "cluster_id", "row.twice"),
        ("clusters.csv", 8, "name", "cell.empty"),
        ("answers.csv", 2, "assessed_on", "cell.day"),
        ("answers.csv", 3, "G1", "cell.number"),
        ("answers.csv", 4, "G2", "cell.range"),
        ("answers.csv", 5, "G7", "cell.whole"),
        ("answers.csv", 6, "indicator", "answer.indicator"),
        ("answers.csv", 7, "scheme", "answer.scheme"),
        ("answers.csv", 8, "cluster_id", "cluster.unknown"),
        ("answers.csv", 9, "assessed_on", "cell.future"),
        ("answers.csv", 11, "indicator", "answer.twice"),
        ("answers.csv", 12, "", "sheet.ragged"),
        ("answers.csv", 13, "F1", "cell.number"),
        ("answers.csv", 14, "F2", "cell.number"),
        ("awards.csv", 2, "label", "cell.choice"),
        ("awards.csv", 3, "awarded_on", "cell.partial_date"),
        ("awards.csv", 4, "valid_until", "award.ends_before"),
    }


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("answers", b"", "sheet.empty"),
        ("answers", b"a,b\n1,\x002\n", "sheet.binary"),
        ("answers", b'cluster_id,value\n"open,1\n', "sheet.bad_csv"),
        ("mystery", b"colour,taste\nred,sweet\n", "table.unknown"),
        ("answers", b"cluster_id,assessed_on,indicator,value\n", "column.missing"),
        ("clusters", b"cluster_id,name,name,country\n", "column.twice"),
        ("book_xlsx", b"PK\x03\x04 not really", "sheet.not_xlsx"),
        ("book_xlsx", b"plain text", "sheet.not_xlsx"),
    ],
)
def test_unreadable_files_get_a_sentence(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    assert key in {fault[3] for fault in faults(write(tmp_path, **{name: content}))}


@pytest.mark.slow
def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    assert ("bomb.xlsx", None, "", "sheet.too_large") in faults(tmp_path)


def test_nothing_to_publish_is_refused(tmp_path: Path) -> None:
    assert "edition.nothing" in {fault[3] for fault in faults(write(tmp_path, clusters=CLUSTERS))}
    assert "sheet.absent" in {fault[3] for fault in faults(tmp_path / "nowhere")}


def test_an_empty_cell_is_no_answer_and_never_zero(tmp_path: Path) -> None:
    answers = ANSWERS + "fr-a,2025-01-01,benchmark-36,G1,\nfr-a,2025-01-01,benchmark-36,G2,0\n"
    tables, problems = check(write(tmp_path, clusters=CLUSTERS, answers=answers))
    assert not problems
    assert answers_of(tables)[["indicator", "value"]].to_numpy().tolist() == [["G2", 0.0]]


def test_an_unknown_column_is_a_warning_and_is_named(tmp_path: Path) -> None:
    answers = ANSWERS.replace("value", "value,mood") + "fr-a,2025-01-01,benchmark-36,G2,0,good\n"
    tables, problems = check(write(tmp_path, clusters=CLUSTERS, answers=answers))
    assert tables is not None
    assert [(p.column, p.key, p.severity) for p in problems] == [("mood", "column.unknown", "warning")]


def test_the_register_is_completed_never_emptied(tmp_path: Path) -> None:
    """A known cluster handed in with few cells keeps its place and its awards."""
    with (catalog.PROJECT_DATA / "labels" / "clusters.csv").open(newline="", encoding="utf-8") as file:
        known = next(row for row in csv.DictReader(file) if row["latitude"])
    text = f"cluster_id,name,country\n{known['cluster_id']},Renamed,{known['country']}\n"
    answers = ANSWERS + f"{known['cluster_id']},2025-01-01,benchmark-36,G2,3\n"
    tables, problems = check(write(tmp_path, clusters=text, answers=answers))
    assert not problems
    assert tables is not None
    (row,) = tables.frames["cluster"].query("cluster_id == @known['cluster_id']").to_dict("records")
    assert (row["name"], row["latitude"], row["website"]) == ("Renamed", float(known["latitude"]), known["website"])


def test_invented_results_never_bear_a_real_name_or_a_label(tmp_path: Path) -> None:
    with (catalog.PROJECT_DATA / "labels" / "clusters.csv").open(newline="", encoding="utf-8") as file:
        real = next(csv.DictReader(file))
    found = faults(
        write(
            tmp_path,
            edition="title,synthetic\nInvented,1\n",
            clusters=f'cluster_id,name,country\nx-1,"{real["name"].upper()}",FR\nx-2,Fine,FR\n',
            answers=ANSWERS + f"{real['cluster_id']},2025-01-01,benchmark-36,G2,3\n",
            awards="cluster_id,label\nx-2,gold\n",
        )
    )
    assert {key for *_, key in found} == {"edition.real_name", "award.invented"}


def test_what_does_not_say_that_it_is_invented_is_real(tmp_path: Path) -> None:
    answers = ANSWERS + "fr-a,2025-01-01,benchmark-36,G2,3\n"
    tables, _ = check(write(tmp_path, clusters=CLUSTERS, answers=answers))
    assert tables is not None
    assert tables.synthetic is False


def test_problems_can_be_written_for_machines(tmp_path: Path) -> None:
    _, problems = check(write(tmp_path, answers=ANSWERS + "x,y,z,G1,1\n"))
    assert json.dumps([problem.key for problem in problems])


def test_one_fault_does_not_hide_or_invent_another(tmp_path: Path) -> None:
    """A row with a bad cell is still looked at, and its key still known."""
    write(
        tmp_path,
        clusters="cluster_id,name,country,sector,latitude\nk-1,Alpha,Ruritania,no-such-sector,48\nk-2,,FR,food,\n",
        answers=ANSWERS + "k-1,2025-01-01,benchmark-36,F1,forty\nk-2,2025-99-01,benchmark-36,G1,9\n",
    )
    assert faults(tmp_path) == {
        ("clusters.csv", 2, "country", "cell.country"),
        ("clusters.csv", 2, "sector", "cluster.sector"),
        ("clusters.csv", 2, "latitude", "cluster.half_place"),
        ("clusters.csv", 3, "name", "cell.empty"),
        ("answers.csv", 2, "F1", "cell.number"),
        ("answers.csv", 3, "assessed_on", "cell.day"),
        ("answers.csv", 3, "G1", "cell.range"),
    }


def test_an_extra_column_of_a_wide_sheet_is_told_and_the_rest_is_checked(tmp_path: Path) -> None:
    write(
        tmp_path,
        clusters=CLUSTERS,
        results="cluster_id,assessed_on,S4,G1,Remark,XX\nfr-a,2025-01-01,99,3,well done,\nde-b,2025-01-01,5,abc,,7\n",
    )
    assert faults(tmp_path) == {
        ("results.csv", 1, "XX", "answer.indicator"),
        ("results.csv", 2, "S4", "cell.range"),
        ("results.csv", 3, "G1", "cell.number"),
    }
    _, problems = check(tmp_path)
    assert ("Remark", "column.remark", "warning") in {(p.column, p.key, p.severity) for p in problems}


def test_odd_things_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path, clusters=CLUSTERS, answers=ANSWERS + "fr-a,2025-01-01,benchmark-36,G2,3\n")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "notes.txt").write_text("not a table")
    (tmp_path / "~$results.xlsx").write_text("lock file of a spreadsheet")
    tables, problems = check(tmp_path)
    assert tables is not None
    assert {(Path(p.file).name, p.key, p.severity) for p in problems} == {
        ("folder.csv", "sheet.passed_over", "warning"),
        ("notes.txt", "sheet.passed_over", "warning"),
    }
    (tmp_path / "dead.csv").symlink_to(tmp_path / "nowhere.csv")
    assert faults(tmp_path) == {("dead.csv", None, "", "sheet.link")}


def test_coverage_is_not_claimed_where_labels_were_added(tmp_path: Path) -> None:
    write(tmp_path, clusters=CLUSTERS, awards="cluster_id,label,awarded_on\nfr-a,gold,2024\n")
    tables, problems = check(tmp_path)
    assert {problem.key for problem in problems} == {"award.placeless"}
    assert tables is not None
    assert tables.frames["coverage"]["label"].tolist() == ["bronze"]


def workbook(path: Path, **sheets: list[list[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return book


HEADER: list[object] = ["cluster_id", "assessed_on", "scheme", "indicator", "value"]


def test_a_per_cent_cell_means_what_it_shows(tmp_path: Path) -> None:
    write(tmp_path, clusters=CLUSTERS)
    path = tmp_path / "answers.xlsx"
    book = workbook(path, answers=[HEADER, ["fr-a", "2025-01-01", "benchmark-36", "F1", 0.45]])
    book["answers"]["E2"].number_format = "0%"
    book.save(path)
    assert answers_of(check(tmp_path)[0])["value"].tolist() == [45.0]


@pytest.mark.slow
def test_a_formula_without_a_value_is_told_and_a_hidden_sheet_left_alone(tmp_path: Path) -> None:
    write(tmp_path, clusters=CLUSTERS)
    path = tmp_path / "answers.xlsx"
    row: list[object] = ["fr-a", "2025-01-01", "benchmark-36"]
    book = workbook(path, answers=[HEADER, [*row, "F1", "=40+5"]], old=[HEADER, [*row, "G1", 3]])
    book["old"].sheet_state = "hidden"
    book.save(path)
    assert ("answers.xlsx", 2, "", "sheet.formula") in faults(tmp_path)
    assert "sheet.hidden" in {problem.key for problem in check(tmp_path)[1]}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_a_sentence_whatever_is_damaged(tmp_path: Path, seed: int) -> None:
    """Bytes changed inside the parts of a workbook: read or refused, never a traceback."""
    source = tmp_path / "good.xlsx"
    workbook(source, answers=[HEADER, ["fr-a", "2025-01-01", "benchmark-36", "F1", 45]])
    random = Random(seed)
    folder = write(tmp_path / "in", clusters=CLUSTERS)
    with zipfile.ZipFile(source) as good, zipfile.ZipFile(folder / "answers.xlsx", "w") as bad:
        for name in good.namelist():
            part = bytearray(good.read(name))
            if random.random() < 0.5:
                for _ in range(8):
                    part[random.randrange(len(part))] = random.randrange(256)
            if random.random() < 0.95:
                bad.writestr(name, bytes(part))
    for problem in check(folder)[1]:
        assert explain("fr", problem)


def test_values_under_no_heading_and_files_that_contradict(tmp_path: Path) -> None:
    write(
        tmp_path,
        clusters=CLUSTERS,
        more_clusters="cluster_id,name,country,city\nfr-a,Other,DE,Lyon\nde-b,Cluster B,DE,Bonn\n",
        results="cluster_id,assessed_on,G1,,G2\nfr-a,2025-01-01,3,4,2\n",
    )
    assert faults(tmp_path) == {
        ("more_clusters.csv", 2, "name", "row.contradicts"),
        ("more_clusters.csv", 2, "country", "row.contradicts"),
        ("results.csv", 2, "", "column.nameless"),
    }


def test_what_is_not_read_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", clusters=CLUSTERS, awards="cluster_id,label\nfr-a,gold\n")
    (folder / "answers.xls").write_bytes(b"old format")
    (folder / "part2").mkdir()
    tables, problems = check(folder)
    assert tables is not None
    passed = {Path(p.file).name for p in problems if p.key == "sheet.passed_over"}
    assert passed == {"answers.xls", "part2"}


@pytest.mark.parametrize("name", ["clusters", "answers", "results"])
def test_a_wide_sheet_is_known_by_its_columns_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    rows = "fr-a,A,FR,https://a.fr,2024-01-01,3\nfr-a,A,FR,,2025-01-01,4\n"
    write(tmp_path, **{name: "cluster_id,name,country,website,assessed_on,G1\n" + rows})
    tables, problems = check(tmp_path)
    assert not problems
    assert answers_of(tables)["value"].tolist() == [3, 4]
    assert "https://a.fr" in set(tables.frames["cluster"]["website"])  # type: ignore[union-attr]


def test_the_same_award_in_two_files_is_one(tmp_path: Path) -> None:
    write(
        tmp_path,
        clusters=CLUSTERS,
        awards="cluster_id,label,awarded_on\nfr-a,gold,2024\n",
        awards_2="cluster_id,source_url,label,awarded_on\nfr-a,,gold,2024\n",
    )
    tables, problems = check(tmp_path)
    assert {problem.key for problem in problems} == {"award.placeless"}
    assert len(tables.frames["award"].query("cluster_id == 'fr-a'")) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("table", "text", "key"),
    [
        ("awards", "cluster_id,label,awarded_on\nfr-a,gold,1９99\n", "cell.partial_date"),
        ("awards", "cluster_id,label,awarded_on\nfr-a,gold,0000-05\n", "cell.partial_date"),
        ("edition", "title,synthetic\n", "edition.empty"),
        ("answers", "\ufeff", "sheet.empty"),
        (
            "schemes",
            "scheme,family,version,name_en,name_fr,purpose,illustrative\n"
            "b-40,benchmark,illustrative 1,B,B,benchmark,1\n",
            "scheme.version",
        ),
    ],
)
def test_what_the_database_would_refuse_is_told_before(tmp_path: Path, table: str, text: str, key: str) -> None:
    files = {"clusters": CLUSTERS, table: text}
    if table == "schemes":
        files["dimensions"] = "scheme,code,name_en,name_fr\nb-40,d,D,D\n"
        files["indicators"] = "scheme,code,dimension,name_en,name_fr,kind,direction\nb-40,q,d,Q,Q,number,higher\n"
    assert key in {fault[3] for fault in faults(write(tmp_path, **files))}


def test_a_number_that_may_mean_thousands_is_told(tmp_path: Path) -> None:
    answers = ANSWERS + 'fr-a,2025-01-01,benchmark-36,S2,"1,234"\nde-b,2025-01-01,benchmark-36,S2,1 234\n'
    tables, problems = check(write(tmp_path, clusters=CLUSTERS, answers=answers))
    assert sorted(answers_of(tables)["value"]) == [1.234, 1234]
    assert [(p.row, p.key, p.severity) for p in problems] == [(2, "cell.thousands", "warning")]


def test_a_real_name_is_known_however_it_is_spelt(tmp_path: Path) -> None:
    name = "Bau.Energie.Umwelt  Cluster Niedero\u0308sterreich"
    folder = write(
        tmp_path,
        edition="title,synthetic\nInvented,1\n",
        clusters=f"cluster_id,name,country\nx-1,{name},AT\n",
        answers=ANSWERS + "x-1,2025-01-01,benchmark-36,G2,3\n",
    )
    assert ("clusters.csv", 2, "cluster_id", "edition.real_name") in faults(folder)


def test_the_unlikely_is_a_warning_and_strictness_an_error(sample_folder: Path, tmp_path: Path) -> None:
    """One number ten times the median of all, and one assessment with four fifths of its answers missing."""
    folder = tmp_path / "in"
    shutil.copytree(sample_folder, folder)
    answers = pd.read_csv(folder / "answers.csv", dtype=str)
    mine = (answers["cluster_id"] == "demo-0005") & (answers["scheme"] == "benchmark-36")
    latest = mine & (answers["assessed_on"] == answers[mine]["assessed_on"].max())
    members = answers["indicator"] == "S2"
    middle = answers[members]["value"].astype(float).median()
    answers.loc[latest & members, "value"] = str(10 * middle)
    gappy = answers[(answers["cluster_id"] == "demo-0006") & (answers["scheme"] == "benchmark-36")]
    answers = answers.drop(gappy[gappy["assessed_on"] == gappy["assessed_on"].max()].index[7:])
    answers.to_csv(folder / "answers.csv", index=False)
    tables, problems = build.check_files([folder], tmp_path / "none", TODAY)
    assert tables is not None, "a warning stops nothing"
    assert {problem.severity for problem in problems} == {"warning"}
    told = {(p.key, dict(p.values).get("cluster"), p.column) for p in problems}
    assert ("answer.gaps", "demo-0006", "") in told
    far = [problem for problem in problems if problem.key == "answer.far_above" and problem.column == "S2"]
    rows = pd.read_csv(folder / "answers.csv", dtype=str)
    assert {rows.iloc[problem.row - 2]["cluster_id"] for problem in far if problem.row} >= {"demo-0005"}
    limits = pd.read_csv(sample_folder / "answers.csv").query("indicator == 'S2'")["value"].median() * 10
    assert all(float(problem.value) >= limits * 0.95 for problem in far)


def test_an_award_before_the_cluster_was_founded(tmp_path: Path) -> None:
    write(
        tmp_path,
        clusters="cluster_id,name,country,founded\nfr-a,A,FR,2015-06\nfr-b,B,FR,2015\nfr-c,C,FR,\n",
        awards="cluster_id,label,awarded_on\nfr-a,gold,2015-05-31\nfr-a,gold,2015\nfr-b,gold,2014-12\nfr-c,gold,1999\n",
    )
    assert faults(tmp_path) == {
        ("awards.csv", 2, "awarded_on", "award.before_founded"),
        ("awards.csv", 4, "awarded_on", "award.before_founded"),
    }


def with_part(path: Path, name: str, content: bytes = b"x") -> None:
    """A sound workbook with one part more."""
    workbook(path, answers=[HEADER, ["fr-a", "2025-01-01", "benchmark-36", "F1", 45]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, content)


@pytest.mark.slow
def test_hostile_workbooks_are_refused_by_a_sentence_each(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "in",
        clusters=CLUSTERS,
        encrypted_xlsx=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        zipped=b"PK\x03\x04\x00\x00",
    )
    with_part(folder / "macros.xlsx", "xl/vbaProject.bin")
    with_part(folder / "links.xlsx", "xl/externalLinks/externalLink1.xml")
    workbook(folder / "wide.xlsx", answers=[[f"c{i}" for i in range(5000)], ["x"] * 5000])
    sound = folder / "sound.xlsx"
    workbook(sound, answers=[HEADER, ["fr-a", "2025-01-01", "benchmark-36", "F1", 45]])
    (folder / "cut.xlsx").write_bytes(sound.read_bytes()[:2000])
    found = {(file, key) for file, _, _, key in faults(folder)}
    assert found >= {
        ("encrypted.xlsx", "sheet.encrypted"),
        ("macros.xlsx", "sheet.macros"),
        ("links.xlsx", "sheet.external"),
        ("wide.xlsx", "sheet.too_many_columns"),
        ("cut.xlsx", "sheet.not_xlsx"),
        ("zipped.csv", "sheet.binary"),
    }


@pytest.mark.slow
def test_a_workbook_that_eats_memory_takes_down_only_its_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of 150 MB of one long text, read with 400 MB allowed."""
    path = tmp_path / "answers.xlsx"
    workbook(path, answers=[HEADER, ["fr-a", "2025-01-01", "benchmark-36", "F1", 45]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    cells = b'<c r="A1" t="inlineStr"><is><t>xxxxxxxxxxxxxxxxxxxxxxxxxxxx</t></is></c>' * 2_000_000
    sheet = next(name for name in parts if name.startswith("xl/worksheets/"))
    parts[sheet] = parts[sheet].replace(b"</row>", cells + b"</row>", 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    monkeypatch.setattr("clusterdash.ingest.xlsx_worker.MEMORY", 400 * 1024**2)
    write(tmp_path, clusters=CLUSTERS)
    assert ("answers.xlsx", None, "", "sheet.exhausting") in faults(tmp_path)
