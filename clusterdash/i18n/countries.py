"""Countries by their ISO 3166-1 alpha-2 codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from ..domain import Language
from .languages import CLDR_LOCALES

_EUROPEAN_LOCALES = (
    *("bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "is", "it", "lt", "lv", "mk"),
    *("mt", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sq", "sr_Latn", "sv", "tr", "uk"),
)
"""The languages of Europe in which a country may be looked for."""
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}
"""Two-letter codes in CLDR that are not countries."""


@lru_cache(maxsize=8192)
def country_name(language: Language, code: str) -> str:
    """Return the name of a country; the code itself if there is none."""
    return str(Locale.parse(CLDR_LOCALES[language]).territories.get(code, code))


@cache
def european_names(code: str) -> frozenset[str]:
    """Return the names of a country in the languages of Europe."""
    names = (Locale.parse(locale).territories.get(code) for locale in _EUROPEAN_LOCALES)
    return frozenset(str(name) for name in names if name)


@cache
def country_codes() -> frozenset[str]:
    """Return the codes that CLDR knows, Kosovo (XK) among them."""
    known = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in known if len(code) == 2 and code.isalpha()) - _NOT_COUNTRIES


@cache
def other_country_codes() -> Mapping[str, str]:
    """Return the codes by other usual ones: of three letters, former ones of one country, UK, and EL of the EU."""
    known = {str(other): codes for other, codes in get_global("territory_aliases").items()}
    return {"EL": "GR"} | {
        other: str(codes[0])
        for other, codes in known.items()
        if len(codes) == 1 and other.isalpha() and other not in country_codes() and codes[0] in country_codes()
    }


@cache
def countries_by_name(key: Callable[[str], str]) -> Mapping[str, str]:
    """Return the codes of all countries by their European names, each as `key` writes it to be compared."""
    return {key(name): code for code in sorted(country_codes()) for name in european_names(code)}
