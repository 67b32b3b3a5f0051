"""Sheets in forms of their own: layouts, meanings, clusters that several sheets are about."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from clusterdash.domain import Problem
from clusterdash.editions import build, recipe_files
from clusterdash.ingest.readers import Grid
from clusterdash.recipes.headings import find_headings
from clusterdash.recipes.recipe import Recipe, to_toml
from clusterdash.recipes.understand import Understanding, understand
from clusterdash.recipes.vocabulary import KnownCluster, Vocabulary
from clusterdash.reports.marked_workbook import marked_workbook

TODAY = date(2027, 1, 15)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return recipe_files.known_words(tmp_path_factory.mktemp("none"), TODAY)


def grid(name: str, text: str) -> Grid:
    """A sheet: cells separated by "|", one row a line."""
    rows = tuple(tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines())
    return Grid("file.xlsx", name, rows)


def table(found: Understanding, *, sheet: int = 0, last: bool = True) -> list[dict[str, str]]:
    """A table that was understood, as rows by column, without empty cells."""
    made = found.sheets[sheet].tables[-1 if last else 0]
    return [{name: cell for name, cell in zip(made.header, cells, strict=True) if cell} for _, cells in made.rows]


def test_a_row_for_each_answer_with_indicators_in_words(known: Vocabulary) -> None:
    found = understand(
        [
            grid(
                "Réponses",
                """Nom du pôle | Pays | Date | Indicateur | Réponse
                Un | France | 27/03/2025 | Part du financement privé | 45 %
                Un | France | 27/03/2025 | G1 | 3 - suivi
                Deux | Belgique | 28 mars 2025 | Participants engagés | 1'200""",
            )
        ],
        known,
    )
    assert not found.open
    assert [(row["cluster_id"], row["indicator"], row["value"]) for row in table(found)] == [
        ("fr-un", "F1", "45"),
        ("fr-un", "G1", "3"),
        ("be-deux", "S2", "1200"),
    ]


def test_sheets_are_joined_by_the_ids_that_they_share(known: Vocabulary) -> None:
    found = understand(
        [
            grid("Pôles", "Code | Nom | Pays\nA7 | Alpha | France\nB2 | Beta | France"),
            grid("Notes", "Code | Date | F1 | F2\nA7 | 2025-03-27 | 45 | 12\nB2 | 2025-03-27 | 50 | 24"),
        ],
        known,
    )
    assert not found.open
    assert [row["cluster_id"] for row in table(found, sheet=1)] == ["A7", "B2"]


def test_labels_of_clusters_by_name(known: Vocabulary) -> None:
    found = understand(
        [grid("Labels", "Nom du pôle | Pays | Label | Date d’obtention\nAlpha | France | Gold | mars 2024")], known
    )
    assert not found.open
    assert table(found) == [{"cluster_id": "fr-alpha", "label": "Gold", "awarded_on": "2024-03"}]


def test_a_known_cluster_keeps_its_id_and_its_name(known: Vocabulary) -> None:
    one = next(iter(known.clusters.values()))
    written = one.name.upper()
    found = understand([grid("R", f"Nom | Date | F1\n{written} | 2025-03-27 | 45")], known)
    assert not found.open
    assert table(found)[0]["cluster_id"] == one.cluster_id
    assert table(found, last=False)[0]["name"] == one.name


def test_an_almost_known_name_is_asked_about_and_both_answers_count(known: Vocabulary) -> None:
    vocabulary = Vocabulary(
        known.schemes, known.sectors, {"fr-mer": KnownCluster("fr-mer", "Pôle Mer Bretagne", "FR")}, "", TODAY
    )
    sheet = grid("R", "Nom | Pays | Date | F1\nPole Mer Bretagnne | France | 2025-03-27 | 45")
    found = understand([sheet], vocabulary)
    (question,) = found.open
    assert question.options == ("fr-mer", "new")
    for choice, cluster in (("fr-mer", "fr-mer"), ("new", "fr-pole-mer-bretagnne")):
        chosen = understand([sheet], vocabulary, found.recipe.with_choice("", question.key, choice))
        assert not chosen.open
        assert table(chosen)[0]["cluster_id"] == cluster


