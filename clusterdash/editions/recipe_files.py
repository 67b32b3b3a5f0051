"""Files that are read by a recipe, which may be among them; and what is understood of files without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ..domain import ClusterdashError, Problem
from ..domain.pseudonym import Pseudonyms
from ..ingest import readers
from ..ingest.extend import ExtendedEdition
from ..ingest.readers import Sheet
from ..recipes.recipe import Recipe, from_toml, to_toml
from ..recipes.understand import Understanding, understand
from ..recipes.vocabulary import Vocabulary, vocabulary
from . import catalog, export

RECIPE_SUFFIX = ".toml"
MAXIMUM_BYTES = 1024 * 1024
"""Of the file of a recipe."""


@dataclass(frozen=True, slots=True)
class SubmittedSheets:
    """The sheets of submitted files, what is wrong with the files, and how they were understood if by a recipe."""

    sheets: list[Sheet]
    problems: list[Problem]
    understanding: Understanding | None = None

    def located(self, problems: Sequence[Problem]) -> list[Problem]:
        """Problems of tables, with the headings that stand in the files."""
        understood = self.understanding
        if understood is None:
            return [*problems]
        return [
            replace(problem, column=understood.heading(problem.file, problem.table, problem.column))
            for problem in problems
        ]


def served_tables(paths: Sequence[Path], data: Path) -> ExtendedEdition | None:
    """The tables of the served edition, whose clusters a recipe among the files may mean; None if there is neither.

    Raises ClusterdashError if it cannot be read.
    """
    if not any(path.suffix.lower() == RECIPE_SUFFIX for path in paths) or not catalog.history(data):
        return None
    return export.read_for_extension(catalog.current_path(data))


def read_submitted(
    paths: Sequence[Path],
    facts: Sequence[Sheet],
    known: ExtendedEdition | None,
    today: date,
    most_rows: int | None = None,
) -> SubmittedSheets:
    """Read submitted files, by the recipe among them if there is one; each open question is an error.

    `known` is the edition whose clusters are known besides those of the facts.
    """
    recipes = [path for path in paths if path.suffix.lower() == RECIPE_SUFFIX]
    if not recipes:
        return SubmittedSheets(*readers.read_files(paths, most_rows))
    files = [path for path in paths if path not in recipes]
    try:
        if len(recipes) > 1:
            raise ClusterdashError("recipe.several", names=", ".join(path.name for path in recipes))
        recipe = read_recipe(recipes[0])
    except ClusterdashError as error:
        values = tuple(error.values.items())
        return SubmittedSheets([], [Problem(str(recipes[0]), "", None, "", "", error.key, values)])
    grids, problems = readers.read_grids(files, most_rows)
    found = understand(grids, vocabulary(facts, known, today), recipe)
    for question in found.open:
        place = f"{question.sheet}: {question.key}" if question.sheet else question.key
        problems.append(Problem(str(recipes[0]), "", None, "", "", "recipe.open", (("place", place),)))
    return SubmittedSheets(found.tables(), [*problems, *found.notes()], found)


def read_recipe(path: Path) -> Recipe:
    """The recipe in a file. Raises ClusterdashError if it cannot be read."""
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise ClusterdashError("recipe.too_large", megabytes=MAXIMUM_BYTES // 1024**2)
        return from_toml(path.read_text("utf-8-sig"))
    except (OSError, UnicodeError) as error:
        raise ClusterdashError("recipe.unreadable", detail=str(error)) from error


def earlier_recipe(path: Path) -> Recipe:
    """The recipes by which an edition was read, as one for the next files of their shapes.

    Raises ClusterdashError if the edition cannot be read.
    """
    found = Recipe()
    for sheet in export.sheets(path):
        if sheet.name == "recipes":
            for _, cells in sheet.rows:
                found = found.joined_with(from_toml(cells[sheet.header.index("recipe")]))
    return found.for_next_time()


def without_cluster(sheet: Sheet, cluster_id: str, pseudonyms: Pseudonyms) -> Sheet:
    """A table of recipes that do not name a cluster."""
    place = sheet.header.index("recipe")
    rows = []
    for number, cells in sheet.rows:
        recipe = from_toml(cells[place])
        others = {
            name: one for name, one in recipe.clusters.items() if one != cluster_id and pseudonyms.replace(name) == name
        }
        kept = to_toml(replace(recipe, clusters=others))
        rows.append((number, tuple(kept if index == place else cell for index, cell in enumerate(cells))))
    return replace(sheet, rows=tuple(rows))


def understand_files(
    paths: Sequence[Path], known: Vocabulary, recipe: Recipe | None = None
) -> tuple[Understanding, list[Problem]]:
    """What is understood of files, with the choices of a recipe; and what is wrong with the files."""
    grids, problems = readers.read_grids(paths)
    return understand(grids, known, recipe), problems


def known_words(data: Path, today: date, edition: str = "") -> Vocabulary:
    """What files are understood by: the facts, and the clusters of an edition by its id.

    That is the one that they are to extend, else the one that is served. Raises ClusterdashError if it cannot be read.
    """
    tables = export.read_for_extension(catalog.edition_path(data, edition)) if edition else None
    return vocabulary(read_facts(data)[0], tables, today)


def read_facts(data: Path) -> tuple[list[Sheet], list[Problem]]:
    """The tables of the facts, and what is wrong with them."""
    folders = [catalog.facts_folder(data, "labels"), catalog.facts_folder(data, "scheme")]
    return readers.read_files(folders, follow=True)
