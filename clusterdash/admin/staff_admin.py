"""What all administration has in common: it is bound to a viewer who is staff, and asks anew before each change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from ..access import require_staff
from ..domain import ClusterdashError, Viewer


class StaffAdmin:
    """Actions of staff, bound to one viewer and one data folder."""

    REFUSED_IN_DEMONSTRATION: ClassVar[str] = ""
    """The key of the error that there is no such administration in a demonstration, where anybody may view as staff."""

    def __init__(
        self,
        viewer: Viewer,
        data: Path,
        *,
        demonstration: bool,
        by: str,
        viewer_now: Callable[[], Viewer] | None = None,
    ) -> None:
        """Raises ClusterdashError unless `viewer` is staff, or in a demonstration that has no such administration.

        `by` is the name in the journals and histories.

        `viewer_now` returns the current viewer for each change, since a grant may have ended; default: `viewer`.
        """
        require_staff(viewer)
        if demonstration and self.REFUSED_IN_DEMONSTRATION:
            raise ClusterdashError(self.REFUSED_IN_DEMONSTRATION)
        self._viewer_now = viewer_now or (lambda: viewer)
        self._data = data
        self._demonstration = demonstration
        self._by = by

    def _require_staff(self) -> None:
        """Raise ClusterdashError unless the current viewer is staff."""
        require_staff(self._viewer_now())
