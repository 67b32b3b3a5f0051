"""Changes that staff make to the register of labels: what they corrected, added, observed or took back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ChangeAction(StrEnum):
    """What a change does, and which details it has: cells of the register's files, by column."""

    ADD_CLUSTER = "add_cluster"
    """A cluster that the register did not know: the columns of `clusters.csv`."""
    EDIT_CLUSTER = "edit_cluster"
    """Other values of some columns of `clusters.csv`."""
    ADD_AWARD = "add_award"
    """The columns of `awards.csv`; with `replaces`, the id of an award that this one corrects."""
    REMOVE_AWARD = "remove_award"
    """`award_id`: it was never given, or is in the register twice."""
    ADD_OBSERVATION = "add_observation"
    """The columns of `observations.csv`."""
    CHECK = "check"
    """`checked_on`: the sources of all awards of the cluster were looked at on that day."""
    DISSOLVE = "dissolve"
    """`dissolved_on`, and `successor`: the id of a cluster, or empty."""
    MERGE = "merge"
    """`into`: the id of the cluster that is the same organisation, and takes over awards and observations."""
    UNDO = "undo"
    """`change_id` of the change that is taken back."""


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change to be made: of one cluster, with its details as text."""

    action: ChangeAction
    cluster_id: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A change that was made, with who, when (UTC, ISO 8601) and why; later ones have higher ids."""

    change_id: int
    at: str
    by: str
    reason: str
    action: ChangeAction
    cluster_id: str
    details: Mapping[str, str]


def undone(changes: Sequence[LabelChange]) -> frozenset[int]:
    """The ids of the changes that were undone; an undoing that was undone itself has no effect."""
    found: set[int] = set()
    for change in sorted(changes, key=lambda change: change.change_id, reverse=True):
        if change.action is ChangeAction.UNDO and change.change_id not in found:
            found.add(int(change.details["change_id"]))
    return frozenset(found)


def in_force(changes: Sequence[LabelChange]) -> tuple[LabelChange, ...]:
    """The changes, earliest first, without those that were undone and without undoings."""
    over = undone(changes)
    kept = [c for c in changes if c.action is not ChangeAction.UNDO and c.change_id not in over]
    return tuple(sorted(kept, key=lambda change: change.change_id))
