"""The sheets of a case as questions with fields, for the browser and for whoever reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ...cases.answering import ANSWER_FIELDS, STORIES, SheetContent
from ...cases.steps import read_value
from ...domain import Grid, Indicator, IndicatorDefinition, Language, PreviousAssessment
from ...domain.answer_sheet import Offered, SheetField, SheetQuestion
from ...domain.case import Answers, Sheet, result_note, result_text, stored_text
from ...i18n import translate
from ...ingest.questionnaire_writer import allowed_values
from ..evaluation.tables import answer_value

_MOST_CHOICES = 12
"""A level with more steps than that is typed as a number."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered beside the fields: the manager's own answers to be taken over, or last time's to be confirmed."""

    before: PreviousAssessment | None = None
    prepared: Answers | None = None
    read_only: bool = False


def answer_questions(
    grid: Grid, dimension: str, content: SheetContent, offers: Offers, language: Language
) -> tuple[SheetQuestion, ...]:
    """The questions of a dimension with value, note and evidence."""
    definitions = {definition.indicator: definition for definition in grid.definitions}
    questions = []
    for indicator in grid.indicators:
        if indicator.dimension == dimension:
            fields = []
            for name in ANSWER_FIELDS:
                offered = _offer(name, indicator, offers, language)
                fields.append(_field(name, indicator, content, language, offered, offers.read_only))
            title = question_title(indicator, language)
            lines = _explanation(definitions.get(indicator.code), language)
            questions.append(SheetQuestion(indicator.code, title, lines, tuple(fields)))
    return tuple(questions)


def question_title(indicator: Indicator, language: Language) -> str:
    """The title of an indicator's question: code and name."""
    return f"{indicator.code} {indicator.name.get(language)}"


def story_questions(content: SheetContent, offers: Offers, language: Language) -> tuple[SheetQuestion, ...]:
    """The success stories: what was done, and the result."""
    stories = offers.before.stories if offers.before else ()
    former = {f"story-{story.number}": {"what": story.what, "result": story.result} for story in stories}
    questions = []
    for code in STORIES[:3]:
        fields = []
        for name in ("what", "result"):
            label = translate(language, f"questionnaire.{name}")
            if offers.prepared is None:
                offered = _offered("before", former.get(code, {}).get(name, ""), language)
            else:
                offered = _offered("prepared", stored_text(offers.prepared, code, name), language)
            fields.append(text_field(code, name, label, content, language, offered, offers.read_only))
        title = translate(language, "case_sheet.story", number=code.removeprefix("story-"))
        questions.append(SheetQuestion(code, title, (), tuple(fields)))
    return tuple(questions)


def _offer(name: str, indicator: Indicator, offers: Offers, language: Language) -> Offered | None:
    """What can be taken over into a field: the manager's text, or that of last time."""
    before = offers.before
    if offers.prepared is not None:
        return _offered("prepared", stored_text(offers.prepared, indicator.code, name), language)
    if before is None or before.assessed_on is None:
        return None
    if name == "value":
        answer = before.answers.get(indicator.code)
        return _offered("before", "" if answer is None else f"{answer:g}", language)
    remark = before.remarks.get(indicator.code)
    return _offered("before", (remark.notes if name == "note" else remark.proof) if remark else "", language)


def _offered(kind: Literal["before", "prepared"], text: str, language: Language) -> Offered | None:
    if not text:
        return None
    said = translate(language, f"case_sheet.{kind}", text=text)
    return Offered(
        said, translate(language, "case_sheet.confirm" if kind == "before" else "case_sheet.take_over"), text
    )


def _field(
    name: str,
    indicator: Indicator,
    content: SheetContent,
    language: Language,
    offered: Offered | None,
    read_only: bool,
) -> SheetField:
    if name != "value":
        label = translate(language, f"questionnaire.{'notes' if name == 'note' else name}")
        return text_field(indicator.code, name, label, content, language, offered, read_only)
    return value_field("value", indicator, content, language, offered=offered, read_only=read_only)


def value_field(
    name: str,
    indicator: Indicator,
    content: SheetContent,
    language: Language,
    *,
    offered: Offered | None = None,
    read_only: bool = False,
) -> SheetField:
    """The field of an indicator's value or points: a choice of levels, or a number."""
    stored = content.answers.get((indicator.code, name))
    value = stored.value if stored else ""
    choices = _choices(indicator, value, language)
    problem = ""
    if value and read_value(indicator, value) is None:
        problem = translate(language, "case_sheet.unreadable", allowed=allowed_text(indicator, language))
    return SheetField(
        name,
        _value_label(name, indicator, language, typed=not choices and not read_only),
        "choice" if choices else "number",
        value,
        stored.version if stored else 0,
        choices,
        read_only,
        offered,
        problem,
        _overtaken(indicator.code, name, content, language),
    )


