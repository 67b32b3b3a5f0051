"""A recipe is a text that people read and edit: what it says comes back, what is wrong in it is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdash.domain import ClusterdashError
from clusterdash.i18n import explain
from clusterdash.recipes.recipe import Recipe, SheetRecipe, from_toml, to_toml

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
PAIRS = st.dictionaries(WORDS, WORDS, max_size=4)
SHEETS = st.builds(
    SheetRecipe, WORDS, st.sampled_from(["wide", "answers", "clusters", "awards", "none"]), WORDS, PAIRS, PAIRS
)


@given(st.builds(Recipe, st.lists(SHEETS, max_size=3).map(tuple), PAIRS, PAIRS))
def test_a_recipe_comes_back_from_its_text(recipe: Recipe) -> None:
    assert from_toml(to_toml(recipe)) == recipe


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("version = ", "recipe.not_toml"),
        ("", "recipe.version"),
        ("version = 2", "recipe.version"),
        ("version = 1\nsheets = 3", "recipe.field"),
        ("version = 1\nsectors = 3", "recipe.field"),
        ("version = 1\n[sectors]\na = 1", "recipe.field"),
        ("version = 1\nsheet = []", "recipe.unknown"),
        ('version = 1\n[[sheets]]\nname = "a"\ntable = "long"', "recipe.table"),
        ('version = 1\n[[sheets]]\ntable = "wide"', "recipe.field"),
        ('version = 1\n[[sheets]]\nname = "a"\ntable = "wide"\ncolumn = {}', "recipe.unknown"),
    ],
)
def test_what_is_wrong_in_a_recipe_is_named(text: str, key: str) -> None:
    with pytest.raises(ClusterdashError) as refused:
        from_toml(text)
    assert refused.value.key == key
    assert explain("fr", refused.value)


def test_the_recipe_of_a_sheet_is_found_by_its_shape() -> None:
    columns = {"Nom du pôle": "name", "Pays": "country", "Budget": "F3"}
    recipe = Recipe((SheetRecipe("2025", "wide", columns=columns), SheetRecipe("Autre", "none", columns={"A": "none"})))
    assert recipe.for_sheet("2026", ["NOM DU POLE", "Pays", "Budget"]) == recipe.sheets[0]
    assert recipe.for_sheet("2025", ["A", "B"]) is None, "the name alone is not enough"


def test_the_day_of_one_year_is_not_kept_for_the_next() -> None:
    sheet = SheetRecipe("2025", "wide", choices={"assessed_on": "2025-06-30", "fractions": "percent"})
    assert Recipe((sheet,)).for_next_time().sheets[0].choices == {"fractions": "percent"}
