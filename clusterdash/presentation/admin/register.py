"""Sentences and tables for staff on the register of labels: what to check, what was changed, what a list says. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from ...domain import Award, Label, Language, Sector
from ...domain.label_change import ChangeAction, LabelChange
from ...i18n import country_name, format_datetime, format_partial_date, translate
from ...ingest.label_list import ListComparison, ListEntry
from ...labels.freshness import LabelToCheck
from ..benchmark.tables import table
from ..html import link
from ..labels.narrative import cluster_location

URGENT = ("soon", "renewed")
"""The reasons to check a label that the heading counts."""
_CODED = {"label": "label", "confidence": "confidence", "state": "seen"}
"""Columns with codes, and the texts that name these."""
_DATES = ("awarded_on", "valid_until", "seen_on", "checked_on", "dissolved_on")
_FINDINGS = ("new_cluster", "new_award", "changed", "similar", "gone")


def register_title(found: Sequence[LabelToCheck], language: Language) -> str:
    """How many labels end soon or may have been renewed; Markdown."""
    urgent = sum(bool(set(one.reasons) & set(URGENT)) for one in found)
    return translate(language, "register.urgent", n=urgent) if urgent else translate(language, "register.title")


def last_change(changes: Sequence[LabelChange], language: Language) -> str:
    """When the register was last changed here, and how often; `changes` with the latest first; Markdown."""
    if not changes:
        return translate(language, "register.no_changes")
    when = format_datetime(language, datetime.fromisoformat(changes[0].at))
    return translate(language, "register.changes", n=len(changes), when=when)


def check_rows(found: Sequence[LabelToCheck], language: Language) -> list[list[str]]:
    """Labels to check as rows of text: cluster, place, label, end, reasons, last check, source."""
    return [
        [
            one.cluster.name,
            cluster_location(one.cluster, language),
            translate(language, f"label.{one.label}"),
            format_partial_date(language, one.end.until) if one.end.until else "–",
            ", ".join(translate(language, f"check_reason.{reason}") for reason in _reasons_to_tell(one.reasons)),
            format_partial_date(language, one.checked_on) if one.checked_on else translate(language, "register.never"),
            one.source_url,
        ]
        for one in found
    ]


def _reasons_to_tell(reasons: Sequence[str]) -> Sequence[str]:
    """The reasons without the one that the column of the last check tells, unless it is the only one."""
    return [reason for reason in reasons if reason != "unchecked"] or reasons


def check_headings(language: Language) -> list[str]:
    """The headings of `check_rows`."""
    names = ("cluster", "place", "label", "end", "why", "checked", "source")
    return [translate(language, f"column.{name}") for name in names]


def check_table(found: Sequence[LabelToCheck], language: Language) -> str:
    """Labels to check; each name leads to where its cluster is changed, each source to its page."""
    rows = []
    for one, (name, *cells, source) in zip(found, check_rows(found, language), strict=True):
        query = urlencode({"part": "change", "id": one.cluster.cluster_id, "lang": language})
        page = link(source, translate(language, "register.source"), target="_blank", rel="noopener noreferrer")
        rows.append([link(f"register?{query}", name, target="_self"), *cells, page if source else "–"])
    return table(translate(language, "register.to_check"), check_headings(language), [("", rows)], prose=True)


def award_text(award: Award, language: Language) -> str:
    """An award in a line: label, date, source."""
    when = (
        format_partial_date(language, award.awarded_on) if award.awarded_on else translate(language, "cluster.undated")
    )
    return " · ".join(part for part in (translate(language, f"label.{award.label}"), when, award.source_url) if part)


def change_table(
    changes: Sequence[LabelChange],
    over: Collection[int],
    names: Mapping[str, str],
    sectors: Mapping[str, Sector],
    language: Language,
) -> str:
    """Changes with when, who and why; those that were undone, whose ids are in `over`, say so."""
    rows = [
        [
            str(change.change_id),
            format_datetime(language, datetime.fromisoformat(change.at)),
            change.by,
            names.get(change.cluster_id, change.cluster_id),
            change_text(change, names, sectors, language)
            + (translate(language, "register.is_undone") if change.change_id in over else ""),
            change.reason,
        ]
        for change in changes
    ]
    headings = [translate(language, f"column.{name}") for name in ("change", "when", "by", "cluster", "what", "reason")]
    return table(translate(language, "register.history"), headings, [("", rows)], prose=True)


def change_text(
    change: LabelChange, names: Mapping[str, str], sectors: Mapping[str, Sector], language: Language
) -> str:
    """What a change does; plain text."""
    cells = change.details
    told = "; ".join(
        translate(
            language,
            "table.labelled",
            name=translate(language, f"register_field.{name}"),
            value=_cell(name, value, names, sectors, language),
        )
        for name, value in cells.items()
        if value and name not in ("award_ids", "date_basis", "basis")
    )
    key = "fix_award" if change.action is ChangeAction.ADD_AWARD and cells.get("replaces") else change.action.value
    name = translate(language, f"change.{key}")
    return translate(language, "table.labelled", name=name, value=told) if told else name


def _cell(name: str, value: str, names: Mapping[str, str], sectors: Mapping[str, Sector], language: Language) -> str:
    """A cell of a change as people read it."""
    if name in _CODED:
        return translate(language, f"{_CODED[name]}.{value}")
    if name in _DATES:
        return format_partial_date(language, value)
    if name == "sector":
        return ", ".join(sectors[code].name.get(language) if code in sectors else code for code in value.split("|"))
    if name == "country":
        return country_name(language, value)
    return names.get(value, value) if name in ("into", "successor") else value


def list_summary(found: ListComparison, language: Language) -> str:
    """How many rows of a list are new, changed, doubtful, gone or known already; Markdown."""
    counts = {name: sum(entry.finding == name for entry in found.entries) for name in _FINDINGS}
    parts = [translate(language, f"list_finding.{name}", n=n) for name, n in counts.items() if n]
    return " · ".join([*parts, translate(language, "list_finding.same", n=found.unchanged)])


def entry_text(entry: ListEntry, names: Mapping[str, str], language: Language) -> str:
    """One difference between a list and the register; plain text."""
    details = entry.changes[-1].details
    days = [details.get(name, "") for name in ("awarded_on", "valid_until", "seen_on")]
    told = {
        "name": entry.told,
        "known": names.get(entry.known, ""),
        "similarity": entry.similarity,
        "label": translate(language, f"label.{Label(entry.label)}"),
        "dates": " → ".join(format_partial_date(language, day) for day in days if day) or "–",
    }
    return translate(language, f"list_entry.{entry.finding}", **told)
