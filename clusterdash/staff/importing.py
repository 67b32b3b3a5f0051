"""The staff's desk: files are checked, built beside, compared, published, rolled back. Refuses everybody else."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..access import may_publish
from ..editions import publish, shelf
from ..editions.difference import Difference, difference
from ..editions.publish import Progress
from ..editions.shelf import Change
from ..intake.workbook import MAXIMUM_ROWS
from ..login import audit
from ..model import Audience, ClusterdashError, Edition, Problem, Viewer

LARGEST_UPLOAD = 20 * 1024 * 1024
"""Bytes of one file."""
MOST_KEPT = 5
"""In a demonstration, where anyone may check files, so many editions made of them are kept beside the one served."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of files: all problems; and where none is an error, the edition built of them and what it changes."""

    problems: tuple[Problem, ...]
    edition: Edition | None
    difference: Difference | None


class Desk:
    """All that staff do with editions, bound to one viewer and one data folder."""

    def __init__(self, viewer: Viewer, data: Path, *, demonstration: bool, by: str) -> None:
        """Raises ClusterdashError for anybody but staff. `by` is who is noted in the journal."""
        if viewer.audience is not Audience.STAFF:
            raise ClusterdashError("access.staff_only")
        self.__data = data
        self.__demonstration = demonstration
        self.__by = by

    def check(
        self, uploads: Sequence[tuple[str, bytes]], now: datetime, progress: Progress, *, complete: str = ""
    ) -> Checked:
        """Check files by name and content, and build an edition of them; nothing is published yet.

        To `complete` an edition is to keep what it was made of (`publish.check`).
        """
        progress("data.reading", 0.1)
        with tempfile.TemporaryDirectory(prefix="clusterdash-") as place:
            folder, refused = Path(place), []
            paths: list[Path] = []
            for name, content in uploads:
                path = folder / Path(name).name
                if path in paths:  # two files of one name are two files
                    path = folder / str(len(paths) + 1) / path.name
                    path.parent.mkdir()
                if len(content) > LARGEST_UPLOAD:
                    limit = (("megabytes", LARGEST_UPLOAD // 1024**2),)
                    refused.append(Problem(path.name, "", None, "", "", "sheet.too_heavy", limit))
                    continue
                path.write_bytes(content)
                paths.append(path)
            progress("data.checking", 0.3)
            tables, problems = publish.check(paths, self.__data, now.date(), MAXIMUM_ROWS, complete=complete)
            problems = [*refused, *(_without_folder(problem, folder) for problem in problems)]
            if tables and publish.would_empty(tables, self.__data):
                told = Problem(_named(paths), "", None, "", "", "edition.would_empty")
                tables, problems = None, [*problems, told]
            if tables and tables.grants is not None:  # these are given on a page of their own
                told = Problem(_named(paths), "", None, "", "", "grant.elsewhere", severity="warning")
                problems = [*problems, told]
            if tables is None or refused or not tables.results:
                return Checked(tuple(problems), None, None)
            progress("data.building", 0.6)
            audit.note(self.__data, now, self.__by, "check", _named(paths))
            edition_id = publish.build(tables, paths, self.__data, now, self.__by)
            if self.__demonstration:
                self.__tidy()
        progress("data.comparing", 0.9)
        return Checked(tuple(problems), self.edition(edition_id), self.compared(edition_id))

    def edition(self, edition_id: str) -> Edition:
        """What an edition says of itself. Raises ClusterdashError where it cannot be read."""
        return publish.told(shelf.file_of(self.__data, edition_id))

    def compared(self, edition_id: str) -> Difference | None:
        """What an edition would change against the one that is served; None where that one cannot be read."""
        try:
            served, earlier = shelf.current(self.__data), shelf.served_earlier(self.__data)
            return difference(served, shelf.file_of(self.__data, edition_id), earlier)
        except ClusterdashError:
            return None

    def to_complete(self) -> list[Edition]:
        """The editions that files may complete: the one that is served, and after it those that wait, latest first."""
        served = shelf.served(self.__data)
        waiting = {path.stem for path in shelf.waiting(self.__data)}
        found = [edition for edition in self.stored() if edition.edition_id in {served, *waiting}]
        return sorted(found, key=lambda edition: edition.edition_id != served)

    def stored(self) -> list[Edition]:
        """All editions that can be read, the latest first."""
        found = []
        for path in shelf.stored(self.__data):
            try:
                found.append(self.edition(path.stem))
            except ClusterdashError:
                continue  # of another version of the program: the command line tells it
        return found

    def history(self) -> list[Change]:
        """Who has published what, the latest first."""
        return shelf.journal(self.__data)[::-1]

    def before(self) -> str | None:
        """The edition to which a rollback would lead; None where there is none."""
        try:
            return shelf.before(self.__data)
        except ClusterdashError:
            return None

    def publish(self, edition_id: str, now: datetime) -> None:
        """Serve an edition from now on. In a demonstration only invented ones."""
        if not may_publish(demonstration=self.__demonstration, synthetic=self.edition(edition_id).synthetic):
            raise ClusterdashError("data.not_here")
        publish.serve(self.__data, edition_id, now, self.__by)

    def may_discard(self, edition_id: str) -> bool:
        """Whether an edition was never served."""
        return edition_id in {path.stem for path in shelf.waiting(self.__data)}

    def discard(self, edition_id: str, now: datetime) -> None:
        """Remove an edition that was never served. Raises ClusterdashError for one that was."""
        publish.discard(self.__data, edition_id, now, self.__by)

    def __tidy(self) -> None:
        """Remove the oldest editions that came about on the page; what operators brought in stays."""
        made = [edition.edition_id for edition in self.stored() if edition.built_by == self.__by]
        served = shelf.served(self.__data)
        for edition_id in [edition_id for edition_id in made if edition_id != served][MOST_KEPT:]:
            shelf.file_of(self.__data, edition_id).unlink(missing_ok=True)

    def rollback(self, now: datetime) -> None:
        """Serve again what was served before."""
        edition_id = shelf.before(self.__data)
        if not may_publish(demonstration=self.__demonstration, synthetic=self.edition(edition_id).synthetic):
            raise ClusterdashError("data.not_here")
        publish.serve(self.__data, edition_id, now, self.__by, "rollback")


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)


def _without_folder(problem: Problem, folder: Path) -> Problem:
    """A problem as the visitor knows the file: by its name, not by where it lay on the server."""
    prefix = f"{folder}/"
    values = tuple((k, v.replace(prefix, "") if isinstance(v, str) else v) for k, v in problem.values)
    file = problem.file.replace(prefix, "")
    return Problem(
        file, problem.table, problem.row, problem.column, problem.value, problem.key, values, problem.severity
    )
