"""Checking of changes to the register of labels, by the same rules as the files of the register. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from ..domain import LabelHolder, Problem
from ..domain.label_change import ChangeAction, NewChange
from ..domain.register_corrections import award_id
from . import cell_parsers
from .cell_parsers import CellError
from .table_reader import as_cell
from .table_schemas import DERIVED, TABLES, Column

_DAY, _CODE = Column(cell_parsers.partial_date, needed=True), Column(cell_parsers.code)
_COLUMNS: dict[ChangeAction, Mapping[str, Column]] = {
    ChangeAction.ADD_CLUSTER: TABLES["clusters"],
    ChangeAction.EDIT_CLUSTER: TABLES["clusters"],
    ChangeAction.ADD_AWARD: {**TABLES["awards"], "replaces": _CODE},
    ChangeAction.REMOVE_AWARD: {"award_id": Column(cell_parsers.code, needed=True)},
    ChangeAction.ADD_OBSERVATION: TABLES["observations"],
    ChangeAction.CHECK: {"checked_on": _DAY, "award_ids": Column(cell_parsers.codes, needed=True)},
    ChangeAction.DISSOLVE: {"dissolved_on": _DAY, "successor": _CODE},
    ChangeAction.MERGE: {"into": Column(cell_parsers.code, needed=True)},
}
_SOURCED = (ChangeAction.ADD_AWARD, ChangeAction.ADD_OBSERVATION)
"""The actions that need the address of a page that says so."""


@dataclass(frozen=True, slots=True)
class KnownRegister:
    """What a change is checked against: the register, the clusters with results, and the codes of sectors.

    `added`: the clusters that are added together with the change.
    """

    holders: Mapping[str, LabelHolder]
    with_results: Collection[str]
    sectors: Collection[str]
    today: date
    added: Collection[str] = ()


def check_change(change: NewChange, known: KnownRegister) -> tuple[NewChange | None, list[Problem]]:
    """The change with its cells as they are stored, or None and what is wrong, by column."""
    columns = {name: column for name, column in _COLUMNS[change.action].items() if name not in (*DERIVED, "cluster_id")}
    cells: dict[str, str] = {}
    problems: list[Problem] = []
    for name, text in change.details.items():
        if not text.strip():
            if not columns[name].needed:
                cells[name] = ""
            continue
        try:
            cells[name] = as_cell(columns[name].parse(text.strip()))
        except CellError as refusal:
            problems.append(_problem(name, text, refusal.key, **dict(refusal.values)))
    needed = [name for name, column in columns.items() if column.needed]
    needed += ["source_url"] if change.action in _SOURCED else []
    told = {problem.column for problem in problems}
    asked = [name for name in needed if change.action is not ChangeAction.EDIT_CLUSTER or name in change.details]
    problems += [_problem(name, "", "cell.empty") for name in asked if not cells.get(name) and name not in told]
    checked = NewChange(change.action, change.cluster_id, cells)
    if not problems:
        problems = _contradictions(checked, known)
    return (None if problems else checked), problems


def _contradictions(change: NewChange, known: KnownRegister) -> list[Problem]:
    """What of a change contradicts itself, the register or the calendar."""
    cells, holder = change.details, known.holders.get(change.cluster_id)
    today, found = known.today.isoformat(), []
    for name in ("awarded_on", "seen_on", "checked_on", "dissolved_on"):
        if cells.get(name, "") > today:
            found.append(_problem(name, cells[name], "cell.future"))
    start, end = cells.get("awarded_on", ""), cells.get("valid_until", "")
    if end and end < start[: len(end)]:
        found.append(_problem("valid_until", end, "award.ends_before", start=start))
    unknown = [code for code in cells.get("sector", "").split("|") if code and code not in known.sectors]
    found += [_problem("sector", code, "cluster.sector", known=", ".join(sorted(known.sectors))) for code in unknown]
    if ("latitude" in cells or "longitude" in cells) and bool(cells.get("latitude")) != bool(cells.get("longitude")):
        found.append(_problem("latitude", cells.get("latitude", ""), "cluster.half_place"))
    if change.action is ChangeAction.ADD_CLUSTER:
        if holder is not None or change.cluster_id in known.with_results:
            found.append(_problem("name", cells["name"], "register.known_cluster", cluster=change.cluster_id))
    elif holder is None and change.cluster_id not in {*known.with_results, *known.added}:
        found.append(_problem("cluster_id", change.cluster_id, "cluster.unknown"))
    return found + (_about_awards(change, holder) if holder else []) + _about_others(change, known)


def _about_awards(change: NewChange, holder: LabelHolder) -> list[Problem]:
    cells, awards = change.details, {award.award_id: award for award in holder.awards}
    if change.action is ChangeAction.ADD_AWARD:
        label, given, source = cells["label"], cells.get("awarded_on", ""), cells.get("source_url", "")
        same = award_id(change.cluster_id, label, given, source)
        replaced = cells.get("replaces", "")
        if same in awards and same != replaced:
            return [_problem("awarded_on", given, "register.known_award")]
        if replaced and replaced not in awards:
            return [_problem("replaces", replaced, "register.unknown_award")]
    if change.action is ChangeAction.REMOVE_AWARD and cells["award_id"] not in awards:
        return [_problem("award_id", cells["award_id"], "register.unknown_award")]
    return []


def _about_others(change: NewChange, known: KnownRegister) -> list[Problem]:
    """What is wrong with the other cluster that a change names."""
    name = "into" if change.action is ChangeAction.MERGE else "successor"
    other = change.details.get(name, "")
    if not other:
        return []
    if other == change.cluster_id:
        return [_problem(name, other, "register.itself")]
    if other not in known.holders:
        return [_problem(name, other, "cluster.unknown")]
    if name == "into" and change.cluster_id in known.with_results:
        return [_problem(name, other, "register.has_results")]
    return []


def _problem(column: str, value: str, key: str, **values: object) -> Problem:
    return Problem("", "", None, column, value, key, tuple(values.items()))
