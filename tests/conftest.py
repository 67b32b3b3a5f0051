"""What the tests share: small invented editions, built once by the program's own way in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clusterdash import editions, publish, sample
from clusterdash.editions import PROJECT_DATA
from clusterdash.model import PUBLIC, STAFF, LabelHolder, Viewer
from clusterdash.store import Gateway, Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY: date = NOW.date()


def publish_folder(folder: Path, data: Path) -> Path:
    """Import a folder that has no errors; returns the data folder."""
    tables, problems = publish.check([folder], data, TODAY)
    assert tables is not None, problems[:5]
    publish.publish(tables, [folder], data, NOW)
    return data


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an invented edition: 120 clusters, two years."""
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder, PROJECT_DATA, clusters=120, years=2, seed=7)
    return folder


@pytest.fixture(scope="session")
def data(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with that edition published."""
    return publish_folder(sample_folder, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def opened(data: Path) -> Iterator[Store]:
    """That edition, open."""
    edition = Store(editions.current(data))
    yield edition
    edition.close()


@pytest.fixture
def staff(opened: Store) -> Gateway:
    """The gateway of staff."""
    return opened.gateway(STAFF)


@pytest.fixture(scope="session")
def register(opened: Store) -> tuple[LabelHolder, ...]:
    """The register of labels."""
    return opened.gateway(PUBLIC).register()


@pytest.fixture
def as_viewer(opened: Store):
    """Make the gateway of any viewer."""

    def gateway(viewer: Viewer) -> Gateway:
        return opened.gateway(viewer)

    return gateway
