"""The register of labels as the files that the repository keeps: clusters, awards and observations as CSV. Pure.

What is read from such files is the same register again, corrections included.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

from ..domain import Award, Cluster, LabelHolder, Observation
from ..ingest.table_reader import as_cell
from ..ingest.table_schemas import TABLES
from ..spreadsheets import csv_file

_CLUSTERS = tuple(name for name in TABLES["clusters"] if name != "founded")
_AWARDS = tuple(TABLES["awards"])
_OBSERVATIONS = tuple(TABLES["observations"])
_PRECISION = {0: "unknown", 4: "year", 7: "month", 10: "day"}
"""Of a date, by its length in ISO 8601."""
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time in the archive: the same register gives the same file."""


def register_archive(register: Iterable[LabelHolder]) -> bytes:
    """A ZIP archive of `clusters.csv`, `awards.csv` and `observations.csv`, their rows in order."""
    holders = list(register)
    files = {
        "clusters.csv": (_CLUSTERS, [_cluster(holder) for holder in holders]),
        "awards.csv": (_AWARDS, [_award(h.cluster, award) for h in holders for award in h.awards]),
        "observations.csv": (_OBSERVATIONS, [_seen(h.cluster, o) for h in holders for o in h.observations]),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (columns, rows) in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), csv_file(list(columns), sorted(rows), ","))
    return made.getvalue()


def _cluster(holder: LabelHolder) -> list[str]:
    cluster = holder.cluster
    note = cluster.note
    if holder.dissolved_on:
        successor = f"; succeeded by {holder.successor}" if holder.successor else ""
        told = f"Dissolved: {holder.dissolved_on}{successor}"
        if told not in note:
            note = ". ".join(part for part in (note.rstrip("."), told) if part)
    cells = {"sector": cluster.sectors, "note": note}
    return [as_cell(cells[name] if name in cells else getattr(cluster, name)) for name in _CLUSTERS]


def _award(cluster: Cluster, award: Award) -> list[str]:
    cells = {"cluster_id": cluster.cluster_id, "date_precision": _PRECISION[len(award.awarded_on)]}
    return [as_cell(cells[name] if name in cells else getattr(award, name)) for name in _AWARDS]


def _seen(cluster: Cluster, seen: Observation) -> list[str]:
    cells = {"cluster_id": cluster.cluster_id, "state": "held" if seen.held else "lapsed"}
    return [as_cell(cells[name] if name in cells else getattr(seen, name)) for name in _OBSERVATIONS]
