"""Erasure of a cluster from the operational database: its grants go, and pseudonyms stand for it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Table, Text, delete, func, or_, select, update

from ..domain.label_change import ChangeAction
from ..domain.pseudonym import Pseudonyms
from . import case_erasure
from .engine import POSTGRESQL, database_path, open_database, reading, writing
from .tables import ACCESS_GRANT, AUDIT_RECORD, CASES, FORMER_FILE, JOB, JOB_LOG, LABEL_CHANGE, METADATA, SIGN_OUT

PSEUDONYM = "forgotten"
_OWN = ("look", "sign_in", "sign_out", "refused")
"""The actions of those who are no staff."""
_DESCRIBING = (ChangeAction.ADD_CLUSTER, ChangeAction.EDIT_CLUSTER)
_FREE = ("source_url", "basis", "date_basis")
"""Details of other changes that may name the cluster in its own words."""


@dataclass(frozen=True, slots=True)
class ErasedCluster:
    """The cluster to be erased; `public`: it holds a label, so that its id, its names and its label stay."""

    cluster_id: str
    names: tuple[str, ...]
    public: bool


@dataclass(frozen=True, slots=True)
class ErasedRows:
    """What was changed: the pseudonym; the addresses that became pseudonyms; numbers of grants and of other rows."""

    pseudonym: str
    addresses: tuple[str, ...]
    grants: int
    rows: int


def erase(data: Path, cluster: ErasedCluster, others: Collection[str]) -> ErasedRows:
    """Remove a cluster from grants, and let pseudonyms stand for it in the access log, pins and changes.

    So they do for the persons whose only cluster it was. Results and logs of jobs are removed. `others`: the ids of
    other clusters, which stay. Raises ClusterdashError if the database cannot be written, and changes nothing then.
    """
    with writing(data) as connection:
        if connection.dialect.name != POSTGRESQL:
            connection.exec_driver_sql("pragma secure_delete = on")
        pseudonym = _next_pseudonym(connection)
        concerned = _persons(connection, cluster.cluster_id)
        grants = _revoke(connection, cluster.cluster_id)
        left = {email.lower() for email in connection.scalars(select(ACCESS_GRANT.c.email))}
        addresses = tuple(sorted(concerned - left))
        persons = {address: f"{pseudonym}-person-{number}" for number, address in enumerate(addresses, start=1)}
        own = {cluster.cluster_id: pseudonym} | ({} if cluster.public else dict.fromkeys(cluster.names, pseudonym))
        everywhere = Pseudonyms({**own, **persons}, others)
        in_register = Pseudonyms(persons) if cluster.public else everywhere
        connection.execute(delete(JOB_LOG))  # both may quote rows of files, which name a cluster or do not
        connection.execute(delete(JOB).where(JOB.c.ended_at.is_not(None)))
        changed = case_erasure.erase_cluster(connection, cluster.cluster_id, pseudonym, datetime.now(UTC))
        for table in METADATA.sorted_tables:
            if table not in (ACCESS_GRANT, FORMER_FILE, JOB_LOG, LABEL_CHANGE, SIGN_OUT, *CASES):
                changed += _replace(connection, table, everywhere)
        changed += _replace_in_changes(connection, in_register, "" if cluster.public else cluster.cluster_id)
    return ErasedRows(pseudonym, addresses, grants, changed)


def mentions(data: Path, cluster_id: str) -> int:
    """How many grants and records of the access log name a cluster. Raises ClusterdashError if they cannot be read."""
    with reading(data) as connection:
        if connection is None:
            return 0
        granted = sum(cluster_id in row.cluster_id.split("|") for row in connection.execute(select(ACCESS_GRANT)))
        named = select(func.count()).where(AUDIT_RECORD.c.object == cluster_id)
        return granted + (connection.scalar(named) or 0)


def purge(data: Path) -> bool:
    """Rewrite the tables, so that nothing of removed and changed rows is left in the files of the database.

    Returns whether that was done everywhere: a server that reads all the time can keep SQLite's log from being emptied.
    """
    engine = open_database(data, create=False)
    if engine is None:
        return True
    if engine.dialect.name == POSTGRESQL:
        options = {"reading": True, "isolation_level": "AUTOCOMMIT"}
        with engine.connect().execution_options(**options) as connection:
            for table in METADATA.sorted_tables:
                connection.exec_driver_sql(f"vacuum full {table.name}")
        return True
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("vacuum")
        cursor.execute("pragma wal_checkpoint(truncate)")
        cursor.close()
    finally:
        raw.close()
    log = database_path(data).with_name(f"{database_path(data).name}-wal")
    return not log.exists() or not log.stat().st_size


def _next_pseudonym(connection: Connection) -> str:
    """One that no record has: each erasure is recorded with its own."""
    used = connection.scalars(select(AUDIT_RECORD.c.object).where(AUDIT_RECORD.c.object.startswith(PSEUDONYM)))
    numbers = [int(found[1]) for text in used if (found := re.match(rf"{PSEUDONYM}-(\d+)", text))]
    return f"{PSEUDONYM}-{max(numbers, default=0) + 1}"


def _persons(connection: Connection, cluster_id: str) -> set[str]:
    """The addresses, in lower case, that may see the cluster's results, or looked at them and at no others."""
    granted = {
        row.email.lower()
        for row in connection.execute(select(ACCESS_GRANT))
        if row.cluster_id and cluster_id in row.cluster_id.split("|")
    }
    record = AUDIT_RECORD.c
    looked = select(record.who).where(record.action == "look", record.object == cluster_id)
    others = select(record.who).where(
        or_(record.action.not_in(_OWN), (record.action == "look") & (record.object != cluster_id))
    )
    only = select(record.who).distinct().where(record.who.in_(looked), record.who.not_in(others))
    return granted | {who.lower() for who in connection.scalars(only) if "@" in who}


