"""No page says anything that is not in the catalogue of texts: each text is marked, and what is left is data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from babel import Locale
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest
from support.editions import laid_bare
from support.pages import APP, PAGES, role_for

from clusterdash.i18n import LANGUAGE_NAMES, texts
from clusterdash.labels.contact import contact
from clusterdash.server import edition_cache

pytestmark = pytest.mark.slow
OPEN, CLOSE = "⟦", "⟧"
SHOWN = {"body", "label", "options", "help", "placeholder", "title", "text", "value", "content", "caption", "alt"}
"""The fields of Streamlit's elements that a visitor reads."""
SILENT = ("style", "script", "code")
"""Elements that say nothing in words: commands to copy are the same in all languages."""
ATTRIBUTES = {"alt", "title", "aria-label", "placeholder", "data-label"}
FIXED = {
    "CSV": "a kind of file",
    "XLSX": "a kind of file",
    "PDF": "a kind of file",
    "Excel": "a kind of file",
    "JSON": "a kind of file",
    "GeoJSON": "a kind of file",
    "GEOJSON": "a kind of file",
    "Atom": "a kind of file",
    "Data Package": "a kind of file",
    "DCAT-AP": "a kind of file",
    "HTML": "a kind of file",
    "iframe": "an element of HTML",
    "Bronze": "the name of a label",
    "Silver": "the name of a label",
    "Gold": "the name of a label",
    "FR": "a language in the header",
    "EN": "a language in the header",
}
"""What is the same in every language, and why."""


CODE = re.compile(r"\]\([^)]*\)|:material/\w+:|<iframe .*?</iframe>|%\{[^}]*\}|</?extra>", re.DOTALL)
"""Where a link leads, names of icons, the HTML that one copies to show the map elsewhere, Plotly's placeholders."""


def marked(entry: Any) -> Any:
    """A text, or its plural forms, within marks; its placeholders are kept."""
    if isinstance(entry, dict):
        return {form: marked(text) for form, text in entry.items()}
    return f"{OPEN}{entry}{CLOSE}"


class Reader(HTMLParser):
    """Collects what is read of a piece of HTML: its text, and what is told instead of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.inside.append(tag)
        self.parts += [value for name, value in attrs if name in ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self.inside:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.parts.append(data)


def read(html: str) -> str:
    """What is read of a piece of HTML or Markdown; what attributes say comes before what is in the element."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(reader.parts)


def chart_texts(drawn: Any) -> Iterator[str]:
    """The names and texts of a Plotly chart."""
    for name, value in drawn.items() if isinstance(drawn, dict) else ():
        if name in ("text", "name", "hovertext", "hovertemplate", "ticktext"):
            said = [value] if isinstance(value, str) else [one for one in value if isinstance(one, str)]
            yield from (one.replace("-<br>", "-").replace("<br>", " ") for one in said)
        else:
            yield from chart_texts(value)
    for value in drawn if isinstance(drawn, list) else ():
        yield from chart_texts(value)


def fields(message: Message) -> Iterator[str]:
    """The strings of an element that a visitor reads."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        for one in values:
            if isinstance(one, Message):
                yield from fields(one)
            elif isinstance(one, str) and field.name in SHOWN:
                yield one
            elif field.name == "spec":
                yield from chart_texts(json.loads(one))


def said(app: AppTest) -> Iterator[str]:
    """All that a page says."""

    def within(block: Any) -> Iterator[str]:
        proto = getattr(block, "proto", None)
        if isinstance(proto, Message):
            yield from fields(proto)
        for child in getattr(block, "children", {}).values():
            yield from within(child)

    yield from within(app.main)
    yield from within(app.sidebar)


def outside(text: str) -> str:
    """A text without what is within marks."""
    before = None
    while before != text:
        before, text = text, re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ", text)
    return text


@pytest.fixture(scope="module")
def known(data: Path) -> list[str]:
    """All strings of the edition, and what CLDR knows: countries, months, days; the longest first."""
    with laid_bare(data) as edition:
        columns = edition.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where data_type = 'VARCHAR'"
            " and database_name = 'edition'"
        ).fetchall()
        found = {
            part
            for schema, table, column in columns
            for (value,) in edition.execute(f'select distinct "{column}" from "{schema}"."{table}"').fetchall()
            for part in str(value or "").split("|")  # units: of one, and of several
        }
    english = Locale("en")
    found |= {str(name) for name in english.territories.values()}
    found |= {
        str(name)
        for kind in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for name in english.months[kind][width].values()
    }
    organisation = contact(data)
    found |= {*LANGUAGE_NAMES.values(), *FIXED, organisation.name}
    return sorted((one for one in found if re.search(r"[^\W\d_]{2}", one)), key=len, reverse=True)


def strange(text: str, known: list[str]) -> list[str]:
    """The words of a text that are neither within marks nor data."""
    plain = re.sub(CODE, "]", read(text)).replace("\\", "")
    left = outside(re.sub(r"\s+", " ", plain))
    for data in known:
        if data in left:
            left = re.sub(rf"(?<!\w){re.escape(data)}(?!\w)", " ", left)
    return re.findall(r"[^\W\d_]{2,}", left)


@pytest.mark.parametrize("page", list(PAGES))
def test_every_text_of_a_page_is_in_the_catalogue(
    page: str, data: Path, known: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    monkeypatch.setattr(edition_cache, "_PREPARED", WeakKeyDictionary())  # what is made once a day has other texts
    for key, entry in texts().items():
        if not key.startswith("former_column."):
            monkeypatch.setitem(entry, "en", marked(entry["en"]))
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"] = role_for(page)
    app.query_params["lang"] = "en"
    app = app.run().switch_page(page).run()
    assert not app.exception
    parts = list(said(app))
    assert any(OPEN in part for part in parts)
    found = {" ".join(words): read(part).strip()[:120] for part in parts if (words := strange(part, known))}
    assert found == {}