def test_a_day_that_no_column_gives_is_asked_for(known: Vocabulary) -> None:
    sheet = grid("R", "Nom | Pays | F1 | F2\nAlpha | France | 45 | 12")
    found = understand([sheet], known)
    (question,) = found.open
    assert question.kind == "assessed_on"
    chosen = understand([sheet], known, found.recipe.with_choice("R", question.key, "2025-06-30"))
    assert not chosen.open
    assert table(chosen)[0]["assessed_on"] == "2025-06-30"
    again = understand([sheet], known, chosen.recipe.for_next_time())
    assert [one.kind for one in again.open] == ["assessed_on"]


def test_of_two_versions_of_a_scheme_one_is_chosen(known: Vocabulary) -> None:
    schemes = {**known.schemes, "benchmark-37": known.schemes["benchmark-36"]}
    both = Vocabulary(schemes, known.sectors, {}, "", TODAY)
    sheet = grid("R", "Nom | Pays | Date | F1 | F2\nAlpha | France | 2025-03-27 | 45 | 12")
    found = understand([sheet], both)
    (question,) = found.open
    assert (question.kind, question.options) == ("scheme", ("benchmark-36", "benchmark-37"))
    chosen = understand([sheet], both, found.recipe.with_choice("R", question.key, "benchmark-37"))
    assert not chosen.open
    assert table(chosen)[0]["scheme"] == "benchmark-37"


def test_two_sheets_of_one_name_are_told_apart(known: Vocabulary) -> None:
    first, second = (grid("Feuil1", f"Nom | Pays | F1 | F2\n{name} | France | 45 | 12") for name in ("Alpha", "Beta"))
    found = understand([first, Grid("other.xlsx", second.name, second.rows)], known)
    assert len({question.sheet for question in found.open}) == 2
    recipe = found.recipe
    for question, day in zip(found.open, ("2025-01-01", "2025-02-02"), strict=True):
        recipe = recipe.with_choice(question.sheet, question.key, day)
    days = [
        table(understand([first, Grid("other.xlsx", second.name, second.rows)], known, recipe), sheet=n) for n in (0, 1)
    ]
    assert [rows[0]["assessed_on"] for rows in days] == ["2025-01-01", "2025-02-02"]


@pytest.mark.parametrize(
    ("text", "first", "last", "columns"),
    [
        ("Nom | Pays\nAlpha | France", 1, 1, ("Nom", "Pays")),
        ("Résultats\n\nNom | Pays\nAlpha | France", 3, 3, ("Nom", "Pays")),
        (
            "| | Gouvernance | \nNom | Pays | Score | Rang\nAlpha | France | 1 | 2",
            1,
            2,
            ("Nom", "Pays", "Score", "Rang"),
        ),
        (
            "Nom | Pays | Gouvernance | Services\n| | Score | Score\nAlpha | France | 1 | 2",
            1,
            1,
            ("Nom", "Pays", "Gouvernance", "Services"),
        ),
        ("Nom | Pays | Budget\n| | EUR\nAlpha | France | 100", 1, 1, ("Nom", "Pays", "Budget")),
        (
            "Nom | Pays | Budget | Équipe\n| | EUR | ETP\nAlpha | France | 100 | 3",
            1,
            2,
            ("Nom", "Pays", "Budget", "Équipe"),
        ),
    ],
)
def test_headings_are_found(text: str, first: int, last: int, columns: tuple[str, ...]) -> None:
    words = {"Nom", "Pays", "Ville"}
    found = find_headings(grid("R", text).rows, words.__contains__)  # type: ignore[arg-type]
    assert found
    assert (found.first, found.last) == (first, last)
    assert found.columns[: len(columns)] == columns


def test_a_sheet_of_something_else_is_named_and_not_read(known: Vocabulary) -> None:
    found = understand([grid("Budget 2025", "Poste | Montant\nLoyer | 1200\nSalaires | 45000")], known)
    assert [note.key for note in found.notes()] == ["recipe.no_headings"]
    assert found.tables() == []


