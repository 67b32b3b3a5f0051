"""Documents set by Typst: PDF (tagged, PDF/UA-1), PNG and SVG. The only module that uses Typst.

A template of `templates/` gets its content and the colours as JSON data: no text in it is ever evaluated as Typst
markup. Nothing outside that folder and the fonts can be read, and nothing is fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import fontpkg_source_sans_3

from ..presentation.theme import THEME

if TYPE_CHECKING:
    import typst

_TEMPLATES = Path(__file__).parent / "templates"
_DOTS_PER_INCH = 150.0
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What may stand in no XML, even escaped."""


def pdf(template: str, content: Mapping[str, Any], made: datetime) -> bytes:
    """A tagged PDF; the same content and time (UTC) give the same bytes.

    It is declared PDF/UA-1 where Typst finds no violation. The only possible one is a name in a script that the font
    does not cover: such a document is tagged all the same, with boxes for those letters.
    """
    import typst  # noqa: PLC0415 - takes long, and most commands and visits set no document

    made = made.replace(tzinfo=UTC, microsecond=0)
    try:
        return _typeset(template, content, format="pdf", timestamp=made, pdf_standards="ua-1")
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return _typeset(template, content, format="pdf", timestamp=made)


def png(template: str, content: Mapping[str, Any], dots_per_inch: float = _DOTS_PER_INCH) -> bytes:
    """The only page of a document as PNG."""
    return _typeset(template, content, format="png", ppi=dots_per_inch)


def svg(template: str, content: Mapping[str, Any], description: str) -> bytes:
    """The only page of a document as SVG: letters are outlines, and it says its title and a description in words."""
    drawn = _typeset(template, content, format="svg").decode()
    said = {"title": content["title"], "desc": description}
    words = "".join(f"<{tag} id='{tag}'>{escape(_NO_XML.sub('', text))}</{tag}>" for tag, text in said.items())
    spoken = f"<svg role='img' aria-labelledby='title' aria-describedby='desc' xml:lang='{content['language']}' "
    start, rest = drawn.replace("<svg ", spoken, 1).split(">", 1)
    return f"{start}>{words}{rest}".encode()


def _typeset(template: str, content: Mapping[str, Any], **how: Any) -> bytes:
    import typst  # noqa: PLC0415 - as above

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
    import typst  # noqa: PLC0415 - as above

    folder = fontpkg_source_sans_3.ROOT / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
