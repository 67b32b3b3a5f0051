"""A bounded look into office documents, which are ZIP archives: whether they are what their ending says. Pure.

Read are the list of the archive and every entry, in parts, so that no entry is larger than it says; nothing is kept.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from ..domain import ClusterdashError

FIRST_BYTES = b"PK\x03\x04"
MAX_ENTRIES = 5_000
MAX_UNPACKED = 200 * 1024**2
MAX_RATIO = 100
"""How many times larger than packed a document may be; the first megabyte does not count."""
_FREE = 1024**2
_PART = 64 * 1024
_LARGEST_XML = 4 * 1024**2
_LARGEST_LIST = 1024**2
"""Bytes of an archive's list of entries."""
_ENTRY, _END, _END_64 = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE, _END_64_SIZE, _LONGEST_COMMENT = 22, 20, 65_535
_ENCRYPTED_FLAG = 0x1
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_MAIN_PARTS: Mapping[str, str] = {
    "docx": f"{_OPEN_XML}wordprocessingml.document.main+xml",
    "xlsx": f"{_OPEN_XML}spreadsheetml.sheet.main+xml",
    "pptx": f"{_OPEN_XML}presentationml.presentation.main+xml",
}
_OPEN_DOCUMENT: Mapping[str, bytes] = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
_MACRO_FOLDERS = ("basic/", "scripts/")


class _WrongError(Exception):
    """What is wrong with a document: the key of the sentence."""


@dataclass(slots=True)
class _Elements:
    """What a small XML file names: content types with their parts, and the local names of all elements."""

    types: dict[str, set[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def add(self, name: str, attributes: dict[str, str]) -> None:
        self.names.add(name.rpartition(":")[2])
        if content_type := attributes.get("ContentType"):
            self.types.setdefault(content_type, set()).add(attributes.get("PartName", "").lstrip("/"))


def is_archive(content: bytes) -> bool:
    """Whether a reader of ZIP archives would find one in a content: it looks for the end, whatever stands before."""
    end = content.find(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT))
    while 0 <= end <= len(content) - _END_SIZE:
        size, offset = struct.unpack_from("<LL", content, end + 12)
        places = (end - size, offset) if size <= end else (offset,)
        if any(content.startswith(_ENTRY, place) for place in places) or _is_64_bit(content, end):
            return True
        end = content.find(_END, end + 1)
    return False


def check(name: str, kind: str, content: bytes) -> None:
    """Raise ClusterdashError unless a content is an office document of a kind ("docx", "ods", ...), without macros."""
    try:
        _check_list(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_entries(archive, len(content))
            if kind in _MAIN_PARTS:
                _check_open_xml(archive, _MAIN_PARTS[kind])
            else:
                _check_open_document(archive, _OPEN_DOCUMENT[kind])
    except _WrongError as wrong:
        raise ClusterdashError(str(wrong), name=name, kind=kind.upper()) from wrong
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        KeyError,
        struct.error,
        RuntimeError,
    ) as error:
        raise ClusterdashError("evidence_kind.damaged", name=name, kind=kind.upper()) from error


def _check_list(content: bytes) -> None:
    """The list of entries is small, and the archive's end is the end of the file. Read before anything is parsed."""
    end = content.rfind(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT))
    if end < 0 or end + _END_SIZE > len(content):
        raise _WrongError("evidence_kind.damaged")
    size, _, comment = struct.unpack_from("<LLH", content, end + 12)
    if end + _END_SIZE + comment != len(content):
        raise _WrongError("evidence_kind.two_kinds")
    if size > _LARGEST_LIST or _is_64_bit(content, end):
        raise _WrongError("evidence_kind.too_much_inside")


def _is_64_bit(content: bytes, end: int) -> bool:
    """Whether the real size of an archive's list stands elsewhere than at its end."""
    return content[max(0, end - _END_64_SIZE) : end].startswith(_END_64)


def _check_entries(archive: zipfile.ZipFile, packed: int) -> None:
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    allowed = min(MAX_UNPACKED, _FREE + MAX_RATIO * packed)
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > allowed:
        raise _WrongError("evidence_kind.too_much_inside")
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise _WrongError("evidence_kind.encrypted")
    if len(names) < len(entries) or min((entry.header_offset for entry in entries), default=1) > 0:
        raise _WrongError("evidence_kind.damaged")  # two entries of one name, or something else before the first one
    if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
        raise _WrongError("evidence_kind.damaged")
    if any(name.endswith("vbaproject.bin") or name.startswith(_MACRO_FOLDERS) for name in names):
        raise _WrongError("evidence_kind.macros")
    for entry in entries:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _WrongError("evidence_kind.damaged")
        with archive.open(entry) as file:
            while file.read(_PART):  # raises BadZipFile at the end if the sum does not agree
                pass


def _check_open_xml(archive: zipfile.ZipFile, main: str) -> None:
    types = _elements(archive, "[Content_Types].xml").types
    if any(word in content_type.lower() for content_type in types for word in _MACRO_TYPES):
        raise _WrongError("evidence_kind.macros")
    if not types.get(main, set()).intersection(archive.namelist()):
        raise _WrongError("evidence_kind.another")


def _check_open_document(archive: zipfile.ZipFile, media_type: bytes) -> None:
    first = archive.infolist()[0]
    if first.filename != "mimetype" or first.file_size > 100 or archive.read(first).strip() != media_type:
        raise _WrongError("evidence_kind.another")
    if _elements(archive, "META-INF/manifest.xml").names & {"encryption-data", "encrypted-key"}:
        raise _WrongError("evidence_kind.encrypted")


def _elements(archive: zipfile.ZipFile, name: str) -> _Elements:
    """What an XML entry names. Entities are not expanded: with a document type declaration it is refused."""
    try:
        entry = archive.getinfo(name)
    except KeyError as error:
        raise _WrongError("evidence_kind.another") from error
    if entry.file_size > _LARGEST_XML:
        raise _WrongError("evidence_kind.too_much_inside")
    found = _Elements()
    parser = expat.ParserCreate()
    parser.StartElementHandler = found.add
    parser.StartDoctypeDeclHandler = _refuse_declaration
    try:
        parser.Parse(archive.read(entry), True)
    except expat.ExpatError as error:
        raise _WrongError("evidence_kind.damaged") from error
    return found


def _refuse_declaration(*_: object) -> None:
    raise _WrongError("evidence_kind.damaged")
