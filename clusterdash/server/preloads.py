"""Links in the head of a page to what every page loads, so that a browser asks for it before Streamlit has started.

Streamlit's page names the scripts that it starts with; those of the elements on a page it asks for one after the other,
once it is told which elements there are.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup
from streamlit import config

from .security_headers import INDEX

ELEMENTS = ("ButtonGroup", "Html", "PageLink")
"""Streamlit's elements that the frame of every page has: choice of language, styles, footer."""
PAGE_ELEMENTS = {"home": ("TextInput",), "labels": ("TextInput", "IFrame"), "benchmark": ("Selectbox",)}
"""Elements in the first screen of the pages at which most visits begin, by the page's name."""
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'`]\./([\w.-]+\.js)["'`]""")
"""An import that a script cannot start without."""


def links(page: str) -> Markup:
    """Return the links for the scripts of a page's elements and for the fonts of the theme."""
    script = Markup('<link rel="modulepreload" crossorigin href="./static/js/{}">')
    fonts = (
        Markup('<link rel="preload" as="font" type="font/woff2" crossorigin href="./{}">').format(face["url"])
        for face in config.get_option("theme.fontFaces") or ()
    )
    return Markup("").join((*(script.format(name) for name in scripts_of(elements_of(page))), *fonts))


def elements_of(page: str) -> tuple[str, ...]:
    """Return the elements whose scripts the page with this name announces."""
    return (*ELEMENTS, *PAGE_ELEMENTS.get(page, ()))


@cache
def scripts_of(elements: tuple[str, ...], index: Path = INDEX) -> tuple[str, ...]:
    """Return the names of the scripts that elements need, apart from those that Streamlit's page names itself.

    An element that this version of Streamlit does not have is left out.
    """
    folder = index.parent / "static" / "js"
    named = set(re.findall(r"static/js/([\w.-]+\.js)", index.read_text("utf-8")))
    found: dict[str, None] = {}
    waiting = [
        path.name for element in elements for path in folder.glob(f"{element}.*.js") if path.name.count(".") == 2
    ]
    while waiting:
        name = waiting.pop()
        if name not in named and name not in found:
            found[name] = None
            waiting += _IMPORT.findall((folder / name).read_text("utf-8"))
    return tuple(sorted(found))
