"""Sheets -> checked tables, and the list of all problems. Pure: reads no file, asks no database.

Two layers come in. The *facts* are what the project ships or an operator keeps (sectors, schemes, the register of
labels); the *import* is what is handed in now. Rows of the import complete the facts or take their place: a sector by
its code, a scheme as a whole, a cluster cell by cell; awards are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd

from . import fields
from .fields import Parser, Refusal
from .forms import ASSESSMENT, CLUSTER_DETAILS, CODE, DERIVED, KEYS, TABLES, Column
from .model import Problem
from .sheets import Sheet

Layer = Literal["facts", "import"]
Severity = Literal["error", "warning"]
Row = dict[str, Any]


@dataclass(slots=True)
class Tables:
    """Checked tables, columns as in `schema.sql`, ready to be published."""

    title: str
    synthetic: bool
    frames: dict[str, pd.DataFrame]


@dataclass(slots=True)
class _Bench:
    """The work in progress: problems found, rows kept with the place they came from."""

    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, list[tuple[Layer, Sheet, int, Row]]] = field(default_factory=dict)

    def complain(
        self,
        sheet: Sheet,
        row: int | None,
        column: str,
        value: str,
        key: str,
        severity: Severity = "error",
        **values: object,
    ) -> None:
        self.problems.append(Problem(sheet.file, sheet.name, row, column, value, key, tuple(values.items()), severity))

    def refuse(self, sheet: Sheet, row: int, column: str, value: str, refusal: Refusal) -> None:
        self.problems.append(Problem(sheet.file, sheet.name, row, column, value, refusal.key, refusal.values))

    def of(self, table: str) -> list[tuple[Layer, Sheet, int, Row]]:
        return self.rows.setdefault(table, [])


def check(facts: Sequence[Sheet], handed_in: Sequence[Sheet], today: date) -> tuple[Tables | None, list[Problem]]:
    """Check everything that is handed in against itself and against the facts.

    Returns the tables, or None where an error was found, and every problem in one list.
    """
    bench = _Bench()
    wide: list[Sheet] = []
    for layer, sheets in (("facts", facts), ("import", handed_in)):
        for sheet in sheets:
            table = _table_of(sheet)
            if table is None:
                bench.complain(sheet, None, "", "", "table.unknown", tables=", ".join(TABLES))
            elif table == "wide":
                wide.append(sheet)
            else:
                _read_table(bench, "facts" if layer == "facts" else "import", sheet, table)
    title, synthetic = _edition(bench)
    grids = _schemes(bench)
    for sheet in wide:
        _unfold(bench, sheet, grids)
    clusters = _clusters(bench)
    _awards(bench, clusters, synthetic, today)
    assessments, answers = _answers(bench, clusters, grids, today)
    if synthetic:
        _keep_invented_apart(bench)
    if any(problem.severity == "error" for problem in bench.problems):
        return None, bench.problems
    if not any(layer == "import" for layer, *_ in [*bench.of("answers"), *bench.of("awards")]):
        files = ", ".join(sorted({sheet.file for sheet in handed_in}))
        return None, [*bench.problems, Problem(files, "", None, "", "", "edition.nothing")]
    return Tables(title, synthetic, _frames(bench, clusters, grids, assessments, answers)), bench.problems


def _table_of(sheet: Sheet) -> str | None:
    """Which table a sheet is: by its columns where they tell, else by its name."""
    columns = {column.lower() for column in sheet.header}
    if {"cluster_id", "indicator", "value"} <= columns:
        return "answers"
    name = sheet.name.strip().lower()
    if name in TABLES and name != "answers":
        return name
    if {"cluster_id", "assessed_on"} <= columns:
        return "wide"
    if {"cluster_id", "label"} <= columns:
        return "awards"
    if {"cluster_id", "name", "country"} <= columns:
        return "clusters"
    return "answers" if name == "answers" else None


def _columns(bench: _Bench, sheet: Sheet, specification: Mapping[str, Column]) -> dict[str, int]:
    """Where each known column stands; complains of needed ones that are missing and of repeated ones."""
    where: dict[str, int] = {}
    for index, heading in enumerate(sheet.header):
        name = heading.lower()
        if name in where or (heading and sheet.header.index(heading) != index):
            bench.complain(sheet, 1, heading, "", "column.twice")
        elif name in specification:
            where[name] = index
    for name, column in specification.items():
        if column.needed and name not in where:
            bench.complain(sheet, 1, name, "", "column.missing", found=", ".join(sheet.header))
    return where


def _cells(
    bench: _Bench, sheet: Sheet, where: Mapping[str, int], specification: Mapping[str, Column]
) -> Iterator[tuple[int, tuple[str, ...], Row | None]]:
    """Each row's number, its cells, and its parsed values; None for the values where one could not be read."""
    plan = [(name, column, where[name]) for name, column in specification.items() if name in where]
    absent = {name: column.empty for name, column in specification.items() if name not in where}
    known: dict[tuple[str, str], Any] = {}  # the same code or date stands in thousands of cells
    for number, cells in sheet.rows:
        row: Row | None = dict(absent)
        for name, column, index in plan:
            cell = cells[index]
            if not cell:
                if column.needed:
                    bench.complain(sheet, number, name, "", "cell.empty")
                    row = None
                elif row is not None:
                    row[name] = column.empty
                continue
            try:
                value = known[name, cell] if (name, cell) in known else column.parse(cell)
            except Refusal as refusal:
                bench.refuse(sheet, number, name, cell, refusal)
                row = None
                continue
            known[name, cell] = value
            if row is not None:
                row[name] = value
        yield number, cells, row


