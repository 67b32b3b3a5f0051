"""Which files are accepted as evidence: how large, how many, and of which kinds. Pure.

The ending of the name, the first bytes and, for office documents, what is inside must agree. A file that programs could
also take for another kind is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..domain import ClusterdashError
from ..ingest.invisible_characters import remove_invisible
from . import office_documents

MEGABYTE = 1024**2
MAX_BYTES = 20 * MEGABYTE
"""Of one file."""
MAX_CASE_BYTES = 200 * MEGABYTE
MAX_CASE_FILES = 100
MAX_NAME = 150
"""Characters of a name that are kept."""


class FileKind(StrEnum):
    """A kind of file, by the ending of its name."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    PNG = "png"
    JPG = "jpg"
    TXT = "txt"
    CSV = "csv"


MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.PNG: "image/png",
    FileKind.JPG: "image/jpeg",
    FileKind.TXT: "text/plain",
    FileKind.CSV: "text/csv",
}
_OFFICE = {FileKind.DOCX, FileKind.XLSX, FileKind.PPTX, FileKind.ODT, FileKind.ODS}
_ENDINGS = {**{kind.value: kind for kind in FileKind}, "jpeg": FileKind.JPG}
_FIRST_BYTES = {
    FileKind.PDF: b"%PDF-",
    FileKind.PNG: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    FileKind.JPG: b"\xff\xd8\xff",
    **dict.fromkeys(_OFFICE, office_documents.FIRST_BYTES),
}
_OLE = b"\xd0\xcf\x11\xe0"
"""The first bytes of encrypted office documents and of those in the formats before 2007."""
_PDF_HEAD = 1024
"""Readers of PDF look for its first bytes, and for its end, among so many."""
_PDF_END = b"%%EOF"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*]')


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be stored: its name without folders and without characters that mislead, and its kind."""

    name: str
    kind: FileKind


def accept(name: str, content: bytes) -> Accepted:
    """Check a file. Raises ClusterdashError, with what is wrong and what to do, if it is not accepted."""
    shown = clean_name(name)
    kind = _ENDINGS.get(shown.rpartition(".")[2].lower()) if "." in shown else None
    if kind is None:
        raise ClusterdashError("evidence_kind.unknown", name=shown, kinds=", ".join(FileKind))
    if not content:
        raise ClusterdashError("evidence_kind.empty", name=shown)
    if len(content) > MAX_BYTES:
        raise ClusterdashError("evidence_kind.too_large", name=shown, megabytes=MAX_BYTES // MEGABYTE)
    if kind in _FIRST_BYTES:
        _check_first_bytes(shown, kind, content)
    elif not _is_text(content):
        raise ClusterdashError("evidence_kind.not_text", name=shown, kind=kind.upper())
    if kind in _OFFICE:
        office_documents.check(shown, kind.value, content)
    elif office_documents.is_archive(content):
        raise ClusterdashError("evidence_kind.two_kinds", name=shown, kind=kind.upper())
    if kind is FileKind.PDF:
        if _PDF_END not in content[-_PDF_HEAD:]:
            raise ClusterdashError("evidence_kind.damaged", name=shown, kind=kind.upper())
    elif _FIRST_BYTES[FileKind.PDF] in content[:_PDF_HEAD]:
        raise ClusterdashError("evidence_kind.two_kinds", name=shown, kind=kind.upper())
    return Accepted(shown, kind)


def require_within_limits(number: int, size: int, added: int) -> None:
    """Raise ClusterdashError if a case with `number` files of `size` bytes cannot take one more of `added` bytes."""
    if number >= MAX_CASE_FILES:
        raise ClusterdashError("evidence_kind.too_many", most=MAX_CASE_FILES)
    if size + added > MAX_CASE_BYTES:
        raise ClusterdashError("evidence_kind.no_room", megabytes=MAX_CASE_BYTES // MEGABYTE)


def clean_name(name: str) -> str:
    """A file's name without folders, and without characters that control, hide or reorder text; at most MAX_NAME."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = " ".join(_NOT_IN_NAMES.sub("", remove_invisible(last)).split()).lstrip(".")
    stem, point, ending = shown.rpartition(".")
    if len(shown) > MAX_NAME and point and len(ending) < MAX_NAME // 2:
        return f"{stem[: MAX_NAME - len(ending) - 2]}….{ending}"
    return shown[:MAX_NAME]


def _check_first_bytes(name: str, kind: FileKind, content: bytes) -> None:
    if content.startswith(_FIRST_BYTES[kind]):
        return
    if kind in _OFFICE and content.startswith(_OLE):
        raise ClusterdashError("evidence_kind.encrypted", name=name)
    raise ClusterdashError("evidence_kind.another", name=name, kind=kind.upper())


def _is_text(content: bytes) -> bool:
    """Whether a content is text in UTF-8, in UTF-16 with a byte order mark, or in Windows-1252."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return _CONTROL.search(content.decode(encoding)) is None
        except UnicodeDecodeError:
            continue
    return False
