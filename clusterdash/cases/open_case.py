"""The cases that one viewer may reach. Every read and every change asks anew whether it is allowed.

The question and what is then read or changed are one transaction: a grant, a seat or a step cannot change in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection

from .. import case_access
from ..domain import ClusterdashError, Viewer
from ..domain.case import STEPS, Case, CaseAction, CaseKind, Seat, Step
from ..ingest.cell_parsers import CellError, code, text
from ..operational_database import case_erasure, case_records, case_trail
from ..operational_database.case_records import timestamp
from ..operational_database.engine import reading, writing

REPORTS = 3
"""How many provisional reports a case may have, unless staff allow more."""


INVENTED_FOR = timedelta(days=1)
"""How long an invented case of a demonstration is kept."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What was allowed: the case as it stands, the seat in which the viewer acts, and the open transaction."""

    connection: Connection
    case: Case
    seat: Seat
    viewer: Viewer
    at: str

    @property
    def person_id(self) -> str:
        """The id of who acts; for changes only."""
        return case_records.person_id(self.connection, self.viewer.email)

    def log(self, action: str, *, question: str = "", sheet: str = "", texts: tuple[str, str] | None = None) -> None:
        """Add a line to the trail."""
        case_trail.append(
            self.connection,
            self.case.case_id,
            self.person_id,
            action,
            self.at,
            question=question,
            sheet=sheet,
            texts=texts,
        )

    def move(self, step: Step, action: str, *, reason: str = "", **columns: object) -> None:
        """Bring the case to another step, with a line in the trail; the reason stands in the case and in the line."""
        changes = {"step": step.value, "step_since": self.at, "reason": reason, **columns}
        case_records.change(self.connection, self.case.case_id, **changes)
        self.log(action, question=step.value, texts=("", reason) if reason else None)


@dataclass(frozen=True, slots=True)
class Applicant:
    """The cluster that a case is about; `country` is ISO 3166-1 alpha-2."""

    cluster_id: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of an installation, or of one visitor of a demonstration, bound to a viewer.

    `viewer_now` returns the viewer at the moment of each question: a grant may have ended meanwhile.
    """

    data: Path
    viewer_now: Callable[[], Viewer]
    visitor: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def all(self) -> tuple[Case, ...]:
        """The cases in which the viewer has a seat, the latest opened first; for staff all.

        Raises ClusterdashError if the database cannot be read.
        """
        viewer = self.viewer_now()
        with reading(self.data) as connection:
            found = case_records.read_all(connection, self.visitor) if connection else ()
        return tuple(case for case in found if case_access.acting_seat(viewer, case, CaseAction.SEE))

    def request(self, kind: CaseKind, cluster: Applicant, scheme: str, *, on_site: bool = False) -> OpenCase:
        """Open a case of a cluster.

        Raises ClusterdashError if the viewer may not, if the cluster has an open one of the kind, or if its id, name or
        country is none that the import reads.
        """
        viewer = self.viewer_now()
        if not case_access.may_request(viewer, cluster.cluster_id):
            raise NotAllowedError("case.not_allowed")
        _require_readable(cluster)
        at = timestamp(self.now())
        steps = STEPS[kind]
        case = Case(
            token_hex(8),
            self.visitor,
            kind,
            cluster.cluster_id,
            cluster.name,
            cluster.country,
            scheme,
            steps[0],
            step_since=at,
            opened_at=at,
            revision=0,
            reports_allowed=REPORTS,
            on_site=on_site,
            visit_at=None,
            dates_sequence=0,
            reason="",
        )
        with writing(self.data) as connection:
            if self.visitor:
                case_erasure.remove_invented(connection, self.now() - INVENTED_FOR)
            for other in case_records.read_all(connection, self.visitor, (cluster.cluster_id,)):
                if other.open and other.kind is kind:
                    raise ClusterdashError("case.open_already")
            case_records.add(connection, case)
            case_trail.append(
                connection,
                case.case_id,
                case_records.person_id(connection, viewer.email),
                "request",
                at,
                question=kind.value,
            )
        return self.open(case.case_id)

    def open(self, case_id: str) -> OpenCase:
        """A case in which the viewer has a seat. Raises ClusterdashError if there is none with this id."""
        opened = OpenCase(self, case_id)
        with opened.reading(CaseAction.SEE):
            return opened


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One case, bound to a viewer."""

    cases: Cases
    case_id: str

    @property
    def case(self) -> Case:
        """The case as it stands. Raises ClusterdashError if the viewer has no seat in it any more."""
        with self.reading(CaseAction.SEE) as allowed:
            return allowed.case

    def may(self, action: CaseAction) -> bool:
        """Whether the viewer may do something as the case stands."""
        try:
            with self.reading(action):
                return True
        except NotAllowedError:
            return False

    @contextmanager
    def reading(self, action: CaseAction | Callable[[Case], CaseAction]) -> Iterator[Allowed]:
        """A transaction that reads, if the viewer may. Raises NotAllowedError if not.

        `action` may depend on how the case stands.
        """
        with reading(self.cases.data) as connection:
            if connection is None:
                raise NotAllowedError("case.unknown")
            yield self._allowed(connection, action)

    @contextmanager
    def acting(self, action: CaseAction) -> Iterator[Allowed]:
        """A transaction that changes, if the viewer may. Raises NotAllowedError if not, and changes nothing then."""
        with writing(self.cases.data) as connection:
            yield self._allowed(connection, action)

    def _allowed(self, connection: Connection, action: CaseAction | Callable[[Case], CaseAction]) -> Allowed:
        viewer = self.cases.viewer_now()
        case = case_records.read(connection, self.case_id, self.cases.visitor)
        if case is None or case_access.acting_seat(viewer, case, CaseAction.SEE) is None:
            raise NotAllowedError("case.unknown")
        wanted = action if isinstance(action, CaseAction) else action(case)
        seat = case_access.acting_seat(viewer, case, wanted)
        if seat is None:
            raise NotAllowedError("case.not_allowed")
        return Allowed(connection, case, seat, viewer, timestamp(self.cases.now()))


def _require_readable(cluster: Applicant) -> None:
    """Raise ClusterdashError for a cluster that no edition could hold."""
    if not cluster.cluster_id or not cluster.name.strip() or not cluster.country:
        raise ClusterdashError("case.no_cluster")
    try:
        code(cluster.cluster_id)
        text(cluster.name)
    except CellError as refusal:
        raise ClusterdashError(refusal.key, **dict(refusal.values)) from refusal


def invented_clusters(data: Path, visitor: str) -> frozenset[str]:
    """The clusters of a visitor's cases in a demonstration. Raises ClusterdashError if they cannot be read."""
    with reading(data) as connection:
        found = case_records.read_all(connection, visitor) if connection and visitor else ()
    return frozenset(case.cluster_id for case in found)


class NotAllowedError(ClusterdashError):
    """Somebody asked for what they may not read or do as the case stands, or for a case that is not theirs."""
