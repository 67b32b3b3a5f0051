"""A national body's own workbook becomes a clean edition: in a few choices, and by itself the year after."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from support import messy_workbook

from clusterdash.cli.main import main
from clusterdash.domain import Problem
from clusterdash.editions import build, catalog, recipe_files
from clusterdash.ingest import readers
from clusterdash.recipes.questions import Question
from clusterdash.recipes.recipe import OPEN, Recipe, to_toml
from clusterdash.recipes.understand import Understanding, understand
from clusterdash.recipes.vocabulary import Vocabulary

TODAY = date(2027, 1, 15)
NOW = datetime(2027, 1, 15, 9, tzinfo=UTC)
MOST_CHOICES = 10
COLUMNS = {
    "Budget annuel de gestion, en €": "F3",
    "Gouvernance partagée": "G2",
    "Engagement formel": "G1",
    "A2 - PME touchées (%)": "A2",
}
pytestmark = pytest.mark.usefixtures("without_statistics")


def answer(question: Question) -> str:
    """What the people who wrote the workbook would say."""
    if question.kind == "column":
        return COLUMNS[question.subject]
    return {"country": "FR", "fractions": "percent", "sector": "construction"}[question.kind]


def settle(found: Understanding, known: Vocabulary, grids: list[readers.Grid]) -> tuple[Understanding, int]:
    """Answer all questions, one at a time; returns what is understood then, and how many choices that took."""
    choices = 0
    while found.open:
        question = found.open[0]
        recipe = found.recipe.with_choice(question.sheet, question.key, answer(question))
        found, choices = understand(grids, known, recipe), choices + 1
        assert choices <= MOST_CHOICES, found.open
    return found, choices


def write_recipe(folder: Path, recipe: Recipe) -> Path:
    path = folder / "recipe.toml"
    path.write_text(to_toml(recipe), "utf-8")
    return path


def assert_true(tables: object, truth: messy_workbook.Truth, year: int) -> None:
    """Every answer, day and sector of the workbook, and nothing else, is in the tables."""
    frames: dict[str, pd.DataFrame] = tables.frames  # type: ignore[attr-defined]
    names = dict(zip(frames["cluster"]["cluster_id"], frames["cluster"]["name"], strict=True))
    assessments = frames["assessment"]
    assessments = assessments[[day.year == year for day in assessments["assessed_on"]]]
    told = {row.assessment_id: names[row.cluster_id] for row in assessments.itertuples()}
    assert {told[row.assessment_id]: row.assessed_on for row in assessments.itertuples()} == truth.days
    answers = {
        (told[row.assessment_id], row.indicator): row.value
        for row in frames["answer"].itertuples()
        if row.assessment_id in told
    }
    assert answers == pytest.approx(truth.answers)
    sectors = frames["cluster_sector"]
    assert {
        names[row.cluster_id]: row.sector for row in sectors.itertuples() if row.cluster_id in told_ids(assessments)
    } == truth.sectors


def told_ids(assessments: pd.DataFrame) -> set[str]:
    return set(assessments["cluster_id"])


def errors(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def test_ten_choices_are_enough_and_next_year_one(tmp_path: Path) -> None:
    data, first, second = tmp_path / "data", tmp_path / "2025.xlsx", tmp_path / "2026.xlsx"
    truth = messy_workbook.write(first, 2025)
    before = first.read_bytes()
    known = recipe_files.known_words(data, TODAY)
    grids, problems = readers.read_grids([first])
    assert not errors(problems)
    found, choices = settle(understand(grids, known), known, grids)
    assert 0 < choices <= MOST_CHOICES
    recipe = write_recipe(tmp_path, found.recipe)
    tables, problems = build.check_files([first, recipe], data, TODAY)
    assert not errors(problems)
    assert tables
    assert_true(tables, truth, 2025)
    assert first.read_bytes() == before
    edition = build.build_and_activate(tables, [first, recipe], data, NOW)

    later = messy_workbook.write(second, 2026)
    known = recipe_files.known_words(data, TODAY, edition)
    kept = recipe_files.earlier_recipe(catalog.edition_path(data, edition))
    grids, _ = readers.read_grids([second])
    found = understand(grids, known, kept)
    assert len(found.open) <= 1
    again = write_recipe(tmp_path, settle(found, known, grids)[0].recipe)
    tables, problems = build.check_files([second, again], data, TODAY, complete=edition)
    assert not errors(problems)
    assert tables
    assert_true(tables, later, 2026)
    named = [(row.assessed_on.year, row.cluster_id) for row in tables.frames["assessment"].itertuples()]
    years = [{cluster for of, cluster in named if of == year} for year in (2025, 2026)]
    assert years[0] == years[1], "no cluster is new"


def test_the_same_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, workbook, recipe = tmp_path / "data", tmp_path / "results.xlsx", tmp_path / "recipe.toml"
    messy_workbook.write(workbook, 2025)
    shared = ["--data", str(data), "--lang", "fr"]
    assert main(["understand", str(workbook), "-o", str(recipe), *shared]) == 0
    printed = capsys.readouterr().out.replace("\u00a0", " ")
    assert "« Résultats 2025 » : 60 lignes" in printed
    assert "Quel secteur est « BTP »" in printed
    assert main(["check", str(workbook), "--recipe", str(recipe), *shared]) == 1
    refused = capsys.readouterr().out.replace("\u00a0", " ")
    assert "personne n’a répondu à « sector:BTP »" in refused
    text = recipe.read_text("utf-8")
    assert main(["understand", str(workbook), "-o", str(recipe), *shared]) == 1, "nothing is overwritten"
    assert recipe.read_text("utf-8") == text
    answers = {"country": "FR", "fractions": "percent", "BTP": "construction"}
    answers |= {f'"{heading}"': code for heading, code in COLUMNS.items()}
    for key, choice in answers.items():
        assert f'{key} = "{OPEN}"' in text, key
        text = text.replace(f'{key} = "{OPEN}"', f'{key} = "{choice}"')
    recipe.write_text(text, "utf-8")
    capsys.readouterr()
    assert main(["import", str(workbook), "--recipe", str(recipe), "--accept", "removal", *shared]) == 0
    assert catalog.current_id(data)


def test_what_is_not_read_is_named(tmp_path: Path) -> None:
    workbook = tmp_path / "results.xlsx"
    messy_workbook.write(workbook, 2025)
    grids, problems = readers.read_grids([workbook])
    notes = {
        (note.table, note.key)
        for note in [*problems, *understand(grids, recipe_files.known_words(tmp_path / "data", TODAY)).notes()]
    }
    assert {
        ("Lisez-moi", "recipe.no_headings"),
        ("Adhérents", "recipe.unread"),
        ("Résultats 2025", "recipe.unread"),
        ("Résultats 2025", "recipe.left_out_total"),
        ("Résultats 2025", "recipe.left_out_note"),
        ("Résultats 2025", "sheet.hidden_rows"),
        ("Résultats 2025", "reading.no_answer"),
        ("Résultats 2025", "reading.about"),
    } <= notes


def test_a_cell_that_cannot_be_read_stands_where_it_is_in_the_workbook(tmp_path: Path) -> None:
    workbook = tmp_path / "results.csv"
    workbook.write_text(
        "Nom du pôle;Pays;Date de l’entretien;Part du financement privé\n"
        "Un;France;27/03/2025;45 %\nDeux;France;27/03/2025;environ la moitié\n",
        "utf-8",
    )
    grids, _ = readers.read_grids([workbook])
    known = recipe_files.known_words(tmp_path / "data", TODAY)
    found = understand(grids, known)
    (question,) = found.open
    assert (question.kind, question.count) == ("unreadable", 1)
    assert (question.places[0].row, question.places[0].cell) == (3, "environ la moitié")
    for choice, keys in (("keep", ["cell.number"]), ("no_answer", [])):
        recipe = write_recipe(tmp_path, found.recipe.with_choice(question.sheet, question.key, choice))
        _, problems = build.check_files([workbook, recipe], tmp_path / "data", TODAY)
        assert [problem.key for problem in errors(problems)] == keys
        for problem in errors(problems):
            assert (problem.row, problem.column) == (3, "Part du financement privé")
