"""A slow plain twin of `statistics/sql`: the rules written a second time, from the files, without a database."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

Answers = dict[str, float]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def percentile(own: float, others: list[float]) -> tuple[float, float, float]:
    """Mid-rank percentile and tie range, in per cent; more is better."""
    worse = sum(other < own for other in others)
    level = sum(other == own for other in others)
    n = len(others)
    return 100 * (worse + level / 2) / n, 100 * worse / n, 100 * (worse + level) / n


def in_steps(count: int, n: int) -> int:
    """The published count of n others: the steps begin behind every fifth, and the last holds at least five."""
    return max([start for start in range(0, n, 5) if n - start >= 5 and (start == 0 or count > start)], default=0)


def published_percentile(own: float, others: list[float]) -> tuple[float, float, float] | None:
    """The percentile and tie range that may be published; None with fewer than ten others."""
    n = len(others)
    if n < 10:
        return None
    low = 100 * in_steps(sum(other < own for other in others), n) / n
    high = 100 - 100 * in_steps(sum(other > own for other in others), n) / n
    return (low + high) / 2, low, high


@dataclass
class ExpectedPosition:
    value: float | None
    percentile: float | None
    low: float | None
    high: float | None
    median: float | None
    lower: float | None
    upper: float | None
    n: int


class ReferenceStatistics:
    """All statistics of the latest benchmarks in one scheme."""

    def __init__(
        self, folder: Path, scheme_folder: Path, europe: Path, scheme: str, top_size: int = 500, until: str = "9"
    ) -> None:
        indicators = [row for row in rows(scheme_folder / "indicators.csv") if row["scheme"] == scheme]
        self.direction = {row["code"]: row["direction"] for row in indicators if row["direction"] != "none"}
        self.dimension = {row["code"]: row["dimension"] for row in indicators if row["direction"] != "none"}
        clusters = {row["cluster_id"]: row for row in rows(folder / "clusters.csv")}
        self.sectors = {c: [s for s in row["sector"].split("|") if s] for c, row in clusters.items()}
        members = {row["country"] for row in rows(europe)}
        self.country = {c: row["country"] for c, row in clusters.items()}
        self.country_group = {row["country"]: row["key"] for row in rows(europe.parent / "country-groups.csv")}
        self.bands = [row for row in rows(scheme_folder / "bands.csv") if row["scheme"] == scheme]
        latest: dict[str, str] = {}
        answers = [
            row for row in rows(folder / "answers.csv") if row["scheme"] == scheme and row["assessed_on"] <= until
        ]
        for row in answers:
            latest[row["cluster_id"]] = max(latest.get(row["cluster_id"], ""), row["assessed_on"])
        self.answers: dict[str, Answers] = defaultdict(dict)
        for row in answers:
            if row["assessed_on"] == latest[row["cluster_id"]]:
                self.answers[row["cluster_id"]][row["indicator"]] = float(row["value"])
        self.european = sorted(c for c in self.answers if clusters[c]["country"] in members)
        overall = {c: self.overall(c) for c in self.european}
        ranked = sorted((c for c in self.european if overall[c] is not None), key=lambda c: (-round(overall[c], 9), c))
        self.top = ranked[:top_size]

    def turned(self, cluster: str, indicator: str) -> float | None:
        value = self.answers[cluster].get(indicator)
        return None if value is None else -value if self.direction[indicator] == "lower" else value

    def position(self, cluster: str, indicator: str, group: list[str], closed: bool = False) -> ExpectedPosition:
        """What may be published; nothing where `closed`. The peers' figures are not rounded here."""
        others = [v for c in group if c != cluster and (v := self.turned(c, indicator)) is not None]
        own = self.turned(cluster, indicator)
        value = self.answers[cluster].get(indicator)
        if len(others) < 5 or closed:
            return ExpectedPosition(value, None, None, None, None, None, None, len(others))
        answered = [-v if self.direction[indicator] == "lower" else v for v in others]
        lower, _, upper = quantiles(answered, n=4, method="inclusive") if len(others) >= 20 else (None, None, None)
        counted = None if own is None else published_percentile(own, others)
        if counted is None:
            return ExpectedPosition(value, None, None, None, median(answered), lower, upper, len(others))
        return ExpectedPosition(value, *counted, median(answered), lower, upper, len(others))

    def scores(self, cluster: str, group: list[str], closed: Set[str] = frozenset()) -> dict[str, float | None]:
        """Scores from the percentiles that may be published; `closed`: the indicators suppressed for the group."""
        return self._scores({i: self.position(cluster, i, group, i in closed).percentile for i in self.dimension})

    def _scores(self, placed: dict[str, float | None]) -> dict[str, float | None]:
        found: dict[str, list[float | None]] = defaultdict(list)
        for indicator, dimension in self.dimension.items():
            found[dimension].append(placed[indicator])
        result: dict[str, float | None] = {}
        for dimension, percentiles in found.items():
            known = [p for p in percentiles if p is not None]
            enough = 3 * len(known) >= 2 * len(percentiles)
            result[dimension] = sum(known) / len(known) if enough else None
        return result

    def overall(self, cluster: str) -> float | None:
        """By exact percentiles: it is shown to nobody."""
        placed: dict[str, float | None] = {}
        for indicator in self.dimension:
            others = [v for c in self.european if c != cluster and (v := self.turned(c, indicator)) is not None]
            own = self.turned(cluster, indicator)
            placed[indicator] = None if own is None or not others else percentile(own, others)[0]
        scores = list(self._scores(placed).values())
        return None if any(score is None for score in scores) else sum(scores) / len(scores)

    def band(self, cluster: str, kind: str) -> str | None:
        for band in self.bands:
            value = self.answers[cluster].get(band["indicator"])
            if band["kind"] == kind and value is not None:
                low, high = float(band["low"] or "-inf"), float(band["high"] or "inf")
                if low <= value < high:
                    return band["key"]
        return None

    def groups(self, cluster: str) -> dict[tuple[str, str], list[str]]:
        """Everybody in each group that a cluster may look at, by kind and key."""
        found = {("top500", ""): self.top, ("all", ""): list(self.answers)}
        for sector in self.sectors[cluster]:
            found["sector", sector] = [c for c in self.answers if sector in self.sectors[c]]
        for kind in ("size", "age"):
            if key := self.band(cluster, kind):
                found[kind, key] = [c for c in self.answers if self.band(c, kind) == key]
        if key := self.country_group.get(self.country[cluster]):
            found["country_group", key] = [c for c in self.answers if self.country_group.get(self.country[c]) == key]
        return found
