"""Extension of an edition: what is kept of it, whether it is invented, what is stored to extend it again. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from . import merge
from .answers import AnswerCollector, Assessment
from .readers import Sheet
from .schemes import SchemeDraft, is_known, of_highest
from .table_reader import IngestState, Layer, Row, as_cell, table_of
from .table_schemas import KEYS, TABLES

RESULTS = ("edition", "answers", "remarks", "stories")
"""The tables whose content can be read from the edition itself."""


@dataclass(frozen=True, slots=True)
class ExtendedEdition:
    """The sources of an edition that is to be extended: its id, its tables, and its answers in the long format.

    The header of `answers` begins with cluster, scheme, day and evidence.
    """

    edition: str
    tables: Sequence[Sheet]
    answers: Sheet

    def answers_but(self, anew: Set[Assessment]) -> Sheet:
        """The answers without those of resubmitted assessments; the rows can be iterated over once."""
        left_out = {tuple(map(as_cell, assessment)) for assessment in anew}
        rows = ((number, cells) for number, cells in self.answers.rows if cells[:4] not in left_out)
        return replace(self.answers, rows=rows)


def title_and_kind(findings: IngestState, handed_in: Sequence[Sheet], taken: AnswerCollector) -> tuple[str, bool]:
    """Title of the edition, and whether it is invented. Files that do not say so are real, except invented clusters.

    An extension must match the edition: real and invented results are never mixed.
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
    """The submitted clusters, once each, with the first sheet and row that describe or answer for them."""
    described = ((row, sheet, n) for layer, sheet, n, row in findings.of("clusters") if layer is Layer.IMPORT)
    places = [(row["cluster_id"], sheet, number) for row, sheet, number in described if "cluster_id" in row]
    found: dict[str, tuple[Sheet, int]] = {}
    for cluster, sheet, number in (*places, *taken.named()):
        found.setdefault(cluster, (sheet, number))
    yield from ((cluster, *place) for cluster, place in found.items())


def submitted_tables(findings: IngestState, grids: Mapping[str, SchemeDraft]) -> dict[str, pd.DataFrame]:
    """What completes or replaces the facts, by table, as text that is parsed to the same rows again.

    Rows about an indicator that its scheme no longer has are left out.
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
    """The rows of a table that are not facts, by key; the last row of a key wins."""
    columns = TABLES[table]
    of_schemes = "scheme" in columns and table != "schemes"
    whole = "name" if table == "reference_packs" else "scheme" if of_schemes else ""
    return {
        tuple(row[name] for name in KEYS.get(table, columns)): row
        for layer, _, _, row in (of_highest(findings, table, whole) if whole else findings.of(table))
        if layer is not Layer.FACTS and ("indicator" not in row or is_known(grids, row))
    }
