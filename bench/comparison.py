"""How often a comparison of groups calls something real: where nothing differs, and where a difference is planted.

    python -m bench.comparison [--seeds 200] [--clusters 1300] [--planted 0.5] [--size 60]

Invented normal answers of 14 sectors and 36 indicators in six dimensions; without any difference, then with one of half
a standard deviation in all indicators of one sector, in those of one dimension, and in a single one. Prints shares.
"""

from __future__ import annotations

import argparse

import numpy as np

from clusterdash.domain.group_comparison import CellComparison, Finding, GroupRanks
from clusterdash.statistics.group_comparison import compare
from tests.support.ranks import group_ranks

SECTORS, INDICATORS, DIMENSIONS = 14, 36, 6
REAL = (Finding.ABOVE, Finding.BELOW)


def edition(seed: int, clusters: int, size: int, planted: float, indicators: int) -> list[GroupRanks]:
    """The cells of an edition: the first sector has `size` clusters, and `planted` more in the first indicators."""
    rng = np.random.default_rng(seed)
    sector = np.concatenate([np.zeros(size, int), rng.integers(1, SECTORS, clusters - size)])
    masks = {str(one): sector == one for one in range(SECTORS)}
    answers = rng.normal(size=(INDICATORS, clusters))
    answers[:indicators, sector == 0] += planted
    cells = [cell for item in range(INDICATORS) for cell in group_ranks(answers[item], masks, f"i{item}")]
    per_dimension = INDICATORS // DIMENSIONS
    for dimension in range(DIMENSIONS):
        score = answers[dimension * per_dimension : (dimension + 1) * per_dimension].mean(axis=0)
        cells += group_ranks(score, masks, f"d{dimension}", is_dimension=True)
    return cells


def found(cells: tuple[CellComparison, ...], item: str = "") -> bool:
    """Whether any cell is called real, or the one of the planted sector in an item."""
    return any(
        cell.finding in REAL and item in ("", cell.ranks.item) and (not item or cell.ranks.group == "0")
        for cell in cells
    )


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--clusters", type=int, default=1300)
    parser.add_argument("--planted", type=float, default=0.5)
    parser.add_argument("--size", type=int, default=60)
    asked = parser.parse_args()
    seeds = range(asked.seeds)
    nothing = [compare(edition(seed, asked.clusters, asked.size, 0, 0)) for seed in seeds]
    print(f"no difference: anything called real in {sum(map(found, nothing)) / asked.seeds:.1%} of {asked.seeds} seeds")
    for indicators, item in ((INDICATORS, "d0"), (INDICATORS, "i0"), (INDICATORS // DIMENSIONS, "d0"), (1, "i0")):
        planted = [compare(edition(seed, asked.clusters, asked.size, asked.planted, indicators)) for seed in seeds]
        share = sum(found(cells, item) for cells in planted) / asked.seeds
        place = f"{asked.planted} standard deviations in {indicators} indicators of {asked.size} clusters"
        print(f"{place}: {'score of a dimension' if item == 'd0' else 'one of them'} found in {share:.1%}")


if __name__ == "__main__":
    main()
