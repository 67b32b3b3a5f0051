"""Workbooks that spreadsheets open: their cells are read, whatever their styles and the names of their parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.editions import TODAY

from clusterdash.domain import Problem
from clusterdash.editions import build
from clusterdash.i18n import LANGUAGES, explain
from clusterdash.ingest import readers, xlsx_worker

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def package(
    sheets: Mapping[str, str], *, strings: str | None = None, styles: str | None = None, kind: str = "worksheet"
) -> bytes:
    """A workbook of sheets, by name, with the XML of their cells; styles and shared strings if given."""
    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets))
    related = "".join(
        f'<Relationship Id="r{i}" Type="{RELATED}/{kind}" Target="worksheets/s{i}.xml"/>' for i in range(len(sheets))
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r" Type="{RELATED}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{listed}</sheets></workbook>',
    }
    for name, content in (("sharedStrings", strings), ("styles", styles)):
        if content is not None:
            parts[f"xl/{name}.xml"] = content
            related += f'<Relationship Id="{name}" Type="{RELATED}/{name}" Target="{name}.xml"/>'
    parts["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{RELATIONS}">{related}</Relationships>'
    for i, content in enumerate(sheets.values()):
        if content:
            parts[f"xl/worksheets/s{i}.xml"] = f'<worksheet xmlns="{MAIN}">{content}</worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def cells(content: str, **parts: str) -> list[tuple[str, ...]]:
    """The rows that are read of one sheet."""
    (sheet,) = xlsx_worker.parse(package({"s": content}, **parts)).sheets
    return sheet.rows


def data(rows: str) -> str:
    return f"<sheetData>{rows}</sheetData>"


def inline(*texts: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"


def problems_of(tmp_path: Path, content: bytes) -> tuple[list[readers.Sheet], list[Problem]]:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    found, problems = readers.read_files([path])
    for problem in problems:
        assert problem.file == str(path)
        assert all(explain(language, problem) for language in LANGUAGES)
    return found, problems


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c t="b"><v>1</v></c>', "1"),
        ('<c t="b"><v>0</v></c>', "0"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c t="str"><f>A1</f><v>a_x000D_&#10;b</v></c>', "a\nb"),
        ('<c t="d"><v>2025-03-27T00:00:00Z</v></c>', "2025-03-27"),
        ('<c t="n"><v>4.5E1</v></c>', "45"),
        ("<c><v>0.1</v></c>", "0.1"),
        ('<c s="" t=""><v>45</v></c>', "45"),
        ('<c s="99"><v>45</v></c>', "45"),
        (
            '<c t="inlineStr"><is><r><rPr><b/></rPr><t>Clus</t></r><r><t>ter</t></r><rPh><t>x</t></rPh></is></c>',
            "Cluster",
        ),
        ('<c t="inlineStr"><is><t>_x005F_x000D_</t></is></c>', "_x000D_"),
        ('<c t="inlineStr"><is><t>_xD83D__xDE00_ _x00e9_ _x12_ _x0000_</t></is></c>', "\U0001f600 é _x12_ \ufffd"),
    ],
)
def test_a_cell_of_every_kind_is_read(cell: str, text: str) -> None:
    assert cells(data(f"<row>{cell}</row>")) == [(text,)]


def test_shared_strings_are_read_with_their_runs_and_without_styles() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t xml:space="preserve"> a </t></si>'
        '<si><r><rPr><sz val="odd"/><color rgb="red"/></rPr><t>b</t></r><r><t>c</t></r>'
        '<rPh sb="0" eb="1"><t>x</t></rPh></si>'
        "<si/></sst>"
    )
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c><v>1</v></c></row>'
    assert cells(data(rows), strings=strings) == [(" a ", "bc", "", "1")]


def test_a_reference_to_a_string_that_is_missing_is_an_error() -> None:
    with pytest.raises(xlsx_worker.RefusedError, match=r"sheet\.not_xlsx"):
        cells(data('<row><c t="s"><v>3</v></c></row>'))


def test_places_count_also_where_some_are_missing_or_out_of_order() -> None:
    rows = '<row r="3"><c r="C3"><v>3</v></c></row><row r="1"><c r="b1"><v>1</v></c><c><v>2</v></c></row>'
    assert cells(data(rows)) == [("", "1", "2"), (), ("", "", "3")]


def test_namespaces_may_have_prefixes() -> None:
    content = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    made = package({"s": "<sheetData/>"})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, content if "s0.xml" in name else before.read(name))
    assert xlsx_worker.parse(out.getvalue()).sheets[0].rows == [("5",)]


def test_styles_are_not_judged() -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}"><fonts><font><sz val="big"/><family val="99"/></font></fonts>'
        '<fills><fill/></fills><borders><border><left style="none?"/></border></borders>'
        '<numFmts><numFmt numFmtId="200" formatCode="000"/></numFmts>'
        '<cellXfs><xf/><xf numFmtId="200" fontId="77"/><xf numFmtId="x"/></cellXfs>'
        "<dxfs><dxf><odd/></dxf></dxfs></styleSheet>"
    )
    rows = '<row><c><v>7</v></c><c s="1"><v>7</v></c><c s="2"><v>7</v></c></row>'
    assert cells(data(rows), styles=styles) == [("7", "007", "7")]


def test_rows_that_are_only_formatted_down_to_the_last_are_no_rows() -> None:
    empty = "".join(
        f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(1_000_000, 1_048_577)
    )
    assert cells(data(inline("cluster_id", "name") + empty)) == [("cluster_id", "name")]


def test_what_a_spreadsheet_does_not_show_is_read_and_told(tmp_path: Path) -> None:
    rows = inline("cluster_id", "name", "country", "city") + "".join(
        f'<row r="{n}" hidden="{int(n > 3)}"><c t="inlineStr"><is><t>xx-{n}</t></is></c></row>' for n in range(2, 9)
    )
    content = '<cols><col min="3" max="4" hidden="1"/><col min="9" max="16384" hidden="true"/></cols>' + data(rows)
    found, problems = problems_of(tmp_path, package({"clusters": content}))
    assert len(list(found[0].rows)) == 7
    told = {problem.key: dict(problem.values) for problem in problems}
    assert told == {
        "sheet.hidden_rows": {"n": 5, "places": "4, 5, 6, …"},
        "sheet.hidden_columns": {"n": 2, "places": "C, D"},
    }


def test_a_value_merged_over_rows_counts_for_those_that_have_others(tmp_path: Path) -> None:
    rows = (
        inline("Title", "", "")
        + inline("cluster_id", "label", "awarded_on")
        + inline("xx-1", "gold", "2020")
        + inline("", "silver", "2018")
        + inline("", "bronze", "2016")
    )
    merged = '<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="A3:A40"/><mergeCell ref="C3:C3"/></mergeCells>'
    found, problems = problems_of(tmp_path, package({"awards": data(rows) + merged}))
    assert [row for _, row in found[0].rows] == [
        ("xx-1", "gold", "2020"),
        ("xx-1", "silver", "2018"),
        ("xx-1", "bronze", "2016"),
    ]
    assert found[0].heading_row == 2
    assert [problem.key for problem in problems] == ["sheet.merged", "sheet.above"]


def test_ranges_that_overlap_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_worker, "MAXIMUM_EMPTY", 2_000)
    merged = "<mergeCells>" + '<mergeCell ref="A1:A1048576"/>' * 30 + "</mergeCells>"
    with pytest.raises(xlsx_worker.RefusedError, match=r"sheet\.too_many_cells"):
        cells(data("<row><c><v>1</v></c></row>" * 100) + merged)


def test_a_workbook_of_which_nothing_is_read_is_an_error_with_its_name(tmp_path: Path) -> None:
    for sheets in ({}, {"Sheet 1": "<sheetData/>"}, {"Sheet 1": data("<row/><row><c/></row>")}):
        found, problems = problems_of(tmp_path, package(sheets))
        assert found == []
        assert [problem.key for problem in problems if problem.severity == "error"] == ["sheet.no_sheet"]


def test_sheets_that_yield_nothing_are_named(tmp_path: Path) -> None:
    table = data(inline("cluster_id", "name", "country") + inline("xx-1", "A", "FR"))
    found, problems = problems_of(tmp_path, package({"clusters": table, "Sheet2": "<sheetData/>", "lost": ""}))
    assert [sheet.name for sheet in found] == ["clusters"]
    assert {(p.table, p.key, p.severity) for p in problems} == {
        ("Sheet2", "sheet.no_cells", "warning"),
        ("lost", "sheet.absent_part", "error"),
    }


def test_a_table_without_rows_is_named(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    table = data(inline("cluster_id", "name", "country") + inline("xx-1", "A", "FR"))
    awards = data(inline("cluster_id", "label", "awarded_on"))
    path.write_bytes(package({"clusters": table, "awards": awards, "Read me": data(inline("About") + inline("", "x"))}))
    _, problems = build.check_files([path], tmp_path / "none", TODAY)
    told = {(problem.table, problem.key, problem.severity) for problem in problems if problem.table}
    assert told == {("awards", "sheet.no_rows", "warning"), ("Read me", "table.passed_over", "warning")}


def test_a_workbook_without_a_known_table_tells_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(package({"Feuil1": data(inline("Nom", "Pays") + inline("A", "FR", "x"))}))
    tables, problems = build.check_files([path], tmp_path / "none", TODAY)
    assert tables is None
    assert [problem.key for problem in problems if problem.table] == ["table.unknown"]
    assert "Nom, Pays" in explain("fr", problems[0])
    assert "clusters" in explain("fr", problems[0])


def test_names_of_sheets_are_read_without_escapes() -> None:
    assert xlsx_worker.parse(package({"R_x0026_D": data("<row><c><v>1</v></c></row>")})).sheets[0].name == "R&D"


def test_a_value_beyond_the_headings_is_named_by_its_column(tmp_path: Path) -> None:
    rows = inline("cluster_id", "name", "country") + inline("xx-1", "A", "FR", "", "seen by Anna")
    _, (problem,) = problems_of(tmp_path, package({"clusters": data(rows)}))
    assert (problem.key, problem.row, problem.value, dict(problem.values)) == (
        "sheet.beyond_headings", 2, "seen by Anna", {"column": "E"},
    )  # fmt: skip
    assert "separator" not in explain("en", problem)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/s0.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_entities_that_grow_are_refused(part: str, tmp_path: Path) -> None:
    made = package({"s": data("<row><c><v>1</v></c></row>")}, strings="<sst/>", styles="<styleSheet/>")
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "lol">{entities}]><sst><si><t>&a11;</t></si></sst>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, bomb if name == part else before.read(name))
    _, problems = problems_of(tmp_path, out.getvalue())
    assert [problem.key for problem in problems] == ["sheet.not_xlsx"]


TEXTS = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=10).filter(
    lambda text: text.strip() == text and "_x" not in text and not text.startswith("=")
)
VALUES = st.one_of(
    TEXTS.map(lambda text: (text, "General", text)),
    st.integers(-(10**9), 10**9).map(lambda n: (n, "#,##0", str(n))),
    st.integers(0, 999).map(lambda n: (n, "0000", f"{n:04}")),
    st.integers(-999, 999).map(lambda n: (n / 100, "0%", f"{n}%")),
    st.integers(-9999, 9999).map(lambda n: (n / 4, "General", repr(n / 4).removesuffix(".0"))),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)).map(lambda day: (day, "dd/mm/yyyy", day.isoformat())),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)).map(lambda day: (day, "mmm yy", day.isoformat()[:7])),
    st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)).map(
        lambda d: (d, "yyyy-mm-dd hh:mm", d.date().isoformat())
    ),
    st.times().map(lambda t: (time(t.hour, t.minute), "h:mm", f"{t.hour:02}:{t.minute:02}")),
    st.booleans().map(lambda b: (b, "General", str(int(b)))),
)


@settings(max_examples=60)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=5))
def test_a_table_comes_back_through_every_number_format(table: list[list[tuple[object, str, str]]]) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row, line in enumerate(table, start=1):
        for column, (value, code, _) in enumerate(line, start=1):
            cell = sheet.cell(row, column)
            cell.value = value  # type: ignore[assignment]
            cell.number_format = code
            if isinstance(value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    made.save(out)
    assert xlsx_worker.parse(out.getvalue()).sheets[0].rows == [tuple(text for *_, text in line) for line in table]
