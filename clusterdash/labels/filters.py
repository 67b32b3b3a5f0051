"""Filters of the register of labels, and their query parameters. Pure.

The page, the files and the embedded map all read the same parameters, so they show the same labels.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from ..domain import Label, LabelState

ALL = "all"
PARAMETER_NAMES = ("label", "q", "country", "sector", "state", "year")
"""The query parameters that belong to the filters."""
NEAR = "near"
"""The query parameter of the place from which distances are shown; files of labels do not have it."""
FIRST_YEAR = 2011
"""The year of the first labels."""
MAX_TEXT_LENGTH = 100


@dataclass(frozen=True, slots=True)
class LabelFilters:
    """The filters. Empty sets and texts do not filter; `label` None selects the highest label of each cluster.

    `year` None means today, otherwise the end of that year. `near` names a place: it filters nothing, but sorts by the
    distance from there.
    """

    label: Label | None = None
    text: str = ""
    countries: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    states: frozenset[LabelState] = frozenset()
    year: int | None = None
    near: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether there is any filter besides label and day."""
        return bool(self.text or self.countries or self.sectors or self.states)

    def day(self, today: date) -> date:
        """The day that the filters refer to: the end of the chosen year, or today."""
        return today if self.year is None or self.year >= today.year else date(self.year, 12, 31)

    def address(self) -> dict[str, str]:
        """The query parameters of these filters, in a fixed order; unused filters are omitted."""
        found = {
            "label": self.label.value if self.label else ALL,
            "q": self.text,
            "country": ",".join(sorted(self.countries)),
            "sector": ",".join(sorted(self.sectors)),
            "state": ",".join(state for state in LabelState if state in self.states),
            "year": str(self.year) if self.year else "",
            NEAR: self.near,
        }
        return {name: value for name, value in found.items() if value}


def from_query(
    address: Mapping[str, str], countries: Collection[str], sectors: Collection[str], today: date
) -> tuple[LabelFilters, list[tuple[str, str]]]:
    """The filters of some query parameters, and the parameters with values that do not exist, as (name, value).

    A parameter given several times is passed as its values separated by commas.
    """
    wrong: list[tuple[str, str]] = []

    def many(name: str, known: Collection[str]) -> frozenset[str]:
        asked = [value for value in address.get(name, "").split(",") if value]
        wrong.extend((name, value) for value in asked if value not in known)
        return frozenset(asked) & frozenset(known)

    def words(name: str) -> str:
        text = address.get(name, "").strip()
        if len(text) > MAX_TEXT_LENGTH:
            wrong.append((name, text))
            return ""
        return text if re.search(r"\w", text) else ""

    label, year = address.get("label") or ALL, address.get("year", "")
    if label != ALL and label not in set(Label):
        wrong.append(("label", label))
        label = ALL
    if year and not (re.fullmatch(r"\d{4}", year) and FIRST_YEAR <= int(year) <= today.year):
        wrong.append(("year", year))
        year = ""
    return LabelFilters(
        label=None if label == ALL else Label(label),
        text=words("q"),
        countries=many("country", countries),
        sectors=many("sector", sectors),
        states=frozenset(LabelState(value) for value in many("state", set(LabelState))),
        year=int(year) if year and int(year) < today.year else None,
        near=words(NEAR),
    ), wrong
