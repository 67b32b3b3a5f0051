"""What the tests share: small invented editions, built once by the program's own way in."""

from __future__ import annotations

import csv
import functools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import hypothesis
import pytest
from browsing import CHROMIUM, QUIET, needs_chromium, serve
from filelock import FileLock
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.components.v2 import manifest_scanner

from clusterdash.domain import PUBLIC, STAFF, LabelHolder, Viewer
from clusterdash.editions import build, catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.ingest import sample
from clusterdash.statistics import pipeline
from clusterdash.statistics.parameters import LIMITS, Limits

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("clusterdash", deadline=None)
hypothesis.settings.register_profile("fast", deadline=None, max_examples=20)
hypothesis.settings.load_profile("clusterdash")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `browser` what is skipped where there is no Chromium."""
    for item in items:
        if needs_chromium.mark in item.iter_markers():
            item.add_marker(pytest.mark.browser)


# Each AppTest reads the metadata of every installed distribution, in search of components: 0.2 s of CPU, more than most
# pages take. What is installed does not change while tests run.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY: date = NOW.date()


COMPUTE = pipeline.compute


@contextmanager
def computing(compute: Callable[..., None]) -> Iterator[None]:
    """Editions that are built meanwhile in this process get their statistics from another function."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "compute", compute)
        yield


@pytest.fixture(scope="module")
def without_statistics() -> Iterator[None]:
    """Editions of this module have empty tables of statistics, which are most of the cost of a build.

    For tests of what is merged, kept, published and taken back; a test that reads figures asks for `with_statistics`.
    """
    with computing(lambda *_, **__: None):
        yield


@pytest.fixture
def with_statistics() -> Iterator[None]:
    """Editions that this test builds have their statistics, in a module whose other tests build them without."""
    with computing(COMPUTE):
        yield


def publish_folder(folder: Path, data: Path, limits: Limits = LIMITS, now: datetime = NOW) -> Path:
    """Import a folder that has no errors; returns the data folder."""
    tables, problems = build.check([folder], data, TODAY)
    assert tables is not None, problems[:5]
    build.build_and_activate(tables, [folder], data, now, limits=limits)
    return data


@contextmanager
def laid_bare(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """All tables of the published edition, without a gateway; a store may have the file open meanwhile."""
    with duckdb.connect() as connection:
        # attached, for a second connection to an open file must have the settings of the first
        connection.execute(f"attach '{catalog.current_path(data)}' as edition (read_only)")
        connection.execute("use edition")
        yield connection


HOSTILE = "<script>alert(1)</script>\"'`{{7*7}}${1}\u202egnitset\U0001f600"
FORMULA = "cmd|' /C calc'!A0 = + - @"


def hostile_register(folder: Path) -> Path:
    """A data folder with a register of four clusters whose names would like to be something else."""
    data, incoming = folder / "data", folder / "in"
    shutil.copytree(PROJECT_DATA / "scheme", data / "scheme")
    (data / "labels").mkdir()
    incoming.mkdir()
    names = [HOSTILE, FORMULA, "x" * 300, "&amp;lt;b&gt;"]
    with (data / "labels" / "clusters.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "name", "country", "city", "latitude", "longitude", "sector", "note"])
        writer.writerows([f"c{i}", name, "FR", name, 45 + i, 5, "food", name] for i, name in enumerate(names))
    rows = "".join(f"c{i},gold,2020,{'2021' if i else ''},https://a.example/?x=1&y=2\n" for i in range(4))
    (incoming / "awards.csv").write_text("cluster_id,label,awarded_on,valid_until,source_url\n" + rows)
    return publish_folder(incoming, data)


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of this worker's own, filled by `make` in one worker of a run and copied in all others."""
    own = tmp_path_factory.mktemp(name)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        make(own)
        return own
    shared = tmp_path_factory.getbasetemp().parent / f"shared-{name}"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            unfinished = shared.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)  # another worker failed to make it
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(shared)
    return Path(shutil.copytree(shared, own, dirs_exist_ok=True))


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an invented edition: 120 clusters, two years."""

    def make(folder: Path) -> None:
        sample.write(folder, PROJECT_DATA, clusters=120, years=2, seed=7)

    return made_once(tmp_path_factory, "sample", make)


@pytest.fixture(scope="session")
def data(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with that edition published."""

    def make(folder: Path) -> None:
        with computing(COMPUTE):  # whichever module asks first
            publish_folder(sample_folder, folder)

    return made_once(tmp_path_factory, "data", make)


@pytest.fixture(scope="session")
def opened(data: Path) -> Iterator[EditionDatabase]:
    """That edition, open."""
    edition = EditionDatabase(catalog.current_path(data))
    yield edition
    edition.close()


@pytest.fixture
def staff(opened: EditionDatabase) -> EditionReader:
    """The gateway of staff."""
    return opened.reader(STAFF)


@pytest.fixture(scope="session")
def register(opened: EditionDatabase) -> tuple[LabelHolder, ...]:
    """The register of labels."""
    return opened.reader(PUBLIC).label_register()


@pytest.fixture
def as_viewer(opened: EditionDatabase):
    """Make the gateway of any viewer."""

    def gateway(viewer: Viewer) -> EditionReader:
        return opened.reader(viewer)

    return gateway


@pytest.fixture(scope="session")
def address(data: Path) -> Iterator[str]:
    with serve(data) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that notes every address it asks for."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.asked = asked  # type: ignore[attr-defined]
    yield tab
    context.close()
