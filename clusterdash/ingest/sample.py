"""Generator of an invented edition, as the files an expert would submit: invented names, plausible numbers.

The parameters are in `data/demonstration/`: for each indicator a distribution, its correlation with the quality and
the size of a cluster, and how often it is unanswered. Countries and sectors are as frequent as in the register.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .. import files

Numbers = NDArray[np.float64]

SECOND_SECTOR = 0.2
DECLARED = 300
VERIFIED = 60
VERIFIED_LOWER = 0.12
"""Share of the answers that two experts set one lower than the cluster declared."""
LAST_YEAR = 2025
YEARLY_MEMORY = 0.9
"""Correlation of the noise of a latent score from one year to the next."""
EXAMPLE_PROFILE = {
    "structure": 0.5,
    "governance": 1.1,
    "financing": -0.3,
    "services": 0.7,
    "interaction": -0.5,
    "achievements": -0.3,
}
"""Expected latent scores of the first cluster, with which the demonstration opens: by dimension, highs and lows."""
EXAMPLE_NOISE = 0.5
"""How much of the noise of other clusters the first one has."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is drawn once for each cluster: latent size and quality, sector as a number, factor of its country."""

    rng: np.random.Generator
    size: Numbers
    quality: Numbers
    sector: NDArray[np.int64]
    sectors: int
    size_factor: Numbers


def generate(
    folder: Path,
    data: Path,
    *,
    clusters: int = 1300,
    years: int = 3,
    seed: int = 1,
    last_year: int = LAST_YEAR,
) -> None:
    """Write `edition.csv`, `clusters.csv` and `answers.csv` into a folder; the same numbers give the same files.

    `data` is the folder with `labels`, `scheme` and `demonstration`. Assessments fall into `years` up to `last_year`.
    """
    rng = np.random.default_rng(seed)
    register = pd.read_csv(data / "labels" / "clusters.csv", keep_default_na=False)
    countries = rng.choice(register["country"].to_numpy(), clusters)
    codes = sorted(set(register["sector"]))
    first, second = (rng.choice(register["sector"].to_numpy(), clusters) for _ in range(2))
    has_second = (rng.random(clusters) < SECOND_SECTOR) & (first != second)
    factors = pd.read_csv(data / "demonstration" / "countries.csv", keep_default_na=False)
    factor = dict(zip(factors["country"], factors["size_factor"], strict=True))
    frame = _Frame(
        rng,
        rng.standard_normal(clusters),
        rng.standard_normal(clusters),
        np.array([codes.index(code) for code in first]),
        len(codes),
        np.array([factor.get(country, 1.0) for country in countries]),
    )
    files.make_folder(folder)
    width = max(4, len(str(clusters)))
    ids = [f"demo-{i:0{width}d}" for i in range(1, clusters + 1)]
    _write(folder / "edition.csv", ["title", "synthetic"], [[f"Démonstration {last_year}", 1]])
    sectors = [f"{one}|{two}" if both else one for one, two, both in zip(first, second, has_second, strict=True)]
    _write(
        folder / "clusters.csv",
        ["cluster_id", "name", "country", "sector", "geo_precision", "note"],
        [
            [cluster, f"Cluster Démo {cluster[5:]}", country, sector, "unknown", "invented / inventé"]
            for cluster, country, sector in zip(ids, countries, sectors, strict=True)
        ],
    )
    questions = pd.read_csv(data / "demonstration" / "distributions.csv", keep_default_na=False, dtype=str)
    indicators = pd.read_csv(data / "scheme" / "indicators.csv", keep_default_na=False, dtype=str)
    dimensions = indicators.rename(columns={"code": "indicator"})[["scheme", "indicator", "dimension"]]
    questions = questions.merge(dimensions, on=["scheme", "indicator"], how="left", validate="one_to_one")
    schemes = pd.read_csv(data / "scheme" / "schemes.csv")
    purposes = dict(zip(schemes["scheme"], schemes["purpose"], strict=True))
    years_drawn = range(last_year - years + 1, last_year + 1)
    _write(
        folder / "answers.csv",
        ["cluster_id", "assessed_on", "scheme", "indicator", "value", "evidence"],
        chain.from_iterable(
            _benchmarks(frame, str(scheme), grid, ids, years_drawn)
            if purposes[str(scheme)] == "benchmark"
            else _evaluations(frame, str(scheme), grid, ids, last_year)
            for scheme, grid in questions.groupby("scheme", sort=False)
        ),
    )


