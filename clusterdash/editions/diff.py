"""Differences between a new edition and another one, shown before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import duckdb

from ..domain import LocalizedText, PeerGroup
from ..statistics.parameters import LIMITS
from .database_errors import read_failure
from .export import attach
from .release_differencing import Cell, exposed_cells


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A group that can no longer be compared with: its number of members before and after."""

    group: PeerGroup
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class TableChange:
    """Changes of one table other than answers and awards: numbers of rows, and the keys of the first of them.

    `rows` are the codes that identify the rows; `more` is true if there are others.
    """

    table: str
    new: int
    gone: int
    changed: int
    rows: tuple[str, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Changes from one edition to another: benchmarked or evaluated clusters by name, numbers of answers and awards.

    `notes_gone`: number of remarks and success stories that no longer exist.
    `tables_changed`: all other submitted tables: clusters, schemes, texts and notes.
    `groups_exposed`: number of groups in both editions in which, in some question, the clusters that join, leave or
    change their answer are so few, or so alike, that anyone with the figures of the old edition, or of one served
    earlier, can infer their answers; `cells_exposed`: number of pairs of such a group and a question.
    """

    clusters_new: tuple[str, ...]
    clusters_gone: tuple[str, ...]
    clusters_changed: tuple[str, ...]
    answers_new: int
    answers_gone: int
    answers_changed: int
    awards_new: int
    awards_gone: int
    tables_changed: tuple[TableChange, ...]
    groups_lost: tuple[GroupChange, ...]
    groups_exposed: int
    cells_exposed: int = 0
    notes_gone: int = 0

    @property
    def nothing(self) -> bool:
        """Whether the two editions have the same content."""
        return not any(getattr(self, field.name) for field in fields(self))


_ANSWERS = """
create temp view {side}_answer as
select a.cluster_id, a.scheme, a.assessed_on, a.evidence, n.indicator, n.value
from {side}.assessment a join {side}.answer n using (assessment_id)
"""
_KEY = "(cluster_id, scheme, assessed_on, evidence, indicator)"
_OF_SCHEME = "concat_ws('/', scheme, {code})"
_TABLES = {
    "cluster": "cluster_id",
    "cluster_sector": "cluster_id",
    "sector": "code",
    "scheme": "scheme",
    "dimension": _OF_SCHEME.format(code="code"),
    "indicator": _OF_SCHEME.format(code="code"),
    "band": "concat_ws('/', scheme, kind, key)",
    "dictionary": _OF_SCHEME.format(code="indicator"),
    "recommendation": _OF_SCHEME.format(code="indicator"),
    "document": _OF_SCHEME.format(code="code"),
    "effort": "concat_ws('/', scheme, indicator, level)",
    "coverage": "label",
    "register": "as_of",
    "reference_pack": "concat_ws(', ', publisher, scheme)",
}
"""Tables other than answers and awards, with the key of their rows."""
_NOTES = {"remark": "indicator", "story": "story"}
"""Tables of notes on assessments, with the key of a note within its assessment."""
_NOTE_KEYS = tuple(
    f"select cluster_id, scheme, assessed_on, evidence, n.{key}"
    f" from {{side}}.assessment join {{side}}.{name} n using (assessment_id)"
    for name, key in _NOTES.items()
)
_NAMED = 3
"""Most rows of a table that are named."""
_AWARDS = "select cluster_id, label, awarded_on, valid_until, source_url from {side}.award"


def difference(old: Path, new: Path, earlier: Sequence[Path] = ()) -> Difference:
    """Return the changes from the edition in file `old` to the one in file `new`; both of the present schema.

    `earlier`: editions that were served at some time, so their figures may have been kept; those of another schema
    version are skipped. Raises ClusterdashError if `old` or `new` cannot be read.
    """
    try:
        cells = exposed_cells(old, new)
        for path in earlier:
            with suppress(duckdb.Error):
                cells |= exposed_cells(path, new)
        with duckdb.connect(config={"threads": 2}) as connection:
            for side, path in (("old", old), ("new", new)):
                attach(connection, path, side)
                connection.execute(_ANSWERS.format(side=side))
            return _compared(connection, cells)
    except duckdb.Error as error:
        raise read_failure(error, new) from error


def _tables_changed(connection: duckdb.DuckDBPyConnection) -> tuple[TableChange, ...]:
    """The tables other than answers and awards in which rows are new, gone or changed."""
    tables = {name: (key, f"from {{side}}.{name}") for name, key in _TABLES.items()}
    for name, key in _NOTES.items():
        noted = f"from {{side}}.assessment join {{side}}.{name} n using (assessment_id)"
        rows = f"select cluster_id, scheme, assessed_on, evidence, n.* exclude (assessment_id) {noted}"
        tables[name] = (f"concat_ws('/', cluster_id, scheme, assessed_on, {key})", f"from ({rows})")
    found = (_table_changed(connection, name, *key_and_rows) for name, key_and_rows in tables.items())
    return tuple(change for change in found if change)


def _table_changed(connection: duckdb.DuckDBPyConnection, table: str, key: str, rows: str) -> TableChange | None:
    """The changes of a table, None if none; rows that differ only in `position` count only if no others differ."""
    columns = [name for name, *_ in connection.execute(f"describe {rows.format(side='new')}").fetchall()]
    orders = ["* exclude (position)", "*"] if "position" in columns else ["*"]
    for shown in orders:
        here, there = (f"select {key} as key, {shown} {rows.format(side=side)}" for side in ("new", "old"))
        changed = connection.execute(
            f"""with here as (select key, count(*) as n from ({here} except all {there}) group by key),
                     there as (select key, count(*) as n from ({there} except all {here}) group by key)
                select key, coalesce(h.n, 0), coalesce(t.n, 0) from here h full join there t using (key) order by key"""
        ).fetchall()
        if changed:
            both = [min(new, gone) for _, new, gone in changed]
            return TableChange(
                table,
                sum(new for _, new, _ in changed) - sum(both),
                sum(gone for *_, gone in changed) - sum(both),
                sum(both),
                tuple(str(key) for key, *_ in changed[:_NAMED]),
                len(changed) > _NAMED,
            )
    return None


def _compared(connection: duckdb.DuckDBPyConnection, cells: frozenset[Cell]) -> Difference:
    def names(sql: str) -> tuple[str, ...]:
        return tuple(name for (name,) in connection.execute(sql).fetchall())

    def count(sql: str) -> int:
        (found,) = connection.execute(f"select count(*) from ({sql})").fetchall()
        return int(found[0])

    changed = f"select * from old_answer o join new_answer n using {_KEY} where o.value <> n.value"
    gone, added = (
        f"select * from {a}_answer anti join {b}_answer using {_KEY}" for a, b in (("old", "new"), ("new", "old"))
    )
    known = "select cluster_id from {side}.assessment"
    listed = "select name from {side}.cluster where cluster_id in ({which}) order by name, cluster_id"
    touched = " union ".join(f"select cluster_id from ({rows})" for rows in (changed, gone, added))
    both = f"{known.format(side='old')} intersect {known.format(side='new')}"
    here, there = _AWARDS.format(side="new"), _AWARDS.format(side="old")
    lost = connection.execute(
        """select o.kind, o.key, o.name_fr, o.name_en, o.n, coalesce(if(n.withdrawn = '', n.n, 0), 0)
           from old.peer_group o
           left join new.peer_group n on n.scheme = o.scheme and n.kind = o.kind and n.key = o.key
           where o.n > ? and o.withdrawn = '' and coalesce(if(n.withdrawn = '', n.n, 0), 0) <= ?
           order by o.scheme, o.kind, o.group_id""",
        [LIMITS.median_minimum, LIMITS.median_minimum],
    ).fetchall()
    return Difference(
        names(listed.format(side="new", which=f"{known.format(side='new')} except {known.format(side='old')}")),
        names(listed.format(side="old", which=f"{known.format(side='old')} except {known.format(side='new')}")),
        names(listed.format(side="new", which=f"({touched}) intersect ({both})")),
        count(added),
        count(gone),
        count(changed),
        count(f"{here} except all {there}"),
        count(f"{there} except all {here}"),
        _tables_changed(connection),
        tuple(GroupChange(PeerGroup(kind, key, LocalizedText(fr, en)), a, b) for kind, key, fr, en, a, b in lost),
        len({group for group, _ in cells}),
        len(cells),
        sum(count(f"({keys.format(side='old')}) except ({keys.format(side='new')})") for keys in _NOTE_KEYS),
    )
