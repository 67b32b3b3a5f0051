"""Sheets -> checked tables, and the list of all problems. Pure: reads no file, asks no database.

Two layers come in. The *facts* are what the project ships or an operator keeps (sectors, schemes, the register of
labels); the *import* is what is handed in now. Rows of the import complete the facts or take their place: a sector by
its code, a scheme as a whole, a cluster cell by cell; awards are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import pandas as pd

from ..i18n import plain_order
from ..model import Grant, Problem
from . import fields, questionnaires, unlikely
from .answers import Answers, Columns, frames
from .fields import Refusal
from .forms import (
    ASSESSMENT,
    CLUSTER_DETAILS,
    CODE,
    DERIVED,
    TABLES,
    Findings,
    Row,
    columns_of,
    read_table,
    rows_of,
    table_of,
)
from .grants import granted
from .grids import Draft, schemes
from .sheets import Sheet


@dataclass(slots=True)
class Tables:
    """Checked tables, columns as in `schema.sql`, ready to be published; and grants, which belong to no edition.

    `results`: whether there is anything to publish; `grants`: None where none were handed in.
    """

    title: str
    synthetic: bool
    frames: dict[str, pd.DataFrame]
    results: bool = True
    grants: tuple[Grant, ...] | None = None


def check(facts: Sequence[Sheet], handed_in: Sequence[Sheet], today: date) -> tuple[Tables | None, list[Problem]]:
    """Check everything that is handed in against itself and against the facts.

    Returns the tables, or None where an error was found, and every problem in one list.
    """
    findings = Findings()
    wide, filled, long = _sorted_out(findings, facts, handed_in)
    title, synthetic = _edition(findings, handed_in)
    grids = schemes(findings)
    taken = Answers(findings, grids, today)
    for sheet in wide:
        _unfold(findings, sheet, grids, taken)
    for book in filled.values():
        questionnaires.unfold(findings, book, taken)
    for sheet in long:
        taken.read(sheet)
    for table in ("bands", "dictionary", "recommendations", "documents"):
        _about_indicators(findings, table, grids)
    clusters = _clusters(findings)
    _awards(findings, clusters, synthetic, today)
    for cluster, sheet, number in taken.named():
        if cluster not in clusters:
            findings.complain(sheet, number, "cluster_id", cluster, "cluster.unknown")
    answers = taken.columns()
    unlikely.warn(findings, answers, grids)
    if synthetic:
        _keep_invented_apart(findings, taken)
    grants = granted(findings, clusters)
    problems = _in_order_of_files(findings.problems, [*facts, *handed_in])
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    results = len(taken) > 0 or any(layer == "import" for layer, *_ in findings.of("awards"))
    if not results and grants is None:
        files = ", ".join(sorted({sheet.file for sheet in handed_in}))
        return None, [*problems, Problem(files, "", None, "", "", "edition.nothing")]
    return Tables(title, synthetic, _frames(findings, clusters, grids, answers), results, grants), problems


def _in_order_of_files(problems: list[Problem], sheets: Sequence[Sheet]) -> list[Problem]:
    """Problems as one goes through the files: sheet by sheet, and down the rows."""
    places = {(sheet.file, sheet.name): place for place, sheet in reversed(list(enumerate(sheets)))}
    return sorted(problems, key=lambda p: (places.get((p.file, p.table), -1), p.row or 0))


def _sorted_out(
    findings: Findings, facts: Sequence[Sheet], handed_in: Sequence[Sheet]
) -> tuple[list[Sheet], dict[str, list[Sheet]], list[Sheet]]:
    """Read the tables of a known form but answers, for those are read by the grids.

    Returns the sheets with answers: wide ones, questionnaires by file, long ones.
    """
    wide: list[Sheet] = []
    long: list[Sheet] = []
    filled: dict[str, list[Sheet]] = {}
    for layer, sheets in (("facts", facts), ("import", handed_in)):
        for sheet in sheets:
            table = table_of(sheet)
            if questionnaires.part_of(sheet):
                filled.setdefault(sheet.file, []).append(sheet)
            elif table is None:
                findings.complain(sheet, None, "", "", "table.unknown", tables=", ".join(TABLES))
            elif table == "wide":
                wide.append(sheet)
            elif table == "answers":
                long.append(sheet)
            else:
                read_table(findings, "facts" if layer == "facts" else "import", sheet, table)
    return wide, filled, long


def _edition(findings: Findings, handed_in: Sequence[Sheet]) -> tuple[str, bool]:
    """Title and nature of the edition. What does not say that it is invented is real."""
    told = [entry for entry in findings.of("edition") if entry[0] == "import"]
    for _, sheet, number, _ in told[1:]:
        findings.complain(sheet, number, "", "", "edition.twice")
    for sheet in handed_in:
        if table_of(sheet) == "edition" and not any(True for _ in sheet.rows):
            findings.complain(sheet, None, "", "", "edition.empty")
    return (told[0][3].get("title", ""), told[0][3].get("synthetic", False)) if told else ("", False)


def _unfold(findings: Findings, sheet: Sheet, grids: Mapping[str, Draft], taken: Answers) -> None:
    """A wide sheet -> answers, and rows of `clusters` where it describes them too."""
    headings = {heading.lower() for heading in sheet.header}
    describes = {"name", "country"} <= headings
    details = {name: column for name, column in CLUSTER_DETAILS.items() if describes and name in headings}
    specification = {**ASSESSMENT, **({"scheme": CODE} if "scheme" in headings else {}), **details}
    where = columns_of(findings, sheet, specification)
    questions = {
        heading: index for index, heading in enumerate(sheet.header) if heading and heading.lower() not in specification
    }
    scheme = None if "scheme" in where else _scheme_of(findings, sheet, questions, grids)
    if "scheme" not in where and scheme is None:
        return
    if scheme:
        questions = {code: index for code, index in questions.items() if code in grids[scheme].indicators}
    described: dict[str, tuple[date, int, Row]] = {}
    for number, cells, row in rows_of(findings, sheet, where, specification):
        cluster, assessed_on = row.get("cluster_id"), row.get("assessed_on", date.min)
        if describes and cluster and (cluster not in described or described[cluster][0] <= assessed_on):
            known = described[cluster][2] if cluster in described else {}
            detail = {name: row.get(name) or known.get(name, column.empty) for name, column in CLUSTER_DETAILS.items()}
            described[cluster] = (assessed_on, number, {"cluster_id": cluster, **detail})
        common = {name: row[name] for name in (*ASSESSMENT, "scheme") if name in row}
        if scheme:
            common["scheme"] = scheme
        for question, index in questions.items():
            if cells[index]:
                taken.take(sheet, number, {**common, "indicator": question, "value": cells[index]})
    findings.of("clusters").extend(("import", sheet, number, row) for _, number, row in described.values())


def _scheme_of(
    findings: Findings, sheet: Sheet, questions: Mapping[str, int], grids: Mapping[str, Draft]
) -> str | None:
    """The one scheme that has all the columns' codes, or the nearest: other columns are told, remarks as a warning."""
    fitting = [code for code, grid in grids.items() if questions and questions.keys() <= grid.indicators.keys()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting or not grids:
        findings.complain(sheet, 1, "scheme", "", "scheme.ambiguous", schemes=", ".join(fitting))
        return None
    nearest = max(grids, key=lambda code: len(questions.keys() & grids[code].indicators.keys()))
    for question in sorted(questions.keys() - grids[nearest].indicators.keys()):
        if any(_is_number(cells[questions[question]]) for _, cells in sheet.rows):
            findings.complain(sheet, 1, question, "", "answer.indicator", scheme=nearest)
        else:
            findings.complain(sheet, 1, question, "", "column.remark", "warning", scheme=nearest)
    return nearest if questions.keys() & grids[nearest].indicators.keys() else None


def _is_number(cell: str) -> bool:
    try:
        fields.number(cell)
    except Refusal:
        return False
    return True


def _about_indicators(findings: Findings, table: str, grids: Mapping[str, Draft]) -> None:
    """What is said about indicators must be about ones that exist; an imported grid leaves older words behind."""
    for layer, sheet, number, row in findings.of(table):
        scheme, indicator = row.get("scheme"), row.get("indicator")
        if layer == "facts" or not scheme or not indicator:
            continue
        if scheme not in grids:
            findings.complain(sheet, number, "scheme", scheme, "answer.scheme", known=", ".join(grids))
        elif indicator not in grids[scheme].indicators:
            findings.complain(sheet, number, "indicator", indicator, "answer.indicator", scheme=scheme)


def _of_known(findings: Findings, table: str, grids: Mapping[str, Draft]) -> list[Row]:
    """The rows about indicators that are published; for a scheme of which the import says something, only those."""
    said = {row["scheme"] for layer, _, _, row in findings.of(table) if layer == "import"}
    return [
        row
        for layer, _, _, row in findings.of(table)
        if row["scheme"] in grids
        and row["indicator"] in grids[row["scheme"]].indicators
        and (layer == "import" or row["scheme"] not in said)
    ]


def _clusters(findings: Findings) -> dict[str, Row]:
    """The clusters by id; a cell of the import takes the place of the register's, an empty one leaves it."""
    sectors = {row["code"] for _, _, _, row in findings.of("sectors")}
    clusters: dict[str, Row] = {}
    for _, sheet, number, row in findings.of("clusters"):
        for sector in row.get("sector", ()):
            if sector not in sectors:
                findings.complain(sheet, number, "sector", sector, "cluster.sector", known=", ".join(sorted(sectors)))
        place = [row[name] for name in ("latitude", "longitude") if name in row]
        if len(place) == 2 and (place[0] is None) != (place[1] is None):
            findings.complain(sheet, number, "latitude", "", "cluster.half_place")
        known = clusters.get(row["cluster_id"])
        news = {name: value for name, value in row.items() if value not in (None, "", ())} if known else {}
        clusters[row["cluster_id"]] = {**known, **news} if known else row
    for row in clusters.values():
        if row.get("latitude") is None or row.get("longitude") is None:
            row["geo_precision"] = "unknown"
        elif row.get("geo_precision") in (None, "unknown"):
            row["geo_precision"] = "city" if row.get("city") else "region"
    return clusters


def _awards(findings: Findings, clusters: Mapping[str, Row], synthetic: bool, today: date) -> None:
    for layer, sheet, number, row in findings.of("awards"):
        cluster, start, end = row.get("cluster_id"), row.get("awarded_on", ""), row.get("valid_until", "")
        if cluster and cluster not in clusters:
            findings.complain(sheet, number, "cluster_id", cluster, "cluster.unknown")
        if start > today.isoformat():
            findings.complain(sheet, number, "awarded_on", start, "cell.future")
        founded = clusters[cluster].get("founded", "") if cluster and cluster in clusters else ""
        if founded and start and start < founded[: len(start)]:
            findings.complain(sheet, number, "awarded_on", start, "award.before_founded", founded=founded)
        if end and end < start[: len(end)]:
            findings.complain(sheet, number, "valid_until", end, "award.ends_before", start=start)
        if synthetic and layer == "import":
            findings.complain(sheet, number, "label", row.get("label", ""), "award.invented")


def _keep_invented_apart(findings: Findings, taken: Answers) -> None:
    """An invented result may never bear a real organisation's id or name."""
    real = [row for layer, _, _, row in findings.of("clusters") if layer == "facts"]
    ids = {row["cluster_id"] for row in real}
    names = {_spoken(row["name"]) for row in real}
    told: set[str] = set()
    described = (
        (row.get("cluster_id", ""), sheet, number, _spoken(row.get("name", "")))
        for layer, sheet, number, row in findings.of("clusters")
        if layer == "import"
    )
    for cluster, sheet, number, name in chain(described, ((*place, "") for place in taken.named())):
        if cluster and cluster not in told and (cluster in ids or name in names):
            told.add(cluster)
            findings.complain(sheet, number, "cluster_id", cluster, "edition.real_name")


def _spoken(name: str) -> str:
    """A name as it is spoken: however it is spelt in Unicode, in capitals, with spaces."""
    return " ".join(plain_order(name).split())


def _frames(
    findings: Findings,
    clusters: Mapping[str, Row],
    grids: Mapping[str, Draft],
    answers: Columns,
) -> dict[str, pd.DataFrame]:
    assessment, answer = frames(answers)
    sectors = {row["code"]: row for _, _, _, row in findings.of("sectors")}
    told = [name for name in TABLES["awards"] if name not in DERIVED]
    awards = {tuple(row[name] for name in told): row for _, _, _, row in findings.of("awards")}  # twice alike: one
    ordered = sorted(clusters.values(), key=lambda row: row["cluster_id"])
    dimensions = [
        {**row, "position": position}
        for grid in grids.values()
        for position, row in enumerate(_in_order(grid.dimensions.values()), start=1)
    ]
    indicators = [
        {**row, "position": position}
        for grid in grids.values()
        for position, row in enumerate(grid.indicators.values(), start=1)
    ]
    return {
        "sector": _frame([{**row, "position": i} for i, row in enumerate(sectors.values(), start=1)], "sectors"),
        "scheme": _frame([grid.scheme for grid in grids.values()], "schemes"),
        "dimension": _frame(dimensions, "dimensions"),
        "indicator": _frame(indicators, "indicators"),
        "band": _frame(_of_known(findings, "bands", grids), "bands"),
        "dictionary": _frame(_of_known(findings, "dictionary", grids), "dictionary"),
        "recommendation": _frame(
            [{**row, "position": i} for i, row in enumerate(_of_known(findings, "recommendations", grids), start=1)],
            "recommendations",
        ),
        "document": _frame(
            [{**row, "position": i} for i, row in enumerate(_of_known(findings, "documents", grids), start=1)],
            "documents",
        ),
        "cluster": _frame(ordered, "clusters", "sector", "founded"),
        "cluster_sector": pd.DataFrame(
            [(row["cluster_id"], s, i) for row in ordered for i, s in enumerate(row["sector"], start=1)],
            columns=["cluster_id", "sector", "position"],
        ),
        "award": _frame(list(awards.values()), "awards", *DERIVED),
        "coverage": _frame(_still_true(findings), "coverage"),
        "assessment": assessment,
        "answer": answer,
    }


def _still_true(findings: Findings) -> list[Row]:
    """How complete the register is, for the labels to which the import adds no award of its own."""
    added = {row["label"] for layer, _, _, row in findings.of("awards") if layer == "import"}
    coverage = findings.of("coverage")
    kept = {row["label"]: row for layer, _, _, row in coverage if layer == "import" or row["label"] not in added}
    return list(kept.values())


def _in_order(rows: Iterable[Row]) -> list[Row]:
    """Dimensions by the position they state; those that state none keep their place in the file, at the end."""
    return sorted(rows, key=lambda row: row["position"] if row["position"] is not None else float("inf"))


def _frame(rows: list[Row], table: str, *without: str) -> pd.DataFrame:
    columns = [name for name in TABLES[table] if name not in without]
    if table in ("sectors", "indicators", "recommendations", "documents"):
        columns.append("position")
    return pd.DataFrame(rows, columns=columns)
