"""Groups that overlap, with the clusters in each part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from clusterdash.statistics.suppression import Atom

ALL, TOP, NORTH, SOUTH, FOOD, HEALTH = range(6)


KINDS = {ALL: "all", TOP: "top500", NORTH: "country", SOUTH: "country", FOOD: "sector", HEALTH: "sector"}


def atoms(answers: Mapping[int, float], members: Mapping[int, set[int]], kept: int = 4) -> list[Atom]:
    """Who answered what, and who is in which group -> what is asked of the rule."""
    together: dict[frozenset[int], list[float]] = defaultdict(list)
    for cluster, answer in answers.items():
        inside = frozenset(group for group, clusters in members.items() if cluster in clusters)
        if inside:
            together[inside].append(answer)
    return [
        Atom(inside, len(found), tuple(sorted(found)[:kept]), tuple(sorted(found, reverse=True)[:kept]))
        for inside, found in together.items()
    ]
