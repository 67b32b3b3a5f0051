"""What was understood of files, for staff: sentences, questions with their answers, the table with marks. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...domain import Language
from ...i18n import collation_key, country_codes, country_name, format_number, translate
from ...ingest import values
from ...ingest.invisible_characters import escape_control
from ...recipes.columns import ANSWER_COLUMNS, AWARD_COLUMNS, CLUSTER_COLUMNS
from ...recipes.questions import Question
from ...recipes.recipe import NEW, NONE
from ...recipes.understand import Mark, UnderstoodSheet
from ...recipes.vocabulary import Vocabulary
from ..benchmark.tables import table
from ..html import Markup, render

PREVIEW_ROWS = 5
"""Rows of a sheet that are shown: the first ones, and at most as many that questions are about."""
_TYPED = {"country": "question.write_country", "assessed_on": "question.write_day"}
"""What to write where the possible answers are not listed."""
MAXIMUM_LISTED = 6
"""Most answers to a question that are explained at a terminal; of more, only the codes are listed."""
_OWN_TEXTS = {"12-31": "last_day", "06-30": "middle_day", "01-01": "first_day"}


def sheet_sentence(sheet: UnderstoodSheet, language: Language) -> str:
    """What was understood of a sheet."""
    layout = sheet.layout
    headings = [heading for heading in layout.headings.columns if heading] if layout.headings else []
    counts = {"n": len(layout.rows), "columns": len(layout.columns), "all": len(headings)}
    kind = layout.table if layout.is_read else "none"
    return translate(language, f"recipe.sheet_{kind}", sheet=layout.name, **counts)


def question_sentence(question: Question, language: Language) -> str:
    """A question in words."""
    first = question.places[0] if question.places else None
    share = values.read_number(first.cell) if first and question.kind == "fractions" else None
    shown = {
        "sheet": question.sheet,
        "subject": question.subject,
        "n": question.count,
        "cell": first.cell if first else "",
        "heading": first.heading if first else "",
        "percent": format_number(language, round(share[0] * 100, 6)) if share else "",
    }
    sentence = escape_control(translate(language, f"question.{question.kind}", **shown))
    if len(question.headings) < 2:
        return sentence
    others = ", ".join(question.headings[1:])
    return translate(language, "question.also", sentence=sentence, headings=escape_control(others))


def place_sentence(question: Question, language: Language) -> str:
    """The first cells that a question is about, where they are unlike each other; "" where one tells of all."""
    if question.kind not in ("unreadable", "far_above"):
        return ""
    places = (
        translate(language, "question.place", row=str(place.row), heading=place.heading, cell=place.cell)
        for place in question.places
    )
    return escape_control("; ".join(places) + ("; …" if question.count > len(question.places) else ""))


def options(question: Question, language: Language) -> tuple[str, ...]:
    """The possible answers to a question, the suggested one first; none if a day is to be typed."""
    found = question.options
    if question.kind == "country":
        named = [code for code in country_codes() if country_name(language, code) != code]
        found = tuple(sorted(named, key=lambda code: collation_key(country_name(language, code))))
    return tuple(sorted(found, key=lambda option: option != question.suggestion))


def option_label(question: Question, option: str, vocabulary: Vocabulary, scheme: str, language: Language) -> str:
    """A possible answer in words; `scheme` is that of the sheet."""
    labels: dict[str, Callable[[], str]] = {
        "column": lambda: target_label(option, vocabulary, scheme, language),
        "indicator": lambda: target_label(option, vocabulary, scheme, language),
        "multiple": lambda: _multiple_label(option, language),
        "country": lambda: country_name(language, option),
        "scheme": lambda: str(vocabulary.schemes[option].scheme.get(f"name_{language}", option)),
        "sector": lambda: _sector_label(option, vocabulary, language),
        "cluster": lambda: _cluster_label(option, vocabulary, language),
    }
    if question.kind in labels:
        return labels[question.kind]()
    if option == "keep":
        return translate(language, f"question_choice.keep_{question.kind}")
    return translate(language, f"question_choice.{_OWN_TEXTS.get(option, option)}")


def _multiple_label(option: str, language: Language) -> str:
    if option == "1":
        return translate(language, "question_choice.as_written")
    return translate(language, "question_choice.multiply", multiple=format_number(language, int(option)))


def _sector_label(option: str, vocabulary: Vocabulary, language: Language) -> str:
    if option == NONE:
        return translate(language, "question_choice.none_sector")
    _, english, french = vocabulary.sectors[option]
    return french if language == "fr" else english


def _cluster_label(option: str, vocabulary: Vocabulary, language: Language) -> str:
    if option == NEW:
        return translate(language, "question_choice.new")
    known = vocabulary.clusters.get(option)
    return f"{known.name} ({option})" if known else option


def target_label(target: str, vocabulary: Vocabulary, scheme: str, language: Language) -> str:
    """What a column means, in words."""
    if target in ("", NONE):
        return translate(language, "question_choice.none_column")
    known = vocabulary.schemes.get(scheme)
    if known and target in known.indicators:
        return f"{target} · {known.indicators[target].get(f'name_{language}', '')}"
    return translate(language, f"column_target.{target}")


def targets(vocabulary: Vocabulary, scheme: str) -> tuple[str, ...]:
    """All that a column may mean: nothing, a column of a documented table, an indicator of the scheme."""
    benchmarks = (one for one in vocabulary.schemes.values() if one.scheme.get("purpose") == "benchmark")
    known = vocabulary.schemes.get(scheme) or next(benchmarks, None)
    return (NONE, *CLUSTER_COLUMNS, *ANSWER_COLUMNS, *AWARD_COLUMNS, *(known.indicators if known else ()))


def preview_table(
    sheet: UnderstoodSheet, questions: Sequence[Question], vocabulary: Vocabulary, language: Language
) -> str:
    """The first rows of a sheet and the first one of each question, with a mark on each cell not read as written."""
    layout = sheet.layout
    in_question = {one.subject for one in questions if (one.kind, one.sheet, one.answer) == ("column", layout.name, "")}
    shown = [heading for heading, target in layout.targets.items() if target or heading in in_question]
    asked = [one.places[0] for one in questions if one.places and one.sheet in ("", layout.name)]
    looked_at = {place.row for place in asked if place.heading in shown and place.row in layout.rows}
    first = [*layout.rows][:PREVIEW_ROWS]
    rows = sorted({*first, *sorted(looked_at)[:PREVIEW_ROWS]})
    marked = (f"{heading} ?" if heading in in_question else heading for heading in shown)
    headings = [translate(language, "recipe.row"), *marked]
    cells = [[str(row), *(_cell(sheet, row, heading, vocabulary, language) for heading in shown)] for row in rows]
    caption = translate(language, "recipe.preview", sheet=layout.name)
    return table(caption, headings, [("", cells)], prose=True)


def _cell(sheet: UnderstoodSheet, row: int, heading: str, vocabulary: Vocabulary, language: Language) -> str | Markup:
    layout = sheet.layout
    written = escape_control(layout.text(row, heading))
    mark: Mark | None = sheet.marks.get((row, heading))
    if mark is None:
        return written
    text = mark.text
    if layout.targets[heading] == "sector":
        text = ", ".join(_sector_label(code, vocabulary, language) for code in text.split("|") if code)
        if text == written:
            return written
    return render("presentation/templates/marked_cell.html.jinja", written=written, kind=mark.kind, text=text)


def column_table(sheet: UnderstoodSheet, vocabulary: Vocabulary, language: Language) -> str:
    """What each column of a sheet means, with its first cell."""
    layout = sheet.layout
    columns = layout.headings.columns if layout.headings else ()
    rows = []
    for heading in filter(None, columns):
        index = columns.index(heading)
        sample = next((cells[index] for cells in layout.rows.values() if index < len(cells) and cells[index]), "–")
        meaning = target_label(layout.targets.get(heading, ""), vocabulary, layout.scheme, language)
        rows.append([escape_control(heading), meaning, escape_control(sample)])
    names = [translate(language, f"recipe.{name}") for name in ("heading", "meaning", "sample")]
    return table(translate(language, "recipe.columns", sheet=layout.name), names, [("", rows)], prose=True)


def answer_sentence(question: Question, vocabulary: Vocabulary, scheme: str, language: Language) -> str:
    """A question with its possible answers, for a terminal."""
    sentence = question_sentence(question, language)
    if question.kind in _TYPED:
        return f"{sentence} {translate(language, _TYPED[question.kind])}"
    if len(question.options) > MAXIMUM_LISTED:
        return f"{sentence} {', '.join(question.options)}"
    labels = (option_label(question, option, vocabulary, scheme, language) for option in question.options)
    return "; ".join(
        [sentence, *(f"{option} = {label}" for option, label in zip(question.options, labels, strict=True))]
    )


def recipe_name(names: Sequence[str]) -> str:
    """The name of the file of a recipe, by those of the files that it reads."""
    return f"{names[0].rpartition('.')[0] or names[0]}.recipe.toml"
