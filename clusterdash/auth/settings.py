"""The former place of `settings`, until its last callers have moved."""

from __future__ import annotations

from ..settings import Settings, settings

__all__ = ["Settings", "settings"]
