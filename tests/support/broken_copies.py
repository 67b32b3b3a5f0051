"""The product broken on purpose, and the attacks that must notice."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from clusterdash.statistics import pipeline
from clusterdash.statistics.pipeline import SqlStep
from support.attack_model import Finding, Tally

Attack = Callable[[Path, pytest.MonkeyPatch], Tally]


def found(*findings: tuple[str, str]) -> list[Finding]:
    return [Finding(cluster, what, math.nan, math.nan) for cluster, what in findings]


def rewritten(*changes: tuple[str, str]) -> Callable[[pytest.MonkeyPatch], None]:
    """The SQL of the statistics with something else written in it."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        steps = list(pipeline.STEPS)
        for old, new in changes:
            places = [place for place, step in enumerate(steps) if isinstance(step, SqlStep) and old in step.sql]
            assert places, f"the SQL has changed, break it anew: {old}"
            for place in places:
                steps[place] = replace(steps[place], sql=steps[place].sql.replace(old, new))
        monkeypatch.setattr(pipeline, "STEPS", tuple(steps))

    return patch


def counted_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten(
        (
            "base * greatest(0, least(ceil(clusters / base) - 1, others // base - 1))",
            "clusters + 0 * (others + base)",
        ),
        (
            "100 * round_outward(below, others, limits.rounding_base) / others",
            "round(100 * round_outward(below, others, limits.rounding_base) / others, 9)",
        ),
        (
            "100 - 100 * round_outward(above, others, limits.rounding_base) / others",
            "round(100 - 100 * round_outward(above, others, limits.rounding_base) / others, 9)",
        ),
    )(monkeypatch)


@dataclass(frozen=True)
class Broken:
    """One thing that is wrong, and the attack that has to notice."""

    name: str
    breaks: Callable[[pytest.MonkeyPatch], None]
    attack: Attack
