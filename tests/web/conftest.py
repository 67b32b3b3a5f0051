"""What tests of the pages of cases share: the scheme of the Gold evaluation, and the sample with people."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.cases import World
from support.editions import copied

from clusterdash.domain import Grid
from clusterdash.editions.reader import EditionReader


@pytest.fixture
def grid(staff: EditionReader) -> Grid:
    """The scheme of the Gold evaluation."""
    return staff.evaluation_schemes()[0]


@pytest.fixture
def world(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The sample, with people."""
    own = copied(data, tmp_path / "data")
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    return World(own)
