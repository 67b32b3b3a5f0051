"""Texts in both languages, and numbers and dates as each language writes them."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clusterdash.domain import STAFF, Audience, Label, Language
from clusterdash.editions.reader import EditionDatabase
from clusterdash.i18n import (
    LANGUAGES,
    country_name,
    format_number,
    format_partial_date,
    language_of_environment,
    negotiate_language,
    texts,
    translate,
)
from clusterdash.presentation.formatting import with_unit
from clusterdash.presentation.limit_texts import limit_values
from clusterdash.site_map import sections

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "clusterdash" / "i18n" / "locales"


def forms(entry: str | dict[str, str]) -> dict[str, str]:
    return {"": entry} if isinstance(entry, str) else entry


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def faults_of(key: str, entry: dict[Language, Any]) -> list[str]:
    """What a text lacks in one language that it has in another."""
    if set(entry) != set(LANGUAGES):
        return [f"{key}: only in {sorted(entry)}"]
    found = [forms(entry[language]) for language in LANGUAGES]
    if len({frozenset(one) for one in found}) > 1:
        return [f"{key}: plural forms {' and '.join(str(sorted(one)) for one in found)}"]
    empty = [f"{key}: empty" for one in found for text in one.values() if not text.strip()]
    return empty + [
        f"{key}: blanks {' and '.join(str(sorted(fields(one[category]))) for one in found)}"
        for category in found[0]
        if len({frozenset(fields(one[category])) for one in found}) > 1
    ]


def test_every_text_is_in_all_languages_with_the_same_blanks() -> None:
    assert not [fault for key, entry in texts().items() for fault in faults_of(key, entry)]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"fr": "a"}, "k: only in ['fr']"),
        ({"fr": "{n} a", "en": "a"}, "k: blanks ['n'] and []"),
        ({"fr": {"one": "a", "other": "b"}, "en": "a"}, "k: plural forms ['one', 'other'] and ['']"),
        ({"fr": "a", "en": " "}, "k: empty"),
    ],
)
def test_what_a_text_lacks_is_found(entry: dict[Language, Any], fault: str) -> None:
    assert faults_of("k", entry) == [fault]


def keys_of(area: Path) -> set[str]:
    sections = tomllib.loads(area.read_text("utf-8"))
    return {f"{section}.{key}" for section, entries in sections.items() for key in entries}


def test_an_area_is_a_short_file_with_the_same_keys_in_each_language() -> None:
    areas = {language: {file.name: file for file in (LOCALES / language).iterdir()} for language in LANGUAGES}
    assert sorted(file.name for file in LOCALES.iterdir()) == sorted(LANGUAGES)
    first = areas[LANGUAGES[0]]
    for language, found in areas.items():
        assert set(found) == set(first), language
        for name, file in first.items():
            assert keys_of(file) == keys_of(found[name]), (language, name)
    lines = {file: len(file.read_text("utf-8").splitlines()) for found in areas.values() for file in found.values()}
    assert not {file: n for file, n in lines.items() if n > 150}


def test_every_key_in_the_code_has_a_text_and_every_text_is_used() -> None:
    sources = [*(ROOT / "clusterdash").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    code = "\n".join(path.read_text("utf-8") for path in sources)
    groups = {key.split(".")[0] for key in texts()}
    named = {
        match for match in re.findall(r"[\"']([a-z_0-9]+\.[a-z_0-9]+)[\"']", code) if match.split(".")[0] in groups
    }
    named = {key for key in named if key.rpartition(".")[2] not in ("atom", "csv", "css", "ics", "jsonl", "toml")}
    assert named <= set(texts()), named - set(texts())
    families = set(re.findall(r"[\"']([a-z_]+)\.\{", code))  # "label.{…}"
    computed = {f"{page.stem}.menu" for page in (ROOT / "pages").rglob("*.py")}
    families.add("rule")  # named by their part, in words.method
    unused = {key for key in texts() if key not in named | computed and key.split(".")[0] not in families}
    assert not {key for key in unused if f'text("{key.split(".")[1]}")' not in code}


def test_families_of_texts_are_whole() -> None:
    for label in Label:
        assert translate("fr", f"label.{label}")
        assert translate("en", f"home.{label}")
    for audience in Audience:
        for section, destinations in sections(audience).items():
            assert not section or translate("fr", f"section.{section}")
            assert all(translate("fr", f"destination.{destination}") for destination in destinations)


_FRENCH_SPACING = re.compile(r"\w\)?[ \u00a0\u202f][:;?!»]|«")


def test_english_texts_have_no_french_spacing() -> None:
    english = [text for entry in texts().values() for text in forms(entry["en"]).values()]
    assert not [text for text in english if _FRENCH_SPACING.search(text)]
    assert [text for entry in texts().values() for text in forms(entry["fr"]).values() if _FRENCH_SPACING.search(text)]


def test_apostrophes_are_typographic_as_in_the_data() -> None:
    written = [text for entry in texts().values() for one in entry.values() for text in forms(one).values()]
    assert [text for text in written if "’" in text]
    assert not [text for text in written if re.search(r"\w'\w|s' ", text)]


_SPACED_MARK = re.compile(r"(^|[\w)}])[ \u00a0\u202f][:;?!»](\s|$)")


def spaced_texts(code: str) -> list[str]:
    """The texts in the code with a space before a colon and the like, but for those chosen by the language."""
    tree = ast.parse(code)
    chosen = {
        value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict) and {getattr(key, "value", None) for key in node.keys} == set(LANGUAGES)
        for value in node.values
    } | {branch for node in ast.walk(tree) if isinstance(node, ast.IfExp) for branch in (node.body, node.orelse)}
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in chosen
    ]
    return [text for text in found if "\n" not in text and _SPACED_MARK.search(text)]


def test_no_spacing_of_one_language_stands_in_the_code() -> None:
    """A colon between texts is a text too (`table.labelled`): a space before it would be French in both languages."""
    sources = [*(ROOT / "clusterdash").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    found = {path.name: spaced_texts(path.read_text("utf-8")) for path in sources}
    assert not {name: spaced for name, spaced in found.items() if spaced}
    assert spaced_texts('f"{name} : {value}"') == [" : "]


@pytest.mark.parametrize(
    ("requested", "accepted", "language"),
    [
        ("en", "fr", "en"),
        ("fr", "en-GB,en;q=0.9", "fr"),
        ("tlh", "fr-BE,fr;q=0.9", "fr"),
        (None, "FR-ch", "fr"),
        (None, "en-US,en;q=0.9,fr;q=0.8", "en"),
        (None, "en;q=0.5, fr;q=0.9", "fr"),
        (None, "de-DE,de;q=0.9,fr;q=0.5", "fr"),
        (None, "de;q=0.9,fr;q=0", "en"),
        (None, "de", "en"),
        (None, "x;q=nonsense", "en"),
        (None, "*", "en"),
        (None, None, "fr"),
        (None, " , ", "fr"),
    ],
)
def test_one_rule_chooses_the_language(requested: str | None, accepted: str | None, language: Language) -> None:
    assert negotiate_language(requested, accepted) == language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "fr_BE@euro", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB", "LC_ALL": "fr_FR"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_a_terminal_has_the_language_of_its_locale(environment: dict[str, str], language: Language) -> None:
    assert language_of_environment(environment) == language


def test_plural() -> None:
    assert translate("fr", "home.count", n=0) == "0 cluster"
    assert translate("en", "home.count", n=0) == "0 clusters"
    assert translate("en", "home.count", n=1) == "1 cluster"
    assert translate("fr", "home.count", n=1300) == "1\u202f300 clusters"


def test_numbers_and_dates() -> None:
    assert format_number("fr", 1234.56) == "1\u202f234,6"
    assert format_number("en", 1234.56) == "1,234.6"
    assert format_number("en", -0.0) == "0"
    assert format_number("en", -0.4, 0) == "0"
    assert format_number("fr", 0.0432) == "0,043"
    assert format_number("fr", 49.6, 0) == "50"
    assert format_partial_date("fr", "2013") == "2013"
    assert format_partial_date("fr", "2013-03") == "mars 2013"
    assert format_partial_date("en", "2013-03-27") == "27 March 2013"
    assert format_partial_date("fr", "2013-03-01") == "1er mars 2013"
    assert format_partial_date("fr", "2013-03-21") == "21 mars 2013"
    assert format_partial_date("fr", "") == "date inconnue"
    assert translate("en", "benchmark.basis", scheme="S", day=date(2025, 3, 1), evidence="e", edition="E").startswith(
        "S of 1 March 2025"
    )
    assert country_name("fr", "DE") == "Allemagne"


LIMITED = {
    *limit_values(),
    "categories",
    "high",
    "least",
    "maximum",
    "months",
    "of",
    "participants",
    "seconds",
    "times",
    "top",
}
LIMITED |= {"variants"}
"""Blanks that the program fills with limits of its own, or with numbers that are never one."""
SEVERAL = {("command.many_warnings", "n"), ("command.many_errors", "n"), ("rule.example", "n")}
SEVERAL |= {("grant.many", "clusters"), ("grant.many_unprotected", "clusters"), ("heat.caption", "few")}
SEVERAL |= {("labels.chosen_countries", "n"), ("table.unknown", "rows")}
"""Numbers that are above one where the text is used."""
UNCOUNTED = r"(?!(?:does|dans|des|has|mois|sans|was)\b)"
"""Words that end like a plural and are none."""
PLURAL = (
    r"\{(\w+)\}(?:\*\*)?[^\S\n](?:(?:assessed|audited|other|autres|equal|of|sur|\{\w+\})\s)*"
    + UNCOUNTED
    + r"\w{2,}[sx]\b"
)


def uncounted(text: str) -> set[str]:
    """The blanks of a text before a word in the plural, where the number might be one."""
    return {name for name in re.findall(PLURAL, text) if name not in LIMITED}


def test_a_number_that_may_be_one_chooses_the_word_that_it_counts() -> None:
    found = set()
    for key, entry in texts().items():
        for language in ("fr", "en"):
            for category, text in forms(entry[language]).items():
                counted = {"n"} if category == "other" else set()
                found |= {(key, name) for name in uncounted(text) - counted}
    assert not found - SEVERAL


def test_what_counts_is_found() -> None:
    assert uncounted("{n} partners") == {"n"}
    assert uncounted("dans **{own}** domaines sur {n}") == {"own"}
    assert uncounted("{n} {n:partner|partners}") == set()
    assert uncounted("at least {median_minimum} other answers") == set()


def test_a_word_follows_its_number() -> None:
    assert translate("en", "difference.answers", new=1, gone=0, changed=2) == "Answers: 1 new, 0 gone, 2 changed."
    assert translate("fr", "difference.answers", new=1, gone=0, changed=2) == (
        "Réponses\u00a0: 1 nouvelle, 0 disparue, 2 modifiées."
    )
    assert translate("en", "login.too_old", hours=1).startswith("You signed in more than 1 hour ago")
    with pytest.raises(TypeError):
        translate("en", "login.too_old", hours="1")


def test_every_unit_has_a_singular(opened: EditionDatabase) -> None:
    for grid in opened.reader(STAFF).schemes():
        for indicator in grid.indicators:
            for language in LANGUAGES:
                one, unit = indicator.unit_one.get(language), indicator.unit.get(language)
                assert "|" not in one + unit
                assert not re.search(r"\w{3,}s\b", one.replace("mois", "")), f"{indicator.code}: {one}"
                if indicator.kind in ("number", "points"):
                    assert with_unit(language, 1, indicator).endswith(one)
                    assert with_unit(language, 3, indicator).endswith(unit)


def test_french_signs_stay_with_their_words() -> None:
    french = [text for entry in texts().values() for text in forms(entry["fr"]).values()]
    assert [text for text in french if re.search(r" [:;?!»%](?!\w)|« ", text)] == []
    assert sum("\u00a0:" in text for text in french) > 100
