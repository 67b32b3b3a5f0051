"""Administration of editions: check files, build drafts, compare, keep, publish, roll back. For staff only."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from ..access import edition_visible
from ..auth import audit_log
from ..domain import ClusterdashError, Edition, Problem
from ..editions import build, catalog, recipe_files, unpublished
from ..editions.build import without_folder
from ..editions.confirmations import ConfirmationKind
from ..editions.progress import Progress, no_progress, within
from ..editions.publication_effects import PublicationEffect, publication_effect, read_metadata
from ..editions.rebase import rebase
from ..ingest import readers
from ..ingest.readers import Grid
from ..ingest.xlsx_worker import MAXIMUM_ROWS
from ..operational_database import jobs
from ..operational_database.publications import Publication
from ..recipes.recipe import Recipe
from ..recipes.vocabulary import Vocabulary
from .staff_admin import StaffAdmin

LARGEST_UPLOAD_MEGABYTES = 20
LARGEST_UPLOAD = LARGEST_UPLOAD_MEGABYTES * 1024 * 1024
"""Bytes of one file."""
MAXIMUM_UNDERSTOOD = 500_000
"""Cells of files that are understood on a page, where they stay in memory; larger ones must be in a documented form."""
DRAFT_HOURS = int(catalog.DRAFT_LIFETIME / timedelta(hours=1))
MAX_DRAFTS = 5
"""Maximum number of drafts, and of editions built from uploads, in a demonstration, where anyone may check files."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a check: all problems, and the edition built from the files, None if there is an error."""

    problems: tuple[Problem, ...]
    edition: Edition | None


@dataclass(frozen=True, slots=True)
class FilesToUnderstand:
    """The sheets of files, what is wrong with the files, what is known, and the earlier recipes.

    `with_recipe`: whether one of the files is a recipe, which counts before those of the edition.
    """

    grids: tuple[Grid, ...]
    problems: tuple[Problem, ...]
    known: Vocabulary
    earlier: Recipe
    with_recipe: bool


