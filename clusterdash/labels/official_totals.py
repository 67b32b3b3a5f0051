"""Totals of labels that their awarding body has told, from `official_totals.csv`, beside what the register says."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from ..domain import ClusterdashError, Label, LabelHolder, PartialDate
from ..domain.partial_dates import last_day
from ..editions.catalog import PROJECT_DATA
from .counts import count_on

NAME = "official_totals.csv"


@checked_dataclass(frozen=True, slots=True)
class OfficialTotal:
    """How many clusters held a label on a day, or had ever been awarded it; `source_url` "" where not recorded."""

    day: Annotated[PartialDate, StringConstraints(pattern=r"^\d{4}(-\d{2}){0,2}$")]
    label: Label
    what: Literal["active", "ever"]
    total: int
    source_url: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s<>]+)?$")]
    note: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """An official total, and how many clusters the register says by the end of its day, month or year."""

    official: OfficialTotal
    registered: int


def official_totals(data: Path) -> tuple[OfficialTotal, ...]:
    """The totals of a data folder, in their order in the file; else the project's, unless its register is another.

    Raises ClusterdashError if the file cannot be read, or a row is wrong.
    """
    own = data / NAME
    if not own.is_file() and (data / "labels").is_dir() and data != PROJECT_DATA:
        return ()
    file = own if own.is_file() else PROJECT_DATA / NAME
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            found = TypeAdapter(tuple[OfficialTotal, ...]).validate_python(tuple(csv.DictReader(lines)))
        for total in found:
            last_day(total.day)  # raises ValueError for what is no date
    except ValidationError as error:
        wrong = dict.fromkeys(f"{int(at[0]) + 2}: {at[-1]}" for at in (one["loc"] for one in error.errors()))
        raise ClusterdashError("official_totals.wrong", file=file, rows=", ".join(wrong)) from None
    except (OSError, ValueError) as error:
        raise ClusterdashError("official_totals.unreadable", file=file, detail=str(error)) from error
    return found


def beside_register(
    totals: Sequence[OfficialTotal], register: Sequence[LabelHolder], label: Label | None
) -> tuple[Comparison, ...]:
    """The totals of a label, or of all labels, beside the register: held ones, certainly or by the rule, or all."""
    compared = []
    for official in totals:
        if label in (None, official.label):
            counts = count_on(register, official.label, last_day(official.day) or date.max)
            active = official.what == "active"
            compared.append(Comparison(official, counts.valid + counts.by_rule if active else counts.total))
    return tuple(compared)


def known_share(compared: Sequence[Comparison]) -> float | None:
    """Which share of the labels ever awarded the register knows, in per cent, by these totals; None without any."""
    ever = [one for one in compared if one.official.what == "ever"]
    return 100 * sum(one.registered for one in ever) / sum(one.official.total for one in ever) if ever else None
