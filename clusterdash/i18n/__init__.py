"""French and English: texts, numbers, dates, names, and the choice of language. Texts are in `locales/`."""

from .collation import collation_key
from .countries import countries_by_name, country_codes, country_name, european_names, other_country_codes
from .formats import (
    format_date,
    format_datetime,
    format_number,
    format_partial_date,
    format_value,
    plural_category,
    round_for_display,
)
from .languages import (
    CLDR_LOCALES,
    LANGUAGE_NAMES,
    LANGUAGES,
    csv_separator,
    decimal_mark,
    language_of,
    language_of_environment,
    negotiate_language,
)
from .markdown import bold_runs, escape_markdown
from .messages import texts
from .translate import column_headings, explain, translate, without_paths

__all__ = [
    "CLDR_LOCALES",
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "bold_runs",
    "collation_key",
    "column_headings",
    "countries_by_name",
    "country_codes",
    "country_name",
    "csv_separator",
    "decimal_mark",
    "escape_markdown",
    "european_names",
    "explain",
    "format_date",
    "format_datetime",
    "format_number",
    "format_partial_date",
    "format_value",
    "language_of",
    "language_of_environment",
    "negotiate_language",
    "other_country_codes",
    "plural_category",
    "round_for_display",
    "texts",
    "translate",
    "without_paths",
]
