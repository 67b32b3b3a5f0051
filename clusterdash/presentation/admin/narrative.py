"""Sentences on what a new edition changes, and on what must be confirmed before it is published. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ...domain import Edition, Grant, Language
from ...editions.confirmations import Confirmation
from ...editions.diff import Difference, TableChange
from ...i18n import escape_markdown, translate
from ...statistics.parameters import LIMITS
from ..benchmark.group_names import named_group
from ..limit_texts import translate_with_limits

_NAMED = 10
"""The most clusters that a line names."""


def served_sentence(edition: Edition, since: date, language: Language) -> str:
    """Which edition is served, since when, with how many clusters; Markdown."""
    title = escape_markdown(edition.title)
    return translate(language, "data.served", title=title, day=since, clusters=edition.clusters)


def grants_sentence(found: Collection[Grant], language: Language) -> str:
    """How many grants there are, and to how many people; Markdown."""
    return translate(language, "access.count", n=len(found), people=len({grant.email for grant in found}))


def difference_lines(found: Difference, language: Language) -> list[str]:
    """The changes of a new edition, one line per kind of change; plain text."""
    if found.nothing:
        return [translate(language, "difference.nothing")]
    lines = []
    for key, names in (
        ("difference.clusters_new", found.clusters_new),
        ("difference.clusters_gone", found.clusters_gone),
        ("difference.clusters_changed", found.clusters_changed),
    ):
        if names:
            more = ["…"] if len(names) > _NAMED else []
            lines.append(translate(language, key, n=len(names), names=", ".join([*names[:_NAMED], *more])))
    answers = {"new": found.answers_new, "gone": found.answers_gone, "changed": found.answers_changed}
    if any(answers.values()):
        lines.append(translate(language, "difference.answers", **answers))
    if found.awards_new or found.awards_gone:
        lines.append(translate(language, "difference.awards", new=found.awards_new, gone=found.awards_gone))
    if found.tables_changed:
        tables = "; ".join(_table_sentence(change, language) for change in found.tables_changed)
        lines.append(translate(language, "difference.rows", tables=tables))
    for lost in found.groups_lost:
        name = named_group(lost.group, language)
        lines.append(translate(language, "difference.group", name=name, before=lost.before, after=lost.after))
    if found.groups_exposed:
        lines.append(translate_with_limits(language, "difference.exposed", n=found.groups_exposed))
    return lines


def confirmation_sentence(found: Confirmation, language: Language) -> str:
    """What must be confirmed before an edition is published; plain text."""
    key, values = confirmation_text(found, language)
    return translate(language, key, **dict(values))


def confirmation_text(found: Confirmation, language: Language) -> tuple[str, tuple[tuple[str, object], ...]]:
    """The key of the text of a confirmation, and its values."""
    values = {**dict(found.values), "group_minimum": LIMITS.group_minimum}
    names = values.get("names")
    if isinstance(names, tuple):
        more = ["…"] if len(names) > _NAMED else []
        listed = ", ".join([*names[:_NAMED], *more])
        values["names"] = translate(language, "safeguard.names", names=listed) if listed else ""
    return f"safeguard.{found.kind}", tuple(values.items())


def _table_sentence(change: TableChange, language: Language) -> str:
    """The changes in a table: numbers of rows, and the first of these rows; plain text."""
    numbers = {"new": change.new, "gone": change.gone, "changed": change.changed}
    told = ", ".join(translate(language, f"difference_table.{kind}", n=n) for kind, n in numbers.items() if n)
    rows = ", ".join([*change.rows, *(["…"] if change.more else [])])
    name = translate(language, f"difference_table.{change.table}")
    return translate(language, "difference_table.told", name=name, told=told, rows=rows)
