"""The texts: `texts.toml`, both languages together."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from ..model import Language


@cache
def texts() -> dict[str, dict[Language, Any]]:
    """All texts: key -> language -> sentence, or its plural forms by CLDR category ("one", "other")."""
    raw = tomllib.loads(resources.files("clusterdash").joinpath("texts.toml").read_text("utf-8"))
    return {f"{group}.{key}": entry for group, entries in raw.items() for key, entry in entries.items()}
