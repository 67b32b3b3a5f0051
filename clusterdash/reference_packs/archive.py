"""Reference packs as files: a ZIP with a Frictionless Data Package, and its signature.

`datapackage.json` (https://specs.frictionlessdata.io/data-package/) names the SHA-256 of every table, so that its
signature covers them all. The same content gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..domain import ClusterdashError, LocalizedText
from . import signing
from .consistency import ensure_consistent
from .content import DESCRIPTIONS, FORMAT, TABLES, PackColumn, PackHeader, ReferencePack, Row

SUFFIX = ".zip"
DESCRIPTION, SIGNATURE = "datapackage.json", "signature.json"
MAXIMUM_UNPACKED = 50 * 1024**2
"""Bytes of all files of a pack together."""
MAXIMUM_ROWS = 300_000
"""Of all tables of a pack together."""
_ID_DIGITS = 16
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TRUTH = {"0": False, "1": True}


def write(pack: ReferencePack, key: Ed25519PrivateKey | None = None) -> bytes:
    """The ZIP of a pack, signed with a key; unsigned without one."""
    tables = {f"{name}.csv": _as_csv(name, pack.tables[name]) for name in TABLES}
    description = json.dumps(_described(pack, tables), ensure_ascii=False, indent=2).encode() + b"\n"
    members = {DESCRIPTION: description, **tables}
    if key:
        members[SIGNATURE] = signing.sign(description, key)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read(content: bytes) -> ReferencePack:
    """The pack in a ZIP, checked against its own description, hashes and signature.

    Raises ClusterdashError, with the file, row and column, for anything else.
    """
    members = _unpacked(content)
    description = members.pop(DESCRIPTION, None)
    if description is None:
        raise ClusterdashError("reference_pack.no_description", file=DESCRIPTION)
    signature = members.pop(SIGNATURE, None)
    public_key = signing.verify(description, signature) if signature is not None else ""
    header, hashes = _read_description(description)
    expected = {f"{name}.csv" for name in TABLES}
    if strange := sorted(members.keys() ^ expected):
        key = "reference_pack.strange_file" if strange[0] in members else "reference_pack.missing_file"
        raise ClusterdashError(key, file=strange[0])
    for name in sorted(expected):
        if hashes.get(name) != _hash(members[name]):
            raise ClusterdashError("reference_pack.changed", file=name)
    tables: dict[str, tuple[Row, ...]] = {}
    left = MAXIMUM_ROWS
    for name in TABLES:
        tables[name] = _read_table(name, members[f"{name}.csv"], left)
        left -= len(tables[name])
    pack_id = hashlib.sha256(description).hexdigest()[:_ID_DIGITS]
    pack = ReferencePack(header, tables, pack_id, public_key)
    ensure_consistent(pack)
    return pack


def _described(pack: ReferencePack, tables: Mapping[str, bytes]) -> dict[str, Any]:
    header = pack.header
    name = f"{header.publisher} {header.scheme} {header.last_year}"
    return {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "reference-pack",
        "title": header.title,
        "created": header.created,
        "licenses": [{"name": header.licence, "title": header.licence}],
        "contributors": [{"title": header.publisher, "role": "publisher"}],
        "clusterdash": {
            "format": FORMAT,
            "scheme": header.scheme,
            "family": header.family,
            "version": header.version,
            "name_en": header.scheme_name.en,
            "name_fr": header.scheme_name.fr,
            "first_year": header.first_year,
            "last_year": header.last_year,
            "synthetic": header.synthetic,
            "combined": list(header.combined),
        },
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": table,
                "path": f"{table}.csv",
                "description": DESCRIPTIONS[table],
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(tables[f"{table}.csv"]),
                "hash": f"sha256:{_hash(tables[f'{table}.csv'])}",
                "schema": {"fields": [_field(name, column) for name, column in columns.items()], "missingValues": [""]},
            }
            for table, columns in TABLES.items()
        ],
    }


def _field(name: str, column: PackColumn) -> dict[str, Any]:
    constraints = {
        "required": column.required or None,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "enum": list(column.one_of) or None,
    }
    told = {rule: value for rule, value in constraints.items() if value is not None}
    words = {"trueValues": ["1"], "falseValues": ["0"]} if column.kind == "boolean" else {}
    return {
        "name": name,
        "type": column.kind,
        "description": column.description,
        **words,
        **({"constraints": told} if told else {}),
    }


def _as_csv(table: str, rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(TABLES[table])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP by name; no more than is allowed is unpacked, whatever the ZIP says of its size."""
    members: dict[str, bytes] = {}
    left = MAXIMUM_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for member in packed.infolist():
                if member.filename in members:
                    raise ClusterdashError("reference_pack.strange_file", file=member.filename)
                with packed.open(member) as file:
                    members[member.filename] = file.read(left + 1)
                left -= len(members[member.filename])
                if left < 0:
                    raise ClusterdashError("reference_pack.too_large", megabytes=MAXIMUM_UNPACKED // 1024**2)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise ClusterdashError("reference_pack.no_zip") from error  # cut off, encrypted, or of another kind
    except Exception as error:  # zlib.error and its like are no subclasses of anything above
        if isinstance(error, ClusterdashError):
            raise
        raise ClusterdashError("reference_pack.no_zip") from error
    return members


def _read_description(content: bytes) -> tuple[PackHeader, dict[str, str]]:
    """The header of a pack, and the hashes of its tables by path."""
    try:
        told = json.loads(content)
        own = told["clusterdash"]
        if own["format"] != FORMAT:
            raise ClusterdashError("reference_pack.format", found=own["format"], expected=FORMAT)
        header = PackHeader(
            publisher=_text(told["contributors"][0]["title"]),
            title=_text(told["title"]),
            created=date.fromisoformat(told["created"]).isoformat(),
            licence=_text(told["licenses"][0]["name"]),
            scheme=_text(own["scheme"]),
            family=_text(own["family"]),
            version=_text(own["version"]),
            scheme_name=LocalizedText(_text(own["name_fr"]), _text(own["name_en"])),
            first_year=_year(own["first_year"]),
            last_year=_year(own["last_year"]),
            synthetic=_truth(own["synthetic"]),
            combined=tuple(_text(title, _LONGEST_NAME) for title in own["combined"][:_MOST_COMBINED]),
        )
        if header.first_year > header.last_year:
            raise ValueError(header.first_year)
        hashes = {_text(one["path"]): _text(one["hash"]).removeprefix("sha256:") for one in told["resources"]}
    except ClusterdashError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise ClusterdashError("reference_pack.bad_description", file=DESCRIPTION) from error
    return header, hashes


_LONGEST, _LONGEST_NAME = 500, 200
"""Most characters of a text in a table, and in the description."""
_LARGEST = 2**31 - 1, 1e15
"""The largest whole number, and the largest other one."""
_MOST_COMBINED = 100
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def _text(value: object, longest: int = _LONGEST_NAME) -> str:
    """A text of one line. Raises ValueError for anything else."""
    if not isinstance(value, str) or not is_name(value, longest):
        raise ValueError(value)
    return value.strip()


def is_name(text: str, longest: int = _LONGEST_NAME) -> bool:
    """Whether a text can be the name of a publisher or a licence: one line, and not too long."""
    return bool(text.strip()) and len(text) <= longest and text.isprintable()


def _year(value: object) -> int:
    if type(value) is not int or not 1990 <= value <= 2200:
        raise ValueError(value)
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _read_table(name: str, content: bytes, most: int) -> tuple[Row, ...]:
    columns = TABLES[name]
    file = f"{name}.csv"
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ClusterdashError("reference_pack.no_table", file=file) from error
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if next(reader, None) != list(columns):
            raise ClusterdashError("reference_pack.no_table", file=file)
        for number, cells in enumerate(reader, start=2):
            if len(rows) >= most:
                raise ClusterdashError("reference_pack.too_many_rows", maximum=MAXIMUM_ROWS)
            if len(cells) != len(columns):
                told = ",".join(cells)[:_LONGEST_NAME]
                raise ClusterdashError("reference_pack.cell", file=file, row=number, column="–", value=told)
            rows.append(
                tuple(
                    _parsed(cell, column, file, number, heading)
                    for cell, (heading, column) in zip(cells, columns.items(), strict=True)
                )
            )
    except csv.Error as error:
        raise ClusterdashError("reference_pack.no_table", file=file) from error
    return tuple(rows)


def _parsed(cell: str, column: PackColumn, file: str, row: int, heading: str) -> Any:
    try:
        if not cell:
            if column.required:
                raise ValueError(cell)
            return "" if column.kind == "string" else None
        if column.kind == "string":
            value: Any = _text(cell, _LONGEST)
        elif column.kind == "boolean":
            value = _TRUTH[cell]
        else:
            whole = column.kind == "integer"
            if not _NUMBER.fullmatch(cell):
                raise ValueError(cell)
            value = int(cell) if whole else float(cell)
            low = -_LARGEST[not whole] if column.minimum is None else column.minimum
            high = _LARGEST[not whole] if column.maximum is None else column.maximum
            if not low <= value <= high:
                raise ValueError(cell)
        if column.one_of and value not in column.one_of:
            raise ValueError(cell)
    except (ValueError, KeyError) as error:
        place = {"file": file, "row": row, "column": heading, "value": cell[:_LONGEST_NAME]}
        raise ClusterdashError("reference_pack.cell", **place) from error
    return value


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
