"""Texts in both languages, and numbers and dates as each language writes them."""

from __future__ import annotations

import ast
import re
import string
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clusterdash.i18n import country_name, number, partial_date, say, texts
from clusterdash.model import Audience, Label

ROOT = Path(__file__).parent.parent


def forms(entry: str | dict[str, str]) -> dict[str, str]:
    return {"": entry} if isinstance(entry, str) else entry


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(texts()))
def test_every_text_is_in_both_languages_with_the_same_blanks(key: str) -> None:
    entry: dict[str, Any] = texts()[key]
    assert set(entry) == {"fr", "en"}
    french, english = forms(entry["fr"]), forms(entry["en"])
    assert set(french) == set(english)
    for category, text in french.items():
        assert text.strip()
        assert english[category].strip()
        assert fields(text) == fields(english[category])


def test_every_key_in_the_code_has_a_text_and_every_text_is_used() -> None:
    sources = [*(ROOT / "clusterdash").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    code = "\n".join(path.read_text("utf-8") for path in sources)
    groups = {key.split(".")[0] for key in texts()}
    named = {
        match for match in re.findall(r"[\"']([a-z_0-9]+\.[a-z_0-9]+)[\"']", code) if match.split(".")[0] in groups
    }
    named = {key for key in named if key.rpartition(".")[2] not in ("csv", "css", "ics", "jsonl", "toml")}
    assert named <= set(texts()), named - set(texts())
    families = set(re.findall(r"[\"']([a-z_]+)\.\{", code))  # "label.{…}"
    computed = {f"{page.stem}.menu" for page in (ROOT / "pages").rglob("*.py")}
    families.add("rule")  # named by their part, in words.method
    unused = {key for key in texts() if key not in named | computed and key.split(".")[0] not in families}
    assert not {key for key in unused if f'text("{key.split(".")[1]}")' not in code}


def test_families_of_texts_are_whole() -> None:
    for label in Label:
        assert say("fr", f"label.{label}")
        assert say("en", f"home.{label}")
    for audience in Audience:
        assert say("fr", f"audience.{audience}")


_FRENCH_SPACING = re.compile(r"\w\)?[ \u00a0\u202f][:;?!»]|«")


@pytest.mark.parametrize("key", sorted(texts()))
def test_english_texts_have_no_french_spacing(key: str) -> None:
    assert not [text for text in forms(texts()[key]["en"]).values() if _FRENCH_SPACING.search(text)]


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "clusterdash").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py")), ROOT / "app.py"],
    ids=lambda path: path.stem,
)
def test_no_spacing_of_one_language_stands_in_the_code(path: Path) -> None:
    """A colon between texts is a text too (`table.labelled`): a space before it would be French in both languages."""
    tree = ast.parse(path.read_text("utf-8"))
    chosen = {
        value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict) and {getattr(key, "value", None) for key in node.keys} == {"fr", "en"}
        for value in node.values
    } | {branch for node in ast.walk(tree) if isinstance(node, ast.IfExp) for branch in (node.body, node.orelse)}
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in chosen
    ]
    assert not [
        text for text in found if "\n" not in text and re.search(r"(^|[\w)}])[ \u00a0\u202f][:;?!»](\s|$)", text)
    ]


def test_plural() -> None:
    assert say("fr", "home.count", n=0) == "0 cluster"
    assert say("en", "home.count", n=0) == "0 clusters"
    assert say("en", "home.count", n=1) == "1 cluster"
    assert say("fr", "home.count", n=1300) == "1\u202f300 clusters"


def test_numbers_and_dates() -> None:
    assert number("fr", 1234.56) == "1\u202f234,6"
    assert number("en", 1234.56) == "1,234.6"
    assert number("en", -0.0) == "0"
    assert number("en", -0.4, 0) == "0"
    assert number("fr", 0.0432) == "0,043"
    assert number("fr", 49.6, 0) == "50"
    assert partial_date("fr", "2013") == "2013"
    assert partial_date("fr", "2013-03") == "mars 2013"
    assert partial_date("en", "2013-03-27") == "27 March 2013"
    assert partial_date("fr", "2013-03-01") == "1er mars 2013"
    assert partial_date("fr", "2013-03-21") == "21 mars 2013"
    assert partial_date("fr", "") == "date inconnue"
    assert say("en", "benchmark.basis", scheme="S", day=date(2025, 3, 1), evidence="e", edition="E").startswith(
        "S of 1 March 2025"
    )
    assert country_name("fr", "DE") == "Allemagne"
