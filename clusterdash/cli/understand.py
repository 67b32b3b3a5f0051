"""The command that understands files in a form of their own, and writes the recipe by which they can be imported."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from .. import files
from ..domain import ClusterdashError
from ..editions import catalog, recipe_files
from ..i18n import translate
from ..ingest.problem_list import problem_lines
from ..presentation.admin import understanding as texts
from ..recipes.recipe import to_toml


def understand_files(options: argparse.Namespace) -> int:
    """Print what is understood of files and what is asked, and write the recipe; returns 1 if a file is unreadable."""
    edition = options.to or catalog.current_id(options.data)
    if options.recipe:
        recipe = recipe_files.read_recipe(options.recipe)
    elif edition:
        recipe = recipe_files.earlier_recipe(catalog.edition_path(options.data, edition))
    else:
        recipe = None
    today = datetime.now(UTC).date()
    known = recipe_files.known_words(options.data, today, edition)
    found, problems = recipe_files.understand_files(options.files, known, recipe)
    lines = [translate(options.lang, "recipe.documented", sheet=sheet.name) for sheet in found.documented]
    lines += [texts.sheet_sentence(sheet, options.lang) for sheet in found.sheets]
    lines += problem_lines([*problems, *found.notes()], options.lang)
    schemes = {sheet.layout.name: sheet.layout.scheme for sheet in found.sheets}
    lines += [
        f"? {texts.answer_sentence(question, known, schemes.get(question.sheet, ''), options.lang)}"
        for question in found.open
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    _write(options.out, to_toml(found.recipe))
    sys.stdout.write(translate(options.lang, "command.understood", n=len(found.open), path=options.out) + "\n")
    return 1 if any(problem.severity == "error" for problem in problems) else 0


def _write(path: Path, text: str) -> None:
    """Write the recipe. Raises ClusterdashError if there is a file already: somebody may have answered in it."""
    if path.exists():
        raise ClusterdashError("recipe.exists", path=path)
    files.write_output(path, text.encode())
