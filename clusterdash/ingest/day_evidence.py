"""Whether the day or the month comes first in the days of a column, as far as its cells say. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import values
from .readers import Sheet


@dataclass(frozen=True, slots=True)
class DayPlace:
    """A cell with a day in which day and month may be exchanged."""

    sheet: Sheet
    row: int
    column: str
    cell: str


@dataclass(slots=True)
class DayEvidence:
    """The first day of each column in which day and month may be exchanged, and the columns that show their order."""

    _doubtful: dict[tuple[str, str, str], DayPlace] = field(default_factory=dict)
    _orders: dict[tuple[str, str, str], set[values.DayOrder]] = field(default_factory=dict)

    def add(self, sheet: Sheet, row: int, column: str, cell: str) -> None:
        """Take account of one more cell."""
        key = (sheet.file, sheet.name, column)
        orders = values.day_orders(cell)
        if len(orders) == 1:
            self._orders.setdefault(key, set()).update(orders)
        elif orders:
            self._doubtful.setdefault(key, DayPlace(sheet, row, column, cell))

    def doubtful(self) -> Iterator[tuple[DayPlace, bool]]:
        """The first doubtful day of each column that does not show its order; and whether it shows the other one."""
        for key, place in self._doubtful.items():
            orders = self._orders.get(key, set())
            if "dmy" not in orders:
                yield place, "mdy" in orders