def test_each_cell_in_question_is_marked_and_commented(known: Vocabulary) -> None:
    rows = "\n".join(
        f"Pôle {n} | France | 2025-03-27 | 0,{n} | {text}" for n, text in enumerate(("12", "x", "24", "36"), start=1)
    )
    found = understand([grid("R", f"Nom | Pays | Date | F1 | F2\n{rows}")], known)
    problem = Problem("file.xlsx", "R", 2, "Date", "", "cell.future")
    made = marked_workbook(found.sheets, found.questions, [problem], "en")
    (sheet,) = openpyxl.load_workbook(BytesIO(made)).worksheets
    comments = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert {*comments} == {"C2", "D2", "D3", "D4", "D5", "E3"}
    assert "mean 10 %" in comments["D2"]
    assert "in the future" in comments["C2"]
    assert sheet["E3"].value == "x"
    assert sheet["E3"].fill.fgColor.rgb != sheet["E2"].fill.fgColor.rgb


def test_a_recipe_with_an_open_question_imports_nothing(tmp_path: Path) -> None:
    path, recipe = tmp_path / "r.csv", tmp_path / "r.toml"
    path.write_text("Nom;Pays;F1;F2\nAlpha;France;45;12\n", "utf-8")
    for text, key in ((to_toml(Recipe()), "recipe.open"), ("version = 1\nsheet = 1", "recipe.unknown")):
        recipe.write_text(text, "utf-8")
        tables, problems = build.check_files([path, recipe], tmp_path / "data", TODAY)
        assert tables is None
        assert key in [problem.key for problem in problems]


def test_clusters_that_one_sheet_tells_apart_are_not_asked_about(known: Vocabulary) -> None:
    rows = "A1 | Pôle Mer Bretagne | France | 2025-03-27 | 45\nA2 | Pôle Mer Bretagnne | France | 2025-03-27 | 50"
    assert not understand([grid("R", f"Code | Nom | Pays | Date | F1\n{rows}")], known).open
    without = "\n".join(row.partition(" | ")[2] for row in rows.splitlines())
    asked = understand([grid("R", f"Nom | Pays | Date | F1\n{without}")], known).open
    assert [question.kind for question in asked] == ["cluster"], "without ids they may be one"


def test_one_sheet_completes_what_another_says_of_a_cluster(known: Vocabulary) -> None:
    found = understand(
        [
            grid("Pôles", "Nom | Pays | Secteur\nALPHA | France | Santé et sciences médicales"),
            grid("Suite", "Nom | Ville | Pays\nAlpha | Lyon | France"),
        ],
        known,
    )
    assert not found.open
    (row,) = table(found, last=False)
    expected = {"cluster_id": "fr-alpha", "name": "Alpha", "country": "FR", "city": "Lyon", "sector": "health"}
    assert row == expected


def test_a_word_for_no_sector_is_marked_where_it_stands(known: Vocabulary) -> None:
    found = understand([grid("Pôles", "Nom | Pays | Secteur\nAlpha | France | BTP\nBeta | France | Numérique")], known)
    assert {place: mark.kind for place, mark in found.sheets[0].marks.items() if place[1] == "Secteur"} == {
        (2, "Secteur"): "asked",
        (3, "Secteur"): "read",
    }


FOREIGN = """Felmérés 2025
Megnevezés | Ország | Nap | Q1 | Q2
Alpha | Frankreich | 27.03.2025 | 45 | 3
Beta | Frankreich | 27.03.2025 | 50 | 2"""


