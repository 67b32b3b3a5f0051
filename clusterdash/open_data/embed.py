"""The map alone, as a page for a frame in another web site: our own Leaflet, nothing of Streamlit around it. Pure."""

from __future__ import annotations

from branca.element import Element, Figure

from ..i18n import translate
from ..presentation.html import Markup, render
from ..presentation.labels import narrative
from ..presentation.labels.world_map import Frame, label_map
from .label_files import FilteredRegister


def embed_page(register: FilteredRegister, view: str) -> str:
    """The map of what is asked for, with one line that tells what it shows."""
    language = register.language
    drawn = label_map(register.shown, register.sectors, language, Frame(root="", view=view))
    told = translate(language, "embed.told", n=register.clusters, day=register.day)
    if register.without_coordinates:
        told += ", " + translate(language, "embed.placeless", n=register.without_coordinates)
    filters = narrative.filter_summary(register.selection, register.sectors, language)
    told = translate(language, "table.labelled", name=told, value=filters) if filters else told
    root = drawn.get_root()
    assert isinstance(root, Figure)  # a map that was not added to anything stands in a figure of its own
    root.header.add_child(Element(render("open_data/templates/embed_style.html.jinja")), name="style")
    page: str = root.render()  # folium runs what it is given as a template: what visitors write is put in afterwards
    page = page.replace("<html>", f'<html lang="{language}">', 1)
    page = page.replace("</head>", Markup("<title>{}</title></head>").format(told), 1)
    return page.replace("<body>", Markup('<body><p class="told">{}</p>').format(told), 1)
