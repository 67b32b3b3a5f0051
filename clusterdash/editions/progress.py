"""Progress of a long task on editions, as whoever waits for it follows it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with the key of a text and the share done, 0 to 1; what it raises ends the task and leaves nothing behind."""


def no_progress(_key: str, _share: float) -> None:
    """Progress that nobody follows."""


def within(progress: Progress, start: float, end: float) -> Progress:
    """Progress of a part that takes a task from one share done to another."""
    return lambda key, share: progress(key, start + share * (end - start))
