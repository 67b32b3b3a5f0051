"""Server time of one run of each page, warm, with 1,300 clusters, 36 indicators and 3 years.

Prints medians; each figure is a whole run of `app.py` without the network, beside an empty script in the same process.
Run it with `make bench`.
"""

from __future__ import annotations

import gzip
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest

from clusterdash.domain import STAFF, LabelHolder, Sector
from clusterdash.editions import build, catalog
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.labels import search, status
from clusterdash.labels.filters import LabelFilters
from clusterdash.presentation.labels import world_map
from clusterdash.reports import annex, brief

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
        build.build_demonstration(data, datetime.now(UTC), lambda *_: None)
        print(f"{'invent, check and publish an edition':<44}{1000 * (time.perf_counter() - start):8.0f} ms")
        print(f"{'size of the edition':<44}{catalog.current_path(data).stat().st_size / 1e6:8.1f} MB")
        empty = AppTest.from_string("import streamlit as st\nst.write('empty')").run()
        print(f"{'empty script (baseline)':<44}{median_ms(empty.run):8.1f} ms")
        for name, role, page, address in (
            ("home", "public", "pages/public/home.py", {}),
            ("map of Bronze", "public", "pages/public/labels.py", {"label": "bronze"}),
            ("map of Gold", "public", "pages/public/labels.py", {"label": "gold"}),
            (
                "map of all labels, search, country",
                "public",
                "pages/public/labels.py",
                {"q": "energie", "country": "FR"},
            ),
            ("map of all labels", "public", "pages/public/labels.py", {}),
            ("page of a cluster", "public", "pages/public/cluster.py", {}),
            ("labels in figures", "public", "pages/public/figures.py", {}),
            ("benchmark, manager", "cluster", "pages/cluster/benchmark.py", {"cluster": "demo-0412"}),
            ("progress, manager", "cluster", "pages/cluster/progress.py", {"cluster": "demo-0412"}),
            ("counterparts, manager", "cluster", "pages/cluster/counterparts.py", {"cluster": "demo-0412"}),
            (
                "way to Gold, a level moved",
                "cluster",
                "pages/cluster/gold.py",
                {"cluster": "demo-0022", "try": "3.2:1"},
            ),
            ("binder of evidence", "cluster", "pages/cluster/binder.py", {"cluster": "demo-0022"}),
            ("benchmark, staff", "staff", "pages/cluster/benchmark.py", {"cluster": "demo-0412"}),
            ("sectors, staff", "staff", "pages/staff/sectors.py", {}),
        ):
            print(f"{'page: ' + name:<44}{page_ms(role, page, **address):8.1f} ms")
        reader = EditionDatabase(catalog.current_path(data)).reader(STAFF)
        print(f"{'read one benchmark':<44}{median_ms(lambda: reader.benchmark('demo-0412')):8.1f} ms")
        measure_paper(reader)
        measure_register(reader.label_register(), reader.sectors())


def measure_paper(reader: EditionReader) -> None:
    """Briefs and annexes of different clusters, warm, and what the memory comes to after many."""
    results = [reader.benchmark(cluster) for cluster in list(reader.assessed())[:RUNS]]
    for name, make in (("brief", brief.brief), ("annex", annex.annex)):
        make(results[0], "en")
        times, sizes = [], []
        for result in results:
            start = time.perf_counter()
            sizes.append(len(make(result, "fr")))
            times.append(1000 * (time.perf_counter() - start))
        print(f"{'paper: ' + name:<44}{statistics.median(times):8.1f} ms, at most {max(sizes) / 1000:.0f} kB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'memory of this process at its highest':<44}{peak:8.0f} MB")


def measure_register(register: Sequence[LabelHolder], sectors: Mapping[str, Sector]) -> None:
    """Choosing, counting and drawing the register, as it is and as larger ones of made-up points."""
    today = datetime.now(UTC).date()
    for size in (len(register), 1_500, 10_000, 50_000):
        holders = register if size == len(register) else made_up(register, size)
        runs = RUNS if size < 10_000 else 3

        def found(holders: Sequence[LabelHolder] = holders) -> tuple[status.LabelStatus, ...]:
            return search.select(status.label_statuses(holders, today, today), LabelFilters())

        def rendered(holders: Sequence[LabelHolder] = holders) -> str:
            drawn = world_map.label_map(found(holders), sectors, "fr", world_map.Frame(view="world"))
            return str(drawn.get_root().render())

        html = rendered().encode()
        print(f"register of {size:,}:")
        print(f"{'  choose':<44}{median_ms(found, runs):8.1f} ms")
        print(f"{'  choose and draw':<44}{median_ms(rendered, runs):8.1f} ms")
        print(f"{'  map':<44}{len(html) / 1000:8.1f} kB, {len(gzip.compress(html)) / 1000:.1f} compressed")
        held = status.label_statuses(holders, today, today)
        asked = LabelFilters(text="energie", countries=frozenset({"FR"}))

        def counted(held: Sequence[status.LabelStatus] = held, asked: LabelFilters = asked) -> object:
            return search.facet_counts(held, asked)

        print(f"{'  facets with a search':<44}{median_ms(counted, runs):8.1f} ms")


def made_up(register: Sequence[LabelHolder], size: int) -> list[LabelHolder]:
    """A register of `size` clusters, each in a place of its own."""
    draw = random.Random(1)
    made = []
    for index in range(size):
        holder = register[index % len(register)]
        place = {"latitude": draw.uniform(36, 66), "longitude": draw.uniform(-10, 30), "geo_precision": "city"}
        made.append(replace(holder, cluster=replace(holder.cluster, cluster_id=f"made-{index}", **place)))
    return made


if __name__ == "__main__":
    main()
