"""A server fetches editions from a shared store before anybody asks for them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.browser import serve
from support.editions import NOW

from clusterdash.editions import build, catalog, shared_editions

pytestmark = pytest.mark.slow


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_copy_is_there_and_goes_without_a_visitor(data: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", (tmp_path / "store").as_uri())
    own = tmp_path / "own"
    own.mkdir()
    path = Path(shutil.copy(next((data / "editions").glob("*.duckdb")), own))
    cached = shared_editions.cache_folder(own) / path.name
    catalog.add_edition(own, path, path.stem, "")
    cached.unlink()  # as on a server that has not built it
    with serve(own):
        wait_until(cached.exists)
        cached.write_bytes(b"damaged")
        wait_until(lambda: cached.read_bytes() != b"damaged")
        build.discard(own, path.stem, NOW, "")
        cached.write_bytes(b"what another server has left")
        wait_until(lambda: not cached.exists())