class EditionAdmin(StaffAdmin):
    """All actions of staff on editions, bound to one data folder.

    In a demonstration, where anybody may view as staff, real editions do not exist: each action gets its edition from
    `__file`, each list is limited to `__among`.
    """

    def check(
        self, uploads: Sequence[tuple[str, bytes]], now: datetime, progress: Progress, *, complete: str = ""
    ) -> CheckResult:
        """Check files given by name and content, and build a draft from them; nothing is published.

        `complete`: the edition to extend, whose sources are kept (`build.check_files`). In a demonstration nothing is
        built from real results. What `progress` raises leaves no draft behind.
        """
        self._require_staff()
        if complete:
            self.__file(complete)
        catalog.sweep_drafts(self._data, now)
        progress("data.reading", 0.0)
        with tempfile.TemporaryDirectory(prefix="clusterdash-") as place:
            folder = Path(place)
            paths, refused = _write_uploads(uploads, folder)
            progress("data.checking", 0.1)
            tables, problems = build.check_files(paths, self._data, now.date(), MAXIMUM_ROWS, complete=complete)
            problems = [*refused, *(without_folder(problem, folder) for problem in problems)]
            if tables and tables.grants is not None:  # these are edited on a separate page
                problem = Problem(_by_id(paths), "", None, "", "", "grant.elsewhere", severity="warning")
                problems = [*problems, problem]
            if tables is None or refused or not tables.results:
                return CheckResult(tuple(problems), None)
            if not edition_visible(demonstration=self._demonstration, synthetic=tables.synthetic):
                problem = Problem(_by_id(paths), "", None, "", "", "edition.real_not_here", severity="warning")
                return CheckResult((*problems, problem), None)
            audit_log.record(self._data, now, self._by, "check", _by_id(paths))
            building = within(progress, 0.2, 0.8)
            edition_id = build.build(tables, paths, self._data, now, self._by, draft=True, progress=building)
        try:
            if self._demonstration:
                catalog.sweep_drafts(self._data, now, MAX_DRAFTS)
            progress("data.comparing", 0.8)
            self.effect(edition_id)  # so that it is there for whoever opens the page
            return CheckResult(tuple(problems), self.edition(edition_id))
        except BaseException:
            catalog.remove_draft(self._data, edition_id)
            raise

    def read(self, uploads: Sequence[tuple[str, bytes]], now: datetime, edition: str) -> FilesToUnderstand:
        """Read files, and what they are to be understood by: what is known in an edition, and its recipes.

        Raises ClusterdashError if that edition, or a recipe among the files, cannot be read.
        """
        self._require_staff()
        edition_path = self.__file(edition)
        with tempfile.TemporaryDirectory(prefix="clusterdash-") as place:
            paths, problems = _write_uploads(uploads, Path(place))
            recipes = [path for path in paths if path.suffix.lower() == recipe_files.RECIPE_SUFFIX]
            grids, more = readers.read_grids([path for path in paths if path not in recipes], MAXIMUM_ROWS)
            earlier = recipe_files.earlier_recipe(edition_path)
            for recipe in recipes:
                earlier = earlier.joined_with(recipe_files.read_recipe(recipe))
            kept = _kept([replace(grid, file=grid.file.removeprefix(f"{place}/")) for grid in grids])
            problems += [without_folder(problem, Path(place)) for problem in more]
        known = recipe_files.known_words(self._data, now.date(), edition)
        return FilesToUnderstand(kept, tuple(problems), known, earlier, bool(recipes))

    def edition(self, edition_id: str) -> Edition:
        """The metadata of an edition or a draft. Raises ClusterdashError if it cannot be read."""
        return read_metadata(self.__file(edition_id))

    def effect(self, edition_id: str) -> PublicationEffect:
        """The effect of publishing an edition or a draft now. Raises ClusterdashError if it cannot be read."""
        return publication_effect(self._data, self.__file(edition_id))

    def rollback_effect(self) -> PublicationEffect:
        """The effect of a rollback now. Raises ClusterdashError if there is no previous edition."""
        edition_id = catalog.previous(self._data, self.__among())
        return publication_effect(self._data, self.__file(edition_id), "rollback")

    def extendable(self) -> list[Edition]:
        """The editions that files may extend: the one that is served, then unpublished ones, latest first."""
        served = catalog.current_id(self._data)
        return sorted(
            (edition for edition in self.stored() if self.__may_be_completed(edition.edition_id)),
            key=lambda edition: edition.edition_id != served,
        )

    def stored(self) -> list[Edition]:
        """All readable editions, the latest first."""
        found = []
        for edition_id in catalog.edition_ids(self._data):
            try:
                found.append(self.edition(edition_id))
            except ClusterdashError:
                continue  # of another schema version: the command line lists it
        return found

    def history(self) -> list[Publication]:
        """The publications, the latest first."""
        among = self.__among()
        return [change for change in catalog.history(self._data)[::-1] if among is None or change.edition in among]

    def previous(self) -> str | None:
        """The id of the edition that a rollback would serve; None if there is none."""
        try:
            return catalog.previous(self._data, self.__among())
        except ClusterdashError:
            return None

    def is_draft(self, edition_id: str) -> bool:
        """Whether an edition is a draft, which is removed after some hours unless somebody keeps it."""
        self.__file(edition_id)
        return edition_id in {path.stem for path in catalog.draft_paths(self._data)}

    def superseded_by(self, edition_id: str) -> str:
        """The edition that this one extends if another one is served by now, which prevents publication; else ""."""
        self.__file(edition_id)
        return unpublished.superseded(self._data, edition_id)

    def keep(self, edition_id: str, now: datetime) -> None:
        """Keep a draft as an unpublished edition."""
        self._require_staff()
        self.__file(edition_id)
        catalog.keep_draft(self._data, edition_id, self._by)
        jobs.dismiss_edition(self._data, edition_id, now)
        self.__tidy()

    def publish(
        self,
        edition_id: str,
        now: datetime,
        *,
        decided_on: str | None = None,
        accept: Collection[ConfirmationKind] = (),
    ) -> None:
        """Serve an edition from now on (`build.activate`); a draft is kept first, so a refusal does not lose it."""
        self._require_staff()
        if self.is_draft(edition_id):
            catalog.keep_draft(self._data, edition_id, self._by)
        build.activate(self._data, edition_id, now, self._by, decided_on=decided_on, accept=accept)
        jobs.dismiss_edition(self._data, edition_id, now)
        self.__tidy()

    def rollback(
        self, now: datetime, *, decided_on: str | None = None, accept: Collection[ConfirmationKind] = ()
    ) -> None:
        """Serve the previous edition again (`build.rollback`)."""
        self._require_staff()
        among = self.__among()
        build.rollback(self._data, now, self._by, decided_on=decided_on, accept=accept, among=among)

    def rebase(self, edition_id: str, now: datetime, progress: Progress = no_progress) -> CheckResult:
        """Rebuild a superseded edition on the one that is served (`rebase.rebase`)."""
        self._require_staff()
        self.__file(edition_id)
        if self.is_draft(edition_id):
            catalog.keep_draft(self._data, edition_id, self._by)
        found = rebase(self._data, edition_id, now, self._by, progress)
        return CheckResult(found.problems, self.edition(found.edition_id) if found.edition_id else None)

    def may_discard(self, edition_id: str) -> bool:
        """Whether an edition was never served."""
        self.__file(edition_id)
        return self.is_draft(edition_id) or edition_id in catalog.unpublished_ids(self._data)

    def discard(self, edition_id: str, now: datetime) -> None:
        """Remove an edition that was never served. Raises ClusterdashError for one that was."""
        self._require_staff()
        file = self.__file(edition_id)
        if self.is_draft(edition_id):
            file.unlink(missing_ok=True)
        else:
            build.discard(self._data, edition_id, now, self._by)
        jobs.dismiss_edition(self._data, edition_id, now)

    def __file(self, edition_id: str) -> Path:
        """The file of an edition or a draft. Raises ClusterdashError if it does not exist for the viewer."""
        drafts = {path.stem for path in catalog.draft_paths(self._data)}
        path = (catalog.draft_path if edition_id in drafts else catalog.edition_path)(self._data, edition_id)
        if self._demonstration and not edition_visible(demonstration=True, synthetic=_synthetic(path)):
            raise ClusterdashError("editions.unknown", edition=edition_id)
        return path

    def __among(self) -> set[str] | None:
        """The ids of the editions that exist for the viewer; None for all."""
        return {edition.edition_id for edition in self.stored()} if self._demonstration else None

    def __may_be_completed(self, edition_id: str) -> bool:
        waits = edition_id in catalog.unpublished_ids(self._data)
        return edition_id == catalog.current_id(self._data) or (
            waits and not unpublished.superseded(self._data, edition_id)
        )

    def __tidy(self) -> None:
        """In a demonstration, remove the oldest editions built on the page; those imported by operators are kept."""
        if self._demonstration:
            made = [edition.edition_id for edition in self.stored() if edition.built_by == self._by]
            served = catalog.current_id(self._data)
            for edition_id in [edition_id for edition_id in made if edition_id != served][MAX_DRAFTS:]:
                catalog.remove_edition(self._data, edition_id)


