"""What queries about one cluster have in common: running them, its scheme and groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ..domain import Cluster, CompositionPart, Grid, LevelShare, PeerGroup


class Rows(Protocol):
    """Runs a query on the open edition."""

    def __call__(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object] | None = None, /
    ) -> list[tuple[Any, ...]]:
        """Return all rows of the result."""


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group of peers in a scheme, with what is told of it to all who see it; `withdrawn`: why nothing is."""

    group: PeerGroup
    n: int
    withdrawn: Literal["", "few", "difference"]
    coalition: int
    composition: tuple[CompositionPart, ...]
    practices: tuple[LevelShare, ...]


Groups = Mapping[int, GroupFigures]
"""All groups of a scheme by their ids."""


@dataclass(frozen=True, slots=True)
class ClusterQuery:
    """The cluster whose results are read, the scheme of its latest benchmark, its groups, and its answers there."""

    rows: Rows
    cluster: Cluster
    grid: Grid
    groups: Groups
    answers: Mapping[str, float]

    def of_cluster(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        """The rows of the cluster in a table that is sorted by cluster; other schemes are among them."""
        return self.rows(f"select {columns} from {table} where cluster_id = ?", [self.cluster.cluster_id])