def _read_table(bench: _Bench, layer: Layer, sheet: Sheet, table: str) -> None:
    specification = TABLES[table]
    where = _columns(bench, sheet, specification)
    for heading in sheet.header:
        if heading and heading.lower() not in specification:
            known = ", ".join(specification)
            bench.complain(sheet, 1, heading, "", "column.unknown", severity="warning", known=known)
    if any(column.needed and name not in where for name, column in specification.items()):
        return
    seen: dict[tuple[Any, ...], int] = {}
    for number, _, row in _cells(bench, sheet, where, specification):
        if row is None:
            continue
        if table in KEYS:
            key = tuple(row[name] for name in KEYS[table])
            if key in seen:
                bench.complain(sheet, number, KEYS[table][-1], " / ".join(key), "row.twice", first=seen[key])
                continue
            seen[key] = number
        bench.of(table).append((layer, sheet, number, row))


def _edition(bench: _Bench) -> tuple[str, bool]:
    """Title and nature of the edition. What does not say that it is invented is real."""
    told = [entry for entry in bench.of("edition") if entry[0] == "import"]
    for _, sheet, number, _ in told[1:]:
        bench.complain(sheet, number, "", "", "edition.twice")
    return (told[0][3]["title"], told[0][3]["synthetic"]) if told else ("", False)


@dataclass(slots=True)
class _Grid:
    """One scheme as it will be published; `parsers` reads the answers to each indicator."""

    scheme: Row
    dimensions: dict[str, Row] = field(default_factory=dict)
    indicators: dict[str, Row] = field(default_factory=dict)
    parsers: dict[str, Parser] = field(default_factory=dict)