def _kept(grids: Sequence[Grid]) -> tuple[Grid, ...]:
    """Sheets whose rows are kept in memory; none if they have more than `MAXIMUM_UNDERSTOOD` cells."""
    kept, left = [], MAXIMUM_UNDERSTOOD
    for grid in grids:
        rows = []
        for row in grid.rows:
            left -= max(1, len(row))
            if left < 0:
                return ()
            rows.append(row)
        kept.append(replace(grid, rows=tuple(rows)))
    return tuple(kept)


def _write_uploads(uploads: Sequence[tuple[str, bytes]], folder: Path) -> tuple[list[Path], list[Problem]]:
    """Write files into a folder; those that are too large are problems."""
    paths: list[Path] = []
    refused: list[Problem] = []
    for name, content in uploads:
        path = folder / Path(name).name
        if path in paths:  # two files of one name are two files
            path = folder / str(len(paths) + 1) / path.name
            path.parent.mkdir()
        if len(content) > LARGEST_UPLOAD:
            limit = (("megabytes", LARGEST_UPLOAD_MEGABYTES),)
            refused.append(Problem(path.name, "", None, "", "", "sheet.too_heavy", limit))
            continue
        path.write_bytes(content)
        paths.append(path)
    return paths, refused


def _synthetic(path: Path) -> bool:
    """Whether the edition in a file is known to be invented; False if it cannot be read, since it may be real."""
    try:
        return read_metadata(path).synthetic
    except ClusterdashError:
        return False


def _by_id(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)
