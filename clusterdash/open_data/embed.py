"""The map alone, as a page to embed in a frame of another website: our own Leaflet, without Streamlit. Pure."""

from __future__ import annotations

from branca.element import Element, Figure

from ..i18n import translate
from ..presentation.html import Markup, render
from ..presentation.labels import narrative
from ..presentation.labels.world_map import Frame, label_map
from .label_files import FilteredRegister


def embed_page(register: FilteredRegister, view: str) -> str:
    """The map of the filtered labels, with one line that states what it shows, as HTML."""
    language = register.language
    drawn = label_map(register.shown, register.sectors, language, Frame(root="", view=view))
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
    return page.replace("<body>", Markup('<body><p class="told">{}</p>').format(summary), 1)