def _schemes(bench: _Bench) -> dict[str, _Grid]:
    """The schemes, each whole from one layer: an imported grid takes the place of a known one of that code."""
    described = {row["scheme"]: row for _, _, _, row in bench.of("schemes")}
    imported = {row["scheme"] for layer, _, _, row in bench.of("indicators") if layer == "import"}
    redrawn = {row["scheme"] for layer, _, _, row in bench.of("dimensions") if layer == "import"}
    grids: dict[str, _Grid] = {}
    for layer, _, _, row in bench.of("dimensions"):
        if layer == "import" or row["scheme"] not in redrawn:
            grid = grids.setdefault(row["scheme"], _Grid(described.get(row["scheme"], {})))
            grid.dimensions[row["code"]] = row
    for layer, sheet, number, row in bench.of("indicators"):
        if layer == "facts" and row["scheme"] in imported:
            continue
        grid = grids.setdefault(row["scheme"], _Grid(described.get(row["scheme"], {})))
        if row["dimension"] not in grid.dimensions:
            bench.complain(
                sheet,
                number,
                "dimension",
                row["dimension"],
                "scheme.dimension",
                known=", ".join(grid.dimensions),
            )
        low, high = row["minimum"], row["maximum"]
        if low is not None and high is not None and low > high:
            bench.complain(sheet, number, "minimum", f"{low:g}", "scheme.bounds", maximum=high)
        grid.indicators[row["code"]] = row
        grid.parsers[row["code"]] = fields.number_within(low, high, whole=row["kind"] in ("level", "gate"))
    for code, grid in grids.items():
        grid.scheme = grid.scheme or _undescribed(code, grid)
    return grids


def _undescribed(code: str, grid: _Grid) -> Row:
    """A scheme that came without a line in `schemes`: its kinds of answers tell what it is for."""
    kinds = {row["kind"] for row in grid.indicators.values()}
    bases = {row["basis"] for row in grid.indicators.values()}
    return {
        "scheme": code,
        "family": code,
        "version": "1",
        "name_en": code,
        "name_fr": code,
        "purpose": "evaluation" if kinds and kinds <= {"points", "gate"} else "benchmark",
        "illustrative": bool(bases & {"illustrative", "area", "reconstructed"}),
    }


def _unfold(bench: _Bench, sheet: Sheet, grids: Mapping[str, _Grid]) -> None:
    """A wide sheet -> rows of `answers`, and of `clusters` where it describes them too."""
    headings = {heading.lower() for heading in sheet.header}
    describes = {"name", "country"} <= headings
    details = {name: column for name, column in CLUSTER_DETAILS.items() if describes and name in headings}
    specification = {**ASSESSMENT, **({"scheme": CODE} if "scheme" in headings else {}), **details}
    where = _columns(bench, sheet, specification)
    questions = {
        heading: index for index, heading in enumerate(sheet.header) if heading and heading.lower() not in specification
    }
    scheme = None if "scheme" in where else _scheme_of(bench, sheet, set(questions), grids)
    if "scheme" not in where and scheme is None:
        return
    described: dict[str, tuple[date, int, Row]] = {}
    for number, cells, row in _cells(bench, sheet, where, specification):
        if row is None:
            continue
        if describes and (row["cluster_id"] not in described or described[row["cluster_id"]][0] <= row["assessed_on"]):
            detail = {name: row.get(name, column.empty) for name, column in CLUSTER_DETAILS.items()}
            described[row["cluster_id"]] = (
                row["assessed_on"],
                number,
                {"cluster_id": row["cluster_id"], **detail},
            )
        common = {name: row[name] for name in ASSESSMENT} | {"scheme": scheme or row["scheme"]}
        for question, index in questions.items():
            if cells[index]:
                answer = {**common, "indicator": question, "value": cells[index]}
                bench.of("answers").append(("import", sheet, number, answer))
    bench.of("clusters").extend(("import", sheet, number, row) for _, number, row in described.values())


