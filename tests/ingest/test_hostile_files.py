"""Files that would like to cost much, to lead elsewhere, or to show something else than they hold.

What they cost is counted in rows, cells and problems that are handled, not in seconds.
"""

from __future__ import annotations

import os
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import TODAY

from clusterdash.domain import Problem
from clusterdash.editions import build
from clusterdash.i18n import explain
from clusterdash.ingest import (
    answers,
    cell_parsers,
    invisible_characters,
    readers,
    sheets,
    table_reader,
    text_files,
    xlsx_cells,
    xlsx_worker,
)
from clusterdash.ingest.validate import CheckedTables

pytestmark = pytest.mark.slow

ANSWERS = "cluster_id,assessed_on,scheme,indicator,value\n"
CLUSTERS = "cluster_id,name,country,city,website\n"


def check(*paths: Path, data: Path | None = None) -> tuple[CheckedTables | None, list[Problem]]:
    return build.check_files(list(paths), data or paths[0].parent / "none", TODAY)


def keys(problems: list[Problem]) -> set[str]:
    for problem in problems:
        assert explain("fr", problem)
    return {problem.key for problem in problems}


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so low that small files reach them."""
    monkeypatch.setattr(text_files, "MAXIMUM_BLANK", 1_000)
    monkeypatch.setattr(text_files, "LONGEST_LINE", 10_000)
    monkeypatch.setattr(readers, "MAXIMUM_FILES", 20)
    for module in (readers, sheets, table_reader, answers):
        monkeypatch.setattr(module, "MAXIMUM_PROBLEMS", 50)
    monkeypatch.setattr(table_reader, "MAXIMUM_UNKEYED", 1_000)


@pytest.fixture
def handled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the rows that are taken from the files of a test."""
    count = [0]
    original = text_files.DelimitedRows.__iter__

    def counting(self: text_files.DelimitedRows) -> Iterator[tuple[str, ...]]:
        for row in original(self):
            count[0] += self.path.is_relative_to(tmp_path)
            yield row

    monkeypatch.setattr(text_files.DelimitedRows, "__iter__", counting)
    return count


COSTLY = {
    "lines without anything": ("\n" * 200_000, "sheet.blank"),
    "a header, and lines without anything": (ANSWERS + "\n" * 200_000, "sheet.blank"),
    "old line ends": (ANSWERS + "\r" * 200_000, "sheet.blank"),
    "lines of blanks": (ANSWERS + " \n" * 100_000, "sheet.blank"),
    "blank cells": (ANSWERS + ",,,,\n" * 50_000, "sheet.blank"),
    "a line that does not end": (ANSWERS + "a" * 200_000, "sheet.long_line"),
    "a line of many cells": ("a," * 100_000, "sheet.long_line"),
    "many columns": (
        "cluster_id,assessed_on," + ",".join(f"x{i}" for i in range(900)) + "\n" + f"a,2025-01-01{',' * 900}\n" * 60,
        "column.remark",
    ),
    "a quotation that does not end": (ANSWERS + '"' + "a\n" * 100_000, "sheet.bad_csv"),
    "rows that are too long": ("cluster_id,label\n" + "a,b,c\n" * 50_000, "sheet.too_many_problems"),
    "rows that are too short": (ANSWERS + "a\n" * 100_000, "sheet.too_many_problems"),
    "the same answer": (ANSWERS + "fr-a,2025-01-01,benchmark-36,G1,1\n" * 20_000, "sheet.too_many_problems"),
    "many editions": ("synthetic\n" + "0\n" * 50_000, "sheet.too_many_rows"),
    "many awards": ("cluster_id,label\n" + "a,gold\n" * 50_000, "sheet.too_many_rows"),
    "many sectors": (
        "cluster_id,name,country,sector\n" + f"a,b,FR,{'|'.join(f's{i}' for i in range(1_500))}\n" * 20,
        "sheet.too_many_problems",
    ),
    "many clusters of one grant": (
        "email,role,cluster_id\n" + f"a@b.fr,expert,{'|'.join(f's{i}' for i in range(1_500))}\n" * 20,
        "sheet.more_warnings",
    ),
}


@pytest.mark.parametrize("name", COSTLY)
@pytest.mark.usefixtures("low")
def test_a_costly_file_is_given_up_early(tmp_path: Path, name: str, handled: list[int]) -> None:
    content, key = COSTLY[name]
    file = tmp_path / ("edition.csv" if "edition" in name else "file.csv")
    file.write_text(content)
    _, problems = check(file)
    assert key in keys(problems)
    assert len([problem for problem in problems if problem.file == str(file)]) <= 2 * 51
    whole = content.count("\n") + content.count("\r")
    passes_over_all = name in ("rows that are too short", "the same answer", "many editions", "many awards")
    assert handled[0] <= (2.1 * whole if passes_over_all else 3_000)


