"""Who may ask for a label: the four conditions, checked from four answers. Pure.

Conditions in force since 15 November 2019, values from public sources of 2024 (ESCA, EUCLES).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

STAFF, PARTICIPANTS, CATEGORIES = 0.5, 15, 2
"""At least so many full-time equivalents of management, committed participants, categories of participants."""
Condition = Literal["staff", "participants", "categories", "visible"]


@dataclass(frozen=True, slots=True)
class Answers:
    """Full-time equivalents, committed participants and their categories, None where not answered.

    `visible`: an accepted profile on the European Cluster Collaboration Platform, and a web site in English.
    """

    staff: float | None
    participants: int | None
    categories: int | None
    visible: bool

    @property
    def begun(self) -> bool:
        """Whether anything has been answered."""
        return self.visible or any(v is not None for v in (self.staff, self.participants, self.categories))


def missing(answers: Answers) -> tuple[Condition, ...]:
    """The conditions that are not met, or not answered yet; none for a cluster that may apply."""
    met: dict[Condition, bool] = {
        "staff": (answers.staff or 0) >= STAFF,
        "participants": (answers.participants or 0) >= PARTICIPANTS,
        "categories": (answers.categories or 0) >= CATEGORIES,
        "visible": answers.visible,
    }
    return tuple(condition for condition, fulfilled in met.items() if not fulfilled)
