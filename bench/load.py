"""Many managers at once on their benchmark page: time of a run as they see it, processor time and memory of the server.

Each asks for another reference group after a pause of five seconds on average. With several processes, they lie behind
nginx with the configuration of `deploy/`. `python -m bench.load --arrivals 1300 --minutes 10` lets managers arrive
instead, each for some runs, as on the day when results are published.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from tests.support.browser import serve
from tests.support.deployed_proxy import deployed_proxy

from .installation import SESSION_COOKIE, build_data, free_port, secrets, sign_in
from .streamlit_client import Run, Visitor

PAGE = "benchmark"
CONTENT = b"verdict"
"""The class of the sentence that a manager reads first."""
PAUSE_S = 5.0
RUNS_OF_ARRIVED = 5
REFERENCES = ("top500", "all")
UNLIMITED = {
    "limit_req zone=clusterdash_requests burst=5000 nodelay;": "",
    "limit_conn clusterdash_connections 1000;": "",
}
"""In `deploy/nginx.conf`: all visitors have the same address here."""
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """What the visitors of one trial saw."""

    later: list[Run] = field(default_factory=list)
    entering: list[float] = field(default_factory=list)
    """Seconds from asking for the page until its first sentence."""
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Servers:
    """The processes that serve, and the address at which visitors meet them."""

    address: str
    processes: tuple[int, ...]

    def processor_seconds(self) -> float:
        """The processor time used so far, user and system."""
        ticks = 0
        for process in self.processes:
            parts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(parts[11]) + int(parts[12])
        return ticks / CLOCK_TICKS

    def megabytes(self) -> float:
        """The memory in use (resident)."""
        pages = sum(int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in self.processes)
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def servers(data: Path, count: int) -> Iterator[Servers]:
    """One server, or several behind nginx."""
    processes: list[int] = []
    with ExitStack() as stack:
        if count == 1:
            address = stack.enter_context(serve(data, secrets, processes=processes))
        else:
            port, folder = (
                free_port(),
                Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clusterdash-nginx-"))),
            )
            public = partial(_public_secrets, f"https://localhost:{port}")
            behind = [stack.enter_context(serve(data, public, processes=processes)) for _ in range(count)]
            ports = [urlsplit(address).port or 0 for address in behind]
            address = stack.enter_context(deployed_proxy(folder / "nginx", ports, UNLIMITED, port))
            os.environ["SSL_CERT_FILE"] = str(folder / "nginx" / "certificate.pem")
        yield Servers(address, tuple(processes))


def _public_secrets(address: str, _: str) -> str:
    return secrets(address)


def _query(turn: int) -> str:
    return f"lang=fr&reference={REFERENCES[turn % len(REFERENCES)]}"


async def _stay(address: str, cluster: str, until: float, measured: Measured, draw: random.Random) -> None:
    """One manager who looks at the page until a moment of the clock `time.monotonic`."""
    try:
        async with Visitor(address, PAGE, {SESSION_COOKIE: sign_in(address, cluster)}) as visitor:
            await visitor.run(_query(0), CONTENT)
            turn = 1
            while (pause := draw.expovariate(1 / PAUSE_S)) + time.monotonic() < until:
                await asyncio.sleep(pause)
                measured.later.append(await visitor.run(_query(turn), CONTENT))
                turn += 1
            await asyncio.sleep(max(0, until - time.monotonic()))
    except Exception as error:
        measured.errors.append(repr(error))


async def _arrive(address: str, cluster: str, wait: float, measured: Measured, draw: random.Random) -> None:
    """One manager who comes after a while, looks at the page some times, and leaves."""
    await asyncio.sleep(wait)
    try:
        start = time.monotonic()
        async with Visitor(address, PAGE, {SESSION_COOKIE: sign_in(address, cluster)}) as visitor:
            connected = time.monotonic()
            run = await visitor.run(_query(0), CONTENT)
            measured.entering.append(connected - start + run.content)
            for turn in range(1, RUNS_OF_ARRIVED):
                await asyncio.sleep(draw.expovariate(1 / PAUSE_S))
                measured.later.append(await visitor.run(_query(turn), CONTENT))
    except Exception as error:
        measured.errors.append(repr(error))


async def together(visits: Sequence[object]) -> None:
    """Let all visits take place at the same time."""
    await asyncio.gather(*visits)  # type: ignore[arg-type]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of values lies; NaN for none."""
    return float(np.quantile(values, share)) if values else float("nan")


