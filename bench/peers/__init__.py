"""The benchmark page as a plain Streamlit page and as a Dash application, to compare ours with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.browser import ROOT, serve

from ..installation import answers, free_port


@contextmanager
def serve_streamlit_peer(data: Path, processes: list[int] | None = None) -> Iterator[str]:
    """Serve the plain Streamlit page over the edition of a data folder; yields its address."""
    folder = data / "peer"
    (folder / ".streamlit").mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("streamlit_page.py"), folder / "app.py")
    (folder / ".streamlit" / "config.toml").write_text(
        '[server]\nheadless = true\nfileWatcherType = "none"\n[browser]\ngatherUsageStats = false\n'
    )
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        with serve(data, root=folder, processes=processes) as address:
            yield address
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


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
