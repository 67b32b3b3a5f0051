"""What the tests share: small invented editions, built once by the program's own way in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.components.v2 import manifest_scanner
from support.browser import CHROMIUM, QUIET, needs_chromium, serve
from support.cases import World
from support.editions import publish_folder
from support.postgresql import PostgresServer, needs_postgresql, postgresql_server
from support.shared_folders import made_once

from clusterdash.domain import PUBLIC, STAFF, LabelHolder, Viewer
from clusterdash.editions import catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.ingest import sample
from clusterdash.statistics import pipeline

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


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an invented edition: 120 clusters, two years."""

    def make(folder: Path) -> None:
        sample.generate(folder, PROJECT_DATA, clusters=120, years=2, seed=7)

    return made_once(tmp_path_factory, "sample", make)


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a smaller invented edition, for tests that build many: 24 clusters, two years."""

    def make(folder: Path) -> None:
        sample.generate(folder, PROJECT_DATA, clusters=24, years=2, seed=7)

    return made_once(tmp_path_factory, "small", make)


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
def postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server that is as durable as in operation."""
    with postgresql_server(durable=True) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def database_engine(request: pytest.FixtureRequest, use_engine: Callable[[str], None]) -> str:
    """The test runs with each engine of the operational database, which is empty; the name of the engine."""
    name: str = request.param
    use_engine(name)
    return name


@pytest.fixture
def world(tmp_path: Path, database_engine: str) -> World:
    """People with grants and no case yet, with each engine."""
    del database_engine
    return World(tmp_path)


@pytest.fixture
def use_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on the operational database is a new one of this engine, or the file of the data folder."""

    def configure(engine: str) -> None:
        monkeypatch.delenv("CLUSTERDASH_DATABASE", raising=False)
        if engine == "postgresql":
            monkeypatch.setenv("CLUSTERDASH_DATABASE", request.getfixturevalue("postgresql").new_database())

    return configure


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