def _benchmarks(
    frame: _Frame, scheme: str, grid: pd.DataFrame, ids: Sequence[str], years: Sequence[int]
) -> Iterator[list[object]]:
    """One declared assessment of each cluster a year, on a working day of its own."""
    days = frame.rng.integers(0, 330, len(ids))
    lean, noise = _lean(frame, grid), _noise(frame, grid)
    example = [EXAMPLE_PROFILE.get(str(dimension), 0.0) for dimension in grid["dimension"]]
    for year in years:
        if year > years[0]:
            noise = YEARLY_MEMORY * noise + (1 - YEARLY_MEMORY**2) ** 0.5 * _noise(frame, grid)
        latent = lean + noise
        latent[0] = example + EXAMPLE_NOISE * noise[0]
        values = _values(frame, grid, latent, complete=0)
        for i, cluster in enumerate(ids):
            day = (date(year, 1, 8) + timedelta(days=int(days[i]))).isoformat()
            yield from _answers(grid, values, i, [cluster, day, scheme], "declared")


def _evaluations(
    frame: _Frame, scheme: str, grid: pd.DataFrame, ids: Sequence[str], year: int
) -> Iterator[list[object]]:
    """Self-assessments of some clusters, and what experts verified for a part of them: a little lower."""
    values = _values(frame, grid, _lean(frame, grid) + _noise(frame, grid))
    lower = {code: np.maximum(v - (frame.rng.random(len(ids)) < VERIFIED_LOWER), 0) for code, v in values.items()}
    declared = frame.rng.permutation(len(ids))[:DECLARED]
    for place, i in enumerate(declared):
        day = date(year, 2, 1) + timedelta(days=int(frame.rng.integers(0, 200)))
        yield from _answers(grid, values, int(i), [ids[i], day.isoformat(), scheme], "declared")
        if place < VERIFIED:
            visit = (day + timedelta(days=60)).isoformat()
            yield from _answers(grid, lower, int(i), [ids[i], visit, scheme], "verified")


def _lean(frame: _Frame, grid: pd.DataFrame) -> Numbers:
    """The expected latent scores, by quality, size and sector of each cluster; shape (clusters, indicators)."""
    sector = frame.rng.normal(0, 0.25, (frame.sectors, len(grid)))[frame.sector]
    return np.outer(frame.quality, _share(grid, "quality")) + np.outer(frame.size, _share(grid, "size")) + sector


def _noise(frame: _Frame, grid: pd.DataFrame) -> Numbers:
    """The independent part of each latent score; shape (clusters, indicators)."""
    own = np.sqrt(np.maximum(0.05, 1 - _share(grid, "quality") ** 2 - _share(grid, "size") ** 2))
    return own * frame.rng.standard_normal((len(frame.size), len(grid)))


def _share(grid: pd.DataFrame, column: str) -> Numbers:
    return grid[column].to_numpy(dtype=np.float64)


def _values(frame: _Frame, grid: pd.DataFrame, latent: Numbers, complete: int | None = None) -> dict[str, Numbers]:
    """Answers by indicator; NaN for unanswered questions. The highest latent score gets the highest value drawn.

    The cluster numbered `complete` has answered all questions.
    """
    values: dict[str, Numbers] = {}
    for column, question in enumerate(grid.itertuples(index=False)):
        code, decimals = str(question.indicator), int(str(question.decimals))
        low, high = float(str(question.low)), float(str(question.high))
        if question.distribution == "ratio":
            numerator, denominator = str(question.a).split("/")
            drawn = values[numerator] / values[denominator]
        else:
            drawn = _draw(frame, str(question.distribution), str(question.a), str(question.b), len(latent))
            drawn = np.sort(drawn)[np.argsort(np.argsort(latent[:, column]))]
            if question.by_country == "1":
                drawn = drawn * frame.size_factor
        drawn = np.clip(drawn, low, high).round(decimals)
        left_open = frame.rng.random(len(drawn)) < float(str(question.missing))
        if complete is not None:
            left_open[complete] = False
        values[code] = np.where(left_open, np.nan, drawn)
    return values


def _draw(frame: _Frame, distribution: str, a: str, b: str, n: int) -> Numbers:
    """Draw n values: lognormal (median, sigma), beta (a, b; in per cent), normal (mean, sd), levels (shares)."""
    rng = frame.rng
    if distribution == "lognormal":
        return rng.lognormal(np.log(float(a)), float(b), n)
    if distribution == "beta":
        return 100 * rng.beta(float(a), float(b), n)
    if distribution == "normal":
        return rng.normal(float(a), float(b), n)
    if distribution == "levels":
        shares = np.array([float(share) for share in a.split("/")])
        return rng.choice(len(shares), n, p=shares / shares.sum()).astype(float)
    raise ValueError(f"no distribution {distribution!r}")


def _answers(
    grid: pd.DataFrame, values: dict[str, Numbers], i: int, common: list[object], evidence: str
) -> list[list[object]]:
    return [
        [*common, code, f"{values[code][i]:.12g}", evidence]
        for code in grid["indicator"]
        if not np.isnan(values[code][i])
    ]


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with io.TextIOWrapper(files.create(path), encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
