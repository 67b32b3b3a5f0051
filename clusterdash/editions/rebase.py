"""Rebasing a superseded, unpublished edition: it is built again on the edition that is served now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ..domain import ClusterdashError, Problem
from . import build, catalog, export, unpublished
from .progress import Progress, no_progress, within


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """Outcome of a rebase: the new edition's id, "" if the files are refused now; and all problems."""

    edition_id: str
    problems: tuple[Problem, ...]


def rebase(data: Path, edition_id: str, now: datetime, by: str, progress: Progress = no_progress) -> RebaseResult:
    """Check and build again, on the served edition, the files of a superseded edition and of those it extends.

    The new edition is unpublished; the ones it replaces are discarded, unless other unpublished ones extend them. If
    files are refused now, or `progress` raises, nothing changes. Raises ClusterdashError if the edition is not
    superseded or not readable.
    """
    if not unpublished.superseded(data, edition_id):
        raise ClusterdashError("editions.not_overtaken", edition=edition_id)
    old, made = unpublished.extension_chain(data, edition_id), [catalog.current_id(data)]
    problems: list[Problem] = []
    try:
        for number, handed_in in enumerate(reversed(old)):
            with TemporaryDirectory(prefix="clusterdash-") as temporary:
                folder = Path(temporary)
                paths = export.extract_sources(catalog.edition_path(data, handed_in), folder)
                progress("data.checking", number / len(old))
                tables, found = build.check_files(paths, data, now.date(), complete=made[-1])
                problems += [build.without_folder(problem, folder) for problem in found]
                if tables is None or not tables.results:
                    _discard(data, made[:0:-1], now, by)
                    return RebaseResult("", tuple(problems))
                part = within(progress, number / len(old), (number + 1) / len(old))
                made.append(build.build(tables, paths, data, now, by, progress=part))
        progress("data.comparing", 1.0)
    except BaseException:
        _discard(data, made[:0:-1], now, by)
        raise
    _discard(data, old, now, by)
    return RebaseResult(made[-1], tuple(problems))


def _discard(data: Path, editions: list[str], now: datetime, by: str) -> None:
    """Discard editions, up to the first that others extend."""
    for edition_id in editions:
        try:
            build.discard(data, edition_id, now, by)
        except ClusterdashError:
            return