def test_headings_that_nobody_knows_can_be_pointed_at(known: Vocabulary) -> None:
    sheet = grid("R", FOREIGN)
    found = understand([sheet], known)
    assert not found.sheets[0].layout.is_read
    recipe = found.recipe.with_choice("R", "heading_row", "2")
    for heading, target in {"Megnevezés": "name", "Ország": "country", "Nap": "assessed_on", "Q1": "F1"}.items():
        found = understand([sheet], known, recipe)
        recipe = found.recipe.with_choice("R", f"column:{heading}", target)
    found = understand([sheet], known, recipe)
    (question,) = found.open
    assert question.subject == "Q2"
    found = understand([sheet], known, found.recipe.with_choice("R", question.key, "G1"))
    assert not found.open
    assert [(row["cluster_id"], row["F1"], row["G1"]) for row in table(found)] == [
        ("fr-alpha", "45", "3"),
        ("fr-beta", "50", "2"),
    ]
    later = grid("2026", FOREIGN.replace("Felmérés 2025\n", "").replace("2025", "2026"))
    again = understand([later], known, found.recipe.for_next_time())
    assert not again.open, "the same headings in another row of another sheet"
    assert table(again)[0]["assessed_on"] == "2026-03-27"


def test_codes_of_their_own_are_asked_about_and_the_sheet_becomes_one_of_answers(known: Vocabulary) -> None:
    sheet = grid("R", "Nom | Pays | Date | Q1\nAlpha | France | 27/03/2025 | 3\nBeta | France | 28/03/2025 | 2")
    found = understand([sheet], known)
    (question,) = found.open
    assert "G1" in question.options
    chosen = understand([sheet], known, found.recipe.with_choice("R", question.key, "G1"))
    assert chosen.sheets[0].layout.table == "wide"
    assert [row["G1"] for row in table(chosen)] == ["3", "2"]


def test_a_sheet_can_be_left_out_and_taken_in_again(known: Vocabulary) -> None:
    sheet = grid("R", "Nom | Pays | Date | F1\nAlpha | France | 2025-03-27 | 45")
    found = understand([sheet], known)
    without = understand([sheet], known, found.recipe.with_choice("R", "table", "skip"))
    assert without.tables() == []
    assert [note.key for note in without.notes()] == ["recipe.skipped"]
    again = understand([sheet], known, without.recipe.with_choice("R", "table", "none"))
    assert table(again) == table(found)


def test_a_deeply_nested_text_is_no_recipe(tmp_path: Path) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text("a = " + "[" * 100_000, "utf-8")
    _, problems = build.check_files([recipe], tmp_path / "data", TODAY)
    assert [problem.key for problem in problems if problem.file.endswith("r.toml")] == ["recipe.not_toml"]


def test_a_code_whose_words_say_something_else_is_asked_about(known: Vocabulary) -> None:
    rows = "Alpha | France | 2025-03-27 | 45 | 12"
    found = understand([grid("R", f"Nom | Pays | Date | F1 | A2 - PME touchées (%)\n{rows}")], known)
    (question,) = found.open
    assert (question.kind, question.options[0]) == ("column", "A2")
    agreeing = understand([grid("R", f"Nom | Pays | Date | F1 | A2 - Demandes internationales (%)\n{rows}")], known)
    assert not agreeing.open


@pytest.mark.parametrize(
    ("unit", "multiple"), [("k€", 1000), ("TEUR", 1000), ("M€", 1_000_000), ("en milliers d’euros", 1000)]
)
def test_numbers_in_thousands_are_asked_about(known: Vocabulary, unit: str, multiple: int) -> None:
    sheet = grid("R", f"Nom | Pays | Date | Budget annuel du management ({unit})\nAlpha | France | 2025-03-27 | 1,5")
    found = understand([sheet], known)
    (question,) = found.open
    assert question.options == (str(multiple), "1")
    for choice, value in ((str(multiple), str(int(1.5 * multiple))), ("1", "1.5")):
        chosen = understand([sheet], known, found.recipe.with_choice("R", question.key, choice))
        assert not chosen.open
        assert table(chosen)[0]["F3"] == value


def test_shares_of_one_beside_per_cents_are_asked_about(known: Vocabulary) -> None:
    rows = "\n".join(f"Pôle {n} | France | 2025-03-27 | {cell}" for n, cell in enumerate(("0,4", "45 %", "88", "0,75")))
    sheet = grid("R", f"Nom | Pays | Date | F1\n{rows}")
    found = understand([sheet], known)
    (question,) = found.open
    assert (question.kind, question.count) == ("fractions", 2)
    chosen = understand([sheet], known, found.recipe.with_choice("R", question.key, "percent"))
    assert [row["F1"] for row in table(chosen)] == ["40", "45", "88", "75"]
    assert not [mark for mark in chosen.sheets[0].marks.values() if mark.kind == "asked"], "it is answered"


