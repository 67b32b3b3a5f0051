"""Administration of pinned views. For staff only."""

from __future__ import annotations

from datetime import datetime

from ..domain import ClusterdashError
from ..operational_database import pins
from ..operational_database.pins import Pin
from .staff_admin import StaffAdmin

MAX_NOTE = 300
"""Characters."""
MAX_ADDRESS = 2_000
"""Characters: what browsers and proxies pass on."""


class PinAdmin(StaffAdmin):
    """Pinned views of all staff, bound to one viewer and one data folder; none in a demonstration."""

    def pins(self) -> tuple[Pin, ...]:
        """All pins, the latest first."""
        return () if self._demonstration else pins.read(self._data)

    def add(self, address: str, note: str, now: datetime) -> None:
        """Pin a view. Raises ClusterdashError for an empty or too long note, and in a demonstration."""
        self._require_change()
        text = " ".join(note.split())
        if not text or len(text) > MAX_NOTE or len(address) > MAX_ADDRESS:
            raise ClusterdashError("pins.note", maximum=MAX_NOTE)
        pins.add(self._data, address, text, by=self._by, now=now)

    def remove(self, pin_id: int) -> None:
        """Remove a pin. Raises ClusterdashError if there is none, and in a demonstration."""
        self._require_change()
        if not pins.remove(self._data, pin_id):
            raise ClusterdashError("pins.gone")

    def _require_change(self) -> None:
        self._require_staff()
        if self._demonstration:
            raise ClusterdashError("pins.not_here")
