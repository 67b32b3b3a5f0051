"""Server time of one run of each page, warm, with 1,300 clusters, 36 indicators and 3 years.

Prints medians; each figure is a whole run of `app.py` without the network, beside an empty script in the same process.
Run it with `make bench`.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest

from clusterdash import editions, maps, publish
from clusterdash.model import STAFF, Label
from clusterdash.store import Store

ROOT = Path(__file__).parent.parent
RUNS = 25


def median_ms(action, runs: int = RUNS) -> float:
    """Median wall time of a call, in milliseconds, after two runs to warm up."""
    times = []
    for _ in range(runs + 2):
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times[2:])


def page_ms(role: str, page: str, **address: str) -> float:
    """Median run of a page for a visitor."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["role"] = role
    for name, value in {"lang": "fr", **address}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(page).run()
    assert not app.exception
    assert not app.error
    return median_ms(app.run)


def main() -> None:
    """Build an edition, time what pages do."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        os.environ["CLUSTERDASH_DATA"] = folder
        start = time.perf_counter()
        publish.demonstrate(data, datetime.now(UTC), lambda *_: None)
        print(f"{'invent, check and publish an edition':<44}{1000 * (time.perf_counter() - start):8.0f} ms")
        print(f"{'size of the edition':<44}{editions.current(data).stat().st_size / 1e6:8.1f} MB")
        empty = AppTest.from_string("import streamlit as st\nst.write('empty')").run()
        print(f"{'empty script (baseline)':<44}{median_ms(empty.run):8.1f} ms")
        for name, role, page, address in (
            ("home", "public", "pages/public/home.py", {}),
            ("map of Bronze", "public", "pages/public/labels.py", {"label": "bronze"}),
            ("map of Gold", "public", "pages/public/labels.py", {"label": "gold"}),
            ("benchmark, manager", "cluster", "pages/cluster/benchmark.py", {"cluster": "demo-0412"}),
            ("benchmark, staff", "staff", "pages/cluster/benchmark.py", {"cluster": "demo-0412"}),
            ("sectors, staff", "staff", "pages/staff/sectors.py", {}),
        ):
            print(f"{'page: ' + name:<44}{page_ms(role, page, **address):8.1f} ms")
        gateway = Store(editions.current(data)).gateway(STAFF)
        holders, sectors = gateway.holders(Label.BRONZE), gateway.sectors()
        print(f"{'read one benchmark':<44}{median_ms(lambda: gateway.benchmark('demo-0412')):8.1f} ms")
        print(f"{'read the holders of Bronze':<44}{median_ms(lambda: gateway.holders(Label.BRONZE)):8.1f} ms")
        drawn = median_ms(lambda: maps.label_map(holders, sectors, Label.BRONZE, "world", "fr").get_root().render())
        print(f"{'build and render the map of Bronze':<44}{drawn:8.1f} ms")


if __name__ == "__main__":
    main()
