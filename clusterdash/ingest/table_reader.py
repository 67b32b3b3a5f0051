"""Reading of sheets by the schema of their table: rows with checked cells, and all problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, Literal

from ..domain import Problem
from . import cell_parsers, values
from .cell_parsers import CellError
from .closest import closest
from .day_evidence import DayEvidence
from .known_tables import heading_key, table_of_headings
from .readers import MAXIMUM_PROBLEMS, Sheet
from .table_schemas import KEYS, TABLES, Column

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


@dataclass(slots=True)
class IngestState:
    """What has been read so far: problems, and rows by table, each with its layer, sheet and row number.

    At most `MAXIMUM_PROBLEMS` errors, and as many warnings, are kept for each sheet; `told` counts them. `readings`
    have been told; `days` are those in which day and month may be exchanged.
    """

    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, list[tuple[Layer, Sheet, int, Row]]] = field(default_factory=dict)
    told: Counter[tuple[str, str, Severity]] = field(default_factory=Counter)
    readings: set[tuple[str, str, str, values.Reading]] = field(default_factory=set)
    days: DayEvidence = field(default_factory=DayEvidence)

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

    def add_unknown_cluster(self, sheet: Sheet, row: int, cluster: str, known: Iterable[str]) -> None:
        """Add the error that a cluster is not known, with the known one that is almost called so."""
        number = [sign for sign in cluster if sign.isdigit()]
        near = closest(cluster, (one for one in known if [sign for sign in one if sign.isdigit()] == number))
        key = "cluster.unknown_like" if near else "cluster.unknown"
        self.add_problem(sheet, row, "cluster_id", cluster, key, near=near)

    def add_reading(self, sheet: Sheet, row: int, column: str, value: str, reading: values.Reading) -> None:
        """Tell how a cell is read that is not written in a documented form: once for each column of a sheet."""
        if (sheet.file, sheet.name, column, reading) not in self.readings:
            self.readings.add((sheet.file, sheet.name, column, reading))
            self.add_problem(sheet, row, column, value, f"reading.{reading}", "warning")

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


def table_of(sheet: Sheet) -> str | None:
    """The table of a sheet, by its headings or its name; "wide" for one indicator per column, None if unknown."""
    return table_of_headings(sheet.header, sheet.name)


def columns_of(findings: IngestState, sheet: Sheet, specification: Mapping[str, Column]) -> dict[str, int]:
    """The index of each known column; reports needed columns that are missing, and repeated ones."""
    where: dict[str, int] = {}
    for index, heading in enumerate(sheet.header):
        name = heading_key(heading)
        if name in where or (heading and sheet.header.index(heading) != index):
            findings.add_problem(sheet, sheet.heading_row, heading, "", "column.twice")
        elif name in specification:
            where[name] = index
    for name, column in specification.items():
        if column.needed and name not in where:
            findings.add_problem(sheet, sheet.heading_row, name, "", "column.missing", found=", ".join(sheet.header))
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
            if (name, cell) in known:
                row[name] = known[name, cell]
                continue
            try:
                value = self._parsed(number, name, column, cell)
            except CellError as refusal:
                self._findings.add_cell_error(self._sheet, number, name, cell, refusal)
                continue
            if len(known) >= CACHE_SIZE:
                known.clear()
            known[name, cell] = row[name] = value
        return row

    def _parsed(self, number: int, name: str, column: Column, cell: str) -> Any:
        """The value of a cell; tells how it is read if it is not written in a documented form."""
        findings, sheet = self._findings, self._sheet
        optional = not (column.needed or column.strict)
        if column.parse in (cell_parsers.date_cell, cell_parsers.partial_date):
            findings.days.add(sheet, number, name, cell)
        try:
            value = column.parse(cell)
        except CellError:
            if optional and values.is_no_answer(cell):
                findings.add_reading(sheet, number, name, cell, "no_answer")
                return column.empty
            raise
        if reading := cell_parsers.reading(column.parse, cell):
            findings.add_reading(sheet, number, name, cell, reading)
        return value


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
        if heading and heading_key(heading) not in specification:
            known = ", ".join(specification)
            findings.add_problem(
                sheet, sheet.heading_row, heading, "", "column.unknown", severity="warning", known=known
            )
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
