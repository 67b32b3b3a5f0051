"""Merging of rows about the same cluster or award. Pure.

The result does not depend on the order of the rows, and duplicates change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import permutations

from ..i18n import collation_key
from . import values
from .closest import closest
from .readers import Sheet
from .table_reader import IngestState, Layer, Row, as_cell
from .table_schemas import CLUSTER_DETAILS, DERIVED, TABLES

NEAR_MONTHS = 12
"""Two awards of one label to one cluster are likely the same if fewer months may lie between them."""
_NOTHING = (None, "", ())
_CELLS = tuple(name for name in TABLES["awards"] if name not in DERIVED)


def contradicts(known: Row, row: Row, name: str) -> bool:
    """Whether a row gives another value than the known one; case, accents and Unicode forms are ignored."""
    told, before = row.get(name), known.get(name)
    if told in _NOTHING or before in _NOTHING:
        return False
    return collation_key(as_cell(told)) != collation_key(as_cell(before))


def outdated_cells(known: Row, row: Row) -> tuple[str, ...]:
    """The known cells of a cluster that are outdated because a row gives another place and does not fill them.

    Another country outdates the whole place; another city the region and the coordinates; another region coordinates
    that are those of the region. Other coordinates outdate their precision.
    """
    country, city = contradicts(known, row, "country"), contradicts(known, row, "city")
    of_region = known.get("geo_precision") == "region" or not known.get("city")
    moved = country or city or (contradicts(known, row, "region") and of_region)
    corrected = contradicts(known, row, "latitude") or contradicts(known, row, "longitude")
    of_old_place = (
        *(("city",) if country else ()),
        *(("region",) if country or city else ()),
        *(("latitude", "longitude") if moved else ()),
        *(("geo_precision",) if moved or corrected else ()),
    )
    return tuple(name for name in of_old_place if known.get(name) not in _NOTHING and row.get(name) in _NOTHING)


def fill_from_row(known: Row | None, row: Row) -> Row:
    """The known cells of a cluster, updated by a row: its empty cells change nothing, outdated cells are emptied."""
    if not known:
        return row
    dropped = {name: CLUSTER_DETAILS[name].empty for name in outdated_cells(known, row)}
    return {**known, **dropped, **{name: value for name, value in row.items() if value not in _NOTHING}}


def descriptions_by_layer(findings: IngestState) -> tuple[dict[str, Row], dict[str, Row], dict[str, Row]]:
    """The clusters by id in each layer: facts, extended edition, import."""
    layers: dict[Layer, dict[str, Row]] = {layer: {} for layer in Layer}
    for layer, _, _, row in findings.of("clusters"):
        known = layers[layer]
        known[row["cluster_id"]] = fill_from_row(known.get(row["cluster_id"]), row)
    return layers[Layer.FACTS], layers[Layer.EXTENDED], layers[Layer.IMPORT]


def added_clusters(findings: IngestState) -> dict[str, Row]:
    """The clusters by id that complete the facts: those of the extended edition, updated by the import."""
    _, kept, handed_in = descriptions_by_layer(findings)
    return kept | {cluster: fill_from_row(kept.get(cluster), row) for cluster, row in handed_in.items()}


def merge_clusters(findings: IngestState) -> dict[str, Row]:
    """The clusters by id; a submitted cell replaces that of the register, an empty one does not.

    Warns if a known place is outdated by a submitted one.
    """
    sectors = {row["code"] for row in findings.rows_in("sectors", *Layer)}
    known = ", ".join(sorted(sectors))
    _read_sector_names(findings)
    facts, kept, handed_in = descriptions_by_layer(findings)
    for layer, sheet, number, row in findings.of("clusters"):
        for sector in row.get("sector", ()):
            if sector not in sectors:
                near = closest(sector, sectors)
                key = "cluster.sector_like" if near else "cluster.sector"
                findings.add_problem(sheet, number, "sector", sector, key, near=near, known=known)
        place = [row[name] for name in ("latitude", "longitude") if name in row]
        if len(place) == 2 and (place[0] is None) != (place[1] is None):
            findings.add_problem(sheet, number, "latitude", "", "cluster.half_place")
        if layer is Layer.IMPORT:
            cluster = row["cluster_id"]
            before = fill_from_row(facts.get(cluster), kept.get(cluster, {}))
            _warn_of_outdated(findings, sheet, number, before, row, handed_in[cluster])
    added = added_clusters(findings)
    return facts | {cluster: fill_from_row(facts.get(cluster), row) for cluster, row in added.items()}


def _read_sector_names(findings: IngestState) -> None:
    """Put the codes of sectors in the place of their names, in French or English."""
    names: dict[str, str] = {}
    for row in findings.rows_in("sectors", *Layer):
        for name in (row["code"], row.get("name_en", ""), row.get("name_fr", "")):
            names.setdefault(values.plain_word(name), row["code"])
    for _, sheet, number, row in findings.of("clusters"):
        written = row.get("sector", ())
        codes = tuple(dict.fromkeys(names.get(values.plain_word(word), word) for word in written))
        if codes != written:
            findings.add_reading(sheet, number, "sector", as_cell(written), "sector")
            row["sector"] = codes


def _warn_of_outdated(findings: IngestState, sheet: Sheet, number: int, before: Row, row: Row, all_told: Row) -> None:
    """Warn if a row moves a cluster and no submitted row gives the rest of the new place."""
    moved = next((name for name in ("country", "city", "region") if contradicts(before, row, name)), "")
    dropped = [name for name in outdated_cells(before, all_told) if name != "geo_precision"] if moved else []
    if dropped:
        told = ", ".join(dropped)
        findings.add_problem(sheet, number, moved, row[moved], "cluster.place_dropped", "warning", dropped=told)


def precision(row: Row) -> str:
    """The precision of a cluster's place: as the row states it, else derived from its cells."""
    if row["latitude"] is None or row["longitude"] is None:
        return "unknown"
    told: str | None = row["geo_precision"]
    return told if told not in (None, "unknown") else "city" if row["city"] else "region"


