"""Fetches editions from the store that several servers share before a visitor needs them."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from ..domain import ClusterdashError
from ..editions import catalog, shared_editions
from ..i18n import explain

INTERVAL_SECONDS = 1.0
"""An edition is seldom published sooner after it was built; a visitor who comes first waits for its download."""


def start(data: Path) -> None:
    """Fetch new editions from now on, in a thread that ends with the process; nothing without a store."""
    if catalog.in_store():
        threading.Thread(target=_run, args=(data,), name="edition-prefetch", daemon=True).start()


def _run(data: Path) -> None:
    pause, before = threading.Event(), ""
    while True:
        try:
            failed = shared_editions.fetch_all(data)
        except ClusterdashError as error:
            failed = [error]
        except Exception:
            logging.getLogger("clusterdash").exception("editions could not be fetched")
            failed = []
        reasons = "; ".join(explain("en", error) for error in failed)
        if reasons != before:  # said once, not every second
            logging.getLogger("clusterdash").warning("%s", reasons or "all editions could be fetched again")
        before = reasons
        pause.wait(INTERVAL_SECONDS)
