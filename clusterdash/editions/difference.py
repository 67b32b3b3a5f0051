"""What a new edition changes against another one: told before it is published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import duckdb

from ..benchmark import MEDIAN_MINIMUM
from ..model import Bilingual, ClusterdashError, PeerGroup
from .contents import attach
from .exposure import Cell, exposed


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A group that can no longer be compared with: its members before and after."""

    group: PeerGroup
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Difference:
    """From one edition to another: benchmarked or evaluated clusters by name, numbers of answers and awards, groups.

    `notes_gone`: what was noted beside answers, and success stories, that are no longer there.
    `rows_changed`: rows of all other tables that are handed in: what clusters, grids, texts and notes say.
    `groups_exposed`: groups of which both tell, and in which so few clusters come, go or answer otherwise in some
    question, or so many of them alike, that whoever has kept the figures of before, or of an edition that was served
    earlier, can work out what they answer; `cells_exposed`: groups and questions.
    """

    clusters_new: tuple[str, ...]
    clusters_gone: tuple[str, ...]
    clusters_changed: tuple[str, ...]
    answers_new: int
    answers_gone: int
    answers_changed: int
    awards_new: int
    awards_gone: int
    rows_changed: int
    groups_lost: tuple[GroupChange, ...]
    groups_exposed: int
    cells_exposed: int = 0
    notes_gone: int = 0

    @property
    def nothing(self) -> bool:
        """Whether the two say the same."""
        return not any(getattr(self, field.name) for field in fields(self))


_ANSWERS = """
create temp view {side}_answer as
select a.cluster_id, a.scheme, a.assessed_on, a.evidence, n.indicator, n.value
from {side}.assessment a join {side}.answer n using (assessment_id)
"""
_KEY = "(cluster_id, scheme, assessed_on, evidence, indicator)"
_TABLES = (
    *("cluster", "cluster_sector", "sector", "scheme", "dimension", "indicator", "band", "dictionary"),
    *("recommendation", "document", "effort", "coverage", "register"),
)
_NOTES = tuple(
    f"select cluster_id, scheme, assessed_on, evidence, n.* exclude (assessment_id)"
    f" from {{side}}.assessment join {{side}}.{name} n using (assessment_id)"
    for name in ("remark", "story")
)
_NOTE_KEYS = tuple(
    f"select cluster_id, scheme, assessed_on, evidence, {key}"
    f" from {{side}}.assessment join {{side}}.{name} using (assessment_id)"
    for name, key in (("remark", "indicator"), ("story", "story.story"))
)
_AWARDS = "select cluster_id, label, awarded_on, valid_until, source_url from {side}.award"


def difference(old: Path, new: Path, earlier: Sequence[Path] = ()) -> Difference:
    """What the edition in file `new` changes against the one in file `old`; both of this program's schema.

    `earlier`: editions whose figures may have been kept as well, since they were served at some time; those that
    another version of the program has made are passed over. Raises ClusterdashError where one of the two cannot be
    read.
    """
    try:
        cells = exposed(old, new)
        for path in earlier:
            with suppress(duckdb.Error):
                cells |= exposed(path, new)
        with duckdb.connect(config={"threads": 2}) as connection:
            for side, path in (("old", old), ("new", new)):
                attach(connection, path, side)
                connection.execute(_ANSWERS.format(side=side))
            return _compared(connection, cells)
    except duckdb.Error as error:
        raise ClusterdashError("store.foreign", file=new) from error


def _rows_changed(count: Callable[[str], int], rows: str) -> int:
    """How many rows of a table are new, gone or other."""
    here, there = rows.format(side="new"), rows.format(side="old")
    return max(count(f"({here}) except all ({there})"), count(f"({there}) except all ({here})"))


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
        [MEDIAN_MINIMUM, MEDIAN_MINIMUM],
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
        sum(_rows_changed(count, rows) for rows in (*(f"from {{side}}.{name}" for name in _TABLES), *_NOTES)),
        tuple(GroupChange(PeerGroup(kind, key, Bilingual(fr, en)), a, b) for kind, key, fr, en, a, b in lost),
        len({group for group, _ in cells}),
        len(cells),
        sum(count(f"({keys.format(side='old')}) except ({keys.format(side='new')})") for keys in _NOTE_KEYS),
    )
