"""Build an edition that waits and was overtaken anew, upon the one that is served now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ..domain import ClusterdashError, Problem
from . import build, catalog, export, unpublished


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """What came of it: the new edition's id, "" where the files are refused now; and all problems."""

    edition_id: str
    problems: tuple[Problem, ...]


def rebase(data: Path, edition_id: str, now: datetime, by: str) -> RebaseResult:
    """Check and build anew, upon what is served now, what an overtaken edition and those it rests on were handed in.

    The new edition waits; what it takes the place of is discarded, unless others that wait complete it. Where files are
    refused now, nothing changes. Raises ClusterdashError where the edition was not overtaken, or cannot be read.
    """
    if not unpublished.superseded(data, edition_id):
        raise ClusterdashError("editions.not_overtaken", edition=edition_id)
    old, made = unpublished.extension_chain(data, edition_id), [catalog.current_id(data)]
    problems: list[Problem] = []
    for handed_in in reversed(old):
        with TemporaryDirectory(prefix="clusterdash-") as place:
            folder = Path(place)
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
    """Discard editions, up to the first that others complete."""
    for edition_id in editions:
        try:
            build.discard(data, edition_id, now, by)
        except ClusterdashError:
            return