def _revoke(connection: Connection, cluster_id: str) -> int:
    """Remove the cluster from the grants; one without clusters goes as a whole. Returns how many name it."""
    found = 0
    for row in connection.execute(select(ACCESS_GRANT)).all():
        clusters = row.cluster_id.split("|")
        if cluster_id in clusters:
            this = ACCESS_GRANT.c.grant_id == row.grant_id
            kept = "|".join(one for one in clusters if one != cluster_id)
            changed = update(ACCESS_GRANT).where(this).values(cluster_id=kept)
            connection.execute(changed if kept else delete(ACCESS_GRANT).where(this))
            found += 1
    return found


def _replace(connection: Connection, table: Table, pseudonyms: Pseudonyms) -> int:
    """Replace words in all columns of text but the key; returns how many rows have changed."""
    columns = [column for column in table.columns if isinstance(column.type, Text) and not column.primary_key]
    (key,) = table.primary_key.columns
    changed = 0
    for row in list(_naming(connection, table, columns, pseudonyms)):
        cells = {column.name: pseudonyms.replace(row[column.name]) for column in columns if row[column.name]}
        if any(cells[name] != row[name] for name in cells):
            connection.execute(update(table).where(key == row[key.name]).values(cells))
            changed += 1
    return changed


def _naming(
    connection: Connection, table: Table, columns: Collection[Column[Any]], pseudonyms: Pseudonyms
) -> Iterator[RowMapping]:
    """The rows that contain one of the words."""
    has = [
        func.lower(column).contains(word.lower(), autoescape=True) for column in columns for word in pseudonyms.words
    ]
    if has:
        yield from connection.execute(select(table).where(or_(*has))).mappings()


def _replace_in_changes(connection: Connection, pseudonyms: Pseudonyms, cluster_id: str) -> int:
    """Replace words in the changes of the register; what they say of the cluster itself, if given, is removed."""
    changed = 0
    for row in connection.execute(select(LABEL_CHANGE)).mappings().all():
        details = {name: pseudonyms.replace(text) for name, text in row["details"].items()}
        if row["cluster_id"] == cluster_id:
            details = {} if row["action"] in _DESCRIBING else {n: t for n, t in details.items() if n not in _FREE}
        cells = {name: pseudonyms.replace(row[name]) for name in ("by", "reason", "cluster_id")} | {"details": details}
        if any(cells[name] != row[name] for name in cells):
            connection.execute(update(LABEL_CHANGE).where(LABEL_CHANGE.c.change_id == row["change_id"]).values(cells))
            changed += 1
    return changed