def provenance(findings: IngestState) -> list[Row]:
    """Title and date of the register, in at most one row; no date if awards were submitted without a new one."""
    rows = [(layer, row) for layer, _, _, row in findings.of("register")]
    if not rows:
        return []
    layer, row = rows[-1]
    changed = layer is Layer.FACTS and findings.rows_in("awards", Layer.EXTENDED, Layer.IMPORT)
    return [{**row, "as_of": ""} if changed else row]


@dataclass(frozen=True, slots=True)
class _AwardRow:
    """A row of `awards`, and its location."""

    layer: Layer
    sheet: Sheet
    number: int
    row: Row

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text, without derived columns."""
        return tuple(as_cell(self.row[name]) for name in _CELLS)

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Sorts the most precise date first; then submitted rows, high confidence, rows with a source."""
        row, date = self.row, self.row["awarded_on"]
        unsure = row["confidence"] != "high", not row["source_url"]
        return (-len(date), date, self.layer is Layer.FACTS, *unsure, self.cells)


@dataclass(slots=True)
class _MergedAward:
    """One award, and all rows about it, the most precise first."""

    row: Row
    rows: list[_AwardRow] = field(default_factory=list)

    @property
    def new(self) -> list[_AwardRow]:
        """The submitted rows that do not just repeat an earlier one."""
        before = {telling.cells for telling in self.rows if telling.layer is not Layer.IMPORT}
        return [t for t in self.rows if t.layer is Layer.IMPORT and t.cells not in before]


