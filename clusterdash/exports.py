"""Tables to take away, as files. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from .model import Language

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula: one that begins like it gets an apostrophe before it.

    (OWASP, "CSV injection".)
    """
    return f"'{text}" if text.startswith(_STARTS) else text


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]], language: Language) -> bytes:
    """A table as CSV that a spreadsheet in the language opens as columns: UTF-8 with a mark, in French semicolons."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if language == "fr" else ",", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