def test_answers_by_a_wording_of_their_own_are_asked_about_word_by_word(known: Vocabulary) -> None:
    sheet = grid(
        "Umfrage",
        """Cluster | Land | Datum | Frage | Antwort
        Alpha | D | 27.3.25 | Anzahl Mitglieder | 120
        Alpha | D | 27.3.25 | Bemerkung | gut
        Beta | A | 27.3.25 | Anzahl Mitglieder | 80""",
    )
    recipe = understand([sheet], known).recipe
    for heading, target in {"Datum": "assessed_on", "Frage": "indicator", "Antwort": "value"}.items():
        recipe = understand([sheet], known, recipe.with_choice("Umfrage", f"column:{heading}", target)).recipe
    found = understand([sheet], known, recipe)
    assert {(one.kind, one.subject) for one in found.open} == {
        ("indicator", "Anzahl Mitglieder"),
        ("indicator", "Bemerkung"),
    }
    recipe = found.recipe.with_choice("Umfrage", "indicator:Anzahl Mitglieder", "S2")
    found = understand([sheet], known, recipe.with_choice("Umfrage", "indicator:Bemerkung", "none"))
    assert not found.open
    assert [(row["cluster_id"], row["indicator"], row["value"]) for row in table(found)] == [
        ("de-alpha", "S2", "120"),
        ("at-beta", "S2", "80"),
    ]


def test_a_column_that_was_asked_about_can_be_answered_otherwise(known: Vocabulary) -> None:
    sheet = grid("R", "Nom | Pays | Date | Q1\nAlpha | France | 27/03/2025 | 3\nBeta | France | 28/03/2025 | 2")
    found = understand([sheet], known)
    for code in ("G1", "G2"):
        found = understand([sheet], known, found.recipe.with_choice("R", "column:Q1", code))
        (question,) = found.questions
        assert question.answer == code


def test_a_word_of_two_parts_that_nobody_knows_is_one_question(known: Vocabulary) -> None:
    sheet = grid(
        "Pôles",
        "Nom | Pays | Secteur\nAlpha | France | Mode & Textil\nBeta | France | Santé et sciences médicales, BTP",
    )
    assert [question.subject for question in understand([sheet], known).open] == ["Mode & Textil", "BTP"]


def test_what_is_wrong_with_a_documented_sheet_is_told_beside_one_in_a_form_of_its_own(tmp_path: Path) -> None:
    own, documented, recipe = tmp_path / "own.csv", tmp_path / "clusters.csv", tmp_path / "r.toml"
    own.write_text("Nom;Pays;Date;F1\nAlpha;France;2025-03-27;45\n", "utf-8")
    documented.write_text("cluster_id,name,country\nfr-x,Name,FR,surplus\n", "utf-8")
    recipe.write_text(to_toml(Recipe()), "utf-8")
    tables, problems = build.check_files([own, documented, recipe], tmp_path / "data", TODAY)
    assert tables is None
    assert [(Path(p.file).name, p.row, p.key) for p in problems if p.severity == "error"] == [
        ("clusters.csv", 2, "sheet.ragged")
    ]


def test_a_word_for_an_indicator_may_speak_of_thousands_too(known: Vocabulary) -> None:
    rows = "Alpha | FR | 2025-03-27 | Budget annuel du management (k€) | 714\nAlpha | FR | 2025-03-27 | F1 | 45"
    sheet = grid("R", f"Nom | Pays | Date | Indicateur | Réponse\n{rows}")
    found = understand([sheet], known)
    (question,) = found.open
    assert question.kind == "multiple"
    chosen = understand([sheet], known, found.recipe.with_choice("R", question.key, "1000"))
    assert not chosen.open
    assert [(row["indicator"], row["value"]) for row in table(chosen)] == [("F3", "714000"), ("F1", "45")]
