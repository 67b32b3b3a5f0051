"""Files as people send them: what is read of each, and what is told."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from support.editions import TODAY

from clusterdash.editions import build
from clusterdash.i18n import explain
from clusterdash.ingest import readers

FOLDER = Path(__file__).parents[1] / "data" / "spreadsheets"
HEADER = ("cluster_id", "name", "country", "assessed_on", "F1", "S2", "G1")
USUAL = ("xx-1", "Cluster Un", "FR", "2025-03-27", "45", "120", "3")

ROWS = {
    "I01-formula-empty-text.xlsx": [HEADER, USUAL, ("xx-2", "Cluster Deux", "FR", "2025-03-27", "40", "", "2")],
    "I02b-x000D-name.xlsx": [HEADER, ("xx-1", "Cluster\nUn", *USUAL[2:])],
    "I02c-x0041-name.xlsx": [HEADER, ("xx-1", "R&D", *USUAL[2:])],
    "I03-literal-percent.xlsx": [
        HEADER,
        (*USUAL[:4], "45%", "120", "3"),
        ("xx-2", *USUAL[1:4], "0.5%", "120", "3"),
    ],
    "I03b-percent-in-text.xlsx": [HEADER, (*USUAL[:4], "45%", "120", "3"), ("xx-2", *USUAL[1:])],
    "I04-leading-zeros.xlsx": [HEADER, ("007", *USUAL[1:]), ("012", *USUAL[1:])],
    "I06-zero-width-id.xlsx": [HEADER, USUAL, ("xx-2", *USUAL[1:])],
    "I06c-zero-width-name-number.xlsx": [HEADER, USUAL, ("xx-2", "Cluster Deux", *USUAL[2:])],
    "I08-strict.xlsx": [HEADER, USUAL],
    "I09-empty-fill.xlsx": [HEADER, USUAL],
    "I09d-core-date.xlsx": [HEADER, USUAL],
    "I09e-rgb-colour.xlsx": [HEADER, USUAL],
    "I09f-backslash-paths.xlsx": [HEADER, USUAL],
    "I09g-empty-style-attr.xlsx": [HEADER, USUAL],
    "I09h-declared-strings-missing.xlsx": [HEADER, USUAL],
    "I09i-no-cell-xfs.xlsx": [HEADER, (*USUAL[:3], "45743", *USUAL[4:])],
    "I09j-name-in-other-case.xlsx": [HEADER, USUAL],
    "I16-unicode-text.txt": [HEADER[:5], ("xx-1", "Pôle Été", "FR", "27/03/2025", "45,5")],
    "I20-filtered-rows.xlsx": [HEADER, USUAL, ("xx-2", "Old one, filtered out", *USUAL[2:])],
    "I25-title-above.xlsx": [("Benchmark results 2025",), (), HEADER, USUAL],
    "I34-comma-heavy-header.csv": [
        (*HEADER[:5], "comment, if any, on F1, S2, G1, G2"),
        ("xx-1", "Un", "FR", "27/03/2025", "45", "fine"),
    ],
    "I48-datetime-near-midnight.xlsx": [HEADER, USUAL, ("xx-2", *USUAL[1:])],
    "I50-embedded-newline.csv": [HEADER[:5], ("xx-1", "Cluster\nUn", *USUAL[2:5])],
    "I50b-newline-in-name.xlsx": [HEADER, ("xx-1", "Cluster\nUn", *USUAL[2:])],
}
"""What is read of the first sheet."""


@pytest.mark.parametrize("name", ROWS)
def test_a_file_is_read_as_its_reader_sees_it(name: str) -> None:
    grids, problems = readers.read_grids([FOLDER / name])
    assert list(grids[0].rows) == ROWS[name]
    assert not [problem for problem in problems if problem.severity == "error"]


@cache
def imported(name: str) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """Cells of what would be published, and what is told: severity and key."""
    tables, problems = build.check_files([FOLDER / name], FOLDER / "none", TODAY)
    for problem in problems:
        assert explain("fr", problem)
        assert explain("en", problem)
    told = [(problem.severity, problem.key) for problem in problems if problem.key != "answer.gaps"]
    if tables is None:
        return {}, told
    answers = tables.frames["answer"].groupby("assessment_id")["value"].apply(list).tolist()
    clusters = tables.frames["cluster"].set_index("cluster_id")["name"].to_dict()
    ours = {key: text for key, text in clusters.items() if key.lower().startswith("xx-") or key.startswith("0")}
    return {"answers": answers, "clusters": ours, "award": tables.frames["award"]}, told


ANSWERS = {
    "I01-formula-empty-text.xlsx": [[120.0, 3.0, 45.0], [2.0, 40.0]],
    "I10-percent.csv": [[60.0, 45.0], [60.0, 45.5]],
    "I33-headings.csv": [[45.0]],
    "I34-comma-heavy-header.csv": [[45.0]],
    "I41-lower-case-codes.csv": [[100.0, 45.0]],
    "I07-numbers-export.xlsx": [[120.0, 3.0, 45.0]],
    "I07c-lists-sheet.xlsx": [[120.0, 3.0, 45.0]],
    "I13-merged.xlsx": [[100.0, 3.0, 45.0]],
    "I25-title-above.xlsx": [[120.0, 3.0, 45.0]],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_its_answers_are_those_that_people_gave(name: str) -> None:
    found, told = imported(name)
    assert found.get("answers") == ANSWERS[name], told


TOLD = {
    "I05-cp1250.csv": ("warning", "sheet.guessed"),
    "I05c-macroman.csv": ("warning", "sheet.perhaps"),
    "I05d-cp1251.csv": ("warning", "sheet.perhaps"),
    "I06-zero-width-id.xlsx": ("warning", "cell.invisible"),
    "I06c-zero-width-name-number.xlsx": ("warning", "cell.invisible"),
    "I07-numbers-export.xlsx": ("warning", "table.passed_over"),
    "I07c-lists-sheet.xlsx": ("warning", "table.passed_over"),
    "I07d-questionnaire-through-numbers.xlsx": ("warning", "table.passed_over"),
    "I09i-no-cell-xfs.xlsx": ("error", "cell.day"),
    "I13-merged.xlsx": ("warning", "sheet.merged"),
    "I20-filtered-rows.xlsx": ("warning", "sheet.hidden_rows"),
    "I22c-pandas-index.csv": ("error", "column.nameless"),
    "I25-title-above.xlsx": ("warning", "sheet.above"),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_doubtful_or_left_out_is_told(name: str) -> None:
    _, told = imported(name)
    assert TOLD[name] in told


@pytest.mark.parametrize(
    "name", [name for name in ROWS if name not in TOLD and not name.startswith(("I03", "I04", "I34", "I48"))]
)
def test_where_nothing_is_doubtful_nothing_is_told(name: str) -> None:
    assert imported(name)[1] == []


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("I05-cp1250.csv", {"xx-1": "Łódzki Klaster Żywności", "xx-2": "Český klastr úspěchů"}),
        ("I05c-macroman.csv", {"xx-1": "Pôle Créatif de l'Étang"}),
        ("I05d-cp1251.csv", {"xx-1": "Клъстер Мехатроника"}),
        ("I04-leading-zeros.xlsx", {"007": "Cluster Un", "012": "Cluster Un"}),
        ("I02c-x0041-name.xlsx", {"xx-1": "R&D"}),
        ("I50-embedded-newline.csv", {"xx-1": "Cluster Un"}),
        ("I50b-newline-in-name.xlsx", {"xx-1": "Cluster Un"}),
    ],
)
def test_names_and_ids_keep_their_letters(name: str, names: dict[str, str]) -> None:
    assert imported(name)[0]["clusters"] == names


def test_a_note_of_several_lines_keeps_them() -> None:
    grids, _ = readers.read_grids([FOLDER / "I02-x000D.xlsx"])
    assert list(grids[1].rows)[1][4] == "first line\nsecond line"


def test_a_day_is_as_precise_as_its_format_shows_it() -> None:
    grids, _ = readers.read_grids([FOLDER / "I17-month-precision.xlsx"])
    assert [row[2:] for row in grids[1].rows][1:] == [("2013-03", "2015-03"), ("2011",)]


def test_a_row_that_a_filter_hides_is_known_as_hidden() -> None:
    grids, problems = readers.read_grids([FOLDER / "I20-filtered-rows.xlsx"])
    assert grids[0].hidden_rows == {3}
    assert dict(problems[0].values) == {"n": 1, "places": "3"}