def test_blank_rows_of_a_spreadsheet_are_no_fault(tmp_path: Path) -> None:
    """As many as a spreadsheet has rows, above, between and below what is told."""
    (tmp_path / "clusters.csv").write_text(f"\n\n{CLUSTERS}{',,,,' * 1}\n\nfr-a,A,FR,,\n" + ",,,,\n" * 20_000)
    (tmp_path / "answers.csv").write_text(ANSWERS + "fr-a,2025-01-01,benchmark-36,G1,1\n")
    tables, problems = check(tmp_path)
    assert tables is not None, problems


@pytest.mark.usefixtures("low")
def test_a_folder_of_very_many_files_is_refused_before_they_are_opened(tmp_path: Path, handled: list[int]) -> None:
    for number in range(30):
        (tmp_path / f"{number}.csv").write_text(ANSWERS)
    _, problems = check(tmp_path)
    assert keys(problems) == {"sheet.too_many_files"}
    assert (problems[0].file, handled) == (str(tmp_path), [0])


SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def book(path: Path, rows: str, shown: int = 1) -> bytes:
    """A workbook whose one part is shown as so many sheets."""
    listed = "".join(f'<sheet name="s{i}" sheetId="{i + 1}" r:id="r0"/>' for i in range(shown))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/s0.xml" ContentType="{TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r"'
        f' Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {SPACE} xmlns:r="{RELATED}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r0"'
        f' Type="{RELATED}/worksheet" Target="worksheets/s0.xml"/></Relationships>',
        "xl/worksheets/s0.xml": f"<worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("rows", "shown", "key"),
    [
        ("<row/>" * 3_000, 1, "sheet.too_many_cells"),
        ('<row r="1000000"><c r="A1000000"><v>1</v></c></row>', 1, "sheet.too_many_cells"),
        ('<row r="2"><c r="XFD2"><v>1</v></c></row>', 1, "sheet.too_many_cells"),
        (f"<row>{'<c/>' * 30}</row>" * 100, 1, "sheet.too_many_cells"),
        ('<row r="400"><c r="A400"><v>1</v></c></row>', 9, "sheet.too_many_cells"),
        ("<row><c><v>1</v></c></row>", 11, "sheet.too_many_sheets"),
    ],
)
def test_a_workbook_is_given_up_by_its_cells_and_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, shown: int, key: str
) -> None:
    monkeypatch.setattr(xlsx_worker, "MAXIMUM_CELLS", 2_000)
    monkeypatch.setattr(xlsx_worker, "MAXIMUM_SHEETS", 10)
    monkeypatch.setattr(xlsx_worker, "MAXIMUM_EMPTY", 2_000)
    read = [0]
    original = xlsx_cells._CellReader._start_cell

    def counting(self: xlsx_cells._CellReader, attributes: dict[str, str]) -> None:
        read[0] += 1
        original(self, attributes)

    monkeypatch.setattr(xlsx_cells._CellReader, "_start_cell", counting)
    with pytest.raises(xlsx_worker.RefusedError) as refused:
        xlsx_worker.parse(book(tmp_path / "book.xlsx", rows, shown))
    assert refused.value.key == key
    assert read[0] <= 2_001


def test_links_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    """Named alone or lying in a folder; a link to a folder too. Nothing of what they lead to is told."""
    outside, folder = tmp_path / "outside", tmp_path / "in"
    outside.mkdir()
    folder.mkdir()
    (outside / "secret.csv").write_text(CLUSTERS + "fr-secret,Secret,FR,,\n")
    (folder / "link.csv").symlink_to(outside / "secret.csv")
    (folder / "dead.csv").symlink_to(outside / "nothing.csv")
    (folder / "device.csv").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.csv")
    os.mkfifo(folder / "pipe.xlsx")
    (tmp_path / "link").symlink_to(outside)
    (tmp_path / "null.csv").symlink_to("/dev/null")
    expected = {
        "link.csv": "sheet.link", "dead.csv": "sheet.link", "device.csv": "sheet.link", "pipe.csv": "sheet.no_file",
        "pipe.xlsx": "sheet.no_file", "link": "sheet.link", "null.csv": "sheet.link",
    }  # fmt: skip
    alone = [folder / name for name in ("link.csv", "dead.csv", "device.csv", "pipe.csv", "pipe.xlsx")]
    others = [tmp_path / "link", tmp_path / "null.csv"]
    for paths in ([folder, *others], [*alone, *others]):
        tables, problems = check(*paths, data=tmp_path / "none")
        assert tables is None
        assert {Path(problem.file).name: problem.key for problem in problems} == expected
        assert not any("secret" in explain("en", problem).lower() for problem in problems)
    for device in ("/dev/zero", "/dev/null", "/proc/self/environ"):
        _, problems = check(Path(device), data=tmp_path / "none")
        assert keys(problems) & {"sheet.no_file", "sheet.suffix", "sheet.empty"}


