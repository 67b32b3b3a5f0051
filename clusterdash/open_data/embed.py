"""The map alone, as a page to embed in a frame of another website: our own Leaflet, without Streamlit. Pure."""

from __future__ import annotations

from urllib.parse import urlencode

from branca.element import Element, Figure

from ..domain import Language
from ..i18n import translate
from ..labels.filters import LabelFilters
from ..labels.nearness import find_origin
from ..presentation.html import Markup, copyable, render
from ..presentation.labels import narrative
from ..presentation.labels.world_map import Frame, label_map
from ..presentation.theme import THEME
from .label_files import FilteredRegister

PATH = "embed"
"""Below the address of the server."""
NO_CAPTION = "none"
"""The value of the parameter `caption` that leaves it out."""


def embed_address(root: str, selection: LabelFilters, view: str, language: Language, *, caption: bool = True) -> str:
    """The address of the map of some labels; `root`: the server's own address or path, with a trailing slash."""
    asked = {**selection.address(), "view": view, "lang": language, **({} if caption else {"caption": NO_CAPTION})}
    return f"{root}{PATH}?{urlencode(asked)}"


def embed_code(selection: LabelFilters, view: str, server: str, language: Language) -> Markup:
    """The HTML with which another website embeds the map in a frame, to be copied."""
    frame = Markup(
        '<iframe src="{}" title="{}" loading="lazy"\n'
        '        style="width:100%;height:520px;border:1px solid {}"></iframe>'
    ).format(embed_address(server, selection, view, language), translate(language, "labels.title"), THEME.edge)
    return copyable(frame)


def embed_page(register: FilteredRegister, view: str, *, caption: bool = True) -> str:
    """The map of the filtered labels as HTML, with a caption that states what it shows."""
    language = register.language
    frame = Frame(root="", view=view, origin=find_origin(register.selection))
    drawn = label_map(register.shown, register.sectors, language, frame)
    summary = translate(language, "embed.told", n=register.clusters, day=register.day)
    if register.without_coordinates:
        summary += ", " + translate(language, "embed.placeless", n=register.without_coordinates)
    filters = narrative.filter_summary(register.selection, register.sectors, language)
    summary = translate(language, "table.labelled", name=summary, value=filters) if filters else summary
    root = drawn.get_root()
    assert isinstance(root, Figure)  # a map that was not added to anything has a figure of its own
    root.header.add_child(Element(render("open_data/templates/embed_style.html.jinja")), name="style")
    page: str = root.render()  # folium renders its input as a template: visitors' input is inserted afterwards
    page = page.replace("<html>", f'<html lang="{language}">', 1)
    page = page.replace("</head>", Markup("<title>{}</title></head>").format(summary), 1)
    shown = Markup('<p class="caption">{}</p>').format(summary) if caption else ""
    return page.replace("<body>", f"<body>{shown}", 1)
