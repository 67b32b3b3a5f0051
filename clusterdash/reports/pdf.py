"""Documents set by Typst: PDF (tagged, PDF/UA-1) and PNG. The only module that uses Typst.

A template of `templates/` gets its content and the colours as JSON data: no text in it is ever evaluated as Typst
markup. Nothing outside that folder and the fonts can be read, and nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg_source_sans_3
import typst

from ..presentation.theme import THEME

_TEMPLATES = Path(__file__).parent / "templates"
_DOTS_PER_INCH = 150.0


def pdf(template: str, content: Mapping[str, Any], made: datetime) -> bytes:
    """A tagged PDF; the same content and time (UTC) give the same bytes.

    It is declared PDF/UA-1 where Typst finds no violation. The only possible one is a name in a script that the font
    does not cover: such a document is tagged all the same, with boxes for those letters.
    """
    made = made.replace(tzinfo=UTC, microsecond=0)
    try:
        return _typeset(template, content, format="pdf", timestamp=made, pdf_standards="ua-1")
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return _typeset(template, content, format="pdf", timestamp=made)


def png(template: str, content: Mapping[str, Any]) -> bytes:
    """The only page of a document as PNG, 150 dots per inch."""
    return _typeset(template, content, format="png", ppi=_DOTS_PER_INCH)


def _typeset(template: str, content: Mapping[str, Any], **how: Any) -> bytes:
    made = typst.compile(
        _TEMPLATES / f"{template}.typ",
        root=_TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={
            "content": json.dumps(content, ensure_ascii=False),
            "theme": json.dumps(THEME.as_dict()),
        },
        package_path=_TEMPLATES,
        package_cache_path=_TEMPLATES,
        **how,
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template} is not one document")
    return made


@cache
def _fonts() -> typst.Fonts:
    """Source Sans 3, as on the pages: Latin, Greek and Cyrillic. Fonts of the machine are ignored."""
    folder = fontpkg_source_sans_3.ROOT / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
