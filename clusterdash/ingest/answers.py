"""Imported answers, kept as columns of numbers: 24 bytes each.

The same few cells occur in millions of rows. So each is parsed once, and a row whose cells are all known takes two
lookups.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import cell_parsers, values
from .cell_parsers import CellError
from .closest import closest
from .readers import MAXIMUM_PROBLEMS, Sheet
from .schemes import SchemeDraft
from .table_reader import CACHE_SIZE, IngestState, Row, RowReader, known_columns
from .table_schemas import ASSESSMENT, TABLES

Assessment = tuple[str, str, date, str]
"""Cluster, scheme, day, evidence."""


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """Answers in the order of import, as columns of equal length.

    `at` is an index into `assessments`, `asked` into `indicators`, which are (scheme, code), `sheet` into `sheets`;
    `row` is the row number in the sheet.
    """

    assessments: list[Assessment]
    indicators: list[tuple[str, str]]
    sheets: list[Sheet]
    at: NDArray[np.int32]
    asked: NDArray[np.int32]
    value: NDArray[np.float64]
    sheet: NDArray[np.int32]
    row: NDArray[np.int32]

    def location(self, i: int) -> tuple[Sheet, int]:
        """The sheet and row number of an answer."""
        return self.sheets[self.sheet[i]], int(self.row[i])

    def first_places(self) -> Iterator[tuple[Assessment, Sheet, int]]:
        """Each assessment with the sheet and row number of its first answer."""
        _, first = np.unique(self.at, return_index=True)
        for assessment, i in zip(self.assessments, first.tolist(), strict=True):
            yield assessment, *self.location(i)


class AnswerCollector:
    """Collects answers row by row, from any table layout; reports what cannot be an answer."""

    def __init__(self, findings: IngestState, grids: Mapping[str, SchemeDraft], today: date) -> None:
        """`grids`: the schemes, which define the questions and how answers are parsed; no day may be after `today`."""
        self._findings = findings
        self.grids = grids
        self.today = today
        self._indicators = [(scheme, code) for scheme, grid in grids.items() for code in grid.indicators]
        self._number_of = {key: i for i, key in enumerate(self._indicators)}
        self._assessments: dict[Assessment, int] = {}
        self._sheets: list[Sheet] = []
        self._at, self._asked, self._sheet, self._row = (array("i") for _ in range(4))
        self._value = array("d")
        self._named: list[dict[str, int]] = []
        self._told: set[tuple[str, str, str, str]] = set()

    def __len__(self) -> int:
        """How many answers have been collected."""
        return len(self._value)

    def read(self, sheet: Sheet) -> None:
        """Collect the answers of a sheet in the long format: one answer per row."""
        where = known_columns(self._findings, sheet, "answers")
        if where is None:
            return
        reader = RowReader(self._findings, sheet, where, TABLES["answers"])
        who = itemgetter(*(where[name] for name in (*ASSESSMENT, "scheme") if name in where))
        what = itemgetter(where["scheme"], where["indicator"], where["value"])
        persons: dict[tuple[str, ...], int] = {}
        answers: dict[tuple[str, str, str], tuple[int, float]] = {}
        number = self._number(sheet)
        for row, cells in self._findings.rows_of(sheet):
            person, answer = who(cells), what(cells)
            at, taken = persons.get(person), answers.get(answer)
            if at is not None and taken is not None:
                self._append(at, *taken, number, row)
                continue
            before = len(self)
            if self.add(sheet, row, reader.row(row, cells)) and len(self) > before:
                if len(persons) + len(answers) >= CACHE_SIZE:
                    persons.clear()
                    answers.clear()
                persons[person] = self._at[-1]
                answers[answer] = self._asked[-1], self._value[-1]

    def add(self, sheet: Sheet, number: int, row: Row) -> bool:
        """Collect one answer: a row of the table `answers`, whose value is text. Unparsable values are absent.

        Returns whether no problem was reported.
        """
        complaints = len(self._findings.problems)
        if "cluster_id" in row:
            self._named[self._number(sheet)].setdefault(row["cluster_id"], number)
        scheme, indicator, assessed_on = row.get("scheme"), row.get("indicator"), row.get("assessed_on")
        if assessed_on and assessed_on > self.today:
            self._complain_once(sheet, number, "assessed_on", assessed_on.isoformat(), "cell.future")
        if scheme and scheme not in self.grids:
            self._complain_once(sheet, number, "scheme", scheme, "answer.scheme", known=", ".join(self.grids))
        elif scheme and indicator and indicator not in self.grids[scheme].parsers:
            near = closest(indicator, self.grids[scheme].indicators)
            key = "answer.indicator_like" if near else "answer.indicator"
            self._complain_once(sheet, number, "indicator", indicator, key, scheme=scheme, near=near)
        elif scheme and indicator and row["value"] is not None:
            self._add_value(sheet, number, row)
        return len(self._findings.problems) == complaints

    def _add_value(self, sheet: Sheet, number: int, row: Row) -> None:
        scheme, indicator, cell = row["scheme"], row["indicator"], row["value"]
        try:
            value = self.grids[scheme].parsers[indicator](cell)
        except CellError as refusal:
            if values.is_no_answer(cell):
                self._findings.add_reading(sheet, number, indicator, cell, "no_answer")
            else:
                self._findings.add_cell_error(sheet, number, indicator, cell, refusal)
            return
        if reading := cell_parsers.reading(self.grids[scheme].parsers[indicator], cell):
            self._findings.add_reading(sheet, number, indicator, cell, reading)
        if values.may_mean_thousands(cell):
            self._findings.add_problem(sheet, number, indicator, cell, "cell.thousands", "warning", read=value)
        if row.get("cluster_id") and row.get("assessed_on") and "evidence" in row:
            assessment = (row["cluster_id"], scheme, row["assessed_on"], row["evidence"])
            at = self._assessments.setdefault(assessment, len(self._assessments))
            self._append(at, self._number_of[scheme, indicator], value, self._number(sheet), number)

    def _append(self, at: int, asked: int, value: float, sheet: int, row: int) -> None:
        self._at.append(at)
        self._asked.append(asked)
        self._value.append(value)
        self._sheet.append(sheet)
        self._row.append(row)

    def _number(self, sheet: Sheet) -> int:
        if not self._sheets or self._sheets[-1] is not sheet:
            self._sheets.append(sheet)
            self._named.append({})
        return len(self._sheets) - 1

    def _complain_once(self, sheet: Sheet, number: int, column: str, value: str, key: str, **values: str) -> None:
        """Report each unknown scheme, unknown indicator and future day once per sheet."""
        if (sheet.file, sheet.name, column, value) not in self._told:
            self._told.add((sheet.file, sheet.name, column, value))
            self._findings.add_problem(sheet, number, column, value, key, "error", **values)

    def assessments(self) -> Set[Assessment]:
        """The assessments for which answers have been collected so far."""
        return frozenset(self._assessments)

    def named(self) -> Iterator[tuple[str, Sheet, int]]:
        """Each cluster that is named, once per sheet, with the first row that names it."""
        for sheet, clusters in zip(self._sheets, self._named, strict=True):
            for cluster, row in clusters.items():
                yield cluster, sheet, row

    def columns(self) -> AnswerColumns:
        """All collected answers, one per question: a second answer to the same question is reported as an error."""
        at, asked, sheet, row = (np.asarray(column) for column in (self._at, self._asked, self._sheet, self._row))
        value = np.asarray(self._value)
        found = AnswerColumns(list(self._assessments), self._indicators, self._sheets, at, asked, value, sheet, row)
        question = at.astype(np.int64) * len(self._indicators) + asked
        ranked = np.sort(question)
        if not (ranked[1:] == ranked[:-1]).any():
            return found
        order = np.argsort(question, kind="stable")
        again = np.flatnonzero(np.diff(question[order]) == 0) + 1
        starts = np.flatnonzero(np.diff(question[order], prepend=-1))
        for place in again[: MAXIMUM_PROBLEMS + 1].tolist():
            first_sheet, first = found.location(order[starts[np.searchsorted(starts, place, "right") - 1]])
            second_sheet, second = found.location(order[place])
            cluster, code = found.assessments[at[order[place]]][0], self._indicators[asked[order[place]]][1]
            told = {"file": first_sheet.file, "first": first, "cluster": cluster}
            self._findings.add_problem(second_sheet, second, "indicator", code, "answer.twice", "error", **told)
        once = np.setdiff1d(np.arange(len(at)), order[again])
        kept = (column[once] for column in (at, asked, value, sheet, row))
        return AnswerColumns(found.assessments, self._indicators, self._sheets, *kept)


def frames(columns: AnswerColumns) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables `assessment` and `answer`, independent of the order in which the answers were imported.

    Assessments are numbered from 1 by cluster, scheme, day and evidence; answers are in the order of the scheme.
    """
    names = ["cluster_id", "scheme", "assessed_on", "evidence"]
    order = sorted(range(len(columns.assessments)), key=columns.assessments.__getitem__)
    assessments = pd.DataFrame([columns.assessments[i] for i in order], columns=names)
    assessments.insert(0, "assessment_id", np.arange(1, len(order) + 1, dtype=np.int32))
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(1, len(order) + 1)
    ranked = np.argsort(number[columns.at].astype(np.int64) * len(columns.indicators) + columns.asked)
    codes = pd.Index(dict.fromkeys(code for _, code in columns.indicators))
    place = codes.get_indexer(pd.Index([code for _, code in columns.indicators])).astype(np.int16)
    answers = {
        "assessment_id": number[columns.at[ranked]],
        "indicator": pd.Categorical.from_codes(place[columns.asked[ranked]], codes),
        "value": columns.value[ranked],
    }
    return assessments, pd.DataFrame(answers)
