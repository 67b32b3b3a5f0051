"""Where cases are played: the sample as if it were real, and a server with a login."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.login_server import House, serve_with_login
from support.played_cases import GRANTS

from clusterdash.ingest import grants


@pytest.fixture
def folder(data: Path, tmp_path: Path) -> Path:
    """The sample as if it were real, with people."""
    copied = tmp_path / "data"
    shutil.copytree(data, copied)
    grants.replace(copied, grants.check_rows(GRANTS, ())[0])
    return copied


@pytest.fixture
def house(folder: Path) -> Iterator[House]:
    with serve_with_login(folder) as running:
        yield running
