"""The scripts of our own components: their address changes with their content, so that a browser asks for them once.

As part of a component, a script would travel with every run of a page.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from starlette.responses import PlainTextResponse, Response

PATH = "/assets/scripts/{version}/{script}"
"""Their path below the server's root. The version is the same for all of them, so that one can import another."""
_FILES = ("answer_drafts.js", "answer_sheet.js")


def loader(name: str) -> str:
    """Return a component's script, which loads the one with this name and hands everything over to it.

    Streamlit takes a text of one line for the name of a file.
    """
    path = PATH.format(version=_version(), script=name).lstrip("/")
    return f"""export default async (part) =>
  (await import(new URL({path!r}, document.baseURI))).default(part);"""


def script(version: str, name: str) -> Response:
    """Return a script, which a browser keeps if it asked for the present version; 404 if there is no such script."""
    if name not in _FILES:
        return PlainTextResponse(", ".join(_FILES), 404)
    kept = "public, max-age=31536000, immutable" if version == _version() else "no-cache"
    return Response(_contents()[name], media_type="text/javascript", headers={"cache-control": kept})


@cache
def _contents() -> dict[str, bytes]:
    folder = resources.files("clusterdash").joinpath("web", "assets")
    return {name: folder.joinpath(name).read_bytes() for name in _FILES}


@cache
def _version() -> str:
    return hashlib.sha256(b"\n".join(_contents().values())).hexdigest()[:12]
