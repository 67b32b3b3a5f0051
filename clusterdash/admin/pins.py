"""Administration of pinned views. For staff only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ..access import require_staff
from ..domain import ClusterdashError, Viewer
from ..operational_database import pins
from ..operational_database.pins import Pin

MAX_NOTE = 300
"""Characters."""
MAX_ADDRESS = 2_000
"""Characters: what browsers and proxies pass on."""


class PinAdmin:
    """Pinned views of all staff, bound to one viewer and one data folder; none in a demonstration."""

    def __init__(
        self,
        viewer: Viewer,
        data: Path,
        *,
        demonstration: bool,
        by: str,
        viewer_now: Callable[[], Viewer] | None = None,
    ) -> None:
        """Raises ClusterdashError unless `viewer` is staff; `viewer_now` returns the present one for each change."""
        require_staff(viewer)
        self.__viewer_now = viewer_now or (lambda: viewer)
        self.__data = data
        self.__demonstration = demonstration
        self.__by = by

    def pins(self) -> tuple[Pin, ...]:
        """All pins, the latest first."""
        return () if self.__demonstration else pins.read(self.__data)

    def add(self, address: str, note: str, now: datetime) -> None:
        """Pin a view. Raises ClusterdashError for an empty or too long note, and in a demonstration."""
        self.__require_change()
        text = " ".join(note.split())
        if not text or len(text) > MAX_NOTE or len(address) > MAX_ADDRESS:
            raise ClusterdashError("pins.note", maximum=MAX_NOTE)
        pins.add(self.__data, address, text, by=self.__by, now=now)

    def remove(self, pin_id: int) -> None:
        """Remove a pin. Raises ClusterdashError if there is none, and in a demonstration."""
        self.__require_change()
        if not pins.remove(self.__data, pin_id):
            raise ClusterdashError("pins.gone")

    def __require_change(self) -> None:
        require_staff(self.__viewer_now())
        if self.__demonstration:
            raise ClusterdashError("pins.not_here")
