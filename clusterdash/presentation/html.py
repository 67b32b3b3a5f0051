"""HTML from templates and from small pieces: one environment, which escapes every text. Pure.

A template is a file `templates/*.jinja` beside the module that renders it. Its values are escaped, unless they are
`Markup`: HTML in which every text has been escaped already. The colours are `theme` in each template.
"""

from __future__ import annotations

import base64

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from ..i18n import bold_runs
from .theme import THEME, light_dark

_ENVIRONMENT = Environment(
    loader=PackageLoader("clusterdash", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    cache_size=-1,
)
"""Each template is compiled once and cached as long as the program runs."""
_ENVIRONMENT.globals |= {"theme": THEME, "colour": light_dark}


def render(template: str, **values: object) -> Markup:
    """Render a template of the package by its path ("open_data/templates/list.html.jinja").

    Raises jinja2.UndefinedError where the template uses a value that is not given.
    """
    return Markup(_ENVIRONMENT.get_template(template).render(values))


def svg_address(drawing: str) -> str:
    """Return a drawing as the address of an image: Streamlit removes SVG that stands in the text of a page."""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode('ascii')}"


def link(address: str, text: str, *, target: str = "", rel: str = "") -> Markup:
    """A link; `target` "_blank" opens a new tab, `rel` is its relation to the target."""
    target_attribute = Markup(' target="{}"').format(target) if target else ""
    rel_attribute = Markup(' rel="{}"').format(rel) if rel else ""
    return Markup('<a href="{}"{}{}>{}</a>').format(address, target_attribute, rel_attribute, text)


def verdict_paragraph(sentence: str, *classes: str) -> Markup:
    """A verdict of Markdown as a paragraph in the type of verdicts; its bold parts have these classes in turn."""
    named = iter(classes)
    parts = [
        Markup('<b class="{}">{}</b>').format(next(named, ""), text) if bold else escape(text)
        for text, bold in bold_runs(sentence)
    ]
    return Markup('<p class="verdict">{}</p>').format(Markup("").join(parts))


def copyable(text: str) -> Markup:
    """A text to be copied, which one click selects whole."""
    return Markup('<pre class="copy"><code>{}</code></pre>').format(str(text))


__all__ = ["Markup", "copyable", "escape", "link", "render", "svg_address", "verdict_paragraph"]
