"""The style sheet of all pages: its address changes with its content, so that a browser asks for it once.

As an element of each page, it would travel with every run of a page, and the browser would clean it each time.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from markupsafe import Markup
from starlette.responses import Response

from ..presentation.theme import css_variables

PATH, VERSION = "/assets/clusterdash.css", "v"
"""Its path below the server's root, and the parameter that names its content."""
_FILES = ("style.css", "charts.css", "answer_sheet.css")


def links() -> tuple[Markup, Markup]:
    """Return the links for the head and for the end of the body of a page.

    The first lets the browser fetch the sheet early. The second applies it after Streamlit's own styles, which stand in
    the head: of rules that are equally specific, the later one counts.
    """
    address = f".{PATH}?{VERSION}={_version()}"
    return (
        Markup('<link rel="preload" as="style" href="{}">').format(address),
        Markup('<link rel="stylesheet" href="{}">').format(address),
    )


def stylesheet(version: str) -> Response:
    """Return the style sheet, which a browser keeps if it asked for the present `version`; the server compresses it."""
    kept = "public, max-age=31536000, immutable" if version == _version() else "no-cache"
    return Response(_content(), media_type="text/css", headers={"cache-control": kept})


@cache
def _content() -> bytes:
    folder = resources.files("clusterdash").joinpath("web", "assets")
    return "\n".join([css_variables(), *(folder.joinpath(name).read_text("utf-8") for name in _FILES)]).encode()


@cache
def _version() -> str:
    return hashlib.sha256(_content()).hexdigest()[:12]
