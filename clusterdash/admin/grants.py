"""What staff do about access: grants, and the log of actions. Refuses everybody else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from .. import files
from ..access import granted_viewer
from ..auth import audit_log
from ..auth.audit_log import AuditRecord
from ..domain import STAFF, Audience, ClusterdashError, Grant, Problem, Viewer
from ..ingest import grants
from . import account_reach

MAX_LOG_LINES = 500
"""So many entries of the log are shown, the latest ones."""


class ConflictError(ClusterdashError):
    """Grants of the same addresses were changed meanwhile, to something else: `in_force`, against `yours`."""

    def __init__(self, in_force: tuple[Grant, ...], yours: tuple[Grant, ...]) -> None:
        """The grants of those addresses only."""
        super().__init__("access.conflict")
        self.in_force = in_force
        self.yours = yours


def merge_changes(shown: Collection[Grant], yours: Collection[Grant], in_force: Collection[Grant]) -> tuple[Grant, ...]:
    """What is in force, with what somebody has changed in the list that was shown to them.

    Raises ConflictError where the grants of an address were changed here and there, and not to the same.
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


class AccessAdmin:
    """Grants and the log of access, bound to one viewer and one data folder."""

    def __init__(
        self,
        viewer: Viewer,
        data: Path,
        *,
        demonstration: bool,
        by: str,
        viewer_now: Callable[[], Viewer] | None = None,
    ) -> None:
        """Raises ClusterdashError for anybody but staff, and in a demonstration, where anybody may view pages as staff.

        `viewer_now` is called before each action and returns the viewer of that moment; without it, that is `viewer`.
        """
        self.__viewer_now = viewer_now or (lambda: viewer)
        if viewer.audience is not Audience.STAFF:
            raise ClusterdashError("access.staff_only")
        if demonstration:
            raise ClusterdashError("grant.not_here")
        self.__data = data
        self.__by = by

    def grants(self) -> tuple[Grant, ...]:
        """The grants that are in force."""
        return grants.read_grants(self.__data)

    def replace(
        self,
        rows: Iterable[Sequence[str]],
        clusters: Collection[str],
        now: datetime,
        *,
        shown: Collection[Grant] | None = None,
    ) -> list[Problem]:
        """Put other grants into force, given as rows of text; returns what is wrong, and changes nothing then.

        `shown`: the list that was changed to these rows; what others have changed in it meanwhile stays. Warns of
        addresses that see many clusters of a group. Refused as well where nobody would be staff any more who is it now:
        only the command line could undo that. Raises ConflictError as `merged`, and changes nothing then.
        """
        if self.__viewer_now() != STAFF:
            raise ClusterdashError("access.staff_only")
        found, problems = grants.check_rows(rows, clusters)
        if any(problem.severity == "error" for problem in problems):
            return problems
        with files.locked(self.__data):
            if shown is not None:
                found = merge_changes(shown, found, self.grants())
            if granted_viewer(found, self.__by, now.date()) != STAFF:
                return [*problems, Problem(grants.FILE, "grants", None, "", "", "grant.yourself")]
            grants.replace(self.__data, found)
            audit_log.record(self.__data, now, self.__by, "grants", str(len(found)))
        return [*problems, *account_reach.warnings(self.__data, found, now.date())]

    def log(self) -> list[AuditRecord]:
        """What was done, the latest first."""
        return audit_log.records(self.__data, MAX_LOG_LINES)
