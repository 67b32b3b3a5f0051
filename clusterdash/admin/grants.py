"""Administration of access: grants, and the access log. For staff only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from ..access import granted_viewer
from ..auth import audit_log
from ..domain import Audience, ClusterdashError, Grant, Problem
from ..ingest import grants
from ..operational_database import audit_records
from ..operational_database.audit_records import AuditAction, AuditRecord
from ..operational_database.engine import writing
from ..operational_database.lock import locked
from . import account_reach
from .staff_admin import StaffAdmin

MAX_LOG_RECORDS = 10_000
"""Maximum number of records that are found, the latest ones."""


class ConflictError(ClusterdashError):
    """Somebody else has changed grants of the same addresses differently: `in_force`, against `yours`."""

    def __init__(self, in_force: tuple[Grant, ...], yours: tuple[Grant, ...]) -> None:
        """The grants of those addresses only."""
        super().__init__("access.conflict")
        self.in_force = in_force
        self.yours = yours


def merge_changes(shown: Collection[Grant], yours: Collection[Grant], in_force: Collection[Grant]) -> tuple[Grant, ...]:
    """The grants `in_force`, with the changes from `shown` to `yours` applied.

    Raises ConflictError if the grants of an address differ from `shown` in both, and are not the same.
    """
    changed = [{grant.email for grant in {*shown} ^ {*others}} for others in (yours, in_force)]
    both = {email for email in set.intersection(*changed) if _of(yours, email) != _of(in_force, email)}
    if both:
        here, there = (tuple(g for g in grants if g.email in both) for grants in (yours, in_force))
        raise ConflictError(in_force=there, yours=here)
    gone, added = {*shown} - {*yours}, {*yours} - {*shown} - {*in_force}
    return (*(g for g in in_force if g not in gone), *(g for g in yours if g in added))


def _of(grants: Collection[Grant], email: str) -> set[Grant]:
    return {grant for grant in grants if grant.email == email}


class AccessAdmin(StaffAdmin):
    """Grants and the access log, bound to one viewer and one data folder."""

    REFUSED_IN_DEMONSTRATION = "grant.not_here"

    def grants(self) -> tuple[Grant, ...]:
        """The grants that are in force."""
        return grants.read_grants(self._data)

    def replace(
        self,
        rows: Iterable[Sequence[str]],
        clusters: Collection[str],
        now: datetime,
        *,
        shown: Collection[Grant] | None = None,
    ) -> list[Problem]:
        """Replace the grants in force by rows of text; returns the problems, and changes nothing if one is an error.

        `shown`: the list that was edited to these rows; changes by others in the meantime are kept. Warns of addresses
        that see many clusters of a group. An error, too, if the acting user would no longer be staff: only the command
        line could fix that. Raises ConflictError as `merge_changes`, and changes nothing then.
        """
        self._require_staff()
        found, problems = grants.check_rows(rows, clusters)
        if any(problem.severity == "error" for problem in problems):
            return problems
        with locked(self._data), writing(self._data):
            if shown is not None:
                found = merge_changes(shown, found, self.grants())
            own = granted_viewer(found, self._by, now.date())
            if own is None or own.audience is not Audience.STAFF:
                return [*problems, Problem(grants.FILE, "grants", None, "", "", "grant.yourself")]
            grants.replace(self._data, found)
            audit_log.record(self._data, now, self._by, "grants", str(len(found)))
        return [*problems, *account_reach.warnings(self._data, found, now.date())]

    def log(self, words: Sequence[str] = (), action: AuditAction | None = None) -> list[AuditRecord]:
        """The latest records of the access log that words and an action find (`audit_records.read`), last one first."""
        return audit_records.read(self._data, MAX_LOG_RECORDS, words, action)
