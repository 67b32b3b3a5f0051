"""The staff's desk for access: who may see what, and the log of what was done. Refuses everybody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from ..access import granted
from ..intake import grants
from ..login import audit
from ..login.audit import Entry
from ..model import STAFF, Audience, ClusterdashError, Grant, Problem, Viewer
from . import concentration

SHOWN = 500
"""So many entries of the log are shown, the latest ones."""


class AccessDesk:
    """Grants and the log of access, bound to one viewer and one data folder."""

    def __init__(self, viewer: Viewer, data: Path, *, demonstration: bool, by: str) -> None:
        """Raises ClusterdashError for anybody but staff, and in a demonstration, where anybody may look as staff."""
        if viewer.audience is not Audience.STAFF:
            raise ClusterdashError("access.staff_only")
        if demonstration:
            raise ClusterdashError("grant.not_here")
        self.__data = data
        self.__by = by

    def grants(self) -> tuple[Grant, ...]:
        """The grants that are in force."""
        return grants.read(self.__data)

    def replace(self, rows: Iterable[Sequence[str]], clusters: Collection[str], now: datetime) -> list[Problem]:
        """Put other grants into force, given as rows of text; returns what is wrong, and changes nothing then.

        Warns of addresses that see many clusters of a group.

        Refused as well where nobody would be staff any more who is it now: only the command line could mend that.
        """
        found, problems = grants.check(rows, clusters)
        if any(problem.severity == "error" for problem in problems):
            return problems
        if granted(found, self.__by, now.date()) != STAFF:
            return [*problems, Problem(grants.FILE, "grants", None, "", "", "grant.yourself")]
        grants.replace(self.__data, found)
        audit.note(self.__data, now, self.__by, "grants", str(len(found)))
        return [*problems, *concentration.warnings(self.__data, found, now.date())]

    def log(self) -> list[Entry]:
        """What was done, the latest first."""
        return audit.entries(self.__data, SHOWN)