def merge_awards(findings: IngestState, known: Mapping[str, Row]) -> list[Row]:
    """Each award once; `known` are all clusters by id.

    Rows of one cluster and label are about the same award if one date makes the other more precise and their stated
    ends agree: the most precise row is kept, with the stated end of the others if it has none. Rows without a date are
    about the same award only if they have the same source. Warns of merged rows, of awards that may be the same, and of
    those whose cluster has no coordinates.
    """
    tellings: dict[tuple[str, str], list[_AwardRow]] = {}
    for layer, sheet, number, row in findings.of("awards"):
        if row.keys() >= set(_CELLS):
            tellings.setdefault((row["cluster_id"], row["label"]), []).append(_AwardRow(layer, sheet, number, row))
    found: list[Row] = []
    placeless: set[str] = set()
    for (cluster, _), told in tellings.items():
        joined = _joined(told)
        for award in joined:
            _report_merged(findings, award)
            if award.new and cluster not in placeless and cluster in known and known[cluster].get("latitude") is None:
                placeless.add(cluster)
                first = award.new[0]
                findings.add_problem(first.sheet, first.number, "cluster_id", cluster, "award.placeless", "warning")
        _warn_of_near(findings, joined)
        found += [award.row for award in joined]
    return found


def _joined(tellings: Iterable[_AwardRow]) -> list[_MergedAward]:
    found: list[_MergedAward] = []
    for telling in sorted(tellings, key=lambda telling: telling.sort_key):
        award = next((award for award in found if _same(award, telling)), None)
        if award is None:
            found.append(_MergedAward(telling.row, [telling]))
        else:
            award.row = _completed(award.row, telling.row)
            award.rows.append(telling)
    return found


def _same(award: _MergedAward, telling: _AwardRow) -> bool:
    """Whether a row, whose date is no more precise, is about this award."""
    row, other = award.row, telling.row
    ends = row["valid_until"], other["valid_until"]
    if not (ends[0].startswith(ends[1]) or ends[1].startswith(ends[0])):
        return False
    if other["awarded_on"]:
        return bool(row["awarded_on"].startswith(other["awarded_on"]))
    known = {told.cells for told in award.rows}
    return not row["awarded_on"] and (telling.cells in known or row["source_url"] == other["source_url"] != "")


def _completed(row: Row, other: Row) -> Row:
    """The more precise row, with the most precise stated end, a stated duration and the latest check of its source."""
    end = max(row["valid_until"], other["valid_until"], key=len)
    looked = [row["checked_on"]] + [other["checked_on"]] * (row["source_url"] == other["source_url"])
    months = row["valid_months"] or other["valid_months"]
    return {**row, "valid_until": end, "valid_months": months, "checked_on": max(looked)}


def _report_merged(findings: IngestState, award: _MergedAward) -> None:
    """Warn if a submitted row is merged into a known award, or makes it more precise."""
    first, *others = award.rows
    for telling in award.new:
        before = [other for other in others if other.layer is not Layer.IMPORT] if telling is first else [first]
        if not before:
            continue
        date, known = telling.row["awarded_on"], before[0].row["awarded_on"]
        if len(known) < len(date):
            _warn(findings, telling, "award.more_precise", before=known)
        elif len(known) > len(date):
            _warn(findings, telling, "award.less_precise", known=known)
        elif telling.row["source_url"] != before[0].row["source_url"]:
            _warn(findings, telling, "award.again", source=before[0].row["source_url"] or "–")


def _warn_of_near(findings: IngestState, found: Iterable[_MergedAward]) -> None:
    """Warn of submitted awards that are so close in time to another one that they may be the same."""
    dated = [award for award in found if award.row["awarded_on"]]
    for award, other in permutations(dated, 2):
        earlier, later = sorted(_months(one.row["awarded_on"]) for one in (award, other))
        if award.new and later[0] - earlier[1] < NEAR_MONTHS:
            _warn(findings, award.new[0], "award.near", other=other.row["awarded_on"], months=NEAR_MONTHS)


def _months(date: str) -> tuple[int, int]:
    """The first and the last month of a partial date, counted from the year 0."""
    year, month = int(date[:4]), int(date[5:7] or 0)
    return year * 12 + (month or 1), year * 12 + (month or 12)


def _warn(findings: IngestState, telling: _AwardRow, key: str, **values: object) -> None:
    date = telling.row["awarded_on"]
    findings.add_problem(telling.sheet, telling.number, "awarded_on", date, key, "warning", **values)
