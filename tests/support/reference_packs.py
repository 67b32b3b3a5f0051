"""Invented reference packs, made by the product's own counting from answers that are drawn."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from clusterdash.domain import LocalizedText
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.reference_packs.content import TABLES, PackHeader, ReferencePack, Row
from clusterdash.statistics.frequencies import cumulative_frequencies
from clusterdash.statistics.rounding import rounded_figure
from clusterdash.statistics.small_counts import merge_small_bins, rounded_shares

SCHEME = "benchmark-36"
HEADER = PackHeader(
    publisher="A European body",
    title="Reference of A European body, 2025",
    created="2026-01-31",
    licence="CC-BY-4.0",
    scheme=SCHEME,
    family="benchmark",
    version="illustrative 1",
    scheme_name=LocalizedText("Benchmarking", "Benchmarking"),
    first_year=2023,
    last_year=2025,
    synthetic=True,
)
GROUPS = {("top500", ""): 500, ("sector", "food"): 60, ("sector", "health"): 80, ("all", ""): 900}
"""The groups of a pack, and how many are in each."""
Drawn = Mapping[tuple[str, str, str], np.ndarray]
"""Answers by kind and key of a group, and indicator."""


@cache
def indicators() -> tuple[dict[str, str], ...]:
    """The indicators of the scheme that have a better direction, as its file has them."""
    with (PROJECT_DATA / "scheme" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row for row in csv.DictReader(file) if row["scheme"] == SCHEME and row["direction"] != "none")


def draw(seed: int = 1, groups: Mapping[tuple[str, str], int] = GROUPS, codes: Sequence[str] = ()) -> Drawn:
    """Answers of all groups to some indicators, or to all."""
    rng = np.random.default_rng(seed)
    found = {}
    for (kind, key), n in groups.items():
        for row in indicators():
            if not codes or row["code"] in codes:
                low, high = float(row["minimum"]), float(row["maximum"])
                if row["kind"] == "number":
                    answers = np.clip(np.round(rng.lognormal(3, 1, n)), low, high)
                else:
                    answers = np.round(low + (high - low) * rng.beta(2, 2, n))
                found[kind, key, row["code"]] = answers
    return found


def pack_of(drawn: Drawn, header: PackHeader = HEADER, **changed: Any) -> ReferencePack:
    """The pack of drawn answers; scores of dimensions are drawn as well."""
    about = {row["code"]: row for row in indicators()}
    groups = dict.fromkeys((kind, key) for kind, key, _ in drawn)
    sizes = {(kind, key): len(drawn[kind, key, code]) for kind, key, code in drawn}
    tables: dict[str, list[Row]] = {name: [] for name in TABLES}
    for kind, key in groups:
        rule = f"Who is in {kind} {key}".strip()
        names = (key.title(), key.title())
        tables["groups"].append((kind, key, *names, sizes[kind, key], rule, rule, "", None, None, ""))
    for code, row in about.items():
        if any(one == code for _, _, one in drawn):
            numbers = (float(row["minimum"]), float(row["maximum"]))
            words = (row["name_en"], row["name_fr"], row["kind"], row["unit_en"], row["unit_fr"])
            tables["indicators"].append((code, row["dimension"], *words, *numbers, row["direction"], True))
    for (kind, key, code), answers in drawn.items():
        row = about[code]
        _add_cell(
            tables, (kind, key, "indicator", code), row["kind"], answers, float(row["minimum"]), float(row["maximum"])
        )
        if row["kind"] == "level":
            counts = [int((answers == level).sum()) for level in range(int(row["minimum"]), int(row["maximum"]) + 1)]
            parts = merge_small_bins(counts, 6)
            shares = rounded_shares([n for *_, n in parts], 5)
            first = int(row["minimum"])
            tables["shares"] += [
                (kind, key, code, first + low, first + high, share)
                for (low, high, _), share in zip(parts, shares, strict=True)
            ]
    rng = np.random.default_rng(len(drawn))
    for kind, key in groups:
        for dimension in dict.fromkeys(row[1] for row in tables["indicators"]):
            scores = rng.uniform(20, 80, sizes[kind, key])
            _add_cell(tables, (kind, key, "dimension", dimension), "share", scores)
    return ReferencePack(replace(header, **changed), {name: tuple(rows) for name, rows in tables.items()})


def small_pack(**changed: Any) -> ReferencePack:
    """A pack of all indicators; `changed` are fields of its header."""
    return pack_of(draw(), **changed)


def _add_cell(tables: dict[str, list[Row]], place: Row, kind: str, answers: np.ndarray, *extent: float) -> None:
    quartiles = [rounded_figure(float(one), kind) for one in np.quantile(answers, [0.25, 0.5, 0.75])]
    tables["figures"].append((*place, len(answers), *quartiles))
    tables["frequencies"] += [
        (*place, one.value, one.at_least, one.at_most) for one in cumulative_frequencies(answers, kind, *extent)
    ]