HEADER = (
    f"{'sessions':>8}{'processes':>10}{'runs':>7}{'errors':>7}{'median':>10}{'p95':>10}{'slowest':>10}"
    f"{'CPU a run':>11}{'kB a run':>9}{'MB a session':>13}"
)


def steady(data: Path, clusters: Sequence[str], sessions: int, processes: int, seconds: float) -> str:
    """A line of the table: so many sessions that stay."""
    measured, draw = Measured(), random.Random(1)
    with servers(data, processes) as running:
        asyncio.run(together([_stay(running.address, clusters[0], time.monotonic(), Measured(), draw)]))
        before = running.megabytes()
        # All come within the first quarter of the time, in which nothing is counted but memory.
        start = time.monotonic()
        counted_from = start + seconds / 4

        async def trial() -> tuple[float, float, int]:
            visits = [
                asyncio.create_task(
                    _later(
                        draw.uniform(0, seconds / 4),
                        partial(_stay, running.address, clusters[n % len(clusters)], start + seconds, measured, draw),
                    )
                )
                for n in range(sessions)
            ]
            await asyncio.sleep(counted_from - time.monotonic())
            used, skipped = running.processor_seconds(), len(measured.later)
            await asyncio.sleep(start + seconds - time.monotonic())
            used, most = running.processor_seconds() - used, running.megabytes()
            await asyncio.gather(*visits)
            return used, most, skipped

        used, most, skipped = asyncio.run(trial())
    runs = measured.later[skipped:]
    times = [run.end for run in runs]
    return (
        f"{sessions:8d}{processes:10d}{len(runs):7d}{len(measured.errors):7d}"
        f"{1000 * statistics.median(times):7.0f} ms{1000 * percentile(times, 0.95):7.0f} ms{1000 * max(times):7.0f} ms"
        f"{1000 * used / max(1, len(runs)):8.0f} ms{statistics.median(run.bytes for run in runs) / 1000:9.1f}"
        f"{(most - before) / sessions:13.2f}"
    ) + _named(measured.errors)


async def _later(seconds: float, visit: partial[object]) -> None:
    await asyncio.sleep(seconds)
    await visit()  # type: ignore[misc]


def arrivals(data: Path, clusters: Sequence[str], people: int, processes: int, minutes: float) -> str:
    """A sentence on people who arrive at random times."""
    measured, draw = Measured(), random.Random(1)
    with servers(data, processes) as running:
        visits = [
            _arrive(running.address, clusters[n % len(clusters)], draw.uniform(0, 60 * minutes), measured, draw)
            for n in range(people)
        ]
        asyncio.run(together(visits))
    median, p95, longest = (1000 * percentile(measured.entering, share) for share in (0.5, 0.95, 1))
    return (
        f"{people} people within {minutes:g} minutes, {processes} process(es): {len(measured.errors)} errors;"
        f" until the first sentence: median {median:.0f} ms, p95 {p95:.0f} ms, longest {longest:.0f} ms"
    ) + _named(measured.errors)


def _named(errors: Sequence[str]) -> str:
    return "".join(f"\n  {error}" for error in sorted(set(errors))[:3])


def main() -> None:
    """Build an edition, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sessions", type=int, nargs="+", default=[25, 50, 100, 200])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--clusters", type=int, default=1300)
    parser.add_argument("--arrivals", type=int, default=0, help="people who arrive, instead of sessions that stay")
    parser.add_argument("--minutes", type=float, default=10)
    asked = parser.parse_args()
    most = max(asked.processes)
    assert most == 1 or shutil.which("nginx"), "several processes need nginx; on Debian: apt install nginx-light"
    with tempfile.TemporaryDirectory(prefix="clusterdash-load-") as place:
        clusters = build_data(Path(place, "data"), asked.clusters)
        if asked.arrivals:
            for count in asked.processes:
                print(arrivals(Path(place, "data"), clusters, asked.arrivals, count, asked.minutes), flush=True)
            return
        print(HEADER)
        for count in asked.processes:
            for sessions in asked.sessions:
                print(steady(Path(place, "data"), clusters, sessions, count, asked.seconds), flush=True)


if __name__ == "__main__":
    main()
