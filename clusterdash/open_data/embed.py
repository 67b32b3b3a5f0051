"""The map alone, as a page to embed in a frame of another website: our own Leaflet, without Streamlit. Pure."""

from __future__ import annotations

from urllib.parse import urlencode

from branca.element import Element, Figure

from ..domain import Language
from ..i18n import translate
from ..labels.filters import LabelFilters
from ..labels.nearness import find_origin
from ..presentation.html import Markup, copyable, link, render
from ..presentation.labels import narrative
from ..presentation.labels.world_map import FITTED, Frame, label_map
from ..presentation.theme import THEME
from .label_files import FilteredRegister

PATH = "embed"
"""Below the address of the server."""
NO_CAPTION = "none"
"""The value of the parameter `caption` that leaves it out."""
AUTO = "auto"
"""The value of the parameter `theme` by default: light or dark, as the screen of the visitor."""
THEMES = {AUTO: "light dark", "light": "light", "dark": "dark"}
"""The values of the parameter `theme`, with the colour schemes that they allow, as CSS writes them."""
HEIGHTS = (400, 520, 700)
"""Heights of the frame to choose from, in pixels."""
HEIGHT = 520
"""The height by default."""


def embed_address(
    root: str, selection: LabelFilters, view: str, language: Language, *, caption: bool = True, theme: str = AUTO
) -> str:
    """The address of the map of some labels; `root`: the server's own address or path, with a trailing slash."""
    asked = {**selection.address(), "view": view, "lang": language}
    asked |= {} if caption else {"caption": NO_CAPTION}
    asked |= {} if theme == AUTO else {"theme": theme}
    return f"{root}{PATH}?{urlencode(asked)}"


def embed_code(
    selection: LabelFilters, view: str, server: str, language: Language, *, height: int = HEIGHT, theme: str = AUTO
) -> Markup:
    """The HTML with which another website embeds the map in a frame of a height in pixels, to be copied."""
    frame = Markup(
        '<iframe src="{}" title="{}" loading="lazy"\n'
        '        style="width:100%;height:{}px;border:1px solid {}"></iframe>'
    ).format(
        embed_address(server, selection, view, language, theme=theme),
        translate(language, "labels.title"),
        height,
        THEME.edge,
    )
    return copyable(frame)


def embed_page(register: FilteredRegister, view: str, *, caption: bool = True, theme: str = AUTO) -> str:
    """The map of the filtered labels as HTML, with a caption that states what it shows and leads to our own page.

    `theme` is one of `THEMES`.
    """
    language, scheme = register.language, THEMES[theme]
    origin = find_origin(register.selection)
    frame = Frame(root="", view=map_view(register.selection, view), scheme=scheme, origin=origin)
    drawn = label_map(register.shown, register.sectors, language, frame)
    summary = translate(language, "embed.told", n=register.clusters, day=register.day)
    if register.without_coordinates:
        summary += ", " + translate(language, "embed.placeless", n=register.without_coordinates)
    filters = narrative.filter_summary(register.selection, register.sectors, language)
    summary = translate(language, "table.labelled", name=summary, value=filters) if filters else summary
    root = drawn.get_root()
    assert isinstance(root, Figure)  # a map that was not added to anything has a figure of its own
    root.header.add_child(Element(render("open_data/templates/embed_style.html.jinja", scheme=scheme)), name="style")
    page: str = root.render()  # folium renders its input as a template: visitors' input is inserted afterwards
    page = page.replace("<html>", f'<html lang="{language}">', 1)
    page = page.replace("</head>", Markup("<title>{}</title></head>").format(summary), 1)
    return page.replace("<body>", Markup("<body>{}").format(_caption(register, view, summary) if caption else ""), 1)


def map_view(selection: LabelFilters, view: str) -> str:
    """The view in which the map opens: that of Europe gives way to the labels of chosen countries."""
    return FITTED if selection.countries and view == "europe" else view


def _caption(register: FilteredRegister, view: str, summary: str) -> Markup:
    """What the map shows, and a link to the same labels on our own page."""
    asked = {**register.selection.address(), "view": view, "lang": register.language}
    home = link(
        f"labels?{urlencode(asked)}", translate(register.language, "embed.home"), target="_blank", rel="noopener"
    )
    return Markup('<p class="caption">{} · {}</p>').format(summary, home)
