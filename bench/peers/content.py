"""What the pages of the peers show: a cluster's benchmark as plain texts and figures, the same that our page shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clusterdash.benchmark import rules
from clusterdash.domain import STAFF, ClusterBenchmark, Reference
from clusterdash.editions.catalog import current_path
from clusterdash.editions.reader import EditionDatabase
from clusterdash.presentation.benchmark import group_names, narrative

LANGUAGE = "fr"


@dataclass(frozen=True)
class Content:
    """One view of the page. `radar` holds for each line its name and the scores in the order of `dimensions`."""

    name: str
    portrait: str
    verdict: str
    dimensions: tuple[str, ...]
    radar: tuple[tuple[str, tuple[float | None, ...]], ...]
    strengths: tuple[str, ...]
    margins: tuple[str, ...]
    actions: tuple[tuple[str, str], ...]


class Benchmarks:
    """The benchmarks of the edition that a data folder serves."""

    def __init__(self, data: Path) -> None:
        """Open the edition."""
        self._edition = EditionDatabase(current_path(data))

    def groups(self, cluster: str) -> dict[str, str]:
        """The names of a cluster's groups, by id."""
        named = group_names.named_references(self._edition.reader(STAFF).benchmark(cluster), LANGUAGE)
        return {key: name for key, (name, _) in named.items()}

    def content(self, cluster: str, group: str) -> Content:
        """A cluster's benchmark beside a group."""
        result = self._edition.reader(STAFF).benchmark(cluster)
        _, reference = group_names.named_references(result, LANGUAGE)[group]
        found = rules.findings(reference, result.grid)
        names = {dimension.code: dimension.name.get(LANGUAGE) for dimension in result.grid.dimensions}
        scores = result.first.scores
        return Content(
            result.cluster.name,
            narrative.portrait(result, LANGUAGE),
            narrative.verdict_sentence(found, result, reference, LANGUAGE),
            tuple(names[score.dimension] for score in scores),
            (
                ("Votre pôle", tuple(score.score for score in scores)),
                *(_medians(result, one) for one in (result.first, reference)),
            ),
            tuple(_sentence(one) for one in found.strengths),
            tuple(_sentence(one) for one in found.margins),
            tuple((one.indicator, one.action.get(LANGUAGE)) for one in found.recommendations[:3]),
        )


def _medians(result: ClusterBenchmark, reference: Reference) -> tuple[str, tuple[float | None, ...]]:
    medians = {score.dimension: score.peer_median for score in reference.scores}
    name = group_names.group_name(result, reference, LANGUAGE, short=True)
    return name, tuple(medians.get(score.dimension) for score in result.first.scores)


def _sentence(one: rules.Comparison) -> str:
    return f"{one.indicator.name.get(LANGUAGE)} : {one.position.percentile:.0f} / 100"
