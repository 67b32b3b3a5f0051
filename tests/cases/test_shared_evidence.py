"""Documents of cases where several servers share a store: handed in on one, read on another, erased on both."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.cases import CLUSTER, MANAGER, World, grid_of
from support.postgresql import needs_postgresql

from clusterdash.admin import case_retention
from clusterdash.backup import create, restore
from clusterdash.cases import evidence, evidence_store, shared_evidence
from clusterdash.domain import ClusterdashError
from clusterdash.editions.edition_store import configured_store
from clusterdash.operational_database import case_erasure
from clusterdash.operational_database.engine import writing

pytestmark = needs_postgresql
GRID = grid_of()
TEXT = b"minutes of the board"


@pytest.fixture
def servers(tmp_path: Path, use_engine: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> tuple[World, World]:
    """Two data folders with one operational database and one store."""
    use_engine("postgresql")
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", (tmp_path / "store").as_uri())
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    return World(tmp_path / "one"), World(tmp_path / "two")


def handed_in(world: World) -> tuple[str, str]:
    """A case with a document; the ids of the case and the document."""
    manager = world.open(MANAGER, world.prepared())
    evidence.add(manager, GRID, "Q1", "minutes.txt", TEXT)
    (found,) = evidence.documents(manager)
    return manager.case_id, found.evidence_id


def in_store() -> list[str]:
    store = configured_store(shared_evidence.FOLDER, "")
    assert store
    return [found.sha256 for found in store.stored()]


def test_documents_of_before_come_into_a_store_that_is_used_later(
    servers: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = servers
    address = os.environ["CLUSTERDASH_EDITIONS"]
    monkeypatch.delenv("CLUSTERDASH_EDITIONS")
    case_id, evidence_id = handed_in(one)
    evidence_store.put(one.data, b"erased")
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", address)
    with pytest.raises(ClusterdashError):
        evidence.content(two.open(MANAGER, case_id), evidence_id)
    shared_evidence.take_over(one.data)
    assert evidence.content(two.open(MANAGER, case_id), evidence_id) == TEXT
    assert in_store() == [hashlib.sha256(TEXT).hexdigest()], "what no case has is not shared"


def test_what_is_handed_in_on_one_server_is_read_on_the_other(servers: tuple[World, World]) -> None:
    one, two = servers
    case_id, evidence_id = handed_in(one)
    assert evidence_store.stored(two.data) == ()
    for _ in range(2):
        assert evidence.content(two.open(MANAGER, case_id), evidence_id) == TEXT
    (sha256,) = evidence_store.stored(two.data)
    assert in_store() == [sha256]
    editions = configured_store()
    assert editions
    assert list(editions.stored()) == [], "no edition"
    evidence_store.path(two.data, sha256).write_bytes(b"damaged")
    assert evidence.content(two.open(MANAGER, case_id), evidence_id) == TEXT


def test_a_document_that_the_store_has_lost_or_changed_is_not_handed_out(
    servers: tuple[World, World], tmp_path: Path
) -> None:
    one, two = servers
    case_id, evidence_id = handed_in(one)
    (stored,) = (tmp_path / "store" / "evidence").iterdir()
    stored.write_bytes(TEXT[::-1])
    with pytest.raises(ClusterdashError, match=r"evidence_file\.not_fetched"):
        evidence.content(two.open(MANAGER, case_id), evidence_id)
    stored.unlink()
    with pytest.raises(ClusterdashError, match=r"evidence_file\.not_fetched"):
        evidence.content(two.open(MANAGER, case_id), evidence_id)


def test_nothing_is_handed_in_while_the_store_is_away(
    servers: tuple[World, World], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, _ = servers
    manager = one.open(MANAGER, one.prepared())
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", "s3://no-such-bucket/x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    with pytest.raises(ClusterdashError) as refused:
        evidence.add(manager, GRID, "Q1", "minutes.txt", TEXT)
    assert refused.value.key == "evidence_file.not_shared"
    assert "no-such-bucket" not in str(refused.value.values)
    assert "no-such-bucket" in caplog.text
    assert evidence.documents(manager) == ()


def test_what_is_erased_leaves_the_store_and_each_server_that_looks(servers: tuple[World, World]) -> None:
    one, two = servers
    case_id, evidence_id = handed_in(one)
    evidence.content(two.open(MANAGER, case_id), evidence_id)
    later = datetime.now(UTC) + timedelta(days=2)
    case_retention.remove_evidence(two.data, later)
    assert in_store(), "a case has it"
    with writing(one.data) as connection:
        case_erasure.erase_cluster(connection, CLUSTER, "forgotten", later)
    case_retention.remove_evidence(two.data, datetime.now(UTC))
    assert in_store(), "its row may be yet to come"
    case_retention.remove_evidence(two.data, later)
    assert in_store() == []
    assert evidence_store.stored(two.data) == ()


def test_a_backup_on_any_server_has_them_and_a_restore_fills_its_own_store(
    servers: tuple[World, World], tmp_path: Path, use_engine: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = servers
    case_id, evidence_id = handed_in(one)
    create.backup(two.data, tmp_path / "backup.zip", datetime.now(UTC))
    use_engine("postgresql")
    monkeypatch.setenv("CLUSTERDASH_EDITIONS", (tmp_path / "another").as_uri())
    (tmp_path / "three").mkdir()
    restore.restore(tmp_path / "backup.zip", tmp_path / "three")
    assert len(in_store()) == 1
    (tmp_path / "four").mkdir()
    opened = World(tmp_path / "four").open(MANAGER, case_id)
    assert evidence.content(opened, evidence_id) == TEXT
