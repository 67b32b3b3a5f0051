"""The benchmark page as a plain Streamlit page and as a Dash application, to compare ours with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.support.browser import ROOT, serve

from ..installation import answers, free_port, write_streamlit_app


@contextmanager
def serve_streamlit_peer(data: Path) -> Iterator[str]:
    """Serve the plain Streamlit page over the edition of a data folder; yields its address."""
    folder = data / "peer"
    write_streamlit_app(folder, Path(__file__).with_name("streamlit_page.py").read_text())
    with patch.dict(os.environ, PYTHONPATH=str(ROOT)), serve(data, root=folder) as address:
        yield address


@contextmanager
def serve_dash_peer(data: Path) -> Iterator[str]:
    """Serve the Dash application over the edition of a data folder; yields its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.peers.dash_page", str(port)],
        cwd=ROOT,
        env={**os.environ, "CLUSTERDASH_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        answers(port, process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)
