"""Reading an open edition: one reader for each viewer, and all SQL at run time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import duckdb

from ..access import may_read_results, require_staff
from ..domain import (
    AccountReach,
    AssessmentCompleteness,
    Audience,
    Cluster,
    ClusterBenchmark,
    ClusterdashError,
    Coverage,
    DeclaredVersusVerified,
    Edition,
    Evaluation,
    Grid,
    GroupQuartiles,
    IndicatorCompleteness,
    Label,
    LabelHolder,
    LocalizedText,
    PreviousAssessment,
    RegisterSource,
    Sector,
    SectorScores,
    StoredPack,
    SuppressedCell,
    ValidityRule,
    Viewer,
)
from ..domain.register_corrections import RegisterCorrections
from ..metrics import EDITION_QUERIES
from . import comparison_queries, completeness_queries, label_queries, quartile_queries, queries, reference_queries
from .cluster_query import Groups
from .comparison_queries import GroupComparisons
from .database_errors import read_failure, version_failure
from .recent_results import RecentResults

SCHEMA_VERSION = 14
T = TypeVar("T")
OnAccess = Callable[[str], None]
QUERY_TIMEOUT_SECONDS = 10
"""Seconds after which a query is stopped."""
_LIMITS: dict[str, Any] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "memory_limit": "1GB",
    "max_temp_directory_size": "1GB",
    "max_execution_time": 1000 * QUERY_TIMEOUT_SECONDS,  # in milliseconds
    "threads": 2,
    "lock_configuration": True,
}


class EditionDatabase:
    """One edition, open for reading. `reader` is the only way to its content."""

    def __init__(self, path: Path, oldest: int | None = None) -> None:
        """Open an edition, from schema version `oldest` on if given; raises ClusterdashError for any other file."""
        self.__public: dict[object, Any] = {}
        self.__recent = RecentResults()
        self.__corrections = RegisterCorrections()
        try:
            self.__connection = duckdb.connect(str(path), read_only=True, config=_LIMITS)
        except duckdb.Error as error:
            raise read_failure(error, path) from error
        try:
            row = self.__connection.execute("select schema_version, synthetic from edition").fetchone()
        except duckdb.CatalogException as error:  # a database, but not an edition
            self.close()
            raise ClusterdashError("store.foreign", file=path) from error
        except duckdb.Error as error:
            self.close()
            raise read_failure(error, path) from error
        self.version: int = row[0] if row else 0
        if not (oldest or SCHEMA_VERSION) <= self.version <= SCHEMA_VERSION:
            self.close()
            raise version_failure(path, self.version, SCHEMA_VERSION, synthetic=bool(row and row[1]))

    def corrected(self, corrections: RegisterCorrections) -> EditionDatabase:
        """Return the same open file, read with corrections of its register of labels; nothing read before is kept."""
        other = copy(self)
        other.__public, other.__recent, other.__corrections = {}, RecentResults(), corrections
        return other

    def close(self) -> None:
        """Close the file."""
        self.__connection.close()

    def reader(self, viewer: Viewer, witness: OnAccess | None = None) -> EditionReader:
        """Return a reader for one viewer; `witness` is called with each cluster whose results are read."""
        return EditionReader(self.__connection, viewer, self.__public, self.__recent, witness, self.__corrections)


class EditionReader:
    """All reading, bound to one viewer. What the viewer may not see raises `ClusterdashError("access.refused")`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        viewer: Viewer,
        public: dict[object, Any],
        recent: RecentResults,
        witness: OnAccess | None = None,
        corrections: RegisterCorrections | None = None,
    ) -> None:
        """Bind a connection to a viewer; `public` is a cache of what everybody may see, and nothing else.

        `recent` holds what some may see: it is asked only after `_require_access`, or by what a viewer may see.
        """
        self.__witness = witness
        self.__connection = connection
        self.__viewer = viewer
        self.__public = public
        self.__recent = recent
        self.__corrections = corrections or RegisterCorrections()

    # -- for everybody

    def edition(self) -> Edition:
        """Return the metadata of the edition."""

        def read() -> Edition:
            (row,) = self._rows(
                """select edition_id, title, created_at, synthetic,
                       (select count(distinct cluster_id) from assessment), (select count(*) from assessment),
                       content_hash, built_by, completed
                   from edition"""
            )
            return Edition(*row)

        return self._cached("edition", read)

    def sectors(self) -> Mapping[str, Sector]:
        """Return the sectors by code, in their order."""

        def read() -> Mapping[str, Sector]:
            rows = self._rows("select code, name_fr, name_en, is_esca_portfolio from sector order by position")
            return MappingProxyType({code: Sector(code, LocalizedText(fr, en), flag) for code, fr, en, flag in rows})

        return self._cached("sectors", read)

    def validity_rules(self) -> tuple[ValidityRule, ...]:
        """Return how long labels last by the rule of the scheme, by label and year."""
        return self._cached("validity", lambda: label_queries.read_validity_rules(self._rows))

    def label_register(self) -> tuple[LabelHolder, ...]:
        """Return every cluster that was ever awarded a label, by country and name, with all its awards."""
        return self._cached("register", self._read_register)

    def merged_clusters(self) -> Mapping[str, str]:
        """Return clusters that turned out to be another one of the register: by their id that of the other."""
        return self.__corrections.merged_into(self.label_register())

    def correction(self) -> int:
        """Return which correction of the register was the last one; 0 for none."""
        return self.__corrections.latest

    def provenance(self) -> RegisterSource | None:
        """Return the title of the register and the date it is valid for; None if its facts do not state them."""
        rows = self._rows("select title_fr, title_en, as_of from register")
        return RegisterSource(LocalizedText(*rows[0][:2]), rows[0][2]) if rows else None

    def schemes(self) -> tuple[Grid, ...]:
        """Return all schemes of the edition, those for benchmarking first."""
        return self._cached("schemes", lambda: self._schemes("order by purpose, scheme"))

    def country_groups(self) -> Mapping[str, str]:
        """Return the group of countries of each European country, by ISO 3166-1 alpha-2 code."""
        return self._cached(
            "country groups", lambda: MappingProxyType(dict(self._rows("select country, key from country_group")))
        )

    def coverage(self, label: Label) -> Coverage | None:
        """Return how complete the register is for a label; None if that is not known."""

        def read() -> Coverage | None:
            rows = self._rows("select share_percent, basis_fr, basis_en from coverage where label = ?", [label.value])
            return Coverage(rows[0][0], LocalizedText(*rows[0][1:])) if rows else None

        return self._cached(("coverage", label), read)

    # -- for the manager of a cluster, and for staff

    def assessed(self, *, evaluated: bool = False) -> dict[str, str]:
        """Return names of benchmarked clusters whose results the viewer may see, by id; or of `evaluated` ones too."""
        everything, mine = self.__viewer.audience is Audience.STAFF, sorted(self.__viewer.clusters)

        def read() -> dict[str, str]:
            table = "assessment" if evaluated else "latest_benchmark"
            sql = f"""select distinct cluster_id, name from {table} join cluster using (cluster_id)
                      where $everything or cluster_id in (select unnest($mine)) order by name, cluster_id"""
            return self.__corrections.names(dict(self._rows(sql, {"everything": everything, "mine": mine})))

        return dict(self.__recent.get(("assessed", evaluated, everything, *mine), read))

    def benchmark(self, cluster_id: str) -> ClusterBenchmark:
        """Return the latest benchmark of one cluster; ClusterdashError if it may not be seen or there is none."""
        self._require_access(cluster_id)
        return self.__recent.get(("benchmark", cluster_id), lambda: self._read_benchmark(cluster_id))

    def _read_benchmark(self, cluster_id: str) -> ClusterBenchmark:
        cluster = self._known_cluster(cluster_id)
        result = queries.benchmark(self._rows, cluster, self.edition(), self._scheme, self._groups, self._packs)
        if result is None:
            raise ClusterdashError("benchmark.unknown", cluster=cluster_id)
        return result

    def _packs(self, scheme: str) -> reference_queries.Packs:
        """The reference packs of a scheme, whose figures are public."""
        return self._cached(("packs", scheme), lambda: reference_queries.read_packs(self._rows, scheme))

    def _groups(self, scheme: str) -> Groups:
        """What is told of the groups of a scheme; for the results of a cluster that the viewer may see."""
        return self.__recent.get(("groups", scheme), lambda: queries.read_groups(self._rows, scheme))

    def quartiles(self, cluster_id: str, scheme: str, sector: str) -> tuple[GroupQuartiles, ...]:
        """Return the quartiles of the top 500 and of a sector in a scheme, as one cluster may know them.

        A cluster with a benchmark in the scheme is left out of them and compared in its main sector, as on its page;
        any other one gets those of the whole groups. Raises ClusterdashError if the viewer may not see it.
        """
        self._require_access(cluster_id)
        return quartile_queries.read_quartiles(self._rows, self._packs(scheme), cluster_id, scheme, sector)

    def previous_assessment(self, cluster_id: str, scheme: str) -> PreviousAssessment:
        """Return a cluster's latest assessment in a scheme, with remarks; empty if it was never assessed in it.

        Raises ClusterdashError if the viewer may not see it, or if no such cluster is known.
        """
        self._require_access(cluster_id)
        return queries.previous_assessment(self._rows, self._known_cluster(cluster_id), scheme)

    def evaluation_schemes(self) -> tuple[Grid, ...]:
        """Return the schemes by which a label is evaluated, the latest version of each family last."""
        return self._cached(
            "evaluation_schemes", lambda: self._schemes("where purpose = 'evaluation' order by family, version, scheme")
        )

    def evaluation(self, cluster_id: str, scheme: str) -> Evaluation:
        """Return a cluster's own answers in a scheme of evaluation, and what it may see about the label holders.

        Raises ClusterdashError if the viewer may not see it, or if no such cluster is known.
        """
        self._require_access(cluster_id)
        return self.__recent.get(("evaluation", cluster_id, scheme), lambda: self._read_evaluation(cluster_id, scheme))

    def _read_evaluation(self, cluster_id: str, scheme: str) -> Evaluation:
        return queries.evaluation(self._rows, self._known_cluster(cluster_id), self.edition(), self._scheme(scheme))

    def latest_evaluation(self, cluster_id: str) -> Evaluation | None:
        """Return a cluster's answers in the latest scheme of evaluation in which it has any; None if it has none.

        Raises ClusterdashError as `evaluation` does.
        """
        for grid in reversed(self.evaluation_schemes()):
            found = self.evaluation(cluster_id, grid.scheme.code)
            if found.verified or found.declared:
                return found
        return None

    # -- for staff

    def sources(self) -> tuple[tuple[str, str], ...]:
        """Return the files that the edition, and those it extends, were made of: name and SHA-256."""
        self._require_staff()
        return tuple(self._rows("select name, sha256 from source_file order by all"))

    def reference_packs(self) -> tuple[StoredPack, ...]:
        """Return the reference packs of the edition, in the order in which pages offer them."""
        self._require_staff()
        return reference_queries.stored_packs(self._rows)

    def pairings(self, scheme: str) -> tuple[DeclaredVersusVerified, ...]:
        """Return what clusters declared against what experts verified, indicator by indicator."""
        self._require_staff()
        return queries.pairings(self._rows, scheme)

    def verified_evaluations(self, scheme: str) -> tuple[int, int]:
        """Return how many verified evaluations there are in a scheme, and of how many clusters."""
        self._require_staff()
        return queries.verified_evaluations(self._rows, scheme)

    def benchmark_schemes(self) -> tuple[Grid, ...]:
        """Return the schemes in which clusters were benchmarked, the most used first."""
        self._require_staff()
        most = "select scheme from latest_benchmark group by scheme order by count(*) desc, scheme"
        return tuple(self._scheme(scheme) for (scheme,) in self._rows(most))

    def sector_profiles(self, scheme: str) -> tuple[SectorScores, ...]:
        """Return the score quartiles of the sectors in each dimension of a scheme, on the scale of the top 500."""
        self._require_staff()
        return comparison_queries.read_sector_profiles(self._rows, scheme)

    def comparisons(self) -> GroupComparisons:
        """Return the reading of groups that are compared with all other clusters."""
        self._require_staff()
        return GroupComparisons(self._rows, self.__recent, self.label_register(), self.assessed())

    def indicator_completeness(self, scheme: str) -> tuple[IndicatorCompleteness, ...]:
        """Return how complete the latest assessments of a scheme are, indicator by indicator, in its order."""
        self._require_staff()
        return completeness_queries.read_indicators(self._rows, scheme)

    def assessment_completeness(self, scheme: str) -> tuple[AssessmentCompleteness, ...]:
        """Return the clusters of a scheme with their latest assessment, the oldest first."""
        self._require_staff()
        rows = completeness_queries.read_assessments(self._rows, scheme)
        names = self.__corrections.names({cluster: name for cluster, name, *_ in rows})
        return tuple(AssessmentCompleteness(cluster, names[cluster], *rest) for cluster, _, *rest in rows)

    def answer_medians(self, scheme: str) -> Mapping[str, tuple[float, int]]:
        """Return the median of all answers and their number, by indicator of a scheme that is a number."""
        self._require_staff()
        return completeness_queries.read_medians(self._rows, scheme)

    def suppressed_cells(self, scheme: str) -> tuple[SuppressedCell, ...]:
        """Return the suppressed groups and cells of a scheme, with the reasons."""
        self._require_staff()
        return queries.suppressed_cells(self._rows, scheme)

    def account_reach(self, clusters: Collection[str]) -> tuple[AccountReach, ...]:
        """Return how many of these clusters are in each published group; of groups of one name, the worst case."""
        self._require_staff()
        return queries.account_reach(self._rows, clusters)

    # -- internal

    def _cached(self, key: object, read: Callable[[], T]) -> T:
        """Return what everybody may see of an edition; it never changes, so it is read once for all visitors."""
        if key not in self.__public:
            self.__public[key] = read()
        kept: T = self.__public[key]
        return kept

    def _require_access(self, cluster_id: str) -> None:
        """Raise ClusterdashError if the viewer may not read a cluster's results, else report the access."""
        if not may_read_results(self.__viewer, cluster_id):
            raise ClusterdashError("access.refused", cluster=cluster_id)
        if self.__witness:
            self.__witness(cluster_id)

    def _require_staff(self) -> None:
        require_staff(self.__viewer)

    def _read_register(self) -> tuple[LabelHolder, ...]:
        corrected, sectors, rules = sorted(self.__corrections.clusters), self.sectors(), self.validity_rules()
        known = self._clusters(
            "where cluster_id in (select cluster_id from award) or cluster_id in (select unnest(?))", [corrected]
        )
        holders = label_queries.read_holders(self._rows, known, sectors, rules)
        return self.__corrections.register(holders, sectors, rules)

    def _known_cluster(self, cluster_id: str) -> Cluster:
        found = self._clusters("where cluster_id = ?", [cluster_id])
        if not found:
            raise ClusterdashError("benchmark.unknown", cluster=cluster_id)
        return found[0]

    def _clusters(self, condition: str, parameters: list[object]) -> tuple[Cluster, ...]:
        """Return the clusters that meet a condition on `cluster_id`, by country and name, as corrected."""
        return tuple(map(self.__corrections.cluster, label_queries.read_clusters(self._rows, condition, parameters)))

    def _schemes(self, which: str) -> tuple[Grid, ...]:
        return tuple(self._scheme(scheme) for (scheme,) in self._rows(f"select scheme from scheme {which}"))

    def _scheme(self, scheme: str) -> Grid:
        return self._cached(("grid", scheme), lambda: queries.read_scheme(self._rows, scheme))

    def _rows(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run a query on a cursor of its own, since threads may not share a connection."""
        try:
            with EDITION_QUERIES.time(), self.__connection.cursor() as cursor:
                rows: list[tuple[Any, ...]] = cursor.execute(sql, parameters or []).fetchall()
                return rows
        except duckdb.InterruptException as error:
            raise ClusterdashError("store.too_long", seconds=QUERY_TIMEOUT_SECONDS) from error
        except duckdb.Error as error:
            raise read_failure(error) from error
