"""Two servers with one database and one store: does a reader see a mixture of editions, or one that was replaced?

`python -m bench.shared_editions --publications 100 --readers 50`: two servers with a data folder each, PostgreSQL and
an S3 server on this machine. Editions are built beforehand; each is put into the store from one of the two data folders
in turn and published at once. Readers ask the servers for `/labels.json`, half of them each, without a pause. In each
edition every name of a cluster, the title of the register and the hash have one number; prints how often an answer had
two, how long after a publication answers of the edition before were still begun, and how long answers took.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from clusterdash.editions import build, catalog
from clusterdash.editions.catalog import PROJECT_DATA
from tests.support.browser import serve
from tests.support.postgresql import postgresql_server
from tests.support.s3_server import s3_server

CLUSTERS = 5
START = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: when it was asked for and there (seconds, monotonic), from which server, which numbers it had."""

    asked: float
    there: float
    server: int
    numbers: tuple[int, ...]


def build_editions(place: Path, count: int) -> list[Path]:
    """Small editions that differ in their number alone, and in all that tells it."""
    data, incoming = place / "origin", place / "in"
    shutil.copytree(PROJECT_DATA / "scheme", data / "scheme")
    (data / "labels").mkdir()
    incoming.mkdir()
    clusters = "".join(f"c{one},Cluster 0,FR,Lyon,45.7,4.8,food\n" for one in range(CLUSTERS))
    (data / "labels" / "clusters.csv").write_text(
        "cluster_id,name,country,city,latitude,longitude,sector\n" + clusters, "utf-8"
    )
    awards = "".join(f"c{one},gold,2026-01-15,,https://example.org/\n" for one in range(CLUSTERS))
    (incoming / "awards.csv").write_text("cluster_id,label,awarded_on,valid_until,source_url\n" + awards, "utf-8")
    tables, problems = build.check_files([incoming], data, START.date())
    assert tables is not None, problems
    first = catalog.edition_path(data, build.build(tables, [incoming], data, START))
    made = []
    for number in range(1, count + 1):
        path = place / f"20260601-{number:06}-edition.duckdb"
        shutil.copyfile(first, path)
        with duckdb.connect(str(path)) as edition:
            edition.execute("update cluster set name = ?", [f"Cluster {number}"])
            edition.execute(
                "update edition set edition_id = ?, content_hash = ?", [path.stem, f"{number:012}".ljust(64, "0")]
            )
        made.append(path)
    return made


def read_on(address: str, server: int, stop: threading.Event, answers: list[Answer], failures: list[str]) -> None:
    """Ask a server again and again, over one connection."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    while not stop.is_set():
        asked = time.monotonic()
        connection.request("GET", "/labels.json?lang=en")
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            failures.append(f"{answer.status}: {content[:200]!r}")
            continue
        told = json.loads(content)
        numbers = {int(told["metadata"]["version"]), *(int(row["name"].split()[1]) for row in told["labels"])}
        assert len(told["labels"]) == CLUSTERS
        answers.append(Answer(asked, time.monotonic(), server, tuple(sorted(numbers))))
    connection.close()


def servers(place: Path, stack: ExitStack) -> Iterator[tuple[Path, str]]:
    """Two data folders, and the address of a server of each."""
    for name in ("one", "two"):
        data = place / name
        data.mkdir()
        yield data, stack.enter_context(serve(data))


def main() -> None:
    """Publish under readers, count, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--publications", type=int, default=100)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between publications")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clusterdash-shared-") as folder, ExitStack() as stack:
        place = Path(folder)
        made = build_editions(place, asked.publications + 1)
        store, database = stack.enter_context(s3_server()), stack.enter_context(postgresql_server(durable=True))
        os.environ |= store.access
        os.environ["CLUSTERDASH_EDITIONS"] = store.new_bucket()
        os.environ["CLUSTERDASH_DATABASE"] = database.new_database()
        (place / "first").mkdir()
        publish(place / "first", made[0])
        running = list(servers(place, stack))
        answers: list[Answer] = []
        failures: list[str] = []
        stop = threading.Event()
        readers = [
            threading.Thread(target=read_on, args=(running[turn % 2][1], turn % 2, stop, answers, failures))
            for turn in range(asked.readers)
        ]
        for reader in readers:
            reader.start()
        published = [time.monotonic()]
        for turn, path in enumerate(made[1:]):
            time.sleep(asked.pause)
            publish(running[turn % 2][0], path)
            published.append(time.monotonic())
        time.sleep(max(2.5, asked.pause))
        stop.set()
        for reader in readers:
            reader.join()
    report(answers, published, failures)


def publish(data: Path, path: Path) -> None:
    """Put an edition into the store from a data folder, and publish it at once."""
    copy = data / path.name
    shutil.copyfile(path, copy)
    catalog.add_edition(data, copy, path.stem, "bench")
    catalog.set_current(data, path.stem, datetime.now(UTC), "bench")


def report(answers: list[Answer], published: list[float], failures: list[str]) -> None:
    """Print what the readers saw."""
    mixtures = [answer for answer in answers if len(answer.numbers) > 1]
    # Edition n is published[n - 1]; it is old from published[n] on.
    late = [answer.asked - published[answer.numbers[0]] for answer in answers if answer.numbers[0] < len(published)]
    overlap = max([0.0, *late])
    first = [
        min(answer.there for answer in answers if answer.server == server and answer.numbers[0] >= number + 1) - at
        for number, at in enumerate(published)
        for server in (0, 1)
        if number
    ]
    back = went_back(answers)
    seconds = sorted(answer.there - answer.asked for answer in answers)
    print(f"{len(published) - 1} publications, {len(answers):,} answers, {len(failures)} failed")
    print(f"mixtures {len(mixtures)}; older after newer {back}")
    print(f"older edition asked for and seen at most {overlap:.3f} s after the newer one was published")
    print(f"newer edition first seen: median {statistics.median(first):.3f} s, at most {max(first):.3f} s after")
    print(f"answers: median {statistics.median(seconds):.3f} s, at most {seconds[-1]:.3f} s")
    for failure in failures[:3]:
        print(failure)
    assert not failures
    assert not mixtures
    assert not back
    assert overlap <= 2


def went_back(answers: list[Answer]) -> int:
    """How many answers were begun after another one was there that had a later edition."""
    count, newest, waiting = 0, 0, sorted(answers, key=lambda answer: answer.there)
    position = 0
    for answer in sorted(answers, key=lambda answer: answer.asked):
        while position < len(waiting) and waiting[position].there < answer.asked:
            newest = max(newest, *waiting[position].numbers)
            position += 1
        count += answer.numbers[0] < newest
    return count


if __name__ == "__main__":
    main()
