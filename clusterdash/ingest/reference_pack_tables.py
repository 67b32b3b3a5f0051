"""Reference packs among the files of an edition: kept as they came, and as tables of what can be compared.

A pack is kept in the table `reference_packs`, as text in parts: so it is exported and extended like any other table,
and its signature can be checked again at any time. A later pack of a publisher for the same scheme replaces the former.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from ..domain import ClusterdashError
from ..reference_packs import archive
from ..reference_packs.content import TABLES as PACK_TABLES
from ..reference_packs.content import ReferencePack
from ..reference_packs.matching import SchemeMatch, match_scheme
from ..reference_packs.publishers import publisher_key, trust_in
from .reference_pack_files import TABLE
from .schemes import SchemeDraft, of_highest
from .sheets import Sheet
from .table_reader import IngestState, Layer
from .table_schemas import TABLES

_LISTED = 200
"""Most characters of a list of codes in a message."""
_FRAMES = {
    "reference_group": "groups",
    "reference_figure": "figures",
    "reference_frequency": "frequencies",
    "reference_share": "shares",
    "reference_composition": "composition",
}
"""Tables of an edition, and the tables of a pack that are stored there."""


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Public keys by publisher: those that were pinned, and those of the packs served, "" for unsigned ones."""

    pinned: Mapping[str, str] = field(default_factory=dict)
    served: Mapping[str, str] = field(default_factory=dict)


def packs_in_force(
    findings: IngestState, grids: Mapping[str, SchemeDraft], known: KnownKeys, *, synthetic: bool, alone: bool
) -> dict[str, tuple[ReferencePack, str, SchemeMatch]]:
    """The packs of an edition by name, each with the code of our scheme and what matches it; the latest answers first.

    Adds problems for those that cannot be compared, or are not signed as they should be. `alone`: whether there is no
    result that they could be compared with.
    """
    earlier = dict(known.served) | {
        pack.header.publisher: pack.public_key
        for _, (_, pack) in _packs(findings, [row for row in findings.of(TABLE) if row[0] is Layer.EXTENDED]).items()
    }
    found: dict[str, tuple[ReferencePack, str, SchemeMatch]] = {}
    for name, ((layer, sheet), pack) in _packs(findings, of_highest(findings, TABLE, "name")).items():
        told = {"publisher": pack.header.publisher, "title": pack.header.title}
        if layer is Layer.IMPORT:
            try:
                trust = trust_in(pack, known.pinned, earlier)
            except ClusterdashError as error:
                findings.add_problem(sheet, None, "", "", error.key, "error", **error.values)
                continue
            if trust in ("unknown", "unsigned"):
                key = f"reference_pack.{trust}"
                findings.add_problem(sheet, None, "", "", key, "warning", public_key=pack.public_key, **told)
        if alone and layer is Layer.IMPORT:
            findings.add_problem(sheet, None, "", "", "reference_pack.alone", "error", **told)
            continue
        if pack.header.synthetic != synthetic:
            key = "reference_pack.invented" if pack.header.synthetic else "reference_pack.real"
            findings.add_problem(sheet, None, "", "", key, "error", **told)
            continue
        scheme = _own_scheme(pack, grids)
        match = match_scheme(pack.rows("indicators"), grids[scheme].indicators.values()) if scheme else None
        if not match or not match.indicators:
            values = {"scheme": pack.header.scheme, "known": ", ".join(grids), **told}
            findings.add_problem(sheet, None, "", "", "reference_pack.foreign_scheme", "error", **values)
            continue
        _tell_differences(findings, sheet, match)
        found[name] = pack, scheme, match
    return dict(sorted(found.items(), key=lambda one: _order(one[1][0])))


def _order(pack: ReferencePack) -> tuple[bool, bool, int, str]:
    """Which of several packs pages open with: one with the 500 best, signed, with the latest answers."""
    best = any(row["kind"] == "top500" for row in pack.rows("groups"))
    return not best, not pack.public_key, -pack.header.last_year, publisher_key(pack.header.publisher)


