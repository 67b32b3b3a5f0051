"""Schemas of the imported tables, their columns and allowed cells; and readers of sheets by schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, Literal

from ..domain import GrantRole, Label, Problem
from . import cell_parsers
from .cell_parsers import CellError, Parser
from .readers import MAXIMUM_PROBLEMS, Sheet

Severity = Literal["error", "warning"]
Row = dict[str, Any]
CACHE_SIZE = 100_000
"""Maximum number of cached cells; the cache is cleared when it is full."""
MAXIMUM_UNKEYED = 200_000
"""Maximum number of rows of a table without a key, such as awards."""


class Layer(IntEnum):
    """Where a row comes from; a higher layer completes or replaces lower ones.

    The facts of the project or the operator; the sources of an edition that is to be extended; the submitted files.
    """

    FACTS = 0
    EXTENDED = 1
    IMPORT = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: parser, and value of an empty cell. `needed`: it must exist and have no empty cell."""

    parse: Parser
    needed: bool = False
    empty: Any = None


_TEXT = Column(cell_parsers.text, empty="")
_NAME = Column(cell_parsers.text, needed=True)
_PROSE = Column(cell_parsers.prose, empty="")
CODE = Column(cell_parsers.code, needed=True)
_KINDS = ("level", "share", "number", "points", "gate")
CLUSTER_DETAILS = {
    "name": _NAME,
    "country": Column(cell_parsers.country, needed=True),
    "city": _TEXT,
    "region": _TEXT,
    "latitude": Column(cell_parsers.NumberWithin(-90, 90)),
    "longitude": Column(cell_parsers.NumberWithin(-180, 180)),
    "geo_precision": Column(cell_parsers.OneOf(("city", "region", "unknown"))),
    "sector": Column(cell_parsers.codes, empty=()),
    "activity": _TEXT,
    "website": Column(cell_parsers.url, empty=""),
    "note": _TEXT,
    "founded": Column(cell_parsers.partial_date, empty=""),
}
ASSESSMENT = {
    "cluster_id": CODE,
    "assessed_on": Column(cell_parsers.date_cell, needed=True),
    "evidence": Column(cell_parsers.OneOf(("declared", "verified")), empty="declared"),
}
TABLES: dict[str, dict[str, Column]] = {
    "edition": {"title": _TEXT, "synthetic": Column(cell_parsers.boolean, needed=True)},
    "schemes": {
        "scheme": CODE,
        "family": CODE,
        "version": _NAME,
        "name_en": _NAME,
        "name_fr": _NAME,
        "purpose": Column(cell_parsers.OneOf(("benchmark", "evaluation")), needed=True),
        "illustrative": Column(cell_parsers.boolean, needed=True),
        "pass_share": Column(cell_parsers.NumberWithin(0, 100)),
    },
    "dimensions": {
        "scheme": CODE,
        "code": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "position": Column(cell_parsers.number),
    },
    "indicators": {
        "scheme": CODE,
        "code": CODE,
        "dimension": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "kind": Column(cell_parsers.OneOf(_KINDS), needed=True),
        "unit_en": _TEXT,
        "unit_fr": _TEXT,
        "minimum": Column(cell_parsers.number),
        "maximum": Column(cell_parsers.number),
        "direction": Column(cell_parsers.OneOf(("higher", "lower", "none")), needed=True),
        "threshold": Column(cell_parsers.number),
        "basis": _TEXT,
        "silver_audit": Column(cell_parsers.OneOf(("yes", "no", "unknown")), empty=""),
    },
    "sectors": {
        "code": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "is_esca_portfolio": Column(cell_parsers.boolean, empty=False),
    },
    "clusters": {"cluster_id": CODE, **CLUSTER_DETAILS},
    "awards": {
        "cluster_id": CODE,
        "label": Column(cell_parsers.OneOf(tuple(Label)), needed=True),
        "awarded_on": Column(cell_parsers.partial_date, empty=""),
        "date_precision": _TEXT,
        "date_basis": _TEXT,
        "valid_until": Column(cell_parsers.partial_date, empty=""),
        "valid_months": Column(cell_parsers.NumberWithin(1, 120, whole=True)),
        "source_url": Column(cell_parsers.url, empty=""),
        "confidence": Column(cell_parsers.OneOf(("high", "medium")), empty="medium"),
        "checked_on": Column(cell_parsers.partial_date, empty=""),
    },
    "observations": {
        "cluster_id": CODE,
        "label": Column(cell_parsers.OneOf(tuple(Label)), needed=True),
        "seen_on": Column(cell_parsers.partial_date, needed=True),
        "state": Column(cell_parsers.OneOf(("held", "lapsed")), needed=True),
        "basis": _TEXT,
        "source_url": Column(cell_parsers.url, empty=""),
        "confidence": Column(cell_parsers.OneOf(("high", "medium")), empty="medium"),
    },
    "validity": {
        "label": Column(cell_parsers.OneOf(tuple(Label)), needed=True),
        "award": Column(cell_parsers.OneOf(("first", "renewal")), needed=True),
        "from": Column(cell_parsers.NumberWithin(1990, 2100, whole=True), needed=True),
        "until": Column(cell_parsers.NumberWithin(1990, 2100, whole=True)),
        "months": Column(cell_parsers.NumberWithin(1, 120, whole=True), needed=True),
        "counted_from": _NAME,
        "renewal_window_months": Column(cell_parsers.NumberWithin(0, 120, whole=True), needed=True),
        "confidence": Column(cell_parsers.OneOf(("official", "holders", "inferred")), needed=True),
        "basis_en": _NAME,
        "basis_fr": _NAME,
        "source_url": Column(cell_parsers.url, empty=""),
    },
    "coverage": {
        "label": Column(cell_parsers.OneOf(tuple(Label)), needed=True),
        "share_percent": Column(cell_parsers.NumberWithin(0, 100), needed=True),
        "basis_fr": _NAME,
        "basis_en": _NAME,
    },
    "register": {"title_fr": _NAME, "title_en": _NAME, "as_of": Column(cell_parsers.partial_date, needed=True)},
    "bands": {
        "scheme": CODE,
        "kind": Column(cell_parsers.OneOf(("size", "age")), needed=True),
        "key": CODE,
        "indicator": CODE,
        "low": Column(cell_parsers.number),
        "high": Column(cell_parsers.number),
        "name_fr": _NAME,
        "name_en": _NAME,
    },
    "dictionary": {
        "scheme": CODE,
        "indicator": CODE,
        "measures_fr": _NAME,
        "measures_en": _NAME,
        "matters_fr": _NAME,
        "matters_en": _NAME,
    },
    "recommendations": {
        "scheme": CODE,
        "indicator": CODE,
        "limit": Column(cell_parsers.number),
        "effort": Column(cell_parsers.NumberWithin(1, 3, whole=True), needed=True),
        "action_fr": _NAME,
        "action_en": _NAME,
        "good_fr": _NAME,
        "good_en": _NAME,
        "evidence_fr": _NAME,
        "evidence_en": _NAME,
    },
    "grants": {
        "email": Column(cell_parsers.email, needed=True),
        "role": Column(cell_parsers.OneOf(tuple(GrantRole)), needed=True),
        "cluster_id": Column(cell_parsers.codes, empty=()),
        "valid_from": Column(cell_parsers.date_cell),
        "valid_until": Column(cell_parsers.date_cell),
    },
    "documents": {"scheme": CODE, "code": CODE, "indicator": CODE, "name_fr": _NAME, "name_en": _NAME},
    "efforts": {
        "scheme": CODE,
        "indicator": CODE,
        "level": Column(cell_parsers.number, empty=0.0),
        "effort": Column(cell_parsers.NumberWithin(1, 9, whole=True)),
        "basis": _TEXT,
    },
    "remarks": {**ASSESSMENT, "scheme": CODE, "indicator": CODE, "notes": _PROSE, "proof": _PROSE},
    "stories": {
        **ASSESSMENT,
        "scheme": CODE,
        "story": Column(cell_parsers.NumberWithin(1, 20, whole=True), needed=True),
        "what": _PROSE,
        "result": _PROSE,
    },
    "answers": {**ASSESSMENT, "scheme": CODE, "indicator": CODE, "value": Column(cell_parsers.any_value)},
}
KEYS = {
    "schemes": ("scheme",),
    "dimensions": ("scheme", "code"),
    "indicators": ("scheme", "code"),
    "sectors": ("code",),
    "clusters": ("cluster_id",),
    "coverage": ("label",),
    "validity": ("label", "award", "from"),
    "register": (),  # one row: the last one wins
    "dictionary": ("scheme", "indicator"),
    "bands": ("scheme", "kind", "key"),
    "documents": ("scheme", "code"),
    "efforts": ("scheme", "indicator", "level"),
    "remarks": ("cluster_id", "scheme", "assessed_on", "evidence", "indicator"),
    "stories": ("cluster_id", "scheme", "assessed_on", "evidence", "story"),
}
DERIVED = {"date_precision", "founded"}  # derived from the date, or only for checking; not stored


