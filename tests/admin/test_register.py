"""Changes of the register by staff: checked, in force at the next read, undone; from a list; out as files and back."""

from __future__ import annotations

import csv
import io
import random
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.requests import Request
from support.editions import HOSTILE, NOW, TODAY, hostile_register, publish_folder

from clusterdash.admin.register import RegisterAdmin
from clusterdash.domain import PUBLIC, STAFF, ClusterdashError, Label, LabelHolder, LabelState
from clusterdash.domain.label_change import ChangeAction, NewChange
from clusterdash.editions import catalog
from clusterdash.ingest.label_changes import KnownRegister
from clusterdash.ingest.label_list import ListComparison, comparable_name, compare_list, new_cluster_id, with_source
from clusterdash.ingest.readers import Sheet
from clusterdash.labels import freshness
from clusterdash.labels.status import HELD, label_statuses
from clusterdash.open_data.register_files import register_archive
from clusterdash.reports.calendars import labels_calendar, renewal_window
from clusterdash.server import edition_cache
from clusterdash.server.page_metadata import rewrite_page

AVIATION = "de-hamburg-aviation-e-v"
VALLEY = "fr-aerospace-valley"


@pytest.fixture
def folder(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = Path(shutil.copytree(data, tmp_path / "data"))
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    return own


def desk(data: Path, *, demonstration: bool = False) -> RegisterAdmin:
    return RegisterAdmin(STAFF, data, demonstration=demonstration, by="staff@a.example")


def register() -> tuple[LabelHolder, ...]:
    return edition_cache.public_reader().label_register()


def known() -> KnownRegister:
    reader = edition_cache.current_edition().reader(STAFF)
    holders = {holder.cluster.cluster_id: holder for holder in reader.label_register()}
    return KnownRegister(holders, reader.assessed(evaluated=True).keys(), reader.sectors().keys(), TODAY)


def holder(cluster_id: str) -> LabelHolder:
    return next(one for one in register() if one.cluster.cluster_id == cluster_id)


def edit(cluster_id: str, **cells: str) -> NewChange:
    return NewChange(ChangeAction.EDIT_CLUSTER, cluster_id, cells)


def new_award(cluster_id: str, **cells: str) -> NewChange:
    told = {"label": "gold", "awarded_on": "2026-02", "source_url": "https://a.example", **cells}
    return NewChange(ChangeAction.ADD_AWARD, cluster_id, told)


def test_a_correction_is_in_force_at_the_next_read_and_undone_as_easily(folder: Path) -> None:
    before = register()
    assert desk(folder).record([edit(AVIATION, city="Finkenwerder")], known(), "moved", NOW) == []
    assert holder(AVIATION).cluster.city == "Finkenwerder"
    statuses = edition_cache.label_statuses(TODAY, TODAY)
    assert "Finkenwerder" in {one.cluster.city for one in statuses}, "what is worked out for all visitors, too"
    (change,) = desk(folder).changes(AVIATION)
    assert (change.by, change.reason, change.details["city"]) == ("staff@a.example", "moved", "Finkenwerder")
    assert desk(folder).undo(change.change_id, "not at all", NOW) == []
    assert register() == before
    with pytest.raises(ClusterdashError, match="undone"):
        desk(folder).undo(change.change_id, "again", NOW)
    assert [one.action for one in desk(folder).changes(AVIATION)] == [ChangeAction.UNDO, ChangeAction.EDIT_CLUSTER]


def test_names_of_clusters_with_results_are_corrected_on_every_page(folder: Path) -> None:
    reader = edition_cache.current_edition().reader(STAFF)
    own = next(iter(reader.assessed()))
    assert desk(folder).record([edit(own, name="Aardvark")], known(), "renamed", NOW) == []
    after = edition_cache.current_edition().reader(STAFF)
    assert next(iter(after.assessed().items())) == (own, "Aardvark"), "sorted anew"
    assert after.benchmark(own).cluster.name == "Aardvark"
    scheme = after.benchmark_schemes()[0].scheme.code
    assert {one.cluster_id: one.name for one in after.assessment_completeness(scheme)}[own] == "Aardvark"


def test_a_new_city_takes_the_cluster_along_on_the_map(folder: Path) -> None:
    steps: list[tuple[dict[str, str], tuple[float, float] | None, str]] = [
        ({"city": "Bremen"}, (53.08, 8.81), "city"),
        ({"city": "Nirgendheim"}, None, "unknown"),
        ({"city": "Nirgendheim-Nord", "latitude": "50.5", "longitude": "8.25"}, (50.5, 8.25), "city"),
        ({"name": "Renamed"}, (50.5, 8.25), "city"),
        ({"city": "Wien"}, None, "unknown"),  # which is not in Germany
    ]
    for cells, place, precision in steps:
        assert desk(folder).record([edit(AVIATION, **cells)], known(), "moved", NOW) == []
        found = holder(AVIATION).cluster
        assert found.geo_precision == precision
        if place is None:
            assert not found.has_coordinates
        else:
            assert (found.latitude, found.longitude) == pytest.approx(place, abs=0.02)


@pytest.mark.parametrize(
    ("change", "column", "key"),
    [
        (edit(AVIATION, website="javascript:alert(1)"), "website", "cell.url"),
        (edit(AVIATION, name=""), "name", "cell.empty"),
        (edit(AVIATION, latitude="12", longitude=""), "latitude", "cluster.half_place"),
        (edit(AVIATION, latitude="91", longitude="0"), "latitude", "cell.range"),
        (edit(AVIATION, sector="alchemy"), "sector", "cluster.sector"),
        (edit(AVIATION, name="=1+1"), "name", "cell.formula"),
        (edit("nobody", name="x"), "cluster_id", "cluster.unknown"),
        (new_award(AVIATION, awarded_on="2099"), "awarded_on", "cell.future"),
        (new_award(AVIATION, awarded_on="yesterday"), "awarded_on", "cell.partial_date"),
        (new_award(AVIATION, valid_until="2020"), "valid_until", "award.ends_before"),
        (new_award(AVIATION, source_url=""), "source_url", "cell.empty"),
        (new_award(AVIATION, label="platinum"), "label", "cell.choice"),
        (new_award(AVIATION, replaces="0000000000"), "replaces", "register.unknown_award"),
        (NewChange(ChangeAction.REMOVE_AWARD, AVIATION, {"award_id": "x"}), "award_id", "register.unknown_award"),
        (NewChange(ChangeAction.MERGE, AVIATION, {"into": AVIATION}), "into", "register.itself"),
        (NewChange(ChangeAction.MERGE, AVIATION, {"into": "nobody"}), "into", "cluster.unknown"),
        (NewChange(ChangeAction.DISSOLVE, AVIATION, {"dissolved_on": ""}), "dissolved_on", "cell.empty"),
        (
            NewChange(ChangeAction.ADD_CLUSTER, AVIATION, {"name": "x", "country": "DE"}),
            "name",
            "register.known_cluster",
        ),
        (NewChange(ChangeAction.ADD_CLUSTER, "xx-new", {"name": "x", "country": "Utopia"}), "country", "cell.country"),
    ],
)
def test_what_is_wrong_is_told_by_its_field_and_nothing_is_changed(
    folder: Path, change: NewChange, column: str, key: str
) -> None:
    problems = desk(folder).record([edit(VALLEY, city="Toulouse-Blagnac"), change], known(), "why", NOW)
    assert [(problem.column, problem.key) for problem in problems] == [(column, key)]
    assert desk(folder).changes() == (), "all, or none"


def test_a_change_needs_a_reason(folder: Path) -> None:
    for reason, key in (("  ", "cell.empty"), ("x" * 501, "cell.too_long")):
        (problem,) = desk(folder).record([edit(AVIATION, city="x")], known(), reason, NOW)
        assert (problem.column, problem.key) == ("reason", key)
    assert desk(folder).changes() == ()


def test_an_award_that_the_register_has_is_not_added_twice(folder: Path) -> None:
    assert desk(folder).record([new_award(AVIATION)], known(), "why", NOW) == []
    (problem,) = desk(folder).record([new_award(AVIATION)], known(), "why", NOW)
    assert problem.key == "register.known_award"
    mine = next(one for one in holder(AVIATION).awards if one.source_url == "https://a.example")
    better = new_award(AVIATION, awarded_on="2026-02-03", replaces=mine.award_id)
    count = len(holder(AVIATION).awards)
    assert desk(folder).record([better], known(), "the day is known", NOW) == []
    assert len(holder(AVIATION).awards) == count
    assert "2026-02-03" in {one.awarded_on for one in holder(AVIATION).awards}


def test_a_merged_cluster_is_found_at_the_other_and_gives_its_awards(folder: Path) -> None:
    both = len(holder(AVIATION).awards) + len(holder(VALLEY).awards)
    merge = NewChange(ChangeAction.MERGE, AVIATION, {"into": VALLEY})
    assert desk(folder).record([merge], known(), "the same", NOW) == []
    assert len(holder(VALLEY).awards) == both
    assert edition_cache.public_reader().merged_clusters() == {AVIATION: VALLEY}
    assert AVIATION not in {one.cluster.cluster_id for one in register()}
    asked = {"type": "http", "method": "GET", "path": "/cluster", "query_string": f"id={AVIATION}&lang=en".encode()}
    request = Request({**asked, "headers": [(b"host", b"x.example")], "scheme": "https", "server": ("x.example", 443)})
    head, status = rewrite_page("<html><head><title>x</title></head><body></body></html>", request, "cluster")
    assert status == 200
    assert f"cluster?id={VALLEY}" in head
    assert AVIATION not in head, "search engines are told the other address alone"


def test_a_cluster_with_results_is_not_merged_away(folder: Path) -> None:
    own = next(iter(edition_cache.current_edition().reader(STAFF).assessed()))
    merge = NewChange(ChangeAction.MERGE, own, {"into": VALLEY})
    assert [one.key for one in desk(folder).record([merge], known(), "the same", NOW)] == ["register.has_results"]


def test_a_new_cluster_comes_with_its_award(folder: Path) -> None:
    cluster = NewChange(ChangeAction.ADD_CLUSTER, "fr-nouveau", {"name": "Nouveau", "country": "FR", "city": "Brest"})
    assert desk(folder).record([cluster, new_award("fr-nouveau")], known(), "new", NOW) == []
    assert holder("fr-nouveau").cluster.city == "Brest"
    assert [one.awarded_on for one in holder("fr-nouveau").awards] == ["2026-02"]


def test_in_a_demonstration_everything_is_checked_and_nothing_is_made(folder: Path) -> None:
    trying = desk(folder, demonstration=True)
    assert [one.key for one in trying.record([edit(AVIATION, name="")], known(), "why", NOW)] == ["cell.empty"]
    with pytest.raises(ClusterdashError, match="not_here"):
        trying.record([edit(AVIATION, city="x")], known(), "why", NOW)
    assert desk(folder).changes() == ()


def test_nobody_but_staff_has_a_desk(folder: Path) -> None:
    with pytest.raises(ClusterdashError, match="staff_only"):
        RegisterAdmin(PUBLIC, folder, demonstration=False, by="")


# Lists of the awarding body


def sheet(*rows: Sequence[str], header: Sequence[str] = ("Cluster", "Pays", "Label", "Date", "Fin")) -> Sheet:
    return Sheet("list.csv", "list", tuple(header), tuple(enumerate((tuple(row) for row in rows), start=2)))


def compared(
    *rows: Sequence[str], header: Sequence[str] = ("Cluster", "Pays", "Label", "Date", "Fin")
) -> ListComparison:
    held: dict[str, list[Label]] = {}
    for one in label_statuses(register(), TODAY, TODAY):
        if one.state in HELD:
            held.setdefault(one.cluster.cluster_id, []).append(one.label)
    found, problems = compare_list([sheet(*rows, header=header)], register(), held, TODAY)
    assert found is not None, problems
    return found


@pytest.mark.usefixtures("folder")
def test_a_list_of_what_is_known_changes_nothing() -> None:
    rows = [
        (one.cluster.name, one.cluster.country, award.label.value, award.awarded_on, award.valid_until)
        for one in register()
        for award in one.awards
    ]
    found = compared(*rows)
    assert [entry for entry in found.entries if entry.finding not in ("similar",)] == []
    assert found.unchanged + len(found.entries) == len(rows)
    assert not found.entries, "names that the register has are found again as they are"


def test_a_list_brings_new_precise_and_doubtful_rows_apart(folder: Path) -> None:
    aviation = holder(AVIATION)
    dated = next(one for one in aviation.awards if len(one.awarded_on) == 4)
    found = compared(
        (aviation.cluster.name.upper(), "Allemagne", "Label d'Or", f"{dated.awarded_on}-05", ""),
        (aviation.cluster.name, "DE", "GOLD", "2026-05-01", "2029-05-01"),
        ("Hamburg Aviatoin eV Nord", "DE", "gold", "2026-05-02", ""),
        ("Something That Nobody Knows", "Frankreich", "bronze", "2026", ""),
    )
    kinds = [entry.finding for entry in found.entries if entry.finding != "gone"]
    assert kinds == ["changed", "new_award", "similar", "new_cluster"]
    assert {entry.known for entry in found.entries[:3]} == {AVIATION}
    assert found.entries[0].changes[0].details["replaces"] == dated.award_id
    changes = with_source([change for entry in found.entries[:4] for change in entry.changes], "https://list.example")
    assert desk(folder).record(changes, known(), "list of 2026", NOW) == []
    assert next(one for one in register() if one.cluster.name == "Something That Nobody Knows").cluster.country == "FR"
    days = {one.awarded_on: one for one in holder(AVIATION).awards}
    assert {f"{dated.awarded_on}-05", "2026-05-01", "2026-05-02"} <= days.keys()
    assert dated.awarded_on not in days
    assert days["2026-05-01"].source_url == "https://list.example"


def test_labels_that_a_list_no_longer_has_are_told_for_its_countries_and_labels_only(folder: Path) -> None:
    running = [one for one in label_statuses(register(), TODAY, TODAY) if one.state in HELD]
    country = running[0].cluster.country
    expected = {
        one.cluster.cluster_id for one in running if one.cluster.country == country and one.label is running[0].label
    }
    kept = expected.pop()
    name = holder(kept).cluster.name
    found = compared((name, country, running[0].label.value, "", ""))
    assert {entry.known for entry in found.entries if entry.finding == "gone"} == expected
    gone = [entry for entry in found.entries if entry.finding == "gone"]
    if gone:
        changes = with_source([change for entry in gone for change in entry.changes], "https://list.example")
        assert desk(folder).record(changes, replace(known(), today=TODAY), "list", NOW) == []


@pytest.mark.parametrize(
    ("sheets", "key"),
    [
        ([], "label_list.one_sheet"),
        ([sheet(header=("Cluster", "Pays", "Label"))], "label_list.nothing"),
        ([sheet(("x", "FR"), header=("Cluster", "Pays"))], "label_list.columns"),
        ([sheet(("", "FR", "gold", "", ""))], "cell.empty"),
        ([sheet(("x", "Utopia", "gold", "", ""))], "cell.country"),
        ([sheet(("x", "FR", "wood", "", ""))], "cell.choice"),
        ([sheet(("x", "FR", "gold", "soon", ""))], "cell.partial_date"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(sheets: list[Sheet], key: str) -> None:
    found, problems = compare_list(sheets, (), {}, TODAY)
    assert found is None
    assert [problem.key for problem in problems] == [key]


def test_names_are_compared_without_what_tells_nothing() -> None:
    assert comparable_name("Klaster Beta e.V.") == comparable_name("BETA GmbH") == "beta"
    assert comparable_name("Cluster") == "cluster", "better than nothing"
    assert new_cluster_id("FR", "Pôle «Mer» & Océan") == "fr-pole-mer-ocean"


# What to check, files and calendars


def test_each_reason_to_check_is_found(folder: Path) -> None:
    day = TODAY.isoformat()
    soon = (TODAY + timedelta(days=90)).isoformat()

    def checked_now(cluster_id: str) -> NewChange:
        ids = "|".join(award.award_id for award in holder(cluster_id).awards)
        return NewChange(ChangeAction.CHECK, cluster_id, {"checked_on": day, "award_ids": ids})

    changes = [checked_now(VALLEY), checked_now(AVIATION), new_award(VALLEY, awarded_on="2024-01", valid_until=soon)]
    assert desk(folder).record(changes, known(), "why", NOW) == []
    found = freshness.labels_to_check(register(), TODAY)
    of = {(one.cluster.cluster_id, one.label): one for one in found}
    assert of[VALLEY, Label.GOLD].reasons[0] == "soon"
    assert "unchecked" in of[VALLEY, Label.GOLD].reasons, "of its awards, the new one was never checked"
    checked = of.get((AVIATION, Label.GOLD))
    assert checked is None or "unchecked" not in checked.reasons
    for one in found:
        holding = next(
            h for h in label_statuses([holder(one.cluster.cluster_id)], TODAY, TODAY) if h.label is one.label
        )
        assert ("soon" in one.reasons) == (holding.state is LabelState.SOON)
        assert ("no_place" in one.reasons) == (not one.cluster.has_coordinates)
        assert ("undated" in one.reasons) == any(not award.awarded_on for award in holding.awards)
    order = [freshness.REASONS.index(one.reasons[0]) for one in found]
    assert order == sorted(order)
    assert freshness.with_reasons(found, ["soon", "unchecked"]) == [
        one for one in found if {"soon", "unchecked"} <= set(one.reasons)
    ]


def test_a_dissolved_cluster_is_not_to_be_checked(folder: Path) -> None:
    dissolved = NewChange(ChangeAction.DISSOLVE, AVIATION, {"dissolved_on": "2025"})
    assert desk(folder).record([dissolved], known(), "closed", NOW) == []
    assert AVIATION not in {one.cluster.cluster_id for one in freshness.labels_to_check(register(), TODAY)}


def unpacked(archive: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(folder)
    return folder


@pytest.mark.usefixtures("without_statistics")
def test_the_register_goes_out_as_files_and_comes_back_the_same(
    folder: Path, small_folder: Path, tmp_path: Path
) -> None:
    changes = [
        edit(AVIATION, city="Finkenwerder", website="https://new.example"),
        new_award(VALLEY, awarded_on="2026-02-03", valid_until="2029-02", confidence="high"),
        NewChange(ChangeAction.MERGE, "fr-cap-digital", {"into": VALLEY}),
        NewChange(ChangeAction.DISSOLVE, "fr-minalogic", {"dissolved_on": "2025-06", "successor": VALLEY}),
    ]
    assert {one.cluster_id for one in changes} <= known().holders.keys()
    assert desk(folder).record(changes, known(), "why", NOW) == []
    expected = register()
    own = tmp_path / "own"
    unpacked(register_archive(expected), own / "labels")
    (own / "labels" / "register.csv").write_bytes((catalog.PROJECT_DATA / "labels" / "register.csv").read_bytes())
    (own / "labels" / "validity.csv").write_bytes((catalog.PROJECT_DATA / "labels" / "validity.csv").read_bytes())
    publish_folder(small_folder, own)
    opened = edition_cache._open(catalog.current_path(own))
    found = opened.reader(PUBLIC).label_register()
    dissolved = next(one for one in found if one.cluster.cluster_id == "fr-minalogic")
    assert dissolved.dissolved_on == "2025-06"
    assert f"Dissolved: 2025-06; succeeded by {VALLEY}" in dissolved.cluster.note
    assert {one.cluster.cluster_id: replace(one.cluster, note="") for one in found} == {
        one.cluster.cluster_id: replace(one.cluster, note="") for one in expected
    }
    assert {(h.cluster.cluster_id, a) for h in found for a in h.awards} == {
        (h.cluster.cluster_id, a) for h in expected for a in h.awards
    }
    assert {(h.cluster.cluster_id, o) for h in found for o in h.observations} == {
        (h.cluster.cluster_id, o) for h in expected for o in h.observations
    }
    assert register_archive(found) == register_archive(random.Random(1).sample(expected, len(expected)))


@pytest.mark.usefixtures("folder")
def test_an_unchanged_register_goes_out_as_the_project_keeps_it(tmp_path: Path) -> None:
    written = unpacked(register_archive(register()), tmp_path / "out")
    for name, columns in (
        ("awards", ("cluster_id", "label", "awarded_on", "date_precision", "valid_until", "source_url", "confidence")),
        ("clusters", ("cluster_id", "name", "country", "city", "sector", "website", "note")),
        ("observations", ("cluster_id", "label", "seen_on", "state", "source_url")),
    ):
        kept, out = (
            {
                tuple(row[column] for column in columns)
                for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
            }
            for text in (
                (catalog.PROJECT_DATA / "labels" / f"{name}.csv").read_text("utf-8"),
                (written / f"{name}.csv").read_text("utf-8"),
            )
        )
        assert out <= kept, sorted(out - kept)[:3]


def test_hostile_names_go_through_changes_files_and_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = hostile_register(tmp_path)
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    assert [one.column for one in desk(data).record([edit("c3", note=HOSTILE)], known(), HOSTILE, NOW)] in (
        [],
        ["note"],
    )
    with zipfile.ZipFile(io.BytesIO(register_archive(register()))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("clusters.csv").decode("utf-8-sig"))))
    assert {row["cluster_id"] for row in rows} == {"c0", "c1", "c2", "c3"}
    reader = edition_cache.public_reader()
    held = [replace(one, end=replace(one.end, until="2030-01")) for one in label_statuses(register(), TODAY, TODAY)]
    made = labels_calendar(held, reader.validity_rules(), "fr", datetime(2026, 1, 1, tzinfo=UTC))
    assert made.count(b"BEGIN:VEVENT") == made.count(b"\r\nUID:") == made.count(b"END:VEVENT")


@pytest.mark.usefixtures("folder")
def test_a_calendar_has_the_ends_and_the_beginnings_of_renewal() -> None:
    reader = edition_cache.public_reader()
    held = label_statuses(register(), TODAY, TODAY)
    made = labels_calendar(held, reader.validity_rules(), "en", NOW).decode()
    windows = {one: renewal_window(one, reader.validity_rules()) for one in held}
    expected = [one for one, window in windows.items() if window and window[1] >= TODAY]
    assert made.count("BEGIN:VEVENT") == 2 * len(expected) > 0
    assert made.count("by the scheme") >= len(expected), "and who says so"