def _value_label(name: str, indicator: Indicator, language: Language, *, typed: bool) -> str:
    """The label of a value or points: with the allowed values where it is typed."""
    if typed:
        return allowed_text(indicator, language)
    if indicator.kind == "gate":
        return translate(language, "case_sheet.met")
    label, unit = translate(language, f"case_sheet.{name}"), indicator.unit.get(language)
    return f"{label} ({unit})" if unit and indicator.kind != "level" else label


def allowed_text(indicator: Indicator, language: Language) -> str:
    """Which values an indicator allows, with its unit."""
    allowed, unit = allowed_values(indicator, language), indicator.unit.get(language)
    return f"{allowed} · {unit}" if unit and indicator.kind not in ("level", "gate") else allowed


def result_words(indicator: Indicator, text: str, language: Language) -> str:
    """A typed answer or points as they are read: with unit, a condition as a word; what cannot be read as typed."""
    value = read_value(indicator, text) if text else None
    if value is None:
        return text or translate(language, "case_sheet.no_answer")
    return answer_value(language, value, indicator)


def _choices(indicator: Indicator, value: str, language: Language) -> tuple[tuple[str, str], ...]:
    """The choices of a level or gate; none where a number is typed, or where a stored text is no choice."""
    low, high = indicator.minimum, indicator.maximum
    if indicator.kind not in ("level", "gate") or low is None or high is None or high - low > _MOST_CHOICES:
        return ()
    values = [str(step) for step in range(int(low), int(high) + 1)]
    if value and value not in values:
        return ()
    names = {"0": "case_sheet.no", "1": "case_sheet.yes"} if indicator.kind == "gate" else {}
    labelled = [(one, translate(language, names[one]) if one in names else one) for one in values]
    return (("", translate(language, "case_sheet.no_answer")), *labelled)


def text_field(
    code: str,
    name: str,
    label: str,
    content: SheetContent,
    language: Language,
    offered: Offered | None,
    read_only: bool,
) -> SheetField:
    """A field of text."""
    stored = content.answers.get((code, name))
    return SheetField(
        name,
        label,
        "text",
        stored.value if stored else "",
        stored.version if stored else 0,
        read_only=read_only,
        offered=offered,
        overtaken=_overtaken(code, name, content, language),
    )


def _overtaken(code: str, name: str, content: SheetContent, language: Language) -> Offered | None:
    found = content.overtaken.get((code, name))
    if found is None:
        return None
    said = translate(
        language, "case_sheet.overtaken", by=found.by or "–", other=found.replaced_by or "–", text=found.text
    )
    return Offered(said, "", found.text)


def _explanation(definition: IndicatorDefinition | None, language: Language) -> tuple[str, ...]:
    measures = definition.measures.get(language) if definition else ""
    return (measures,) if measures else ()


def answered_by_dimension(grid: Grid, answers: Answers) -> Mapping[str, tuple[int, int]]:
    """How many questions of each dimension are answered, and how many there are."""
    found: dict[str, tuple[int, int]] = {}
    for indicator in grid.indicators:
        answered, total = found.get(indicator.dimension, (0, 0))
        found[indicator.dimension] = answered + bool(result_text(answers, indicator.code)), total + 1
    return found


def first_open(grid: Grid, answers: Answers) -> str:
    """The dimension of the first question without an answer; the first one where all are answered."""
    open_ones: Sequence[Indicator] = [i for i in grid.indicators if not result_text(answers, i.code)]
    return (open_ones or grid.indicators)[0].dimension


def unconfirmed(grid: Grid, answers: Answers, before: PreviousAssessment | None) -> int:
    """How many answers of last time are still to be confirmed: those of questions without an answer now."""
    known = before.answers if before else {}
    return sum(
        indicator.code in known and not stored_text(answers, indicator.code, "value") for indicator in grid.indicators
    )


def feedback_questions(
    grid: Grid,
    dimension: str,
    found: Answers,
    own: SheetContent,
    others: SheetContent,
    language: Language,
    sheet: Sheet,
    *,
    writable: bool,
) -> tuple[SheetQuestion, ...]:
    """The result of a dimension, with the cluster's observation and the experts' reply to each indicator.

    `own`: the content of the sheet that is typed, `others`: that of the other one, which is only read.
    """
    contents = (own, others) if sheet is Sheet.FEEDBACK else (others, own)
    questions = []
    for indicator in grid.indicators:
        if indicator.dimension != dimension:
            continue
        result = result_words(indicator, result_text(found, indicator.code), language)
        lines = [translate(language, "case_sheet.found", value=result)]
        reason = result_note(found, indicator.code)
        lines += [reason] if reason else []
        fields = []
        for name, content in zip(("observation", "reply"), contents, strict=True):
            label = translate(language, f"case_sheet.{name}")
            locked = not writable or content is others
            fields.append(text_field(indicator.code, name, label, content, language, None, locked))
        title = question_title(indicator, language)
        questions.append(SheetQuestion(indicator.code, title, tuple(lines), tuple(fields)))
    return tuple(questions)