def test_the_operators_own_facts_may_be_links(tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept"
    kept.mkdir()
    data.mkdir()
    for file in (build.PROJECT_DATA / "scheme").glob("*.csv"):
        (kept / file.name).write_bytes(file.read_bytes())
    (data / "scheme").symlink_to(kept)
    (tmp_path / "clusters.csv").write_text(CLUSTERS + "fr-a,A,FR,,\n")
    (tmp_path / "answers.csv").write_text(ANSWERS + "fr-a,2025-01-01,benchmark-36,G1,1\n")
    tables, problems = check(tmp_path / "clusters.csv", tmp_path / "answers.csv", data=data)
    assert tables is not None, problems


NAMES = [
    "Pôle Numérique Île-de-France",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a non-joiner
    "\u0915\u094d\u200d\u0937\u0947\u0924\u094d\u0930",  # Devanagari, with a joiner
    "\u0d28\u0d4d\u200d",  # Malayalam, the joiner at the end
    "\u09b0\u200d\u09cd\u09af\u09be\u09ac",  # Bengali, the joiner before the virama
    "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf",  # Sinhala
    "\u05e7\u05dc\u05d0\u05e1\u05d8\u05e8 \u05d7\u05d3\u05e9\u05e0\u05d5\u05ea",  # Hebrew
    "\u1820\u180e\u1821",  # Mongolian, with a vowel separator
    "\u845b\U000e0100\u57ce\u5e02",  # Japanese, with a form of an ideograph
    "\ud55c\uad6d \ud074\ub7ec\uc2a4\ud130",  # Korean
    "\u0e01\u0e25\u0e38\u0e48\u0e21",  # Thai
    "\u03a3\u03c5\u03bd\u03b5\u03c1\u03b3\u03b1\u03c3\u03af\u03b1 \u041a\u043b\u0430\u0441\u0442\u0435\u0440",
    "Nguy\u1ec5n Vie\u0323\u0302t",  # marks in one and in two code points
    "Lab \U0001f469\u200d\U0001f4bb \u2764\ufe0f",
    "'s-Hertogenbosch \u2013 \u201cfood\u201d & co\u2026",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_come_in_as_they_are(name: str) -> None:
    assert invisible_characters.remove_invisible(name) == name
    assert cell_parsers.text(name) == name


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_nobody_sees_is_taken_out_of_every_field_and_told(tmp_path: Path, form: str) -> None:
    """Names, codes, numbers, days, addresses, headings: the same as if it had never been there."""
    rows = [
        ["cluster_id", "name\u200b", "country", "city", "website", "assessed_on", "F1", "G1"],
        ["\ufefffr-a\u200b", "Cluster\u202e Un\u202c", "FR", "Ly\u00adon", "https://a.example/\u200ba",
         "2025-03-27\u200e", "\u206645\u2069", "3"],
        ["fr-b", "\u0645\u06cc\u200c\u062e\u0648", "DE\u2060", "a\u200db", "", "27/03/2025", "45,5\u3164", "3"],
    ]  # fmt: skip
    if form == "csv":
        (tmp_path / "results.csv").write_text("\n".join(";".join(row) for row in rows), "utf-8")
    else:
        made = openpyxl.Workbook()
        for row in rows:
            made.active.append(row)
        made.save(tmp_path / "results.xlsx")
    tables, problems = check(tmp_path)
    assert tables is not None, problems
    told = [problem for problem in problems if problem.key == "cell.invisible"]
    assert (
        len(told)
        == len([cell for row in rows for cell in row if invisible_characters.remove_invisible(cell) != cell])
        == 10
    )
    assert {problem.severity for problem in told} == {"warning"}
    assert [problem.column for problem in told][:3] == ["name", "cluster_id", "name"]
    found = tables.frames["cluster"].set_index("cluster_id")
    assert found.loc["fr-a", ["name", "city", "website"]].tolist() == ["Cluster Un", "Lyon", "https://a.example/a"]
    assert found.loc["fr-b", ["name", "city"]].tolist() == ["\u0645\u06cc\u200c\u062e\u0648", "ab"]
    assert sorted(tables.frames["answer"]["value"]) == [3, 3, 45, 45.5]
    assert "U+202E, U+202C" in explain("en", next(p for p in told if "202E" in str(p.values)))


@given(st.text())
def test_cleaning_takes_out_what_reorders_and_no_letter(text: str) -> None:
    cleaned = invisible_characters.remove_invisible(text)
    assert invisible_characters.remove_invisible(cleaned) == cleaned
    assert not any(
        unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI") for c in cleaned
    )
    fillers = "\u115f\u1160\u3164\uffa0\u17b4\u17b5"
    letters = [c for c in text if unicodedata.category(c)[0] in "LNPSZ" and c not in fillers]
    assert [c for c in cleaned if unicodedata.category(c)[0] in "LNPSZ"] == letters
    assert bool(invisible_characters.removed_code_points(text)) == (cleaned != text)
    assert not any(
        unicodedata.category(c) in ("Cc", "Zl", "Zp") or c == "\u202e"
        for c in invisible_characters.escape_control(text)
    )


def test_a_line_break_in_a_name_is_a_blank() -> None:
    for between in ("\n", "\r\n", "\u2028", "\t", " \n\n "):
        assert cell_parsers.text(f"Cluster{between}Un") == "Cluster Un"
    with pytest.raises(cell_parsers.CellError, match=r"cell\.control"):
        cell_parsers.text("Cluster\x1bUn")
