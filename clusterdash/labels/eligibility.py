"""Eligibility for a label: the four conditions. Pure.

Conditions in force since 15 November 2019, values from public sources of 2024 (ESCA, EUCLES).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

Condition = Literal["staff", "participants", "categories", "visible"]
CONDITIONS: tuple[Condition, ...] = ("staff", "participants", "categories", "visible")
LIMITS = {"staff": 0.5, "participants": 15, "categories": 2}
"""Minimums: full-time equivalents of management, committed participants, categories of participants.

The fourth: an accepted profile on the European Cluster Collaboration Platform, and a web site in English.
"""


def missing(met: Collection[Condition]) -> tuple[Condition, ...]:
    """The conditions that are not met; empty for a cluster that may apply."""
    return tuple(condition for condition in CONDITIONS if condition not in met)
