"""Server time of one run of each page, warm, with 36 indicators and 3 years.

Prints medians; each figure is a whole run of `app.py` without the network, beside an empty script in the same process.
Run it with `make bench`.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from streamlit.testing.v1 import AppTest

from clusterdash.domain import STAFF, LabelHolder, Sector
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.labels import search, status
from clusterdash.labels.filters import LabelFilters
from clusterdash.presentation.labels import world_map
from clusterdash.reports import annex, brief

from .installation import build_data

ROOT = Path(__file__).parent.parent
CLUSTER, EVALUATED = "demo-0001", "demo-0022"


@dataclass(frozen=True)
class Time:
    """Medians in milliseconds: from the call to its end, and processor time of the whole process."""

    wall: float
    processor: float

    def __str__(self) -> str:
        """Both, as columns."""
        return f"{self.wall:8.1f} ms{self.processor:8.1f} ms"


def median_time(action: Callable[[], object], runs: int) -> Time:
    """The median time of a call, after two runs to warm up."""
    walls, processors = [], []
    for _ in range(runs + 2):
        start, used = time.perf_counter(), time.process_time()
        action()
        walls.append(1000 * (time.perf_counter() - start))
        processors.append(1000 * (time.process_time() - used))
    return Time(statistics.median(walls[2:]), statistics.median(processors[2:]))


def tell(name: str, figure: object) -> None:
    """Print a line of the table."""
    print(f"{name:<44}{figure}", flush=True)


def page_time(runs: int, role: str, page: str, address: Mapping[str, str]) -> Time:
    """The median run of a page for a visitor."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["role"] = role
    for name, value in {"lang": "fr", **address}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(page).run()
    assert not app.exception
    assert not app.error
    return median_time(app.run, runs)


def main() -> None:
    """Build an edition, time what pages do."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--clusters", type=int, default=1300)
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--largest", type=int, default=50_000, help="register that is drawn")
    asked = parser.parse_args()
    runs = asked.runs
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        os.environ["CLUSTERDASH_DATA"] = folder
        build_data(data, asked.clusters)
        tell("", "    wall      processor")
        tell("size of the edition", f"{catalog.current_path(data).stat().st_size / 1e6:8.1f} MB")
        empty = AppTest.from_string("import streamlit as st\nst.write('empty')").run()
        tell("empty script (baseline)", median_time(empty.run, runs))
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
            ("benchmark, manager", "cluster", "pages/cluster/benchmark.py", {"cluster": CLUSTER}),
            ("progress, manager", "cluster", "pages/cluster/progress.py", {"cluster": CLUSTER}),
            ("counterparts, manager", "cluster", "pages/cluster/counterparts.py", {"cluster": CLUSTER}),
            (
                "way to Gold, a level moved",
                "cluster",
                "pages/cluster/gold.py",
                {"cluster": EVALUATED, "try": "3.2:1"},
            ),
            ("binder of evidence", "cluster", "pages/cluster/binder.py", {"cluster": EVALUATED}),
            ("benchmark, staff", "staff", "pages/cluster/benchmark.py", {"cluster": CLUSTER}),
            ("sectors, staff", "staff", "pages/staff/sectors.py", {}),
        ):
            tell(f"page: {name}", page_time(runs, role, page, address))
        reader = EditionDatabase(catalog.current_path(data)).reader(STAFF)
        unread = cycle(list(reader.assessed()))
        tell("read a cluster's benchmark", median_time(lambda: reader.benchmark(next(unread)), runs))
        measure_paper(reader, runs)
        measure_register(reader.label_register(), reader.sectors(), runs, asked.largest)


def measure_paper(reader: EditionReader, runs: int) -> None:
    """Briefs and annexes of different clusters, warm, and what the memory comes to after many."""
    results = [reader.benchmark(cluster) for cluster in list(reader.assessed())[:runs]]
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


def measure_register(register: Sequence[LabelHolder], sectors: Mapping[str, Sector], most: int, largest: int) -> None:
    """Choosing, counting and drawing the register, as it is and as larger ones of made-up points."""
    today = datetime.now(UTC).date()
    for size in (size for size in (len(register), 1_500, 10_000, 50_000) if size <= largest):
        holders = register if size == len(register) else made_up(register, size)
        runs = most if size < 10_000 else min(3, most)

        def found(holders: Sequence[LabelHolder] = holders) -> tuple[status.LabelStatus, ...]:
            return search.select(status.label_statuses(holders, today, today), LabelFilters())

        def rendered(holders: Sequence[LabelHolder] = holders) -> str:
            drawn = world_map.label_map(found(holders), sectors, "fr", world_map.Frame(view="world"))
            return str(drawn.get_root().render())

        html = rendered().encode()
        print(f"register of {size:,}:")
        tell("  choose", median_time(found, runs))
        tell("  choose and draw", median_time(rendered, runs))
        print(f"{'  map':<44}{len(html) / 1000:8.1f} kB, {len(gzip.compress(html)) / 1000:.1f} compressed")
        held = status.label_statuses(holders, today, today)
        asked = LabelFilters(text="energie", countries=frozenset({"FR"}))

        def counted(held: Sequence[status.LabelStatus] = held, asked: LabelFilters = asked) -> object:
            return search.facet_counts(held, asked)

        tell("  facets with a search", median_time(counted, runs))


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
