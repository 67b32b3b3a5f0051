"""The sheets of an evaluation: what each expert judges alone, and what both agree on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...cases.answering import SheetContent, agreed_version
from ...cases.steps import read_value
from ...domain import Grid, Indicator, Language
from ...domain.answer_sheet import SheetField, SheetQuestion
from ...domain.case import SEATS, Answers, CaseKind, Seat, stored_text
from ...i18n import format_value, translate
from .sheets import question_title, result_words, text_field, value_field

Confirmations = Mapping[str, Mapping[Seat, int]]


def judgment_questions(
    grid: Grid,
    indicators: Sequence[Indicator],
    content: SheetContent,
    declared: Answers,
    language: Language,
    *,
    read_only: bool,
) -> tuple[SheetQuestion, ...]:
    """What an expert judges alone: points, the reason, the document seen; beside them what is asked and declared."""
    questions = []
    for indicator in indicators:
        fields = (
            value_field("points", indicator, content, language, read_only=read_only),
            _text(indicator, "reason", content, language, read_only),
            _text(indicator, "document", content, language, read_only),
        )
        lines = (*_asked(grid, indicator, language), *_declared(indicator, declared, language))
        questions.append(SheetQuestion(indicator.code, question_title(indicator, language), lines, fields))
    return tuple(questions)


def agreement_questions(
    indicators: Sequence[Indicator],
    content: SheetContent,
    judgments: Mapping[Seat, Answers],
    confirmed: Confirmations,
    language: Language,
    *,
    read_only: bool,
) -> tuple[SheetQuestion, ...]:
    """What both experts agree on: points and the reason; beside them the points and reasons of each."""
    questions = []
    for indicator in indicators:
        lines = [_judged(indicator, seat, answers, language) for seat, answers in judgments.items()]
        lines.append(_confirmed(indicator.code, content.answers, confirmed, language))
        fields = (
            value_field("points", indicator, content, language, read_only=read_only),
            _text(indicator, "reason", content, language, read_only),
        )
        questions.append(SheetQuestion(indicator.code, question_title(indicator, language), tuple(lines), fields))
    return tuple(questions)


def differing(indicators: Sequence[Indicator], judgments: Mapping[Seat, Answers]) -> tuple[Indicator, ...]:
    """The indicators to which the experts gave different points."""
    found = []
    for indicator in indicators:
        points = {read_value(indicator, stored_text(one, indicator.code, "points")) for one in judgments.values()}
        if len(points) > 1:
            found.append(indicator)
    return tuple(found)


def points_of(grid: Grid, answers: Answers) -> dict[str, float]:
    """The points of a sheet that can be read, by indicator."""
    read = {i.code: read_value(i, text) for i in grid.indicators if (text := stored_text(answers, i.code, "points"))}
    return {code: value for code, value in read.items() if value is not None}


def open_confirmations(
    indicators: Sequence[Indicator], agreed: Answers, confirmed: Confirmations, seat: Seat
) -> dict[str, int]:
    """The versions that an expert has still to confirm, by indicator; those without points are not among them."""
    found = {}
    for code in (indicator.code for indicator in indicators):
        version = agreed_version(agreed, code)
        if stored_text(agreed, code, "points") and confirmed.get(code, {}).get(seat) != version:
            found[code] = version
    return found


def _text(indicator: Indicator, name: str, content: SheetContent, language: Language, locked: bool) -> SheetField:
    label = translate(language, f"case_sheet.{name}")
    return text_field(indicator.code, name, label, content, language, None, locked)


def _asked(grid: Grid, indicator: Indicator, language: Language) -> list[str]:
    """What an indicator measures, its threshold, and the documents that are evidence for it."""
    definition = next((one for one in grid.definitions if one.indicator == indicator.code), None)
    lines = [definition.measures.get(language)] if definition else []
    if indicator.threshold is not None:
        lines.append(translate(language, "case_sheet.threshold", value=format_value(language, indicator.threshold)))
    names = [document.name.get(language) for document in grid.documents if document.indicator == indicator.code]
    if names:
        lines.append(translate(language, "case_sheet.documents", names=", ".join(names)))
    return lines


def _declared(indicator: Indicator, declared: Answers, language: Language) -> list[str]:
    """What the cluster answered, and its note and evidence."""
    value, note, proof = (stored_text(declared, indicator.code, field) for field in ("value", "note", "proof"))
    said = [translate(language, "case_sheet.declared", value=result_words(indicator, value, language))]
    return [*said, *(text for text in (note, proof) if text)]


def _judged(indicator: Indicator, seat: Seat, answers: Answers, language: Language) -> str:
    """What one expert gave, and why."""
    points, reason = (stored_text(answers, indicator.code, field) for field in ("points", "reason"))
    who = translate(language, f"case_seat.{seat}")
    return translate(language, "case_sheet.judged", who=who, points=points or "–", reason=reason or "–")


def _confirmed(code: str, agreed: Answers, confirmed: Confirmations, language: Language) -> str:
    """Who has confirmed what stands."""
    version = agreed_version(agreed, code)
    seats = [seat for seat in SEATS[CaseKind.EVALUATION] if version and confirmed.get(code, {}).get(seat) == version]
    if not seats:
        return translate(language, "case_sheet.confirmed_by_nobody")
    names = ", ".join(translate(language, f"case_seat.{seat}") for seat in seats)
    return translate(language, "case_sheet.confirmed_by", names=names)
