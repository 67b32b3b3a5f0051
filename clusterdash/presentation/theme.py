"""The colours of charts, map, style sheets and printed documents, from `theme.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as "#rrggbb"; `theme.toml` describes their use."""

    own: str
    peers: str
    top: str
    ink: str
    heading: str
    muted: str
    paper: str
    panel: str
    notice: str
    hairline: str
    line: str
    faint_line: str
    border: str
    button_border: str
    middle_half: str
    ties: str
    quartiles: str
    levels: tuple[str, ...]
    series: tuple[str, ...]
    bronze: str
    silver: str
    gold: str
    end_unknown: str
    ended: str
    land: str

    def as_dict(self) -> dict[str, str | tuple[str, ...]]:
        """All colours by name, for printed documents."""
        return asdict(self)

    def as_css(self) -> str:
        """A rule that declares each single colour as a custom property: `--clusterdash-ink` and so on."""
        single = {name: value for name, value in asdict(self).items() if isinstance(value, str)}
        return ":root{" + "".join(f"--clusterdash-{n.replace('_', '-')}:{c};" for n, c in single.items()) + "}"


def _read() -> Theme:
    """The colours of the file. Raises TypeError where one is missing or unknown."""
    text = resources.files("clusterdash.presentation").joinpath("theme.toml").read_text("utf-8")
    colours: dict[str, Any] = tomllib.loads(text)
    levels, series = tuple(colours.pop("levels")), tuple(colours.pop("series"))
    return Theme(levels=levels, series=series, **colours)


THEME = _read()
