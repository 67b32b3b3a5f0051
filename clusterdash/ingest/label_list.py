"""A list of labelled clusters, as the body that awards labels publishes it, compared with the register. Pure.

Rows are matched with clusters by their id, else by country and name; what is new, what is more precise, and what the
list no longer has is returned as changes to be confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

from rapidfuzz import fuzz, process

from ..domain import Award, Label, LabelHolder, Problem
from ..domain.label_change import ChangeAction, NewChange
from ..i18n import collation_key, countries_by_name, country_codes
from .cell_parsers import CellError
from .readers import Sheet
from .table_reader import as_cell
from .table_schemas import TABLES

MATCHED, SIMILAR = 92, 75
"""Similarity of two names, in per cent: from the first on they are taken as the same, from the second on one asks."""
_WITHIN = 95
"""So similar are the words of one name to some of the other's, where it is a part of it."""
_HEADINGS = {
    "cluster_id": ("cluster_id", "id"),
    "name": ("name", "cluster", "cluster name", "organisation", "organization", "nom", "nom du cluster"),
    "country": ("country", "pays"),
    "label": ("label", "level", "niveau"),
    "awarded_on": ("awarded_on", "awarded", "date", "date of award", "award date", "obtenu le", "date d'obtention"),
    "valid_until": ("valid_until", "valid until", "end", "expires", "valable jusqu'au", "fin"),
    "valid_months": ("valid_months",),
    "source_url": ("source_url", "source", "link", "lien"),
    "city": ("city", "town", "ville"),
    "website": ("website", "web site", "site", "site web", "url"),
}
"""The columns that are read, and how lists head them, in lower case."""
_LABELS = {
    Label.GOLD: ("gold", "or"),
    Label.SILVER: ("silver", "argent"),
    Label.BRONZE: ("bronze",),
}
_OF_CLUSTERS = ("name", "city", "website")
_GENERIC = re.compile(r"\b(cluster|klaster|klastr|e v|gmbh|asbl|association|the|der|die|das|le|la)\b")
"""Words of names that tell nothing about which cluster it is."""
Finding = Literal["new_cluster", "new_award", "changed", "similar", "gone"]


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One difference between a list and the register, with the changes that would settle it.

    `row` is numbered as in the spreadsheet, None for what the list does not have; `told` is the name in the list, and
    `known` the cluster of the register that it is taken for, "" for a new one. `similarity` in per cent.
    """

    finding: Finding
    row: int | None
    told: str
    known: str
    label: Label
    similarity: int
    changes: tuple[NewChange, ...]


@dataclass(frozen=True, slots=True)
class ListComparison:
    """All differences, in the order of the list, and how many of its rows the register has already."""

    entries: tuple[ListEntry, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a list, its cells checked and as they are stored."""

    number: int
    label: Label
    cells: Mapping[str, str]


def compare_list(
    sheets: Sequence[Sheet], register: Sequence[LabelHolder], held: Mapping[str, Sequence[Label]], today: date
) -> tuple[ListComparison | None, list[Problem]]:
    """What a list of one sheet says differently than the register; None and the problems if it cannot be read.

    `held`: by cluster, the labels that the register takes as held; those of the list's countries and labels that it
    does not have are told as gone.
    """
    if len(sheets) != 1:
        return None, [Problem("", "", None, "", "", "label_list.one_sheet", (("n", len(sheets)),))]
    rows, problems = _read(sheets[0])
    if problems or not rows:
        return None, problems or [Problem(sheets[0].file, sheets[0].name, None, "", "", "label_list.nothing")]
    holders = {holder.cluster.cluster_id: holder for holder in register}
    entries: list[ListEntry] = []
    unchanged = 0
    found: set[tuple[str, Label]] = set()
    added: set[str] = set()
    for row in rows:
        holder, similarity = _match(row, holders)
        entry = _compare(row, holder, similarity, added)
        if holder is not None:
            found.add((holder.cluster.cluster_id, row.label))
        if entry is None:
            unchanged += 1
        else:
            entries.append(entry)
    entries += _gone(rows, holders, held, found, today)
    return ListComparison(tuple(entries), unchanged), []


