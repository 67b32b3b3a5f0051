"""The map alone, as a page for a frame in another web site: our own Leaflet, nothing of Streamlit around it. Pure."""

from __future__ import annotations

from html import escape

from branca.element import Element, Figure

from .exports import Register
from .i18n import day, say
from .maps import Frame, label_map

_STYLE = (
    "<style>html,body{height:100%;margin:0}body{display:flex;flex-direction:column}"
    ".told{order:-1;margin:0;padding:4px 10px;font:14px/1.5 sans-serif;text-align:center;color:#1b2430}"
    ".folium-map{flex:1 1 auto;height:auto!important;min-height:0}</style>"
)


def page(register: Register, view: str) -> str:
    """The map of what is asked for, with one line that tells what it shows."""
    language = register.language
    drawn = label_map(register.found, register.sectors, language, Frame(root="", view=view))
    clusters = len({holding.cluster.cluster_id for holding in register.found})
    what = (
        say(language, f"label.{register.selection.label}") if register.selection.label else say(language, "labels.all")
    )
    told = say(language, "embed.told", n=clusters, label=what, day=day(language, register.day))
    root = drawn.get_root()
    assert isinstance(root, Figure)  # a map that was not added to anything stands in a figure of its own
    root.header.add_child(Element(f"<title>{escape(told)}</title>{_STYLE}"), name="told")
    root.html.add_child(Element(f'<p class="told">{escape(told)}</p>'), name="line")
    return root.render().replace("<html>", f'<html lang="{language}">', 1)
