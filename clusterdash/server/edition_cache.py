"""The edition that is being served: opened once for all visitors, and opened anew where its file has been put back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..auth.settings import settings
from ..domain import PUBLIC, ClusterdashError, EditionVersionError, Language, NoEditionError
from ..editions.catalog import current_path
from ..editions.reader import EditionDatabase, EditionReader
from ..editions.upgrade import upgrade as editions_upgraded
from ..i18n import translate
from ..ingest import problem_list
from ..locations import data_folder

MAX_OPEN = 3
"""How many editions stay open: the one that is served, and those that visitors are still reading."""
_OPENING = threading.Lock()
_OPEN: dict[Path, tuple[tuple[int, int, int], EditionDatabase]] = {}
_REAL: set[Path] = set()


def data_dir() -> Path:
    """Where the data lie: what `CLUSTERDASH_DATA` names, or `data`."""
    return data_folder()


def upgrade_stored(language: Language) -> Iterator[str]:
    """Build editions of earlier versions anew before any visitor comes; the lines that tell of it, as it goes on."""
    for step in editions_upgraded(data_dir(), datetime.now(UTC).date()):
        yield from problem_list.problem_lines(step.problems, language)
        yield translate(language, step.key, **step.values)


def current_edition() -> EditionDatabase:
    """The edition that is current. Raises ClusterdashError where there is none that can be read."""
    return _open(current_path(data_dir()))


def public_reader() -> EditionReader:
    """What everybody may read of it. Raises ClusterdashError as `served` does."""
    return current_edition().reader(PUBLIC)


def check_readable() -> None:
    """Read something of the edition that is served, and the settings.

    Raises ClusterdashError where that is not possible.
    """
    settings(data_dir())
    try:
        public_reader().schemes()
    except OSError as error:
        raise ClusterdashError("store.damaged") from error


def has_served_real_data() -> bool:
    """Whether this folder has served real data since the start: a lost volume is no reason to invent some."""
    return data_dir() in _REAL


def holds_real_data() -> bool:
    """Whether what is served is not known to be invented; an edition that cannot be read may well be real."""
    try:
        return not public_reader().edition().synthetic
    except NoEditionError:
        return False
    except EditionVersionError as error:
        return not error.synthetic
    except ClusterdashError:
        return True


def _open(path: Path) -> EditionDatabase:
    file = path.stat()
    state = (file.st_ino, file.st_size, file.st_mtime_ns)
    with _OPENING:
        known, opened = _OPEN.get(path, (None, None))
        if opened and known == state:
            return opened
        if opened:
            opened.close()  # DuckDB would go on serving the old content as long as it is open
        opened = EditionDatabase(path)
        while len(_OPEN) >= MAX_OPEN:
            _OPEN.pop(next(iter(_OPEN)))
        _OPEN[path] = (state, opened)
    if not opened.reader(PUBLIC).edition().synthetic:
        _REAL.add(path.parent.parent)
    return opened