def _packs(
    findings: IngestState, rows: Iterable[tuple[Layer, Sheet, int, dict[str, Any]]]
) -> dict[str, tuple[tuple[Layer, Sheet], ReferencePack]]:
    """The packs in rows of the table by name, with where they come from; those that cannot be read are problems."""
    parts: dict[str, dict[int, str]] = {}
    places: dict[str, tuple[Layer, Sheet]] = {}
    again: dict[str, tuple[Sheet, Sheet]] = {}
    for layer, sheet, _, row in rows:
        if row.keys() >= set(TABLES[TABLE]):
            _, before = places.setdefault(row["name"], (layer, sheet))
            if before.file != sheet.file:
                again[sheet.file] = sheet, before
                continue
            parts.setdefault(row["name"], {})[int(row["part"])] = row["content"]
    for sheet, before in again.values():
        findings.add_problem(sheet, None, "", "", "reference_pack.twice", "error", other=before.file)
    found = {}
    for name, by_number in parts.items():
        try:
            found[name] = places[name], _pack("".join(text for _, text in sorted(by_number.items())))
        except ClusterdashError as error:
            findings.add_problem(places[name][1], None, "content", "", error.key, "error", **error.values)
    return found


@lru_cache(maxsize=4)
def _pack(text: str) -> ReferencePack:
    """The pack in a text: cached, for it is asked for several times while files are checked."""
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ClusterdashError("reference_pack.no_zip") from error
    return archive.read(content)


def _own_scheme(pack: ReferencePack, grids: Mapping[str, SchemeDraft]) -> str:
    """The scheme of ours that a pack is about: of the same code, else of the same family and version; "" for none."""
    header = pack.header
    if header.scheme in grids:
        return header.scheme
    described = {(grid.scheme.get("family"), grid.scheme.get("version")): code for code, grid in grids.items()}
    return described.get((header.family, header.version), "")


def _tell_differences(findings: IngestState, sheet: Sheet, match: SchemeMatch) -> None:
    for one in match.differing:
        values = {"what": one.column, "theirs": one.theirs, "ours": one.ours}
        findings.add_problem(sheet, None, "", one.code, "reference_pack.differs", "warning", **values)
    for key, codes in (("reference_pack.not_here", match.unknown), ("reference_pack.only_here", match.lacking)):
        if codes:
            values = {"n": len(codes), "codes": ", ".join(codes)[:_LISTED]}
            findings.add_problem(sheet, None, "", "", key, "warning", **values)


def pack_frames(packs: Mapping[str, tuple[ReferencePack, str, SchemeMatch]]) -> dict[str, pd.DataFrame]:
    """The packs as tables of an edition (`schema.sql`), of what matches its schemes."""
    headers = [
        {
            "pack": pack.pack_id,
            "scheme": scheme,
            "publisher": pack.header.publisher,
            "title": pack.header.title,
            "created": pack.header.created,
            "licence": pack.header.licence,
            "first_year": pack.header.first_year,
            "last_year": pack.header.last_year,
            "combined": "\n".join(pack.header.combined),
            "public_key": pack.public_key,
            "position": position,
        }
        for position, (pack, scheme, _) in enumerate(packs.values(), start=1)
    ]
    frames = {"reference_pack": pd.DataFrame(headers, columns=_HEADER_COLUMNS)}
    for frame, table in _FRAMES.items():
        rows = [row for pack, _, match in packs.values() for row in _matching_rows(pack, table, match)]
        columns = ["pack", *PACK_TABLES[table], *(["whole_numbers"] if table == "figures" else [])]
        frames[frame] = pd.DataFrame(rows, columns=columns)
    return frames


def _matching_rows(pack: ReferencePack, table: str, match: SchemeMatch) -> list[dict[str, Any]]:
    whole = {row["code"]: row["whole_numbers"] for row in pack.rows("indicators")}
    found = []
    for row in pack.rows(table):
        known = match.dimensions if row.get("subject") == "dimension" else match.indicators
        if "code" in row and row["code"] not in known:
            continue
        added = {"whole_numbers": whole.get(row["code"], False)} if table == "figures" else {}
        found.append({"pack": pack.pack_id, **row, **added})
    return found


_HEADER_COLUMNS = [
    *("pack", "scheme", "publisher", "title", "created", "licence", "first_year", "last_year", "combined"),
    *("public_key", "position"),
]
