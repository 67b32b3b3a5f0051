"""HTML from templates and from small pieces: one environment, which escapes every text. Pure.

A template is a file `templates/*.jinja` beside the module that fills it in. Whatever it is given is escaped, unless it
is `Markup`: HTML in which every text has been escaped already. The colours are `theme` in each template.
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from .theme import THEME

_ENVIRONMENT = Environment(
    loader=PackageLoader("clusterdash", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    cache_size=-1,
)
"""Each template is compiled once, and kept as long as the program runs."""
_ENVIRONMENT.globals["theme"] = THEME


def render(template: str, **values: object) -> Markup:
    """A template of the package by its path ("open_data/templates/list.html.jinja"), filled in.

    Raises jinja2.UndefinedError where the template asks for a value that is not given.
    """
    return Markup(_ENVIRONMENT.get_template(template).render(values))


def link(address: str, text: str, *, target: str = "", rel: str = "") -> Markup:
    """A link, with the frame that it opens in ("_blank" for a tab of its own) and what binds it to its target."""
    target_attribute = Markup(' target="{}"').format(target) if target else ""
    rel_attribute = Markup(' rel="{}"').format(rel) if rel else ""
    return Markup('<a href="{}"{}{}>{}</a>').format(address, target_attribute, rel_attribute, text)


__all__ = ["Markup", "escape", "link", "render"]
