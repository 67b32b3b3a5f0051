"""What completes an edition: what is kept of it, which nature it has, what is remembered to complete it again. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from . import merge
from .answers import AnswerCollector, Assessment
from .readers import Sheet
from .schemes import SchemeDraft, is_known, of_highest
from .table_schemas import KEYS, TABLES, IngestState, Layer, Row, as_cell, table_of

RESULTS = ("edition", "answers", "remarks", "stories")
"""The forms whose content an edition tells by itself."""


@dataclass(frozen=True, slots=True)
class ExtendedEdition:
    """What an edition was made of that is to be completed: its id, tables of known forms, and its answers, long.

    The header of `answers` begins with cluster, scheme, day and evidence.
    """

    edition: str
    tables: Sequence[Sheet]
    answers: Sheet

    def answers_but(self, anew: Set[Assessment]) -> Sheet:
        """The answers without those of assessments that are handed in anew; to be gone through once."""
        left_out = {tuple(map(as_cell, assessment)) for assessment in anew}
        rows = ((number, cells) for number, cells in self.answers.rows if cells[:4] not in left_out)
        return replace(self.answers, rows=rows)


def title_and_kind(findings: IngestState, handed_in: Sequence[Sheet], taken: AnswerCollector) -> tuple[str, bool]:
    """Title and nature of the edition. What does not say that it is invented is real, but for known invented clusters.

    What completes an edition has its nature: nothing real comes among what is invented, nothing invented among what is
    real.
    """
    told = [entry for entry in findings.of("edition") if entry[0] is Layer.IMPORT]
    for _, sheet, number, _ in told[1:]:
        findings.add_problem(sheet, number, "", "", "edition.twice")
    for sheet in handed_in:
        if table_of(sheet) == "edition" and not any(True for _ in sheet.rows):
            findings.add_problem(sheet, None, "", "", "edition.empty")
    title, synthetic = (told[0][3].get("title", ""), told[0][3].get("synthetic", False)) if told else ("", False)
    for before in findings.rows_in("edition", Layer.EXTENDED):
        if told and synthetic != before["synthetic"]:
            findings.add_problem(*told[0][1:3], "synthetic", as_cell(synthetic), "edition.other_nature")
        elif not told and before["synthetic"]:
            invented = {row["cluster_id"] for row in findings.rows_in("clusters", Layer.EXTENDED)}
            for cluster, sheet, number in _named_clusters(findings, taken):
                if cluster not in invented:
                    findings.add_problem(sheet, number, "cluster_id", cluster, "edition.perhaps_real")
        title, synthetic = title or before["title"], before["synthetic"]
    return title, synthetic


def _named_clusters(findings: IngestState, taken: AnswerCollector) -> Iterator[tuple[str, Sheet, int]]:
    """The clusters that are handed in, once each, with the first place that describes or answers for them."""
    described = ((row, sheet, n) for layer, sheet, n, row in findings.of("clusters") if layer is Layer.IMPORT)
    places = [(row["cluster_id"], sheet, number) for row, sheet, number in described if "cluster_id" in row]
    found: dict[str, tuple[Sheet, int]] = {}
    for cluster, sheet, number in (*places, *taken.named()):
        found.setdefault(cluster, (sheet, number))
    yield from ((cluster, *place) for cluster, place in found.items())


def submitted_tables(findings: IngestState, grids: Mapping[str, SchemeDraft]) -> dict[str, pd.DataFrame]:
    """What completes the facts or takes their place, by form, as text that comes in again as the same rows.

    Words about an indicator that its grid no longer has are left behind.
    """
    found = {}
    for table, columns in TABLES.items():
        if table in (*RESULTS, "grants"):
            continue
        rows = merge.added_clusters(findings) if table == "clusters" else _rows_handed_in(findings, table, grids)
        if rows:
            cells = {name: [as_cell(row[name]) for row in rows.values()] for name in columns}
            found[table] = pd.DataFrame(cells, dtype=str)
    return found


def _rows_handed_in(findings: IngestState, table: str, grids: Mapping[str, SchemeDraft]) -> Mapping[Any, Row]:
    """The rows of a table besides the facts, each once, by what they are known by; of one key the last holds."""
    columns = TABLES[table]
    of_schemes = "scheme" in columns and table != "schemes"
    return {
        tuple(row[name] for name in KEYS.get(table, columns)): row
        for layer, _, _, row in (of_highest(findings, table) if of_schemes else findings.of(table))
        if layer is not Layer.FACTS and ("indicator" not in row or is_known(grids, row))
    }