def _scheme_of(bench: _Bench, sheet: Sheet, questions: set[str], grids: Mapping[str, _Grid]) -> str | None:
    """The one scheme that has all the columns' codes."""
    fitting = [code for code, grid in grids.items() if questions and questions <= grid.indicators.keys()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting or not grids:
        bench.complain(sheet, 1, "scheme", "", "scheme.ambiguous", schemes=", ".join(fitting))
        return None
    nearest = max(grids, key=lambda code: len(questions & grids[code].indicators.keys()))
    for question in sorted(questions - grids[nearest].indicators.keys()):
        bench.complain(sheet, 1, question, "", "answer.indicator", scheme=nearest)
    return None


def _clusters(bench: _Bench) -> dict[str, Row]:
    """The clusters by id; a cell of the import takes the place of the register's, an empty one leaves it."""
    sectors = {row["code"] for _, _, _, row in bench.of("sectors")}
    clusters: dict[str, Row] = {}
    for _, sheet, number, row in bench.of("clusters"):
        for sector in row["sector"]:
            if sector not in sectors:
                bench.complain(sheet, number, "sector", sector, "cluster.sector", known=", ".join(sorted(sectors)))
        if (row["latitude"] is None) != (row["longitude"] is None):
            bench.complain(sheet, number, "latitude", "", "cluster.half_place")
        filled = {name: value for name, value in row.items() if value not in (None, "", ())}
        clusters[row["cluster_id"]] = {**clusters.get(row["cluster_id"], row), **filled}
    for row in clusters.values():
        if row["latitude"] is None or row["longitude"] is None:
            row["geo_precision"] = "unknown"
        elif row["geo_precision"] in (None, "unknown"):
            row["geo_precision"] = "city" if row["city"] else "region"
    return clusters


def _awards(bench: _Bench, clusters: Mapping[str, Row], synthetic: bool, today: date) -> None:
    for layer, sheet, number, row in bench.of("awards"):
        if row["cluster_id"] not in clusters:
            bench.complain(sheet, number, "cluster_id", row["cluster_id"], "cluster.unknown")
        if row["awarded_on"] > today.isoformat():
            bench.complain(sheet, number, "awarded_on", row["awarded_on"], "cell.future")
        if row["valid_until"] and row["valid_until"] < row["awarded_on"][: len(row["valid_until"])]:
            bench.complain(
                sheet, number, "valid_until", row["valid_until"], "award.ends_before", start=row["awarded_on"]
            )
        if synthetic and layer == "import":
            bench.complain(sheet, number, "label", row["label"], "award.invented")


def _answers(
    bench: _Bench, clusters: Mapping[str, Row], grids: Mapping[str, _Grid], today: date
) -> tuple[list[Row], list[tuple[int, str, float]]]:
    """The assessments, numbered in a stable order, and their answers as (assessment, indicator, value)."""
    found: dict[tuple[str, str, date, str], dict[str, tuple[float, Sheet, int]]] = {}
    named: set[tuple[str, str, str]] = set()  # one complaint a sheet for each unknown cluster, scheme or indicator

    def complain_once(sheet: Sheet, number: int, column: str, value: str, key: str, **values: str) -> None:
        if (sheet.file + sheet.name, column, value) not in named:
            named.add((sheet.file + sheet.name, column, value))
            bench.complain(sheet, number, column, value, key, "error", **values)

    for _, sheet, number, row in bench.of("answers"):
        cluster, scheme, indicator = row["cluster_id"], row["scheme"], row["indicator"]
        if cluster not in clusters:
            complain_once(sheet, number, "cluster_id", cluster, "cluster.unknown")
            continue
        if scheme not in grids:
            complain_once(sheet, number, "scheme", scheme, "answer.scheme", known=", ".join(grids))
            continue
        if indicator not in grids[scheme].parsers:
            complain_once(sheet, number, "indicator", indicator, "answer.indicator", scheme=scheme)
            continue
        if row["assessed_on"] > today:
            complain_once(sheet, number, "assessed_on", row["assessed_on"].isoformat(), "cell.future")
            continue
        if row["value"] is None:
            continue  # not answered
        try:
            value = grids[scheme].parsers[indicator](row["value"])
        except Refusal as refusal:
            bench.refuse(sheet, number, indicator, row["value"], refusal)
            continue
        answers = found.setdefault((cluster, scheme, row["assessed_on"], row["evidence"]), {})
        if indicator in answers:
            _, first_sheet, first = answers[indicator]
            bench.complain(
                sheet,
                number,
                "indicator",
                indicator,
                "answer.twice",
                file=first_sheet.file,
                first=first,
                cluster=cluster,
            )
            continue
        answers[indicator] = (value, sheet, number)
    order = sorted(found)
    names = ("cluster_id", "scheme", "assessed_on", "evidence")
    assessments = [{"assessment_id": i, **dict(zip(names, key, strict=True))} for i, key in enumerate(order, start=1)]
    answers_flat = [
        (i, indicator, found[key][indicator][0])
        for i, key in enumerate(order, start=1)
        for indicator in grids[key[1]].indicators
        if indicator in found[key]
    ]
    return assessments, answers_flat


def _keep_invented_apart(bench: _Bench) -> None:
    """An invented result may never bear a real organisation's id or name."""
    real = [row for layer, _, _, row in bench.of("clusters") if layer == "facts"]
    ids = {row["cluster_id"] for row in real}
    names = {row["name"].casefold() for row in real}
    for table in ("clusters", "answers"):
        told: set[str] = set()
        for layer, sheet, number, row in bench.of(table):
            cluster = row["cluster_id"]
            if layer != "import" or cluster in told:
                continue
            if cluster in ids or row.get("name", "").casefold() in names:
                told.add(cluster)
                bench.complain(sheet, number, "cluster_id", cluster, "edition.real_name")


def _frames(
    bench: _Bench,
    clusters: Mapping[str, Row],
    grids: Mapping[str, _Grid],
    assessments: list[Row],
    answers: list[tuple[int, str, float]],
) -> dict[str, pd.DataFrame]:
    sectors = {row["code"]: row for _, _, _, row in bench.of("sectors")}
    awards = {tuple(row.values()): row for _, _, _, row in bench.of("awards")}  # told twice to the letter: one award
    ordered = sorted(clusters.values(), key=lambda row: row["cluster_id"])
    dimensions = [
        {**row, "position": position}
        for grid in grids.values()
        for position, row in enumerate(_in_order(grid.dimensions.values()), start=1)
    ]
    indicators = [
        {**row, "position": position}
        for grid in grids.values()
        for position, row in enumerate(grid.indicators.values(), start=1)
    ]
    return {
        "sector": _frame([{**row, "position": i} for i, row in enumerate(sectors.values(), start=1)], "sectors"),
        "scheme": _frame([grid.scheme for grid in grids.values()], "schemes"),
        "dimension": _frame(dimensions, "dimensions"),
        "indicator": _frame(indicators, "indicators"),
        "cluster": _frame([{k: v for k, v in row.items() if k != "sector"} for row in ordered], "clusters", "sector"),
        "cluster_sector": pd.DataFrame(
            [(row["cluster_id"], s, i) for row in ordered for i, s in enumerate(row["sector"], start=1)],
            columns=["cluster_id", "sector", "position"],
        ),
        "award": _frame(
            [{k: v for k, v in row.items() if k not in DERIVED} for row in awards.values()],
            "awards",
            *DERIVED,
        ),
        "coverage": _frame([row for _, _, _, row in bench.of("coverage")], "coverage"),
        "assessment": pd.DataFrame(
            assessments, columns=["assessment_id", "cluster_id", "scheme", "assessed_on", "evidence"]
        ),
        "answer": pd.DataFrame(answers, columns=["assessment_id", "indicator", "value"]),
    }


def _in_order(rows: Iterable[Row]) -> list[Row]:
    """Dimensions by the position they state; those that state none keep their place in the file, at the end."""
    return sorted(rows, key=lambda row: row["position"] if row["position"] is not None else float("inf"))


def _frame(rows: list[Row], table: str, *without: str) -> pd.DataFrame:
    columns = [name for name in TABLES[table] if name not in without]
    if table in ("sectors", "indicators"):
        columns.append("position")
    return pd.DataFrame(rows, columns=columns)
