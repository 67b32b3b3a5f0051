"""A real browser and a server of our own, for the tests that look at pages as a visitor does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), "")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="no Chromium on this machine; on Debian and Ubuntu: apt install chromium"
)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
expect.set_options(timeout=60_000)


@contextmanager
def serve(
    data: Path,
    secrets: Callable[[str], str] | None = None,
    subpath: str = "",
    *,
    root: Path = ROOT,
    log: Path | None = None,
) -> Iterator[str]:
    """A freshly started server of its own; its address, with the sub-path below which it answers.

    `secrets` writes its `secrets.toml`, given the address. `root`: where the program lies; `log`: the file that all it
    says goes to.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.baseUrlPath", subpath]
    address = f"http://localhost:{port}" + (f"/{subpath}" if subpath else "")
    if secrets:
        file = data / "secrets.toml"
        file.write_text(secrets(address))
        command += ["--secrets.files", str(file)]
    said = log.open("wb") if log else subprocess.DEVNULL
    server = subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "CLUSTERDASH_DATA": str(data)},
        stdout=said,
        stderr=said,
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, "the server has stopped"
                assert time.monotonic() < until, "the server does not answer"
        yield address
    finally:
        server.terminate()
        server.wait(20)


def strangers(page: Page, address: str) -> list[str]:
    """Addresses asked for outside our own origin."""
    asked: list[str] = page.asked  # type: ignore[attr-defined]
    assert asked
    return [url for url in asked if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))]


def the_map(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title*='folium']")
