"""Rebasing a superseded, unpublished edition: it is built again on the edition that is served now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ..domain import ClusterdashError, Problem
from . import build, catalog, export, unpublished


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """Outcome of a rebase: the new edition's id, "" if the files are refused now; and all problems."""

    edition_id: str
    problems: tuple[Problem, ...]


def rebase(data: Path, edition_id: str, now: datetime, by: str) -> RebaseResult:
    """Check and build again, on the served edition, the files of a superseded edition and of those it extends.

    The new edition is unpublished; the ones it replaces are discarded, unless other unpublished ones extend them. If
    files are refused now, nothing changes. Raises ClusterdashError if the edition is not superseded or not readable.
    """
    if not unpublished.superseded(data, edition_id):
        raise ClusterdashError("editions.not_overtaken", edition=edition_id)
    old, made = unpublished.extension_chain(data, edition_id), [catalog.current_id(data)]
    problems: list[Problem] = []
    for handed_in in reversed(old):
        with TemporaryDirectory(prefix="clusterdash-") as temporary:
            folder = Path(temporary)
            paths = export.extract_sources(catalog.edition_path(data, handed_in), folder)
            tables, found = build.check_files(paths, data, now.date(), complete=made[-1])
            problems += [build.without_folder(problem, folder) for problem in found]
            if tables is None or not tables.results:
                _discard(data, made[:0:-1], now, by)
                return RebaseResult("", tuple(problems))
            made.append(build.build(tables, paths, data, now, by))
    _discard(data, old, now, by)
    return RebaseResult(made[-1], tuple(problems))


def _discard(data: Path, editions: list[str], now: datetime, by: str) -> None:
    """Discard editions, up to the first that others extend."""
    for edition_id in editions:
        try:
            build.discard(data, edition_id, now, by)
        except ClusterdashError:
            return
