"""What earlier versions kept in files: taken over once, whole, and kept."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from clusterdash.auth import revocation
from clusterdash.auth.oidc import Identity
from clusterdash.domain import ClusterdashError, Grant, GrantRole
from clusterdash.editions import catalog
from clusterdash.ingest import grants
from clusterdash.operational_database import audit_records, former_files
from clusterdash.operational_database.engine import forget_open_databases

pytestmark = pytest.mark.usefixtures("database_engine")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PERSON = Identity("a@b.c", "https://id.example", "7", NOW)
GRANTS = """email,role,cluster_id,valid_from,valid_until
a@b.org,staff,,,
b@b.org,manager,fr-1|fr-2,2026-01-01,2026-12-31
"""


def lines(*entries: object) -> str:
    return "".join(f"{json.dumps(entry)}\n" for entry in entries)


def publication(edition: str, did: str = "publish") -> dict[str, str]:
    return {"at": "2026-05-01T10:00:00+00:00", "edition": edition, "by": "me", "did": did}


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A data folder as the last version without the database has left it."""
    (tmp_path / "grants.csv").write_text(GRANTS)
    (tmp_path / "audit").mkdir()
    for month in (4, 5):
        look = {"at": f"2026-0{month}-02T10:00:00+00:00", "who": "a@b.org", "did": "look", "what": f"fr-{month}"}
        torn = 'torn{\n[]\n{"did": "look"}\n'
        (tmp_path / "audit" / f"2026-0{month}.jsonl").write_text(lines(look) + torn)
    (tmp_path / "signed-out").mkdir()
    mark = tmp_path / "signed-out" / revocation.person_hash(PERSON)
    for file, at in ((mark, NOW), (mark.with_suffix(".ahead"), NOW + timedelta(seconds=30))):
        file.touch()
        os.utime(file, (at.timestamp(), at.timestamp()))
    history = lines(publication("one"), publication("two"), publication("one", "rollback"))
    (tmp_path / "journal.jsonl").write_text(history + "damaged\n")
    (tmp_path / "current").write_text("one\n")
    return tmp_path


def everything(data: Path) -> Sequence[object]:
    return (
        grants.read_grants(data),
        audit_records.read(data, 99),
        catalog.history(data),
        revocation.is_revoked(data, PERSON),
        revocation.is_revoked(data, Identity("a@b.c", "https://id.example", "7", NOW + timedelta(seconds=1))),
    )


def test_all_of_it_is_taken_over_once_and_kept(former: Path) -> None:
    before = {path.relative_to(former): path.read_bytes() for path in former.rglob("*") if path.is_file()}
    found = everything(former)
    assert found[0] == (
        Grant("a@b.org", GrantRole.STAFF, (), None, None),
        Grant("b@b.org", GrantRole.MANAGER, ("fr-1", "fr-2"), date(2026, 1, 1), date(2026, 12, 31)),
    )
    assert [record.what for record in audit_records.read(former, 9)] == ["fr-5", "fr-4"]
    assert [(entry.edition, entry.action) for entry in catalog.history(former)] == [
        ("one", "publish"),
        ("two", "publish"),
        ("one", "rollback"),
    ]
    assert found[3:] == (True, False)
    assert not former_files.present(former)
    for path, content in before.items():
        assert (former / former_files.FOLDER / path).read_bytes() == content
    forget_open_databases()
    assert everything(former) == found


def test_the_pointer_decides_where_the_journal_does_not_end_with_it(former: Path) -> None:
    (former / "current").write_text("two\n")
    assert [entry.edition for entry in catalog.history(former)] == ["one", "two", "one", "two"]


def test_files_that_could_not_be_moved_are_not_taken_over_twice(former: Path) -> None:
    """As after a crash between the two."""
    found = everything(former)
    for name in former_files.NAMES:
        (former / former_files.FOLDER / name).rename(former / name)
    forget_open_databases()
    assert everything(former) == found
    assert not former_files.present(former)


def test_grants_that_cannot_be_read_are_told_and_nothing_is_taken_over(former: Path) -> None:
    for content in ("nothing,known\n", "", "\0"):
        (former / "grants.csv").write_text(content)
        with pytest.raises(ClusterdashError, match=r"operational\.former_grants"):
            catalog.history(former)
        assert all((former / name).exists() for name in former_files.NAMES)
    (former / "grants.csv").write_text(GRANTS.replace(",", ";"))  # as a spreadsheet may have saved it
    assert len(grants.read_grants(former)) == 2
