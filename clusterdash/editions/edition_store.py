"""A store of editions that several servers share: any S3-compatible one, or a shared folder, by its address.

An edition is an object named by the SHA-256 of its content, so it is written once, never changes, and whoever reads it
can tell whether it is whole. Requests are retried by the library, with growing pauses.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, ObjectStore, S3Store

from .. import files
from ..domain import ClusterdashError
from ..settings import environment

SCHEMES = ("s3", "file")
ACCEPTED = "s3://BUCKET/PREFIX, file:///FOLDER"
"""How an address looks, as messages say it."""
PART = 8 * 1024 * 1024
"""Bytes that are read, sent or received at a time; a larger edition is sent in parts of this size."""
PARTS_AT_ONCE = 2
MOST_RETRIES = 5
LONGEST_RETRY = timedelta(seconds=20)
LONGEST_TRANSFER = timedelta(hours=2)
"""For one request as a whole; the library's own limit of 30 seconds would end the download of a large edition."""
LONGEST_SILENCE = timedelta(seconds=15)
LONGEST_CONNECT = timedelta(seconds=3)
ENDING = ".duckdb"
"""Of the name of an edition, after its hash."""
_NO_BUCKET = "NoSuchBucket"
_DENIED = re.compile(r"status code: 40[13]")
"""What the library's error of a listing says: it has no kind of its own."""
_TRUE = {"1", "true", "t", "yes", "y", "on"}


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """An edition in a store: the SHA-256 of its content, its size in bytes, and when it was written."""

    sha256: str
    size: int
    written_at: datetime


def configured_store(folder: str = "", ending: str = ENDING) -> EditionStore | None:
    """The store that `CLUSTERDASH_EDITIONS` names, or a folder in it; None without.

    `ending`: of the names of its objects. Raises ClusterdashError if there is no such kind of store.
    """
    address = environment().editions
    if not address:
        return None
    below = f"{address.rstrip('/')}/{folder}" if folder else address
    return _opened(below, ending, tuple(sorted(item for item in os.environ.items() if item[0].startswith("AWS_"))))


@lru_cache(maxsize=4)
def _opened(address: str, ending: str, _access: tuple[tuple[str, str], ...]) -> EditionStore:
    return EditionStore(address, ending)


