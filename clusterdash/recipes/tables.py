"""The tables that are read from a sheet: of the clusters that it describes, of its answers or labels. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ..ingest.readers import Sheet
from ..ingest.table_schemas import CLUSTER_DETAILS, TABLES
from .cells import ColumnCells
from .layout import Layout
from .questions import MAXIMUM_PLACES, Place, Question
from .recipe import NONE
from .vocabulary import Vocabulary


def cluster_details(
    layout: Layout,
    columns: Mapping[str, ColumnCells],
    cluster_of: Mapping[int, str],
    vocabulary: Vocabulary,
    described: dict[str, dict[str, str]],
) -> dict[int, dict[str, str]]:
    """The details of the clusters that a sheet is the first to describe, by row; asks for the country of new ones.

    `described` are those of all sheets so far, by id: they are completed.
    """
    found: dict[int, dict[str, str]] = {}
    homeless: list[Place] = []
    choice = layout.choice("country")
    details = [name for name in CLUSTER_DETAILS if name in columns]
    for row, cluster in cluster_of.items():
        if not cluster or not details:
            continue
        known = vocabulary.clusters.get(cluster)
        cells = {name: columns[name].read.get(row, "") for name in details}
        before = described.get(cluster)
        if before is not None:
            for name, text in cells.items():  # another sheet says more
                before[name] = before.get(name) or text
            if not known and before["name"].isupper():
                before["name"] = cells.get("name") or before["name"]
            continue
        cells["cluster_id"] = cluster
        cells["name"] = known.name if known else cells.get("name") or cluster
        if not (known or cells.get("country")):
            homeless.append(layout.place(row, "name"))
        cells["country"] = cells.get("country") or (known.country if known else choice)
        described[cluster] = found[row] = cells
    if homeless:
        places = tuple(homeless[:MAXIMUM_PLACES])
        suggestion = vocabulary.country
        layout.questions.append(
            Question("country", layout.name, "country", "", (), choice, suggestion, len(homeless), places)
        )
    return found


def cluster_table(layout: Layout, described: Mapping[int, Mapping[str, str]]) -> Sheet:
    """The table of the clusters of a sheet, from their details by row."""
    header = ("cluster_id", *CLUSTER_DETAILS)
    rows = tuple((row, tuple(cells.get(name, "") for name in header)) for row, cells in described.items())
    return _sheet(layout, header, rows)


def answer_table(layout: Layout, columns: Mapping[str, ColumnCells], cluster_of: Mapping[int, str]) -> Sheet:
    """The table of answers or awards of a sheet."""
    constant = {"scheme": layout.scheme, "assessed_on": layout.choice("assessed_on")}
    if layout.table == "awards":
        targets = [name for name in TABLES["awards"] if name in columns]
    elif layout.table == "answers":
        targets = [name for name in TABLES["answers"] if name in columns]
    else:
        described = {"indicator", "value", *CLUSTER_DETAILS, *TABLES["awards"], *TABLES["answers"]}
        targets = [name for name in ("assessed_on", "evidence", "scheme") if name in columns]
        targets += [target for target in columns if target not in described]
    added = [] if layout.table == "awards" else [name for name in ("scheme", "assessed_on") if name not in targets]
    header = ("cluster_id", *added, *(target for target in targets if target != "cluster_id"))
    rows = []
    left_out = (
        {row for row, code in columns["indicator"].read.items() if code == NONE} if "indicator" in columns else ()
    )
    for row, cluster in cluster_of.items():
        if row in left_out:  # of an indicator that is not to be read
            continue
        cells = [constant[name] if name in added else columns[name].read.get(row, "") for name in header[1:]]
        rows.append((row, (cluster, *cells)))
    return _sheet(layout, header, tuple(rows))


def _sheet(layout: Layout, header: tuple[str, ...], rows: tuple[tuple[int, tuple[str, ...]], ...]) -> Sheet:
    heading_row = layout.headings.last if layout.headings else 1
    return Sheet(layout.grid.file, layout.grid.name, header, rows, heading_row)
