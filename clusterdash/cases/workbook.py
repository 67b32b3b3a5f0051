"""A sheet of a case as a workbook, and back: field by field against what was taken away.

What was changed in the file only is taken over; what was changed in both is for a person to choose. Nothing is written
before that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..domain import Cluster, Grid, Language, PreviousAssessment, Remark, Story
from ..domain.answer_sheet import SaveResult, SentChange
from ..domain.case import Answers, CaseAction, Sheet, stored_text
from ..ingest import questionnaire_reader
from ..ingest.questionnaire_writer import questionnaire
from ..ingest.readers import Sheet as Table
from ..operational_database import case_trail
from ..spreadsheets import neutralize_formula
from . import answering
from .answering import STORIES
from .open_case import OpenCase
from .steps import read_value

_CASE, _SHEET, _LINE = "case_id", "case_sheet", "case_line"
"""Hidden columns of the identification: the case, the sheet, and the last line of the trail when it was taken away."""
_COLUMNS = {"answer": "value", "notes": "note", "proof": "proof"}
"""The fields of a case by the columns of a questionnaire."""
Key = tuple[str, str]
"""Question and field."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that a file would change: its text in the case and in the file.

    `conflict`: it was changed in the case, too, after the file was taken away.
    """

    question: str
    field: str
    stored: str
    given: str
    version: int
    conflict: bool


def export(opened: OpenCase, grid: Grid, sheet: Sheet, cluster: Cluster, language: Language) -> bytes:
    """The questionnaire with what stands in a sheet. Raises NotAllowedError if the viewer may not read it."""
    content = answering.read(opened, sheet)
    origin = {_CASE: opened.case_id, _SHEET: sheet.value, _LINE: str(content.latest)}
    return questionnaire(grid, language, _as_assessment(grid, content.answers, cluster), origin=origin)


def _as_assessment(grid: Grid, answers: Answers, cluster: Cluster) -> PreviousAssessment:
    """A sheet in the form that a questionnaire is filled with; texts that are no value stay in the case alone."""
    values, remarks = {}, {}
    for indicator in grid.indicators:
        code = indicator.code
        value = read_value(indicator, stored_text(answers, code, "value"))
        if value is not None:
            values[code] = value
        note, proof = (stored_text(answers, code, field) for field in ("note", "proof"))
        if note or proof:
            remarks[code] = Remark(note, proof)
    stories = tuple(
        Story(number, stored_text(answers, code, "what"), stored_text(answers, code, "result"))
        for number, code in enumerate(STORIES, start=1)
        if stored_text(answers, code, "what") or stored_text(answers, code, "result")
    )
    return PreviousAssessment(cluster, None, values, remarks, stories)


def read_changes(opened: OpenCase, grid: Grid, sheet: Sheet, book: Sequence[Table]) -> tuple[FieldChange, ...]:
    """What a workbook would change in a sheet. Raises NotAllowedError if the viewer may not read it.

    A workbook that was not taken from this sheet is compared with an empty one: only empty fields are free of conflict.
    """
    identity = questionnaire_reader.identification(book)
    own = identity.get(_CASE) == opened.case_id and identity.get(_SHEET) == sheet.value
    line = int(identity[_LINE]) if own and identity.get(_LINE, "").isdecimal() else 0
    stored = answering.read(opened, sheet).answers
    exported: Mapping[Key, str] = {}
    if line:
        with opened.reading(CaseAction.SEE) as allowed:
            exported = case_trail.texts_at(allowed.connection, opened.case_id, sheet.value, line)
    return compare(grid, exported, stored, _read_fields(grid, book))


def _read_fields(grid: Grid, book: Sequence[Table]) -> dict[Key, str]:
    """The fields of a workbook; questions that the scheme does not have are left out."""
    codes = {indicator.code for indicator in grid.indicators}
    found: dict[Key, str] = {}
    for table in book:
        part = questionnaire_reader.part_of(table)
        if part == "questions":
            for _, cells in questionnaire_reader.question_rows(table):
                if cells["indicator"] in codes:
                    found |= {(cells["indicator"], field): _typed(cells[name]) for name, field in _COLUMNS.items()}
        elif part == "stories":
            for number, cells in questionnaire_reader.story_rows(table):
                if f"story-{number}" in STORIES:
                    found |= {(f"story-{number}", field): _typed(text) for field, text in cells.items()}
    return found


def _typed(text: str) -> str:
    """A cell without the apostrophe that the export puts before what a spreadsheet would evaluate."""
    rest = text.removeprefix("'")
    return rest if neutralize_formula(rest) == text else text


def compare(
    grid: Grid, exported: Mapping[Key, str], stored: Answers, given: Mapping[Key, str]
) -> tuple[FieldChange, ...]:
    """The fields that a file changes, in its order; `exported`: the texts when it was taken away.

    A number that is only written differently is the same. A text that could not be exported as a value is not taken for
    deleted.
    """
    indicators = {indicator.code: indicator for indicator in grid.indicators}

    def normal(key: Key, text: str) -> str:
        question, field = key
        value = read_value(indicators[question], text) if field == "value" and question in indicators and text else None
        return text.strip() if value is None else repr(value)

    changes = []
    for key, text in given.items():
        now = stored_text(stored, *key)
        was, here, there = (normal(key, one) for one in (exported.get(key, ""), now, text))
        unreadable = key[1] == "value" and not there and was and read_value(indicators[key[0]], was) is None
        if there in (was, here) or unreadable:
            continue
        answer = stored.get(key)
        changes.append(FieldChange(*key, now, text.strip(), answer.version if answer else 0, here != was))
    return tuple(changes)


def take_over(opened: OpenCase, grid: Grid, sheet: Sheet, changes: Sequence[FieldChange]) -> tuple[SaveResult, ...]:
    """Save the chosen changes of a file, all or none; doing it twice makes each once. Raises as `answering.save`."""
    sent = [
        SentChange(_change_id(opened, sheet, one), one.question, one.field, one.given, one.version) for one in changes
    ]
    return answering.save(opened, grid, sheet, sent, origin="file")


def _change_id(opened: OpenCase, sheet: Sheet, change: FieldChange) -> str:
    """The same for the same change of the same version."""
    parts = (opened.case_id, sheet.value, change.question, change.field, str(change.version), change.given)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]