class EditionStore:
    """The editions below one address: `s3://bucket/prefix`, whose access is in variables `AWS_*`, or `file:///folder`.

    With another `ending` of names, other files that are named by their hash: the documents of cases.

    Each method raises ClusterdashError if the store cannot be reached, refuses access, or does not exist.
    """

    def __init__(self, address: str, ending: str = ENDING) -> None:
        """Open a store; nothing is read yet."""
        self.address = address.rstrip("/")
        self._store = _object_store(address)
        self._ending = ending
        self._names = re.compile(rf"([0-9a-f]{{64}}){re.escape(ending)}\Z")

    def put(self, path: Path, sha256: str) -> None:
        """Write the edition in a file, unless the store has it; `sha256` is that of the file.

        The object is read again afterwards: raises ClusterdashError if it is not what was written. Two that write the
        same edition at once write the same bytes, and the store replaces an object in one step.
        """
        size = path.stat().st_size
        if self._holds(sha256, size):
            return
        with _explained(self.address):
            obstore.put(self._store, self._name(sha256), path, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
        if not self._holds(sha256, size):
            raise ClusterdashError("edition_store.not_written", store=self.address, object=self._name(sha256))

    def fetch(self, sha256: str, size: int, target: Path) -> None:
        """Write an edition into a file in one step, once its size and hash are right.

        Raises ClusterdashError if the store does not have it, if its content is not that of its name, or if the file
        cannot be written; what was at `target` stays then.
        """
        temporary = files.unfinished(target.parent, target.name)
        try:
            with files.create(temporary) as file:
                digest = hashlib.sha256()
                for chunk in self._chunks(sha256):
                    digest.update(chunk)
                    if file.write(chunk) and file.tell() > size:
                        break
                right = file.tell() == size and digest.hexdigest() == sha256
            if not right:
                raise ClusterdashError("edition_store.altered", store=self.address, object=self._name(sha256))
            files.publish_file(temporary, target)
        except OSError as error:
            raise ClusterdashError("edition_store.not_fetched", file=target, detail=error.strerror) from error
        finally:
            temporary.unlink(missing_ok=True)

    def has(self, sha256: str) -> bool:
        """Whether there is an object of that name."""
        return self._size(sha256) is not None

    def delete(self, sha256: str) -> None:
        """Remove an edition; nothing happens if there is none."""
        if self.has(sha256):  # a folder says that it is missing, S3 does not
            with _explained(self.address):
                obstore.delete(self._store, self._name(sha256))

    def stored(self) -> Iterator[StoredEdition]:
        """All editions in the store, and no other object, in no particular order."""
        with _explained(self.address):
            for page in obstore.list(self._store):
                for found in page:
                    if name := self._names.match(found["path"]):
                        yield StoredEdition(name[1], found["size"], found["last_modified"])

    def object_address(self, sha256: str) -> str:
        """The address of an edition, as messages name it."""
        return f"{self.address}/{self._name(sha256)}"

    def _name(self, sha256: str) -> str:
        return f"{sha256}{self._ending}"

    def _holds(self, sha256: str, size: int) -> bool:
        """Whether the store has this edition whole; the object is read."""
        if self._size(sha256) != size:
            return False
        digest = hashlib.sha256()
        for chunk in self._chunks(sha256):
            digest.update(chunk)
        return digest.hexdigest() == sha256

    def _size(self, sha256: str) -> int | None:
        with _explained(self.address):
            try:
                return obstore.head(self._store, self._name(sha256))["size"]
            except FileNotFoundError:
                return None

    def _chunks(self, sha256: str) -> Iterator[memoryview]:
        with _explained(self.address, self._name(sha256)):
            for chunk in obstore.get(self._store, self._name(sha256)).stream(min_chunk_size=PART):
                yield memoryview(chunk)


def _object_store(address: str) -> ObjectStore:
    kind = urlsplit(address).scheme
    if kind not in SCHEMES:
        raise ClusterdashError("edition_store.unknown_kind", kind=kind or "?", accepted=ACCEPTED)
    try:
        if kind == "file":
            return LocalStore.from_url(address, mkdir=True)
        return S3Store.from_url(
            address,
            client_options={
                # Given options replace those of the variables.
                "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in _TRUE,
                "connect_timeout": LONGEST_CONNECT,
                "read_timeout": LONGEST_SILENCE,
                "timeout": LONGEST_TRANSFER,
            },
            retry_config={"max_retries": MOST_RETRIES, "retry_timeout": LONGEST_RETRY},
        )
    except (BaseError, ValueError) as error:
        raise ClusterdashError("edition_store.bad_address", store=address, detail=_reason(error)) from error


@contextmanager
def _explained(address: str, name: str = "") -> Iterator[None]:
    """Turn errors of the store into sentences; `name`: the object that is read."""
    try:
        yield
    except FileNotFoundError as error:
        if error.errno is not None:  # of a file of ours, not of the store
            raise
        key = "missing" if name and _NO_BUCKET not in str(error) else "no_bucket"
        raise ClusterdashError(f"edition_store.{key}", store=address, object=name) from error
    except BaseError as error:
        denied = isinstance(error, PermissionDeniedError | UnauthenticatedError) or _DENIED.search(str(error))
        key = "no_bucket" if _NO_BUCKET in str(error) else "denied" if denied else "unreachable"
        raise ClusterdashError(f"edition_store.{key}", store=address, detail=_reason(error)) from error


def _reason(error: Exception) -> str:
    """What the server answered, or why it could not be asked, without the library's own details."""
    text = " ".join(str(error).partition("Debug source")[0].split())
    if code := re.search(r"<Code>(\w+)</Code>|status code: ([^:]+)", text):
        return (code[1] or code[2]).strip()
    server = re.search(r" (https?://[^/ ]+)", text)
    return f"{server[1]}: {text.rpartition(' - ')[2]}" if server else text
