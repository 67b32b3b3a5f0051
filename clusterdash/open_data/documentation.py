"""What the page of open data says: how much there is, the addresses, their filters and columns, examples. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from ..domain import LabelHolder, Language, RegisterSource
from ..i18n import format_partial_date, translate
from ..presentation.benchmark.tables import table
from ..presentation.html import Markup, copyable, escape
from . import data_package, dcat, embed
from .data_package import FIELDS, field_meaning
from .feed import PATH as FEED
from .label_files import ABOUT

_FILTERS = ("label", "country", "sector", "state", "year", "q", "lang")
_EXAMPLES = {
    "curl": 'curl --fail --output labels-gold.csv "{address}"',
    "python": """import pandas as pd

labels = pd.read_csv(
    "{address}",
    encoding="utf-8-sig", dtype=str, keep_default_na=False, na_values=[""],
)
print(labels.groupby("country_name")["cluster_id"].nunique().sort_values(ascending=False))""",
    "r": """labels <- read.csv(
  "{address}",
  fileEncoding = "UTF-8-BOM", colClasses = "character", na.strings = ""
)
clusters <- labels[!duplicated(labels$cluster_id), ]
sort(table(clusters$country_name), decreasing = TRUE)""",
    "excel": """let
    Source = Csv.Document(
        Web.Contents("{address}"),
        [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]
    ),
    Labels = Table.PromoteHeaders(Source, [PromoteAllScalars = true])
in
    Labels""",
}
"""What one copies to read the Gold labels, by the program; all cells as text, since dates may be years."""


def title(register: Sequence[LabelHolder], language: Language) -> str:
    """How many awards of how many clusters there are."""
    awards = sum(len(holder.awards) for holder in register)
    return translate(language, "open_data.title", n=awards, clusters=len(register))


def lead(source: RegisterSource | None, language: Language) -> str:
    """Of when the register is, and under which terms it may be used; of when only where it states that."""
    day = source.as_of if source else ""
    stated = [translate(language, "open_data.as_of", date=format_partial_date(language, day))] if day else []
    return " ".join([*stated, translate(language, "export.licence"), translate(language, "export.sources")])


def filter_example(server: str, language: Language) -> Markup:
    """An address with filters, as a link."""
    asked = urlencode({"label": "gold", "country": "FR,BE", "lang": language}, safe=",")
    return _link(f"{server}labels.csv?{asked}")


def address_table(server: str, language: Language) -> Markup:
    """Each file with its address and use; `server`: its own address, with a trailing slash."""
    asked = urlencode({"lang": language})
    rows = [(kind.upper(), f"labels.{kind}?{asked}", kind) for kind in ("csv", "xlsx", "json")]
    rows += [
        ("GeoJSON", f"labels.geojson?{asked}", "geojson"),
        ("Atom", f"{FEED}?{asked}", "atom"),
        ("Data Package", f"{data_package.PATH}?{asked}", "datapackage"),
        ("DCAT-AP", dcat.PATH, "dcat"),
        ("HTML", f"list/{language}", "list"),
        ("iframe", f"{embed.PATH}?{asked}", "embed"),
    ]
    headings = [translate(language, f"column.{name}") for name in ("format", "web_address", "use")]
    cells = [[name, _link(server + path), translate(language, f"file_use.{use}")] for name, path, use in rows]
    return table(translate(language, "table.files"), headings, [("", cells)], prose=True)


def filter_table(language: Language) -> Markup:
    """The parameters of the addresses, with what they hold."""
    headings = [translate(language, f"column.{name}") for name in ("parameter", "meaning")]
    rows = [[_code(name), translate(language, f"filter_use.{name}")] for name in _FILTERS]
    return table(translate(language, "table.filters"), headings, [("", rows)], prose=True)


def column_table(language: Language) -> Markup:
    """The columns of the files: name, type, meaning; those that repeat what is true of the whole file share a row."""
    headings = [translate(language, f"column.{name}") for name in ("field", "type", "meaning")]
    rows = [
        [_code(name), translate(language, f"column_type.{column.kind}"), _meaning(name, language)]
        for name, column in FIELDS.items()
        if not name.startswith(ABOUT)
    ]
    repeated = _code(*(name for name in FIELDS if name.startswith(ABOUT)))
    told = Markup("{}<br>{}").format(translate(language, "field.about_all"), repeated)
    rows.append([_code(f"{ABOUT}…"), translate(language, "column_type.string"), told])
    return table(translate(language, "table.columns"), headings, [("", rows)], prose=True)


def example_code(program: str, server: str, language: Language) -> str:
    """What one copies into a program to read the Gold labels."""
    address = f"{server}labels.csv?{urlencode({'label': 'gold', 'lang': language})}"
    return _EXAMPLES[program].replace("{address}", address)


def examples(server: str, language: Language) -> Markup:
    """An example for each program, below its name."""
    parts = [
        Markup("<h3>{}</h3>{}").format(
            translate(language, f"example.{program}"), copyable(example_code(program, server, language))
        )
        for program in _EXAMPLES
    ]
    return Markup("").join(parts)


def _meaning(name: str, language: Language) -> Markup:
    """What a column holds, with the values that it may have where these are few."""
    told, allowed = field_meaning(name, language), FIELDS[name].constraints.get("enum", ())
    return Markup("{}<br>{}").format(told, _code(*allowed)) if allowed else escape(told)


def _code(*words: str) -> Markup:
    """Words that are the same in every language, such as the name of a column."""
    return Markup(", ").join(Markup("<code>{}</code>").format(word) for word in words)


def _link(address: str) -> Markup:
    return Markup('<a href="{}" target="_blank" rel="noopener"><code>{}</code></a>').format(address, address)
