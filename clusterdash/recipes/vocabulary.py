"""What headings and cells are compared with: schemes, sectors and clusters that are known. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..ingest.extend import ExtendedEdition
from ..ingest.readers import Sheet
from ..ingest.schemes import SchemeDraft, schemes
from ..ingest.table_reader import IngestState, Layer, read_table, table_of

_TABLES = ("schemes", "dimensions", "indicators", "sectors", "clusters")


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster of the register, or of the edition that is to be extended."""

    cluster_id: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known: schemes by code, names of sectors by code, clusters by id.

    `country`: that of new clusters without one, "" if nobody has said; `today`: no result is of a later day.
    """

    schemes: Mapping[str, SchemeDraft]
    sectors: Mapping[str, tuple[str, ...]]
    clusters: Mapping[str, KnownCluster]
    country: str
    today: date


def vocabulary(facts: Sequence[Sheet], kept: ExtendedEdition | None, today: date, country: str = "") -> Vocabulary:
    """What is known by the facts and by the edition that is to be extended, if any."""
    findings = IngestState()
    for layer, sheets in ((Layer.FACTS, facts), (Layer.EXTENDED, kept.tables if kept else ())):
        for sheet in sheets:
            table = table_of(sheet)
            if table in _TABLES:
                read_table(findings, layer, sheet, table)
    layers = Layer.FACTS, Layer.EXTENDED
    sectors = {
        row["code"]: (row["code"], row["name_en"], row["name_fr"]) for row in findings.rows_in("sectors", *layers)
    }
    clusters = {
        row["cluster_id"]: KnownCluster(row["cluster_id"], row["name"], row["country"])
        for row in findings.rows_in("clusters", *layers)
        if {"cluster_id", "name", "country"} <= row.keys()
    }
    return Vocabulary(schemes(findings), sectors, clusters, country, today)
