"""The map alone, as a page for a frame in another web site: our own Leaflet, nothing of Streamlit around it. Pure."""

from __future__ import annotations

from html import escape

from branca.element import Element, Figure

from ..i18n import translate
from . import label_words
from .exports import Register
from .maps import Frame, label_map

_STYLE = (
    "<style>html,body{height:100%;margin:0}body{display:flex;flex-direction:column}"
    ".told{margin:0;padding:4px 10px;font:14px/1.5 sans-serif;text-align:center;color:#1b2430}"
    ".folium-map{flex:1 1 auto;height:auto!important;min-height:0}</style>"
)


def page(register: Register, view: str) -> str:
    """The map of what is asked for, with one line that tells what it shows."""
    language = register.language
    drawn = label_map(register.shown, register.sectors, language, Frame(root="", view=view))
    told = translate(language, "embed.told", n=register.clusters, day=register.day)
    if register.placeless:
        told += ", " + translate(language, "embed.placeless", n=register.placeless)
    filters = label_words.filters(register.selection, register.sectors, language)
    told = translate(language, "table.labelled", name=told, value=filters) if filters else told
    root = drawn.get_root()
    assert isinstance(root, Figure)  # a map that was not added to anything stands in a figure of its own
    root.header.add_child(Element(_STYLE), name="style")
    page: str = root.render()  # folium runs what it is given as a template: what visitors write is put in afterwards
    page = page.replace("<html>", f'<html lang="{language}">', 1)
    page = page.replace("</head>", f"<title>{escape(told)}</title></head>", 1)
    return page.replace("<body>", f'<body><p class="told">{escape(told)}</p>', 1)