@dataclass(slots=True)
class IngestState:
    """What has been read so far: problems, and rows by table, each with its layer, sheet and row number.

    At most `MAXIMUM_PROBLEMS` errors, and as many warnings, are kept for each sheet; `told` counts them.
    """

    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, list[tuple[Layer, Sheet, int, Row]]] = field(default_factory=dict)
    told: Counter[tuple[str, str, Severity]] = field(default_factory=Counter)

    def add_problem(
        self,
        sheet: Sheet,
        row: int | None,
        column: str,
        value: str,
        key: str,
        severity: Severity = "error",
        **values: object,
    ) -> None:
        """Add a problem: `key` is its message, `values` the placeholders."""
        place = (sheet.file, sheet.name, severity)
        self.told[place] += 1
        if self.told[place] > MAXIMUM_PROBLEMS + 1:
            return
        if self.told[place] > MAXIMUM_PROBLEMS:
            row, column, value, values = None, "", "", {"maximum": MAXIMUM_PROBLEMS}
            key = "sheet.too_many_problems" if severity == "error" else "sheet.more_warnings"
        self.problems.append(Problem(sheet.file, sheet.name, row, column, value, key, tuple(values.items()), severity))

    def add_cell_error(self, sheet: Sheet, row: int, column: str, value: str, refusal: CellError) -> None:
        """Add the error of a cell that could not be parsed."""
        self.add_problem(sheet, row, column, value, refusal.key, "error", **dict(refusal.values))

    def rows_of(self, sheet: Sheet) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The rows of a sheet, with their numbers; stops after more than `MAXIMUM_PROBLEMS` errors."""
        place: tuple[str, str, Severity] = (sheet.file, sheet.name, "error")
        for row in sheet.rows:
            if self.told[place] > MAXIMUM_PROBLEMS:
                return
            yield row

    def rows_in(self, table: str, *layers: Layer) -> list[Row]:
        """The rows of a table from some layers."""
        return [row for layer, _, _, row in self.of(table) if layer in layers]

    def of(self, table: str) -> list[tuple[Layer, Sheet, int, Row]]:
        """The rows of a table, with layer, sheet and row number; values that could not be parsed are absent."""
        return self.rows.setdefault(table, [])


_CERTAIN = {
    "answers": {"cluster_id", "indicator", "value"},
    "remarks": {"cluster_id", "indicator", "notes"},
    "stories": {"cluster_id", "story"},
    "wide": {"cluster_id", "assessed_on"},
}
_LIKELY = {
    "grants": {"email", "role"},
    "awards": {"cluster_id", "label"},
    "clusters": {"cluster_id", "name", "country"},
}
"""Columns that identify the table of a sheet: `_CERTAIN` whatever its name, `_LIKELY` if its name is no table."""


def table_of(sheet: Sheet) -> str | None:
    """The table of a sheet, by its columns or its name; "wide" for one indicator per column, None if unknown."""
    columns, name = {column.lower() for column in sheet.header}, sheet.name.strip().lower()
    certain = next((table for table, told in _CERTAIN.items() if told <= columns), None)
    named = name if name in TABLES and name != "answers" else None
    likely = next((table for table, told in _LIKELY.items() if told <= columns), None)
    return certain or named or likely or ("answers" if name == "answers" else None)


def columns_of(findings: IngestState, sheet: Sheet, specification: Mapping[str, Column]) -> dict[str, int]:
    """The index of each known column; reports needed columns that are missing, and repeated ones."""
    where: dict[str, int] = {}
    for index, heading in enumerate(sheet.header):
        name = heading.lower()
        if name in where or (heading and sheet.header.index(heading) != index):
            findings.add_problem(sheet, 1, heading, "", "column.twice")
        elif name in specification:
            where[name] = index
    for name, column in specification.items():
        if column.needed and name not in where:
            findings.add_problem(sheet, 1, name, "", "column.missing", found=", ".join(sheet.header))
    return where


def as_cell(value: Any) -> str:
    """A value as the text of a cell, which is parsed to the same value again."""
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float():
            return repr(value).removesuffix(".0")
        case date():
            return value.isoformat()
        case tuple():
            return "|".join(value)
    return str(value)


class RowReader:
    """Parses the rows of a sheet by a specification; caches parsed cells, since the same ones occur in thousands."""

    def __init__(
        self, findings: IngestState, sheet: Sheet, where: Mapping[str, int], specification: Mapping[str, Column]
    ) -> None:
        """`where` is the result of `columns_of`."""
        self._findings = findings
        self._sheet = sheet
        self._plan = [(name, column, where[name]) for name, column in specification.items() if name in where]
        self._absent = {name: column.empty for name, column in specification.items() if name not in where}
        self._known: dict[tuple[str, str], Any] = {}

    def row(self, number: int, cells: Sequence[str]) -> Row:
        """The values of a row; those that could not be parsed are reported, and absent."""
        row, known = dict(self._absent), self._known
        for name, column, index in self._plan:
            cell = cells[index]
            if not cell:
                if column.needed:
                    self._findings.add_problem(self._sheet, number, name, "", "cell.empty")
                else:
                    row[name] = column.empty
                continue
            try:
                value = known[name, cell] if (name, cell) in known else column.parse(cell)
            except CellError as refusal:
                self._findings.add_cell_error(self._sheet, number, name, cell, refusal)
                continue
            if len(known) >= CACHE_SIZE:
                known.clear()
            known[name, cell] = row[name] = value
        return row


def rows_of(
    findings: IngestState, sheet: Sheet, where: Mapping[str, int], specification: Mapping[str, Column]
) -> Iterator[tuple[int, tuple[str, ...], Row]]:
    """Each row's number, cells, and parsed values; values that could not be parsed are reported, and absent.

    An incomplete row is kept, so that all its other errors are found in the same run; it is never published.
    """
    reader = RowReader(findings, sheet, where, specification)
    for number, cells in findings.rows_of(sheet):
        yield number, cells, reader.row(number, cells)


def known_columns(findings: IngestState, sheet: Sheet, table: str) -> dict[str, int] | None:
    """The index of each column of a table; reports unknown ones. None if a needed one is missing."""
    specification = TABLES[table]
    where = columns_of(findings, sheet, specification)
    for heading in sheet.header:
        if heading and heading.lower() not in specification:
            known = ", ".join(specification)
            findings.add_problem(sheet, 1, heading, "", "column.unknown", severity="warning", known=known)
    return None if any(column.needed and name not in where for name, column in specification.items()) else where


def read_table(findings: IngestState, layer: Layer, sheet: Sheet, table: str) -> None:
    """Read a sheet as a table; rows and problems are added to `findings`."""
    where = known_columns(findings, sheet, table)
    if where is None:
        return
    before = {_key(table, row): (other, first, row) for of, other, first, row in findings.of(table) if of == layer}
    for number, _, row in rows_of(findings, sheet, where, TABLES[table]):
        key = _key(table, row)
        if None in key:
            continue
        if not key and len(findings.of(table)) > MAXIMUM_UNKEYED:
            findings.add_problem(sheet, number, "", "", "sheet.too_many_rows", maximum=MAXIMUM_UNKEYED)
            return
        if key and key in before:
            other, first, told = before[key]
            if other is sheet:
                again = " / ".join(map(as_cell, key))
                findings.add_problem(sheet, number, KEYS[table][-1], again, "row.twice", first=first)
                continue
            for name in sorted(row.keys() & told.keys()):
                if row[name] != told[name] and not {row[name], told[name]} & {None, "", ()}:
                    values = {"first": first, "file": other.file}
                    findings.add_problem(sheet, number, name, str(row[name]), "row.contradicts", "error", **values)
            if table != "clusters":  # these are merged cell by cell; of others the first row is kept
                continue
        before.setdefault(key, (sheet, number, row))
        findings.of(table).append((layer, sheet, number, row))


def _key(table: str, row: Row) -> tuple[Any, ...]:
    """The key of a row; () for tables without a key."""
    return tuple(row.get(name) for name in KEYS.get(table, ()))