def _read(sheet: Sheet) -> tuple[list[_Row], list[Problem]]:
    """The rows of a sheet with their cells by column; those without a label or name are problems."""
    where = _columns(sheet.header)
    problems = []
    if "label" not in where or not {"name", "cluster_id"} & where.keys():
        headings = ", ".join(heading for heading in sheet.header if heading)
        return [], [Problem(sheet.file, sheet.name, 1, "", "", "label_list.columns", (("found", headings),))]
    rows = []
    for number, cells in sheet.rows:
        told = {name: cells[index].strip() for name, index in where.items()}
        if not any(told.values()):
            continue
        read: dict[str, str] = {}
        for name, text in told.items():
            try:
                read[name] = _cell(name, text)
            except CellError as refusal:
                problems.append(Problem(sheet.file, sheet.name, number, name, text, refusal.key, refusal.values))
        if not (told.get("name") or told.get("cluster_id")):
            problems.append(Problem(sheet.file, sheet.name, number, "name", "", "cell.empty"))
        if read.get("label"):
            rows.append(_Row(number, Label(read["label"]), read))
    return rows, problems


def _columns(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, heading in enumerate(header):
        plain = " ".join(heading.lower().replace("’", "'").split())
        for name, names in _HEADINGS.items():
            if plain in names:
                found.setdefault(name, index)
    return found


def _cell(name: str, text: str) -> str:
    """A cell as it is stored; raises CellError for one that cannot be read."""
    if name == "label":
        words = set(re.findall(r"\w+", collation_key(text)))
        label = next((label for label, names in _LABELS.items() if words & set(names)), None)
        if label is None:
            raise CellError("cell.choice", choices=", ".join(Label))
        return label.value
    if not text:
        return ""
    if name == "country":
        code = (
            text.upper()
            if text.upper() in country_codes()
            else countries_by_name(collation_key).get(collation_key(text))
        )
        if code is None:
            raise CellError("cell.country")
        return code
    table = "clusters" if name in _OF_CLUSTERS else "awards"
    return as_cell(TABLES[table][name].parse(text))


def _match(row: _Row, holders: Mapping[str, LabelHolder]) -> tuple[LabelHolder | None, int]:
    """The cluster that a row is about, and how similar its name is, in per cent; None for a new one."""
    cells = row.cells
    if (known := holders.get(cells.get("cluster_id", ""))) is not None:
        return known, 100
    country = cells.get("country", "")
    names = {
        cluster: comparable_name(holder.cluster.name)
        for cluster, holder in holders.items()
        if country in ("", holder.cluster.country)
    }
    asked = comparable_name(cells.get("name", ""))
    alike = process.extractOne(asked, names, scorer=fuzz.token_sort_ratio, score_cutoff=SIMILAR)
    if alike and alike[1] >= MATCHED:
        return holders[alike[2]], int(alike[1])
    # All words of one name are in the other: an abbreviation, a legal form, a subtitle. That is to be confirmed.
    within = process.extractOne(asked, names, scorer=fuzz.token_set_ratio, score_cutoff=_WITHIN)
    best = within or alike
    return (holders[best[2]], min(int(best[1]), MATCHED - 1)) if best else (None, 0)


@cache
def comparable_name(name: str) -> str:
    """A name to compare by: without case, accents, signs, and words that many names have."""
    plain = " ".join(re.findall(r"\w+", collation_key(name)))
    return " ".join(_GENERIC.sub(" ", plain).split()) or plain


def _compare(row: _Row, holder: LabelHolder | None, similarity: int, added: set[str]) -> ListEntry | None:
    """What a row says that the register does not; None for nothing. `added`: the ids of new clusters so far."""
    cells = {name: row.cells.get(name, "") for name in ("awarded_on", "valid_until", "valid_months", "source_url")}
    award = {"label": row.label.value, **cells, "date_basis": "stated", "confidence": "high"}
    told = row.cells.get("name") or row.cells["cluster_id"]
    if holder is None:
        cluster_id = row.cells.get("cluster_id") or new_cluster_id(row.cells.get("country", ""), told)
        facts = {name: row.cells.get(name, "") for name in ("name", "country", "city", "website")}
        changes = [NewChange(ChangeAction.ADD_AWARD, cluster_id, award)]
        if cluster_id not in added:
            changes.insert(0, NewChange(ChangeAction.ADD_CLUSTER, cluster_id, facts))
        added.add(cluster_id)
        return ListEntry("new_cluster", row.number, told, "", row.label, 0, tuple(changes))
    known = holder.cluster.cluster_id
    agreeing = [one for one in holder.awards if one.label is row.label and _agree(one, cells)]
    same = next((one for one in agreeing if _more_precise(one, cells) is None), next(iter(agreeing), None))
    finding: Finding = "new_award" if same is None else "changed"
    if same is not None:
        more = _more_precise(same, cells)
        if more is None:
            return None
        award |= more
    if similarity < MATCHED:
        finding = "similar"
    return ListEntry(
        finding, row.number, told, known, row.label, similarity, (NewChange(ChangeAction.ADD_AWARD, known, award),)
    )


def _agree(award: Award, cells: Mapping[str, str]) -> bool:
    """Whether a row may be about an award: dates and ends that both tell agree as far as they go."""
    given, until = cells["awarded_on"], cells["valid_until"]
    if given and award.awarded_on:
        return _one_begins_other(given, award.awarded_on)
    if until and award.end.until:
        return _one_begins_other(until, award.end.until)
    return not given and not until


def _one_begins_other(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _more_precise(award: Award, cells: Mapping[str, str]) -> dict[str, str] | None:
    """The cells of a known award with what a row adds to it; None where it adds nothing."""
    given = max(cells["awarded_on"], award.awarded_on, key=len)
    until = max(cells["valid_until"], award.valid_until, key=len)
    months = as_cell(award.valid_months) or cells["valid_months"]
    if (given, until, months) == (award.awarded_on, award.valid_until, as_cell(award.valid_months)):
        return None
    return {
        "awarded_on": given,
        "valid_until": until,
        "valid_months": months,
        "source_url": cells["source_url"] or award.source_url,
        "replaces": award.award_id,
    }


def new_cluster_id(country: str, name: str) -> str:
    """An id for a cluster that the register does not know: its country and its name, in plain letters."""
    words = re.sub(r"[^a-z0-9]+", "-", collation_key(name)).strip("-")[:60].strip("-")
    return "-".join(part for part in (country.lower(), words) if part)


def with_source(changes: Iterable[NewChange], source_url: str) -> list[NewChange]:
    """The changes, with the address of the list where a row gives no source of its own."""
    return [
        replace(change, details={**change.details, "source_url": change.details["source_url"] or source_url})
        if "source_url" in change.details
        else change
        for change in changes
    ]


def _gone(
    rows: Sequence[_Row],
    holders: Mapping[str, LabelHolder],
    held: Mapping[str, Sequence[Label]],
    found: set[tuple[str, Label]],
    today: date,
) -> list[ListEntry]:
    """The labels that the register takes as held and the list does not have, in its countries and of its labels."""
    countries = {row.cells.get("country", "") for row in rows}
    labels = {row.label for row in rows}
    missing = []
    for cluster, of_cluster in held.items():
        holder = holders[cluster]
        for label in of_cluster:
            if (
                label in labels
                and ("" in countries or holder.cluster.country in countries)
                and (cluster, label) not in found
            ):
                lapsed = {"label": label.value, "seen_on": today.isoformat(), "state": "lapsed", "basis": "list"}
                change = NewChange(ChangeAction.ADD_OBSERVATION, cluster, lapsed | {"source_url": ""})
                missing.append(ListEntry("gone", None, holder.cluster.name, cluster, label, 100, (change,)))
    return missing
