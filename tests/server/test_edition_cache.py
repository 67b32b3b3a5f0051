"""What is made once for all visitors of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clusterdash.editions.reader import EditionDatabase
from clusterdash.server import edition_cache


def test_it_is_made_once_a_day_and_key(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    made: list[str] = []

    def make(opened: EditionDatabase) -> int:
        made.append(type(opened).__name__)
        return len(made)

    days = [date(2031, 1, 1), date(2031, 1, 2)]
    assert [edition_cache.once_a_day("a", days[0], make) for _ in range(3)] == [1, 1, 1]
    assert edition_cache.once_a_day("b", days[0], make) == 2
    assert edition_cache.once_a_day("a", days[1], make) == 3
    assert edition_cache.once_a_day("b", days[1], make) == 4, "what belongs to another day is dropped"
    assert made == ["EditionDatabase"] * 4
