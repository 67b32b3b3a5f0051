"""The colours of charts, map, style sheets and printed documents in light and dark, from `theme.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as "#rrggbb"; `theme.toml` describes their use."""

    own: str
    own_tint: str
    peers: str
    below: str
    top: str
    ink: str
    muted: str
    paper: str
    tint: str
    line: str
    edge: str
    notice: str
    demo: str
    demo_ink: str
    band: str
    ties: str
    heat: tuple[str, ...]
    levels: tuple[str, ...]
    series: tuple[str, ...]
    bronze: str
    silver: str
    gold: str
    mark: str
    end_unknown: str
    ended: str
    sea: str
    land: str
    coast: str

    def as_dict(self) -> dict[str, str | tuple[str, ...]]:
        """All colours by name, for printed documents."""
        return asdict(self)


def _read() -> tuple[Theme, Theme]:
    """The colours of the file. Raises TypeError where one is missing or unknown."""
    text = resources.files("clusterdash.presentation").joinpath("theme.toml").read_text("utf-8")
    found: dict[str, dict[str, Any]] = tomllib.loads(text)
    for colours in found.values():
        colours |= {name: tuple(value) for name, value in colours.items() if isinstance(value, list)}
    return Theme(**found["light"]), Theme(**found["dark"])


THEME, DARK = _read()
"""The colours on light paper, which is also that of printed documents, and on dark screens."""


def light_dark(name: str) -> str:
    """A colour as a value of CSS that follows the colour scheme of its element: by `light-dark()` where both differ."""
    light, dark = str(getattr(THEME, name)), str(getattr(DARK, name))
    return light if light == dark else f"light-dark({light},{dark})"


_HEXAGON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M8 .8 14.3 4.4v7.2L8 15.2 1.7 11.6V4.4Z" '
    f'fill="{THEME.gold}" stroke="{THEME.mark}" stroke-width="1.3"/></svg>'
)


def css_variables() -> str:
    """A rule that declares each colour as a custom property, `--clusterdash-ink` and so on, and the mark of Gold.

    A hexagon with an outline is an image: an element that is cut to its shape has none.
    """
    single = [name for name, value in asdict(THEME).items() if isinstance(value, str)]
    declared = [f"--clusterdash-{name.replace('_', '-')}:{light_dark(name)};" for name in single]
    declared += [f"--clusterdash-heat-{step}:{colour};" for step, colour in enumerate(THEME.heat)]
    declared.append(f'--clusterdash-hexagon:url("data:image/svg+xml,{quote(_HEXAGON)}");')
    return ":root{" + "".join(declared) + "}"
