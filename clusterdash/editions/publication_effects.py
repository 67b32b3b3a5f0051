"""Effects of serving an edition: changes against the served one, and what must be confirmed first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..domain import PUBLIC, ClusterdashError, Edition, EditionVersionError, NoEditionError
from ..files import FileState, file_state
from ..operational_database.publications import PublicationAction
from . import catalog
from .catalog import current_path
from .confirmations import Confirmation, required_confirmations
from .diff import Difference, difference
from .reader import EditionDatabase


@dataclass(frozen=True, slots=True)
class PublicationEffect:
    """Effects of serving an edition, valid while `served` (an id, "" for none) is the served one.

    `changes` is None if there is nothing to compare with; `confirmations` are needed first.
    """

    served: str
    changes: Difference | None
    confirmations: tuple[Confirmation, ...]


class UnconfirmedError(ClusterdashError):
    """An edition was not served, because a required confirmation is missing."""

    def __init__(self, lacking: tuple[Confirmation, ...], key: str, *, edition: str, **values: object) -> None:
        """`lacking`: the missing confirmations for `edition`; both are among the values of the text `key`."""
        super().__init__(key, kinds=",".join(safeguard.kind for safeguard in lacking), edition=edition, **values)
        self.edition = edition
        self.lacking = lacking


class _Compared:
    """An edition's file, equal to itself wherever it is moved: a draft that is kept is not compared again."""

    def __init__(self, path: Path) -> None:
        """Raises OSError if there is no such file."""
        self.path, *self._state = file_state(path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Compared) and self._state == other._state

    def __hash__(self) -> int:
        return hash(tuple(self._state))


def publication_effect(data: Path, path: Path, did: PublicationAction = "publish") -> PublicationEffect:
    """Return the effects of serving the edition in a file now. Raises ClusterdashError if it cannot be read."""
    new, changes = read_metadata(path), None
    try:
        served_synthetic = read_metadata(current_path(data)).synthetic
        earlier = tuple(_Compared(file) for file in catalog.previous_paths(data) if _synthetic(file) == new.synthetic)
        changes = _difference(_Compared(current_path(data)), _Compared(path), earlier)
    except NoEditionError:
        return PublicationEffect("", None, ())
    except ClusterdashError as error:  # an unreadable edition may be real
        served_synthetic = isinstance(error, EditionVersionError) and error.synthetic
    found = required_confirmations(
        served_synthetic=served_synthetic, synthetic=new.synthetic, changes=changes, rollback=did == "rollback"
    )
    return PublicationEffect(catalog.current_id(data), changes, found)


def _synthetic(path: Path) -> bool | None:
    """Whether the edition in a file is invented; None if it cannot be read."""
    try:
        return read_metadata(path).synthetic
    except ClusterdashError:
        return None


@lru_cache(maxsize=16)
def _difference(old: _Compared, new: _Compared, earlier: tuple[_Compared, ...]) -> Difference | None:
    """The difference of two editions, which never change: cached for all script runs. `earlier` as in `difference`.

    None if one of them cannot be compared.
    """
    try:
        return difference(old.path, new.path, [file.path for file in earlier])
    except ClusterdashError:
        return None


def read_metadata(path: Path) -> Edition:
    """Return the metadata of the edition in a file. Raises ClusterdashError if it cannot be read."""
    try:
        state = file_state(path)
    except OSError as error:
        raise ClusterdashError("store.foreign", file=path) from error
    return _read_metadata(state)


@lru_cache(maxsize=256)
def _read_metadata(state: FileState) -> Edition:
    """Cached, since an edition never changes: its file is opened once, not for each list that names it."""
    opened = EditionDatabase(state.path)
    try:
        return opened.reader(PUBLIC).edition()
    finally:
        opened.close()
