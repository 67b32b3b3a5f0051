"""Migrations of the operational database: from each former schema, whole or not at all, on both engines."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from clusterdash.domain import ClusterdashError
from clusterdash.operational_database import engine as engine_module
from clusterdash.operational_database import label_changes, pins, publications
from clusterdash.operational_database.engine import (
    MIGRATIONS,
    connect,
    database_path,
    database_url,
    forget_open_databases,
    migrate,
)
from clusterdash.operational_database.publications import Publication
from clusterdash.operational_database.tables import METADATA

FORMER = sorted((Path(__file__).parents[1] / "data" / "operational_database").glob("*.sql"))
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def empty(tmp_path: Path, database_engine: str) -> Iterator[Engine]:
    """An empty database, which the program has not opened yet."""
    del database_engine
    engine = connect(database_url(tmp_path))
    yield engine
    engine.dispose()


def restore(connection: Connection, file: Path) -> None:
    """What a former program left: its tables by its migrations, its rows as it wrote them."""
    migrate(connection, file.stem)
    for line in file.read_text("utf-8").splitlines():
        if line.startswith('INSERT INTO "') and not line.startswith(('INSERT INTO "alembic', 'INSERT INTO "sqlite_')):
            connection.exec_driver_sql(line)
    if connection.dialect.name == "postgresql":
        for table in METADATA.sorted_tables:
            if table.autoincrement_column is not None and inspect(connection).has_table(table.name):
                key = table.autoincrement_column.name
                sequence = f"pg_get_serial_sequence('{table.name}', '{key}')"
                connection.execute(text(f"select setval({sequence}, max({key})) from {table.name} having count(*) > 0"))


def test_the_migrations_make_the_tables_that_the_program_uses(empty: Engine) -> None:
    with empty.begin() as connection:
        migrate(connection)
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_each_former_schema_but_the_latest_ones_is_kept_as_a_file() -> None:
    revisions = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    assert {file.stem for file in FORMER} <= revisions
    assert {file.stem for file in FORMER} >= {"0001", "0002", "0005"}


@pytest.mark.parametrize("file", FORMER, ids=lambda file: file.stem)
def test_what_a_former_program_left_is_there_after_the_upgrade(file: Path, empty: Engine, tmp_path: Path) -> None:
    with empty.begin() as connection:
        restore(connection, file)
    changes = label_changes.read(tmp_path)
    assert [(one.change_id, one.cluster_id, one.action.value) for one in changes] == [
        (1, "fr-a", "check"),
        (2, "fr-b", "dissolve"),
        (3, "fr-b", "undo"),
    ]
    assert changes[0].reason == "Their site says so; été"
    assert changes[1].details == {"dissolved_on": "2025", "successor": "fr-a"}
    assert [pin.note for pin in pins.read(tmp_path)] == (["For the board"] if file.stem >= "0002" else [])
    pins.add(tmp_path, "trends", "new", by="me", now=NOW)
    publications.add(tmp_path, Publication("2026", "first", "me", "publish"))
    with empty.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


@pytest.mark.parametrize("file", FORMER, ids=lambda file: file.stem)
def test_the_file_itself_is_upgraded(file: Path, tmp_path: Path) -> None:
    """As it lies in a data folder, not made anew by the migrations."""
    with sqlite3.connect(database_path(tmp_path)) as connection:
        connection.executescript(file.read_text("utf-8"))
    connection.close()
    assert len(label_changes.read(tmp_path)) == 3
    publications.add(tmp_path, Publication("2026", "first", "me", "publish"))
    assert publications.served(tmp_path) == "first"


FAILING = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade():
    op.create_table("half", sa.Column("a", sa.Integer()))
    op.execute("delete from label_change")
    op.execute("select 1 from no_such_table")
"""


def test_the_latest_revision_is_that_of_the_highest_number() -> None:
    assert engine_module.latest_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_a_migration_that_fails_leaves_the_old_database_whole(
    empty: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the migration, the former program goes on with it."""
    with empty.begin() as connection:
        restore(connection, FORMER[-1])
    label_changes.read(tmp_path)
    forget_open_databases()
    scripts = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, scripts)
    before = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    (scripts / "versions" / "9999_failing.py").write_text(FAILING.format(before=before))
    monkeypatch.setattr(engine_module, "MIGRATIONS", scripts)
    engine_module.migration_scripts.cache_clear()
    with pytest.raises(ClusterdashError, match=r"operational\.failed"):
        label_changes.read(tmp_path)
    monkeypatch.setattr(engine_module, "MIGRATIONS", MIGRATIONS)
    engine_module.migration_scripts.cache_clear()
    assert not inspect(empty).has_table("half")
    assert len(label_changes.read(tmp_path)) == 3
