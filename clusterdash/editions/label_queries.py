"""SQL queries of a reader about clusters and labels: the rules of their validity, and who was awarded them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from ..domain import Award, Cluster, Label, LabelHolder, LocalizedText, Observation, Sector, ValidityRule
from ..domain.label_end import with_ends
from ..domain.register_corrections import DISSOLVED
from .cluster_query import Rows


def read_validity_rules(rows: Rows) -> tuple[ValidityRule, ...]:
    """Return how long labels last by the rule of the scheme, by label and year."""
    return tuple(
        ValidityRule(
            Label(label),
            renewal,
            first_year,
            last_year,
            months,
            former,
            window,
            certainty,
            LocalizedText(fr, en),
            source,
        )
        for label, renewal, first_year, last_year, months, former, window, certainty, fr, en, source in rows(
            """select label, award = 'renewal', "from", "until", months, counted_from = 'former end',
                   renewal_window_months, confidence, basis_fr, basis_en, source_url
               from validity order by label, award, "from" """
        )
    )


def read_clusters(rows: Rows, condition: str, parameters: list[object]) -> tuple[Cluster, ...]:
    """Return the clusters that meet a condition on `cluster_id`, by country and name."""
    columns = [field.name for field in fields(Cluster) if field.name != "sectors"]
    sectors: dict[str, list[str]] = {}
    for cluster_id, sector in rows(
        f"select cluster_id, sector from cluster_sector {condition} order by position", parameters
    ):
        sectors.setdefault(cluster_id, []).append(sector)
    found = rows(f"select {', '.join(columns)} from cluster {condition} order by country, name", parameters)
    told = (dict(zip(columns, row, strict=True)) for row in found)
    return tuple(Cluster(**one, sectors=tuple(sectors.get(one["cluster_id"], ()))) for one in told)


def read_holders(
    rows: Rows, clusters: Sequence[Cluster], sectors: Mapping[str, Sector], rules: Sequence[ValidityRule]
) -> tuple[LabelHolder, ...]:
    """Return clusters with their awards, if they have any, each with its end, and what was seen of their labels."""
    awards: dict[str, list[Award]] = {}
    for cluster_id, award_id, label, *award in rows(
        """select cluster_id, left(md5(concat_ws('|', cluster_id, label, awarded_on, source_url)), 10), label,
               awarded_on, date_basis, valid_until, source_url, confidence, checked_on, valid_months
           from award order by cluster_id, awarded_on desc, valid_until desc, source_url"""
    ):
        awards.setdefault(cluster_id, []).append(Award(award_id, Label(label), *award))
    seen: dict[str, list[Observation]] = {}
    for cluster_id, label, *observed in rows(
        """select cluster_id, label, seen_on, state = 'held', basis, source_url, confidence
           from observation order by cluster_id, seen_on desc, label, source_url"""
    ):
        seen.setdefault(cluster_id, []).append(Observation(Label(label), *observed))
    dissolved = {cluster: one.seen_on for cluster, found in seen.items() for one in found if one.basis == DISSOLVED}
    return tuple(
        LabelHolder(
            cluster,
            with_ends(awards.get(cluster.cluster_id, ()), rules),
            tuple(sectors[code].name for code in cluster.sectors),
            tuple(seen.get(cluster.cluster_id, ())),
            dissolved.get(cluster.cluster_id, ""),
        )
        for cluster in clusters
    )
