"""The former place of `settings.environment`, until its last callers have moved."""

from __future__ import annotations

from .settings import environment

__all__ = ["environment"]
