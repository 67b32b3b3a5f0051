"""Cache of the served edition: opened once for all visitors, and again if its file has been replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from ..domain import PUBLIC, ClusterdashError, EditionVersionError, Language, NoEditionError
from ..editions.catalog import current_path
from ..editions.reader import EditionDatabase, EditionReader
from ..editions.upgrade import upgrade as editions_upgraded
from ..files import FileState, file_state
from ..i18n import translate
from ..ingest import problem_list
from ..labels import status
from ..labels.contact import contact
from ..labels.status import LabelStatus
from ..locations import data_folder
from ..operational_database import label_changes
from ..settings import settings

MAX_OPEN = 3
"""How many editions stay open: the served one, and those that visitors are still reading."""
_OPENING = threading.Lock()
_OPEN: dict[Path, tuple[FileState, EditionDatabase]] = {}
_CORRECTED: WeakKeyDictionary[EditionDatabase, tuple[int, EditionDatabase]] = WeakKeyDictionary()
"""Open editions as they are read: with the corrections of the register up to the one of this number."""
_REAL: set[Path] = set()
T = TypeVar("T")
_PREPARING = threading.Lock()
_PREPARED: WeakKeyDictionary[EditionDatabase, tuple[date, dict[Hashable, Any]]] = WeakKeyDictionary()


def data_dir() -> Path:
    """The data folder: what `CLUSTERDASH_DATA` names, or `data`."""
    return data_folder()


def upgrade_stored(language: Language) -> Iterator[str]:
    """Rebuild editions of earlier schema versions before any visitor comes; yields lines that report progress."""
    for step in editions_upgraded(data_dir(), datetime.now(UTC).date()):
        yield from problem_list.problem_lines(step.problems, language)
        yield translate(language, step.key, **step.values)


def current_edition() -> EditionDatabase:
    """Return the served edition, opened, with the present corrections of its register.

    Raises ClusterdashError if there is none, or if it or the corrections cannot be read.
    """
    data = data_dir()
    opened, latest = _open(current_path(data)), label_changes.latest(data)
    if not latest:
        return opened
    with _OPENING:
        known, corrected = _CORRECTED.get(opened, (0, opened))
        if known == latest:
            return corrected
        corrected = opened.corrected(label_changes.corrections(data))
        _CORRECTED[opened] = latest, corrected
        return corrected


def public_reader() -> EditionReader:
    """Return a reader of what everybody may see. Raises ClusterdashError as `current_edition` does."""
    return current_edition().reader(PUBLIC)


def register_version(reader: EditionReader) -> str:
    """Return what identifies the state of the register: the edition's hash, and the number of the last correction."""
    correction = f"+{reader.correction()}" if reader.correction() else ""
    return reader.edition().content_hash[:12] + correction


def check_readable() -> None:
    """Read something of the served edition, of the operational database, the settings and the contact.

    Raises ClusterdashError if that is not possible.
    """
    settings(data_dir())
    contact(data_dir())
    try:
        public_reader().schemes()
    except OSError as error:
        raise ClusterdashError("store.damaged") from error


def has_served_real_data() -> bool:
    """Whether this folder has served real data since the start: a lost volume is no reason to invent some."""
    return data_dir() in _REAL


def holds_real_data() -> bool:
    """Whether the served edition is real, or may be: one that cannot be read counts as real."""
    try:
        return not public_reader().edition().synthetic
    except NoEditionError:
        return False
    except EditionVersionError as error:
        return not error.synthetic
    except ClusterdashError:
        return True


def _open(path: Path) -> EditionDatabase:
    state = file_state(path)
    with _OPENING:
        known, opened = _OPEN.get(path, (None, None))
        if opened and known == state:
            return opened
        if opened:
            opened.close()  # while it is open, DuckDB keeps serving the old content
        opened = EditionDatabase(path)
        while len(_OPEN) >= MAX_OPEN:
            _OPEN.pop(next(iter(_OPEN)))
        _OPEN[path] = (state, opened)
    if not opened.reader(PUBLIC).edition().synthetic:
        _REAL.add(path.parent.parent)
    return opened


def once_a_day(
    key: Hashable, day: date, make: Callable[[EditionDatabase], T], opened: EditionDatabase | None = None
) -> T:
    """Return what `make` returns for an edition, made once for all visitors of a day.

    `opened`: the edition that the rest of the answer comes from, since another one may be served by now; by default the
    served one. `make` may read only what each visitor who gets it may see. Raises ClusterdashError as `current_edition`
    does.
    """
    opened = opened or current_edition()
    with _PREPARING:
        known, made = _PREPARED.get(opened, (day, {}))
        if known != day:
            made = {}
        if key not in made:
            made[key] = make(opened)
        _PREPARED[opened] = (day, made)
        found: T = made[key]
        return found


def label_statuses(day: date, today: date, opened: EditionDatabase | None = None) -> Sequence[LabelStatus]:
    """Return the labels of the register as they stood on a day, as known `today`; worked out once for all visitors.

    `opened` as in `once_a_day`.
    """

    def make(opened: EditionDatabase) -> Sequence[LabelStatus]:
        return status.label_statuses(opened.reader(PUBLIC).label_register(), day, today)

    return once_a_day(("label_statuses", day), today, make, opened)
