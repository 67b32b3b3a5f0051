"""Administration of the register of labels: changes by staff, each with who, when and why. For staff only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ..auth import audit_log
from ..domain import ClusterdashError, Problem
from ..domain.label_change import ChangeAction, LabelChange, NewChange, undone
from ..ingest.label_changes import KnownRegister, check_change
from ..labels.places import find_place, name_key
from ..operational_database import label_changes
from ..operational_database.engine import writing
from .staff_admin import StaffAdmin

MAX_REASON = 500
"""Characters."""


class RegisterAdmin(StaffAdmin):
    """All changes of the register of labels, bound to one viewer and one data folder.

    In a demonstration, where anybody may view as staff, changes are checked and not made: the register is real.
    """

    def changes(self, cluster_id: str | None = None) -> tuple[LabelChange, ...]:
        """The changes of one cluster, or all of them, the latest first."""
        found = (c for c in label_changes.read(self._data) if cluster_id in (None, c.cluster_id))
        return tuple(sorted(found, key=lambda change: -change.change_id))

    def record(
        self,
        changes: Sequence[NewChange],
        known: KnownRegister,
        reason: str,
        now: datetime,
        *,
        expected: int | None = None,
    ) -> list[Problem]:
        """Make changes, all or none; returns what is wrong with them, and makes none then.

        `expected`: the id of the latest change when they were decided on (`label_changes.add`). Raises ClusterdashError
        if the viewer is no longer staff, and in a demonstration.
        """
        self._require_staff()
        added = {change.cluster_id for change in changes if change.action is ChangeAction.ADD_CLUSTER}
        located = [_with_coordinates(change, known) for change in changes]
        results = [check_change(change, replace(known, added=added)) for change in located]
        problems = [*_check_reason(reason), *(problem for _, wrong in results for problem in wrong)]
        if not problems:
            self._add([checked for checked, _ in results if checked is not None], reason, now, expected)
        return problems

    def undo(self, change_id: int, reason: str, now: datetime) -> list[Problem]:
        """Take back a change that was not taken back yet; as `record`.

        Raises ClusterdashError, too, if there is no such change.
        """
        self._require_staff()
        changes = label_changes.read(self._data)
        found = next((change for change in changes if change.change_id == change_id), None)
        if found is None or change_id in undone(changes):
            raise ClusterdashError("register.undone")
        if problems := _check_reason(reason):
            return problems
        undoing = NewChange(ChangeAction.UNDO, found.cluster_id, {"change_id": str(change_id)})
        self._add([undoing], reason, now, None)
        return []

    def _add(self, changes: Sequence[NewChange], reason: str, now: datetime, expected: int | None) -> None:
        if self._demonstration:
            raise ClusterdashError("register.not_here")
        clusters = dict.fromkeys(change.cluster_id for change in changes)
        reason = " ".join(reason.split())
        with writing(self._data):
            label_changes.add(self._data, changes, by=self._by, reason=reason, now=now, expected=expected)
            audit_log.record(self._data, now, self._by, "labels", ", ".join(clusters))


def _with_coordinates(change: NewChange, known: KnownRegister) -> NewChange:
    """A change of a city with the city's coordinates, where it gives none; without any if the gazetteer lacks the city.

    The old ones would leave the cluster at its old place on the map.
    """
    cells = change.details
    if change.action not in (ChangeAction.ADD_CLUSTER, ChangeAction.EDIT_CLUSTER) or "city" not in cells:
        return change
    if cells.get("latitude") or cells.get("longitude"):
        return NewChange(change.action, change.cluster_id, {**cells, "geo_precision": "city"})
    holder = known.holders.get(change.cluster_id)
    country = cells.get("country") or (holder.cluster.country if holder else "")
    found = find_place(f"{cells['city']}, {country}") if cells["city"].strip() else None
    place = (
        found.place
        if found and found.place.country == country and name_key(found.found_by) == name_key(cells["city"])
        else None
    )
    coordinates = (
        {"latitude": str(place.latitude), "longitude": str(place.longitude), "geo_precision": "city"}
        if place
        else {"latitude": "", "longitude": "", "geo_precision": "unknown"}
    )
    return NewChange(change.action, change.cluster_id, {**cells, **coordinates})


def _check_reason(reason: str) -> list[Problem]:
    if not reason.strip():
        return [Problem("", "", None, "reason", "", "cell.empty")]
    if len(reason) > MAX_REASON:
        return [Problem("", "", None, "reason", "", "cell.too_long", (("maximum", MAX_REASON),))]
    return []
