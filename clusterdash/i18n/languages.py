"""The supported languages, and the one rule by which pages, routes and commands choose among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from babel import negotiate_locale
from babel.numbers import get_decimal_symbol

from ..domain import Language

LANGUAGES: tuple[Language, ...] = ("fr", "en")
LANGUAGE_NAMES: dict[str, str] = {"fr": "Français", "en": "English"}
"""The name of each language in itself."""
CLDR_LOCALES: dict[Language, str] = {"fr": "fr_FR", "en": "en_GB"}
"""The locale by whose rules each language writes numbers, dates and names of countries."""
_DEFAULT: Language = "fr"
"""For a visitor without any stated preference."""
_FALLBACK: Language = "en"
"""For a visitor whose preferred languages are all unsupported."""


def decimal_mark(language: Language) -> str:
    """Return the character that separates the decimals of a number."""
    return get_decimal_symbol(CLDR_LOCALES[language])


def csv_separator(language: Language) -> str:
    """Return what separates the cells of a CSV file for spreadsheets: ";" where "," separates decimals."""
    return ";" if decimal_mark(language) == "," else ","


def language_of(code: str | None) -> Language | None:
    """Return the language of a code such as "fr"; None if it is not supported."""
    return next((language for language in LANGUAGES if language == code), None)


def negotiate_language(requested: str | None, accept_language: str | None) -> Language:
    """Return the language of a session.

    `requested`: the language in the address, or of the session so far; it decides if supported. `accept_language`: what
    the browser prefers, as in the HTTP header (RFC 9110, 12.5.4): "fr-BE, en;q=0.8", or one tag alone.
    """
    return language_of(requested) or _first_of_ours(_preferences(accept_language or ""))


def language_of_environment(environment: Mapping[str, str]) -> Language:
    """Return the language of a terminal or a server's log, by POSIX's variables; unset means the locale "C"."""
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or "C"
    return _first_of_ours([re.split(r"[.@]", locale, maxsplit=1)[0].replace("_", "-").lower()])


def _first_of_ours(preferred: Sequence[str]) -> Language:
    if not preferred:
        return _DEFAULT
    return language_of(negotiate_locale(preferred, LANGUAGES, sep="-")) or _FALLBACK


def _preferences(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, the preferred first; an unreadable weight counts as 1."""
    weighted = []
    for entry in header.lower().split(","):
        tag, _, weight = (part.strip() for part in entry.partition(";"))
        quality = re.fullmatch(r"q=([01](?:\.\d{0,3})?)", weight)
        weighted.append((float(quality[1]) if quality else 1.0, tag))
    return [tag for quality, tag in sorted(weighted, key=lambda entry: -entry[0]) if tag and quality > 0]
