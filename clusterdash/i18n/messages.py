"""Loading of the texts: a folder for each language in `locales/`, with a file for each area."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from ..domain import Language
from .languages import LANGUAGES


@cache
def texts() -> dict[str, dict[Language, Any]]:
    """Return all texts: key -> language -> sentence, or its plural forms by CLDR category ("one", "other").

    Raises ValueError if a language defines the same key twice.
    """
    found: dict[str, dict[Language, Any]] = {}
    for language in LANGUAGES:
        folder = resources.files("clusterdash.i18n").joinpath("locales", language)
        for area in sorted(folder.iterdir(), key=lambda file: file.name):
            for section, entries in tomllib.loads(area.read_text("utf-8")).items():
                for name, entry in entries.items():
                    by_language = found.setdefault(f"{section}.{name}", {})
                    if language in by_language:
                        raise ValueError(f"{language}/{area.name} gives {section}.{name} a second time")
                    by_language[language] = _with_kept_spaces(entry) if language == "fr" else entry
    return found


def _with_kept_spaces(entry: Any) -> Any:
    """A French text, or its plural forms, whose signs stay with their words: no line begins with a colon."""
    if isinstance(entry, dict):
        return {category: _with_kept_spaces(text) for category, text in entry.items()}
    return re.sub(r" (?=[:;?!»%](?!\w))|(?<=«) ", "\u00a0", entry) if isinstance(entry, str) else entry
