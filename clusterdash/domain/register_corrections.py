"""The register of labels with the changes of staff applied. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .cluster import Cluster, Sector
from .label import Award, Label, LabelHolder, Observation, ValidityRule
from .label_change import ChangeAction, LabelChange, in_force
from .label_end import with_ends
from .text import PartialDate

DISSOLVED = "dissolved"
"""The basis of an observation that a label had lapsed since its cluster no longer exists."""
_PARSED = {"latitude": float, "longitude": float}


def award_id(cluster_id: str, label: str, awarded_on: PartialDate, source_url: str) -> str:
    """The id of an award: the same facts have the same id in each edition."""
    facts = "|".join((cluster_id, label, awarded_on, source_url))
    return hashlib.md5(facts.encode(), usedforsecurity=False).hexdigest()[:10]


@dataclass(slots=True)
class _Holder:
    """What is known of one cluster while changes are applied, in their order."""

    cluster: Cluster | None = None
    awards: dict[str, Award] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    dissolved_on: PartialDate = ""
    successor: str = ""


class RegisterCorrections:
    """The changes in force, to be applied to what an edition tells of clusters and labels."""

    def __init__(self, changes: Sequence[LabelChange] = ()) -> None:
        """`changes`: all of them, undone ones and undoings included."""
        self.latest = max((change.change_id for change in changes), default=0)
        self._changes = in_force(changes)
        self._edits: dict[str, dict[str, str]] = {}
        into: dict[str, str] = {}
        for change in self._changes:
            if change.action is ChangeAction.EDIT_CLUSTER:
                self._edits.setdefault(change.cluster_id, {}).update(change.details)
            elif change.action is ChangeAction.MERGE:
                into |= _merge_without_circle(change.cluster_id, change.details["into"], into)
        self.merged: Mapping[str, str] = {cluster: _last(cluster, into) for cluster in into}

    @property
    def clusters(self) -> frozenset[str]:
        """The ids of the clusters that the changes name."""
        return frozenset(change.cluster_id for change in self._changes) | frozenset(self.merged.values())

    def cluster(self, known: Cluster) -> Cluster:
        """A cluster with its corrected facts."""
        edits = self._edits.get(known.cluster_id)
        return _edited(known, edits) if edits else known

    def names(self, known: Mapping[str, str]) -> dict[str, str]:
        """Names by the ids of clusters, as corrected, in their order."""
        found = {cluster: self._edits.get(cluster, {}).get("name", name) for cluster, name in known.items()}
        return dict(sorted(found.items(), key=lambda entry: (entry[1], entry[0])))

    def merged_into(self, register: Iterable[LabelHolder]) -> Mapping[str, str]:
        """Clusters that turned out to be another one of the register: by their id that of the other."""
        known = {holder.cluster.cluster_id for holder in register} if self.merged else set()
        return {cluster: other for cluster, other in self.merged.items() if other in known}

    def register(
        self, holders: Iterable[LabelHolder], sectors: Mapping[str, Sector], rules: Sequence[ValidityRule]
    ) -> tuple[LabelHolder, ...]:
        """The register with all changes applied: clusters that hold or held a label, by country and name.

        `holders`: what the edition tells, with an entry for each cluster that is named by `clusters` and known to it.
        """
        if not self._changes:
            return tuple(holder for holder in holders if holder.awards)
        told = {
            holder.cluster.cluster_id: _Holder(
                holder.cluster,
                {award.award_id: award for award in holder.awards},
                list(holder.observations),
                holder.dissolved_on,
                holder.successor,
            )
            for holder in holders
        }
        for change in self._changes:
            _apply(told.setdefault(change.cluster_id, _Holder()), change)
        for cluster, successor in self.merged.items():
            _merge(told.pop(cluster), told.setdefault(successor, _Holder()))
        found = [
            _holder(self.cluster(one.cluster), one, sectors, rules)
            for one in told.values()
            if one.cluster is not None and one.awards
        ]
        return tuple(sorted(found, key=lambda holder: (holder.cluster.country, holder.cluster.name)))


def _last(cluster: str, into: Mapping[str, str]) -> str:
    """Where a cluster went, over several merges."""
    while cluster in into:
        cluster = into[cluster]
    return cluster


def _merge_without_circle(cluster: str, other: str, into: Mapping[str, str]) -> Mapping[str, str]:
    """A merge, unless the other cluster went into this one before, over however many: undoings can bring both back."""
    step = other
    while step != cluster and step in into:
        step = into[step]
    return {} if step == cluster else {cluster: other}


def _edited(known: Cluster, edits: Mapping[str, str]) -> Cluster:
    values: dict[str, Any] = {}
    for name, text in edits.items():
        if name == "sector":
            values["sectors"] = tuple(part for part in text.split("|") if part)
        elif name in _PARSED:
            values[name] = _PARSED[name](text) if text else None
        else:
            values[name] = text
    return replace(known, **values)


def _apply(one: _Holder, change: LabelChange) -> None:
    cells = change.details
    match change.action:
        case ChangeAction.ADD_CLUSTER if one.cluster is None:
            blank = Cluster(change.cluster_id, "", "", "", "", None, None, "unknown", "", "", "", ())
            one.cluster = _edited(blank, cells)
        case ChangeAction.ADD_AWARD:
            one.awards.pop(cells.get("replaces", ""), None)
            award = _award(change.cluster_id, cells)
            one.awards[award.award_id] = award
        case ChangeAction.REMOVE_AWARD:
            one.awards.pop(cells["award_id"], None)
        case ChangeAction.ADD_OBSERVATION:
            one.observations.append(_observation(cells))
        case ChangeAction.CHECK:
            for known in cells["award_ids"].split("|"):
                if (checked := one.awards.get(known)) is not None:
                    one.awards[known] = replace(checked, checked_on=max(checked.checked_on, cells["checked_on"]))
        case ChangeAction.DISSOLVE:
            one.dissolved_on, one.successor = cells["dissolved_on"], cells.get("successor", "")


def _award(cluster_id: str, cells: Mapping[str, str]) -> Award:
    label, given, source = cells["label"], cells.get("awarded_on", ""), cells.get("source_url", "")
    months = cells.get("valid_months", "")
    return Award(
        award_id(cluster_id, label, given, source),
        Label(label),
        given,
        cells.get("date_basis", ""),
        cells.get("valid_until", ""),
        source,
        "high" if cells.get("confidence") == "high" else "medium",
        cells.get("checked_on", ""),
        int(months) if months else None,
    )


def _observation(cells: Mapping[str, str]) -> Observation:
    return Observation(
        Label(cells["label"]),
        cells["seen_on"],
        cells["state"] == "held",
        cells.get("basis", ""),
        cells.get("source_url", ""),
        "high" if cells.get("confidence") == "high" else "medium",
    )


def _merge(gone: _Holder, kept: _Holder) -> None:
    """Give the awards and observations of a cluster to the one that is the same organisation, each once.

    If that one is no longer known, the cluster stays as it is.
    """
    if kept.cluster is None:
        kept.cluster, kept.awards, kept.observations = gone.cluster, gone.awards, gone.observations
        return
    for award in gone.awards.values():
        moved = award_id(kept.cluster.cluster_id, award.label, award.awarded_on, award.source_url)
        kept.awards.setdefault(moved, replace(award, award_id=moved))
    kept.observations += gone.observations


def _holder(
    cluster: Cluster, told: _Holder, sectors: Mapping[str, Sector], rules: Sequence[ValidityRule]
) -> LabelHolder:
    observations = list(dict.fromkeys(told.observations))
    if told.dissolved_on:
        labels = dict.fromkeys(award.label for award in told.awards.values())
        observations += [Observation(label, told.dissolved_on, False, DISSOLVED, "", "high") for label in labels]
    awards = sorted(told.awards.values(), key=lambda award: (award.source_url, award.label))
    awards.sort(key=lambda award: (award.awarded_on, award.valid_until), reverse=True)
    seen = sorted(observations, key=lambda one: (one.label, one.source_url, one.held, one.basis))
    seen.sort(key=lambda one: one.seen_on, reverse=True)
    names = tuple(sectors[code].name for code in cluster.sectors if code in sectors)
    return LabelHolder(cluster, with_ends(awards, rules), names, tuple(seen), told.dissolved_on, told.successor)
