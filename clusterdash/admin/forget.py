"""Forgetting of a cluster, for the right to erasure: nothing that the program keeps names it or its results any more.

In this order, each step of which can be done again: an edition without it is published, pseudonyms stand for it in the
operational database, the files that hold it are removed, and the database is rewritten. Whoever interrupts it runs it
again: the names of the cluster are known as long as there are editions that hold it, the addresses of its people as
long as the database has them.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from .. import files
from ..auth import audit_log
from ..domain import ClusterdashError, Problem
from ..domain.pseudonym import Pseudonyms
from ..editions import catalog, erasure
from ..editions.erasure import HoldingFiles
from ..operational_database import erasure as database_erasure
from ..operational_database import former_files, label_changes
from ..operational_database.engine import FILE, database_url, writing
from ..operational_database.erasure import ErasedCluster, ErasedRows
from ..operational_database.lock import locked
from .case_retention import remove_evidence


@dataclass(frozen=True, slots=True)
class ForgetPlan:
    """What forgetting a cluster will do: `served`: its results are served now; `unpublished`: editions that wait."""

    cluster: ErasedCluster
    holding: HoldingFiles
    served: bool
    unpublished: tuple[str, ...]
    mentions: int


@dataclass(frozen=True, slots=True)
class ForgetResult:
    """What was done: the id of the edition published instead ("" if none was needed), how many files were removed.

    `problems`: why no edition could be built; nothing was changed then. `purged`: nothing is left in the files of the
    database. `remaining`: files of the data folder that still name the cluster, or could not be read. `postgresql`,
    `store`: which of them the installation uses.
    """

    edition_id: str = ""
    problems: tuple[Problem, ...] = ()
    removed: int = 0
    rows: ErasedRows | None = None
    purged: bool = False
    remaining: tuple[Path, ...] = ()
    postgresql: bool = False
    store: bool = False


def plan(data: Path, cluster_id: str) -> ForgetPlan:
    """What forgetting a cluster would do. Raises ClusterdashError if nothing of it is known."""
    public = erasure.is_public(data, cluster_id, label_changes.corrections(data))
    holding = erasure.holding_files(data, cluster_id, public=public)
    mentions = database_erasure.mentions(data, cluster_id)
    if not (holding.editions or holding.others or mentions):
        database_erasure.purge(data)  # where it was interrupted, this may be all that is left to do
        raise ClusterdashError("forget.unknown", cluster=cluster_id)
    cluster = ErasedCluster(cluster_id, holding.names, public)
    waiting = tuple(edition for edition in catalog.unpublished_ids(data) if edition in set(holding.editions))
    return ForgetPlan(cluster, holding, catalog.current_id(data) in set(holding.editions), waiting, mentions)


def forget(data: Path, cluster_id: str, now: datetime, by: str) -> ForgetResult:
    """Forget a cluster; nothing else is published meanwhile. Raises ClusterdashError as `plan` and `activate`."""
    with locked(data):
        planned = plan(data, cluster_id)
        cluster, others = planned.cluster, erasure.other_clusters(data, cluster_id)
        edition_id = ""
        if planned.served:
            words = (cluster_id, *(() if cluster.public else cluster.names))
            pseudonyms = Pseudonyms(dict.fromkeys(words, database_erasure.PSEUDONYM), others)
            edition_id, problems = erasure.publish_without(data, cluster_id, pseudonyms, now, by, public=cluster.public)
            if problems:
                return ForgetResult(problems=tuple(problems))
        removed = len(planned.holding.editions) + len(planned.holding.others)
        with writing(data):
            rows = database_erasure.erase(data, cluster, others)
            audit_log.record(data, now, by, "forget", rows.pseudonym)
            identifying = (*rows.addresses, *(() if cluster.public else (cluster_id, *cluster.names)))
            removed += sum(1 for _ in _remove_former_files(data, identifying))  # the last moment that has the addresses
        removed += len(remove_evidence(data, now, timedelta()))
        erasure.remove_files(data, planned.holding, now)  # last: they alone have the names
        purged = database_erasure.purge(data)
    remaining = (*planned.holding.unreadable, *_files_naming(data, identifying))
    postgresql = database_url(data).get_backend_name() != "sqlite"
    return ForgetResult(edition_id, (), removed, rows, purged, remaining, postgresql, catalog.in_store())


def _remove_former_files(data: Path, words: Collection[str]) -> Iterator[Path]:
    """Remove the files of before that name one of the words, and the databases, whose bytes do not tell."""
    folder = data / former_files.FOLDER
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (FILE.partition(".")[0] in path.name or _names_one(path, words)):
            if path.name == FILE:
                files.write_atomically(path, b"")  # that it lies there tells that the database was moved
            else:
                path.unlink()
            yield path


def _files_naming(data: Path, words: Collection[str]) -> Iterator[Path]:
    """The files that name one of the words; not of databases, which other means tell and nobody else may open."""
    for path in sorted(data.rglob("*")):
        database = path.suffix == ".duckdb" or path.name.startswith(FILE)
        if path.is_file() and not database and _names_one(path, words):
            yield path


def _names_one(path: Path, words: Collection[str]) -> bool:
    """Whether the bytes of a file contain one of the words."""
    if not words or not path.stat().st_size:
        return False
    pattern = re.compile(b"|".join(re.escape(word.encode()) for word in words), re.IGNORECASE)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return pattern.search(content) is not None
