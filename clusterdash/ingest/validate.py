"""Validation of sheets: checked tables, and a list of all problems. Pure: reads no file or database.

Rows come in layers (`table_reader.Layer`). The *facts* are what the project ships or an operator maintains (sectors,
schemes, the register of labels); the *import* is what is submitted now; between them are the sources of an edition that
is to be extended, if any. Rows of a layer complete or replace those below: a sector by its code, a scheme or an
assessment as a whole, a cluster cell by cell (`merge`); awards are added, each once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Literal

import pandas as pd

from ..domain import ErrorCode, Grant, Problem
from . import extend, merge, plausibility, questionnaire_reader, wide_reader
from .answers import AnswerCollector, AnswerColumns, Assessment, frames
from .extend import ExtendedEdition
from .grants import granted
from .readers import Sheet
from .reference_pack_tables import KnownKeys, pack_frames, packs_in_force
from .schemes import SchemeDraft, frame, is_known, scheme_frames, schemes
from .table_reader import IngestState, Layer, Row, as_cell, read_table, table_of
from .table_schemas import DERIVED, KEYS, TABLES

_LONGEST_LIST = 200
"""In characters, of the headings that a message names."""


@dataclass(slots=True)
class CheckedTables:
    """Checked tables, columns as in `schema.sql`, ready to be published; and grants, which belong to no edition.

    `handed_in`: their sources besides facts and answers, by table, all text; `extended`: the edition that they extend,
    "" for none; `results`: whether there is anything to publish; `grants`: None if none were submitted.
    """

    title: str
    synthetic: bool
    frames: dict[str, pd.DataFrame]
    handed_in: dict[str, pd.DataFrame]
    extended: str = ""
    results: bool = True
    grants: tuple[Grant, ...] | None = None


def validate(
    facts: Sequence[Sheet],
    handed_in: Sequence[Sheet],
    today: date,
    kept: ExtendedEdition | None = None,
    served: Collection[str] = (),
    known_keys: KnownKeys | None = None,
) -> tuple[CheckedTables | None, list[Problem]]:
    """Check everything that is submitted against itself, the facts, and what is kept of the edition it extends.

    Grants submitted alone may also name the clusters that are `served`. `known_keys`: the public keys of publishers of
    reference packs. Returns the tables, or None if there is an error, and all problems.
    """
    findings = IngestState()
    before: list[Sheet] = [*kept.tables, kept.answers] if kept else []
    wide, filled, long = _sorted_out(
        findings, {Layer.FACTS: facts, Layer.EXTENDED: before[:-1], Layer.IMPORT: handed_in}
    )
    grids = schemes(findings)
    taken = AnswerCollector(findings, grids, today)
    for sheet in wide:
        wide_reader.unfold(findings, sheet, grids, taken)
    for book in filled.values():
        questionnaire_reader.unfold(findings, book, taken)
    for sheet in long:
        taken.read(sheet)
    title, synthetic = extend.title_and_kind(findings, handed_in, taken)
    anew = taken.assessments()
    if kept:
        taken.read(kept.answers_but(anew))
    for table in ("bands", "dictionary", "recommendations", "documents", "efforts"):
        _about_indicators(findings, table, grids)
    clusters = merge.merge_clusters(findings)
    _awards(findings, clusters, synthetic, today)
    awards = merge.merge_awards(findings, clusters)
    observations = _observations(findings, clusters, synthetic, today)
    for cluster, sheet, number in taken.named():
        if cluster not in clusters:
            findings.add_unknown_cluster(sheet, number, cluster, clusters)
    answers = taken.columns()
    noted = {table: _noted(findings, table, grids, anew, taken.assessments()) for table in ("remarks", "stories")}
    plausibility.warn_of_implausible(findings, answers, grids)
    plausibility.warn_of_twins(findings)
    plausibility.warn_of_day_order(findings)
    if synthetic:
        _separate_invented(findings, taken)
    worth = ("awards",) if kept is None else TABLES.keys() - {"edition", "grants", "recipes"}
    results = bool(anew) or any(findings.rows_in(table, Layer.IMPORT) for table in worth)
    alone = not taken.assessments()
    packs = packs_in_force(findings, grids, known_keys or KnownKeys(), synthetic=synthetic, alone=alone)
    grants = granted(findings, clusters if results else clusters.keys() | set(served))
    problems = _in_order_of_files(findings.problems, [*facts, *before, *handed_in])
    told_before = {sheet.file for sheet in before}
    problems = [p for p in problems if p.severity == "error" or p.file not in told_before]
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    if not results and grants is None:
        files = ", ".join(sorted({sheet.file for sheet in handed_in}))
        return None, [*problems, Problem(files, "", None, "", "", ErrorCode.NOTHING_TO_PUBLISH)]
    frames = _frames(findings, clusters, awards, observations, grids, answers, noted) | pack_frames(packs)
    of = kept.edition if kept else ""
    return CheckedTables(
        title, synthetic, frames, extend.submitted_tables(findings, grids), of, results, grants
    ), problems


def schemes_of(facts: Sequence[Sheet]) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """The tables of the schemes in the facts, columns as in `schema.sql`, and the problems of the facts."""
    findings = IngestState()
    _sorted_out(findings, {Layer.FACTS: facts})
    return scheme_frames(findings, schemes(findings)), findings.problems


def _in_order_of_files(problems: list[Problem], sheets: Sequence[Sheet]) -> list[Problem]:
    """Problems sorted by sheet, then by row."""
    places = {(sheet.file, sheet.name): place for place, sheet in reversed(list(enumerate(sheets)))}
    return sorted(problems, key=lambda p: (places.get((p.file, p.table), -1), p.row or 0))


def _sorted_out(
    findings: IngestState, layers: Mapping[Layer, Sequence[Sheet]]
) -> tuple[list[Sheet], dict[str, list[Sheet]], list[Sheet]]:
    """Read all tables except answers, which need the schemes.

    Returns the sheets with answers: wide ones, questionnaires by file, long ones.
    """
    wide: list[Sheet] = []
    long: list[Sheet] = []
    filled: dict[str, list[Sheet]] = {}
    for layer, sheets in layers.items():
        known = {sheet.file for sheet in sheets if table_of(sheet) or questionnaire_reader.part_of(sheet)}
        for sheet in sheets:
            table = table_of(sheet)
            if layer is Layer.IMPORT and table and not any(True for _ in sheet.rows):
                findings.add_problem(sheet, None, "", "", "sheet.no_rows", "warning")
            if questionnaire_reader.part_of(sheet):
                filled.setdefault(sheet.file, []).append(sheet)
            elif table is None:
                _add_unknown(findings, sheet, beside_known=sheet.file in known)
            elif table == "wide":
                wide.append(sheet)
            elif table == "answers":
                long.append(sheet)
            else:
                read_table(findings, layer, sheet, table)
    return wide, filled, long


def _add_unknown(findings: IngestState, sheet: Sheet, *, beside_known: bool) -> None:
    """Report a sheet that is no table: an error, or a warning if others of the same workbook are."""
    severity: Literal["error", "warning"] = "warning" if beside_known else "error"
    found = ", ".join(heading for heading in sheet.header if heading)[:_LONGEST_LIST]
    key = "table.passed_over" if beside_known else "table.unknown"
    findings.add_problem(sheet, None, "", "", key, severity, found=found, tables=", ".join(TABLES))


def _about_indicators(findings: IngestState, table: str, grids: Mapping[str, SchemeDraft]) -> None:
    """Report imported rows about unknown indicators; older rows may be about those of a replaced scheme."""
    for layer, sheet, number, row in findings.of(table):
        scheme, indicator = row.get("scheme"), row.get("indicator")
        if layer is not Layer.IMPORT or not scheme or not indicator:
            continue
        if scheme not in grids:
            findings.add_problem(sheet, number, "scheme", scheme, "answer.scheme", known=", ".join(grids))
        elif indicator not in grids[scheme].indicators:
            findings.add_problem(sheet, number, "indicator", indicator, "answer.indicator", scheme=scheme)


def _noted(
    findings: IngestState,
    table: str,
    grids: Mapping[str, SchemeDraft],
    anew: Set[Assessment],
    assessments: Set[Assessment],
) -> dict[Assessment, list[Row]]:
    """The remarks or stories by assessment, in the order of their keys, whatever the order of import.

    Those of a resubmitted assessment replace the earlier ones.
    """
    noted: dict[Assessment, dict[Any, tuple[Layer, Sheet, int, Row]]] = {}
    for layer, sheet, number, row in findings.of(table):
        if not row.keys() >= set(KEYS[table]):
            continue
        key, of = (row["cluster_id"], row["scheme"], row["assessed_on"], row["evidence"]), row[KEYS[table][-1]]
        if layer is Layer.EXTENDED and key in anew:
            continue
        if key not in assessments and key not in noted:
            findings.add_problem(sheet, number, "assessed_on", row["assessed_on"].isoformat(), "remark.no_assessment")
        elif table == "remarks" and row["scheme"] in grids and not is_known(grids, row):
            findings.add_problem(sheet, number, "indicator", of, "answer.indicator", scheme=row["scheme"])
        before, other, first, told = noted.setdefault(key, {}).get(of, (layer, sheet, number, row))
        if before is layer and told != row:
            values = {"first": first, "file": other.file}
            findings.add_problem(sheet, number, KEYS[table][-1], as_cell(of), "row.contradicts", "error", **values)
        noted[key][of] = (layer, sheet, number, row)
    return {key: [row for _, (*_, row) in sorted(rows.items())] for key, rows in noted.items()}


def _awards(findings: IngestState, clusters: Mapping[str, Row], synthetic: bool, today: date) -> None:
    for layer, sheet, number, row in findings.of("awards"):
        cluster, start, end = row.get("cluster_id"), row.get("awarded_on", ""), row.get("valid_until", "")
        _cluster_and_day(findings, sheet, number, row, "awarded_on", clusters, today)
        founded = clusters[cluster].get("founded", "") if cluster and cluster in clusters else ""
        if founded and start and start < founded[: len(start)]:
            findings.add_problem(sheet, number, "awarded_on", start, "award.before_founded", founded=founded)
        if end and end < start[: len(end)]:
            findings.add_problem(sheet, number, "valid_until", end, "award.ends_before", start=start)
        if synthetic and layer is not Layer.FACTS:
            findings.add_problem(sheet, number, "label", row.get("label", ""), "award.invented")


def _observations(findings: IngestState, clusters: Mapping[str, Row], synthetic: bool, today: date) -> list[Row]:
    """The observations, each once; checked as awards are.

    Those of the facts about other clusters are left out: an edition of before, which is upgraded, may not know them.
    """
    found: dict[tuple[object, ...], Row] = {}
    for layer, sheet, number, row in findings.of("observations"):
        if layer is Layer.FACTS and row.get("cluster_id") not in clusters:
            continue
        _cluster_and_day(findings, sheet, number, row, "seen_on", clusters, today)
        if synthetic and layer is not Layer.FACTS:
            findings.add_problem(sheet, number, "label", row.get("label", ""), "award.invented")
        if row.keys() >= set(TABLES["observations"]):
            found.setdefault(tuple(row[name] for name in TABLES["observations"]), row)
    return list(found.values())


def _cluster_and_day(
    findings: IngestState, sheet: Sheet, number: int, row: Row, day: str, clusters: Mapping[str, Row], today: date
) -> None:
    """Report a row about a label if its cluster is unknown, or its day, in the column `day`, is in the future."""
    cluster, told = row.get("cluster_id"), row.get(day, "")
    if cluster and cluster not in clusters:
        findings.add_unknown_cluster(sheet, number, cluster, clusters)
    if told > today.isoformat():
        findings.add_problem(sheet, number, day, told, "cell.future")


def _separate_invented(findings: IngestState, taken: AnswerCollector) -> None:
    """Report invented results with the id or name of a real organisation."""
    real = findings.rows_in("clusters", Layer.FACTS)
    ids = {row["cluster_id"] for row in real}
    names = {plausibility.spoken(row["name"]) for row in real}
    told: set[str] = set()
    described = (
        (row.get("cluster_id", ""), sheet, number, plausibility.spoken(row.get("name", "")))
        for layer, sheet, number, row in findings.of("clusters")
        if layer is not Layer.FACTS
    )
    for cluster, sheet, number, name in chain(described, ((*place, "") for place in taken.named())):
        if cluster and cluster not in told and (cluster in ids or name in names):
            told.add(cluster)
            findings.add_problem(sheet, number, "cluster_id", cluster, "edition.real_name")


def _frames(
    findings: IngestState,
    clusters: Mapping[str, Row],
    awards: list[Row],
    observations: list[Row],
    grids: Mapping[str, SchemeDraft],
    answers: AnswerColumns,
    noted: Mapping[str, Mapping[Assessment, list[Row]]],
) -> dict[str, pd.DataFrame]:
    assessment, answer = frames(answers)
    numbers = {key: i for i, key in enumerate(sorted(answers.assessments), start=1)} if any(noted.values()) else {}
    sectors = {row["code"]: row for _, _, _, row in findings.of("sectors")}
    ordered = sorted(clusters.values(), key=lambda row: row["cluster_id"])
    return {
        "sector": frame([{**row, "position": i} for i, row in enumerate(sectors.values(), start=1)], "sectors"),
        **scheme_frames(findings, grids),
        "cluster": frame(ordered, "clusters", "sector", "founded").assign(
            geo_precision=[*map(merge.precision, ordered)]
        ),
        "cluster_sector": pd.DataFrame(
            [(row["cluster_id"], s, i) for row in ordered for i, s in enumerate(row["sector"], start=1)],
            columns=["cluster_id", "sector", "position"],
        ),
        "award": frame(awards, "awards", *DERIVED),
        "observation": frame(observations, "observations"),
        "validity": frame(_rules(findings), "validity"),
        "coverage": frame(_still_true(findings), "coverage"),
        "register": frame(merge.provenance(findings), "register"),
        "assessment": assessment,
        "answer": answer,
        "remark": _notes(noted["remarks"], numbers, ["indicator", "notes", "proof"]),
        "story": _notes(noted["stories"], numbers, ["story", "what", "result"]),
    }


def _notes(
    noted: Mapping[Assessment, list[Row]], numbers: Mapping[Assessment, int], columns: list[str]
) -> pd.DataFrame:
    rows = [(numbers[key], *(row[name] for name in columns)) for key in sorted(noted) for row in noted[key]]
    return pd.DataFrame(rows, columns=["assessment_id", *columns])


def _rules(findings: IngestState) -> list[Row]:
    """The rules of validity; those handed in replace those of the facts for the same awards and year."""
    return list({tuple(row[name] for name in KEYS["validity"]): row for *_, row in findings.of("validity")}.values())


def _still_true(findings: IngestState) -> list[Row]:
    """The rows of `coverage`; those of the facts only for labels without added awards."""
    added = {row["label"] for row in findings.rows_in("awards", Layer.EXTENDED, Layer.IMPORT)}
    coverage = findings.of("coverage")
    kept = {row["label"]: row for layer, _, _, row in coverage if layer > Layer.FACTS or row["label"] not in added}
    return list(kept.values())
