"""Evaluations in an edition: who holds the label, medians, how experts judge; the gateway, the workbook, the binder."""

from __future__ import annotations

import csv
import io
import math
import shutil
import statistics
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from support.editions import NOW, TODAY, laid_bare, publish_folder

from clusterdash.benchmark import progress as benchmark_progress
from clusterdash.benchmark.progress import DimensionChange
from clusterdash.cli.main import main
from clusterdash.domain import STAFF, Audience, ClusterdashError, Effort, Grid, PastBenchmark, Viewer
from clusterdash.editions import build, catalog, diff, export
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.evaluation import evidence_checklist, expert_review, improvement_plan, silver
from clusterdash.evaluation.evidence_checklist import ChecklistItem
from clusterdash.evaluation.scoring import score
from clusterdash.ingest import readers
from clusterdash.presentation.benchmark.progress_overview import progress_verdict
from clusterdash.presentation.evaluation import narrative, silver_overview
from clusterdash.presentation.evaluation import tables as evaluation_tables

pytestmark = pytest.mark.slow

SCHEME = "gold-31"


@pytest.fixture
def grid(staff: EditionReader) -> Grid:
    (found,) = staff.evaluation_schemes()
    return found


Latest = dict[str, dict[str, tuple[date, dict[str, float]]]]


def latest(folder: Path) -> Latest:
    """Of each cluster the latest declared and verified answers, from the files as they were handed in."""
    found: Latest = {}
    with (folder / "answers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["scheme"] != SCHEME:
                continue
            day = date.fromisoformat(row["assessed_on"])
            kinds = found.setdefault(row["cluster_id"], {})
            if row["evidence"] not in kinds or kinds[row["evidence"]][0] < day:
                kinds[row["evidence"]] = (day, {})
            if kinds[row["evidence"]][0] == day:
                kinds[row["evidence"]][1][row["indicator"]] = float(row["value"])
    return found


def test_holders_medians_and_pairs_as_a_plain_twin_tells_them(
    sample_folder: Path, staff: EditionReader, grid: Grid
) -> None:
    known = latest(sample_folder)
    holders = {c for c, kinds in known.items() if "verified" in kinds and score(grid, kinds["verified"][1]).passes}
    assert len(holders) > 6
    for cluster in known:
        told = {h.indicator: (h.median, h.n) for h in staff.evaluation(cluster, SCHEME).holder_medians}
        expected = {}
        for indicator in grid.indicators:
            others = [known[h]["verified"][1].get(indicator.code) for h in holders - {cluster}]
            answered = [value for value in others if value is not None]
            everyone = sorted(known[h]["verified"][1].get(indicator.code, math.nan) for h in holders)
            everyone = [value for value in everyone if not math.isnan(value)]
            alike = any(everyone[k] == everyone[k - 4] for k in range(min(4, len(everyone))))
            if indicator.kind == "points" and len(answered) >= 5 and not alike:
                whole = math.floor(statistics.median(answered) + 0.5)  # told in whole points, halves up
                expected[indicator.code] = (whole, len(answered))
        assert told == expected, cluster
    both = {c: kinds for c, kinds in known.items() if len(kinds) == 2}
    points = {indicator.code for indicator in grid.indicators if indicator.kind == "points"}
    for pairing in staff.pairings(SCHEME):
        code = pairing.indicator
        values = [
            (kinds["declared"][1][code], kinds["verified"][1][code])
            for kinds in both.values()
            if code in kinds["declared"][1] and code in kinds["verified"][1]
        ]
        assert pairing.n == len(values)
        assert pairing.declared == pytest.approx(statistics.mean(declared for declared, _ in values))
        assert pairing.verified == pytest.approx(statistics.mean(verified for _, verified in values))
        assert (pairing.lower, pairing.same, pairing.higher) == (
            sum(v < d for d, v in values),
            sum(v == d for d, v in values),
            sum(v > d for d, v in values),
        )
    experts = staff.evaluation("demo-0001", SCHEME).expert_deviation
    assert experts is not None
    scored = [pairing for pairing in staff.pairings(SCHEME) if pairing.indicator in points]
    assert experts.pairs == len(both) == 60
    assert experts.lower == pytest.approx(100 * sum(p.lower for p in scored) / sum(p.n for p in scored))


def test_a_clusters_own_answers_are_the_latest_of_each_kind(sample_folder: Path, staff: EditionReader) -> None:
    for cluster, kinds in list(latest(sample_folder).items())[:30]:
        own = staff.evaluation(cluster, SCHEME)
        for name, found in (("declared", own.declared), ("verified", own.verified)):
            if name in kinds:
                assert found is not None
                assert (found.assessed_on, dict(found.answers)) == kinds[name]
            else:
                assert found is None


def test_an_evaluation_is_for_those_who_may_see_it(as_viewer) -> None:
    own = as_viewer(Viewer(Audience.CLUSTER, frozenset({"demo-0001"})))
    assert own.evaluation("demo-0001", SCHEME).cluster.cluster_id == "demo-0001"
    with pytest.raises(ClusterdashError, match=r"access\.refused"):
        own.evaluation("demo-0002", SCHEME)
    with pytest.raises(ClusterdashError, match=r"access\.staff_only"):
        own.pairings(SCHEME)


SMALL = {
    "schemes.csv": "scheme,family,version,name_en,name_fr,purpose,illustrative,pass_share\n"
    "tiny,tiny,1,Tiny,Tiny,evaluation,0,{share}\n",
    "dimensions.csv": "scheme,code,name_en,name_fr\ntiny,d,D,D\n",
    "indicators.csv": "scheme,code,dimension,name_en,name_fr,kind,minimum,maximum,direction,threshold\n"
    "tiny,q,d,Q,Q,points,0,10,higher,3\n",
}


def small(tmp_path: Path, answers: list[tuple[str, str, str, float]], *, share: str = "80", awards: str = "") -> Path:
    """An edition of a scheme with one indicator; answers: (cluster, day, evidence, value). Real where it has awards."""
    folder = tmp_path / "in"
    folder.mkdir(parents=True)
    for name, text in SMALL.items():
        (folder / name).write_text(text.format(share=share), "utf-8")
    names = sorted({cluster for cluster, *_ in answers})
    (folder / "clusters.csv").write_text("cluster_id,name,country\n" + "".join(f"{c},{c},FR\n" for c in names))
    lines = "".join(f"{c},{day},tiny,q,{value},{evidence}\n" for c, day, evidence, value in answers)
    (folder / "answers.csv").write_text("cluster_id,assessed_on,scheme,indicator,value,evidence\n" + lines)
    if awards:
        (folder / "awards.csv").write_text("cluster_id,label,awarded_on\n" + awards)
    else:
        (folder / "edition.csv").write_text("title,synthetic\nTest,1\n")
    return publish_folder(folder, tmp_path / "data")


@pytest.mark.parametrize(("holders", "shown"), [(5, False), (6, True)])
def test_a_median_of_holders_needs_five_others(tmp_path: Path, holders: int, shown: bool) -> None:
    """A holder sees the others' median from six holders on; who is none, from five on."""
    people = [(f"c{i}", "2025-03-01", "verified", 8.0 + 0.3 * i) for i in range(holders)]
    data = small(tmp_path, [*people, ("out", "2025-03-01", "verified", 2.0), ("new", "2025-03-01", "declared", 9.0)])
    opened = EditionDatabase(catalog.current_path(data))
    staff = opened.reader(STAFF)
    assert bool(staff.evaluation("c0", "tiny").holder_medians) is shown
    for outsider in ("out", "new"):
        (median,) = staff.evaluation(outsider, "tiny").holder_medians
        assert median.n == holders
    assert staff.evaluation("c0", "tiny").expert_deviation is None, "no pair"
    opened.close()


def test_in_a_real_edition_the_register_tells_who_holds_the_label(tmp_path: Path) -> None:
    people = [(f"c{i}", "2025-03-01", "verified", 10.0) for i in range(12)]
    people += [(f"g{i}", "2025-03-01", "verified", 1.0 + i / 4) for i in range(5)]
    data = small(tmp_path, people, awards="".join(f"g{i},gold,2024\n" for i in range(5)) + "c1,silver,2024\n")
    opened = EditionDatabase(catalog.current_path(data))
    (median,) = opened.reader(STAFF).evaluation("c0", "tiny").holder_medians
    assert (median.median, median.n) == (2, 5), "1.5, told in whole points"
    opened.close()


def test_what_all_but_three_holders_answer_alike_is_not_told(tmp_path: Path) -> None:
    for different, told in ((3, False), (4, True)):
        people = [(f"c{i}", "2025-03-01", "verified", 9.0 + 0.2 * max(0, i - 7 + different)) for i in range(8)]
        opened = EditionDatabase(catalog.current_path(small(tmp_path / str(different), people)))
        assert bool(opened.reader(STAFF).evaluation("c0", "tiny").holder_medians) is told
        opened.close()


@pytest.mark.parametrize(("pairs", "lowered", "told"), [(29, 10, None), (30, 10, 100 / 3), (30, 0, None)])
def test_how_experts_judge_needs_thirty_pairs_that_differ(
    tmp_path: Path, pairs: int, lowered: int, told: float | None
) -> None:
    answers = [(f"c{i}", "2025-03-01", "declared", 8.0) for i in range(pairs)]
    answers += [(f"c{i}", "2025-05-01", "verified", 7.0 if i < lowered else 8.0) for i in range(pairs)]
    answers += [(f"c{i}", "2025-06-01", "declared", 1.0) for i in range(pairs)]  # after the visit: no pair
    opened = EditionDatabase(catalog.current_path(small(tmp_path, answers)))
    experts = opened.reader(STAFF).evaluation("c0", "tiny").expert_deviation
    assert (experts and experts.lower) == (pytest.approx(told) if told else None)
    opened.close()


def test_official_points_take_the_place_of_ours_without_a_line_of_code(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with (PROJECT_DATA / "scheme" / "indicators.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["scheme"] == SCHEME]
    for row in rows:
        if row["code"] == "3.2":
            row["maximum"], row["threshold"] = "20", "7"
    with (folder / "indicators.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    (folder / "schemes.csv").write_text(
        "scheme,family,version,name_en,name_fr,purpose,illustrative,pass_share\n"
        "gold-31,gold,official,Gold,Gold,evaluation,0,75\n"
    )
    (folder / "clusters.csv").write_text("cluster_id,name,country\nc1,One,FR\n")
    lines = "".join(f"c1,2025-03-01,gold-31,{row['code']},{1 if row['kind'] == 'gate' else 5}\n" for row in rows)
    (folder / "answers.csv").write_text("cluster_id,assessed_on,scheme,indicator,value\n" + lines)
    opened = EditionDatabase(catalog.current_path(publish_folder(folder, tmp_path / "data")))
    own = opened.reader(STAFF).evaluation("c1", SCHEME)
    assert own.declared is not None
    found = score(own.grid, own.declared.answers)
    assert (found.maximum, found.needed, found.blockers) == (165, 123.75, ("3.2",))
    assert not narrative.placeholder(own.grid, "fr")
    opened.close()


def test_points_without_a_maximum_are_refused(tmp_path: Path) -> None:
    (tmp_path / "indicators.csv").write_text(
        "scheme,code,dimension,name_en,name_fr,kind,direction\ntiny,q,d,Q,Q,points,higher\n"
    )
    (tmp_path / "dimensions.csv").write_text("scheme,code,name_en,name_fr\ntiny,d,D,D\n")
    (tmp_path / "answers.csv").write_text("cluster_id,assessed_on,scheme,indicator,value\nc,2025-01-01,tiny,q,1\n")
    _, problems = build.check_files([tmp_path], tmp_path / "data", TODAY)
    assert "scheme.no_maximum" in {problem.key for problem in problems}


# -- two experts


def filled(data: Path, path: Path, language: str = "fr") -> None:
    """The workbook of demo-0022, filled in by two experts who differ in one indicator and leave one open."""
    command = ["template", "--scheme", SCHEME, "--cluster", "demo-0003", "--lang", language, "-o", str(path)]
    assert main([*command, "--data", str(data)]) == 0
    book = openpyxl.load_workbook(path)
    first = book.worksheets[0]
    first["D2"], first["G2"], first["H2"] = "2026-03-01", "A. Un ; B. Deux", "2026-05-04"
    for sheet in book.worksheets[1:-1]:
        for line in sheet.iter_rows(min_row=2):
            code, gate = line[0].value, line[0].value == "1.1.0"
            line[6].value = 1 if gate else 4
            line[9].value, line[10].value, line[11].value = (1 if gate else 4), "vu", "D01"
            line[12].value, line[13].value, line[14].value = (1 if gate else 4), "clair", "D02"
            line[15].value = 1 if gate else 4
            if code == "2.1":
                line[12].value, line[13].value, line[15].value = 2, "non daté", 3
            if code == "5.3":
                line[15].value = None
    book.save(path)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_workbook_of_two_experts_gives_declared_and_verified_answers(
    data: Path, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "in" / "evaluation.xlsx"
    path.parent.mkdir()
    filled(data, path, language)
    tables, problems = build.check_files([path], data, TODAY)
    assert tables is not None, problems
    assert [p.column for p in problems if p.key == "questionnaire.not_agreed"] == ["5.3"]
    assessments = tables.frames["assessment"].set_index("evidence")
    assert assessments["assessed_on"].to_dict() == {"declared": date(2026, 3, 1), "verified": date(2026, 5, 4)}
    answers = tables.frames["answer"]
    found = {
        kind: answers[answers["assessment_id"] == row["assessment_id"]].set_index("indicator")["value"].to_dict()
        for kind, row in assessments.iterrows()
    }
    assert found["declared"]["2.1"] == 4
    assert found["verified"]["2.1"] == 3
    assert found["declared"]["5.3"] == 4
    assert "5.3" not in found["verified"]
    assert (len(found["declared"]), len(found["verified"])) == (31, 30)


def test_two_experts_side_by_side_and_their_statement(data: Path, tmp_path: Path, grid: Grid) -> None:
    path = tmp_path / "evaluation.xlsx"
    filled(data, path)
    book, trouble = readers.read_content(path.name, path.read_bytes())
    assert not trouble
    found, problems = expert_review.read_review(book, {SCHEME: grid})
    assert found is not None
    assert not problems
    assert (found.name, found.experts, found.visited_on) == ("Cluster Démo 0003", "A. Un ; B. Deux", date(2026, 5, 4))
    assert [f.indicator.code for f in found.indicators if f.differs] == ["2.1"]
    assert found.open == ("5.3",)
    disputed = next(f for f in found.indicators if f.differs)
    assert [(o.points, o.reason, o.document) for o in disputed.opinions] == [(4, "vu", "D01"), (2, "non daté", "D02")]
    assert (disputed.declared, disputed.agreed) == (4, 3)
    verdict = found.verdict
    assert (verdict.points, verdict.missing, verdict.passes) == (29 * 4 - 1, ("5.3",), False)
    for language, words in (("fr", ("ne serait pas réussie", "4 mai 2026")), ("en", ("would not be passed", "4 May"))):
        said = narrative.statement(found, language)  # type: ignore[arg-type]
        assert all(word in said for word in (*words, "115", "150", "5.3", "Cluster Démo 0003")), said
        assert "\\" not in said
        assert "*" not in said


def test_what_is_wrong_in_a_workbook_of_experts_is_told(data: Path, tmp_path: Path, grid: Grid) -> None:
    path = tmp_path / "evaluation.xlsx"
    filled(data, path)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["H2"] = "demain"
    book.worksheets[1]["J3"] = 9
    book.worksheets[1]["A4"] = "X"
    book.save(path)
    found, problems = expert_review.read_review(readers.read_content(path.name, path.read_bytes())[0], {SCHEME: grid})
    assert found is not None
    assert {problem.key for problem in problems} == {"cell.day", "cell.range", "answer.indicator"}
    nothing, (problem,) = expert_review.read_review(readers.read_content("a.csv", b"x,y\n1,2\n")[0], {SCHEME: grid})
    assert nothing is None
    assert problem.key == "appraisal.none"
    assert expert_review.read_review([], {})[0] is None
    assert readers.read_content("../a.exe", b"x")[1][0].key == "sheet.suffix"


# -- the binder


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_binder_is_taken_away_and_loaded_back(grid: Grid, kind: str, language: str) -> None:
    assert {document.indicator for document in grid.documents} == {i.code for i in grid.indicators}, "one for each"
    kept = {
        "D03": ChecklistItem("ready", "=HYPERLINK(1)"),
        "D07": ChecklistItem("drafted", "armoire 3 ; tiroir « B »"),
        "D09": ChecklistItem("ready", "- à relire"),
        "D10": ChecklistItem("ready", "'entre guillemets'"),
    }
    write = evidence_checklist.to_csv if kind == "csv" else evidence_checklist.to_xlsx
    made = write(grid, kept, language)  # type: ignore[arg-type]
    book, problems = readers.read_content(f"b.{kind}", made)
    assert not problems
    found, unread = evidence_checklist.read_checklist(grid, book)
    assert unread == 0
    assert {code: entry for code, entry in found.items() if entry != ChecklistItem()} == kept
    assert len(found) == len(grid.documents)
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(made)).active
        assert sheet is not None
        assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"], "no formula"


def test_the_checklist_begins_with_what_is_missing(grid: Grid) -> None:
    kept = {"D01": ChecklistItem("ready"), "D02": ChecklistItem("drafted")}
    listed = [document.code for document, _ in evidence_checklist.checklist(grid, kept)]
    assert listed[0] == "D03"
    assert listed[-2:] == ["D02", "D01"]
    assert evidence_checklist.status_counts(grid, kept) == {
        "missing": len(grid.documents) - 2,
        "drafted": 1,
        "ready": 1,
    }


def test_documents_are_counted_by_dimension(grid: Grid) -> None:
    kept = {"D01": ChecklistItem("ready"), "D02": ChecklistItem("drafted")}
    counted = evidence_checklist.ready_by_dimension(grid, kept)
    dimensions = {indicator.code: indicator.dimension for indicator in grid.indicators}
    first = next(dimensions[document.indicator] for document in grid.documents if document.code == "D01")
    assert [ready for ready, _ in counted.values()] == [int(dimension == first) for dimension in counted]
    assert sum(total for _, total in counted.values()) == len(grid.documents)


def test_a_strange_file_is_no_binder(grid: Grid) -> None:
    read, _ = readers.read_content("x.csv", "Code,Statut\nD01,prêt\nZZ,prêt\n".encode())
    assert evidence_checklist.read_checklist(grid, read) == ({}, 2)


def test_documents_of_unknown_indicators_are_refused(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(sample_folder, folder)
    head = "scheme,code,indicator,name_fr,name_en\n"
    (folder / "documents.csv").write_text(head + "gold-31,D1,9.9,Nom,Name\n")
    _, problems = build.check_files([folder], tmp_path / "data", TODAY)
    assert ("documents", "answer.indicator") in {(p.table, p.key) for p in problems}
    (folder / "documents.csv").write_text(head + "gold-31,D1,3.2,Nom,Name\n")
    tables, _ = build.check_files([folder], tmp_path / "data", TODAY)
    assert tables is not None
    build.build_and_activate(tables, [folder], tmp_path / "data", NOW)
    with laid_bare(tmp_path / "data") as edition:
        assert edition.execute("select code from document").fetchall() == [("D1",)], "the import’s own list alone"


# -- Silver


def test_three_areas_of_improvement() -> None:
    moved = [
        DimensionChange(
            "a", 40.0, 0.2, 5.0, 45.2, 3, 0.1, 0.3
        ),  # 40 -> 40 as shown: no improvement, whatever the others do
        DimensionChange("b", 40.0, 3.0, -9.0, 34.0, 3, 0.5, 5.5),
        DimensionChange("c", 40.0, 12.0, 0.0, 52.0, 3, 4.0, 20.0),
        DimensionChange("d", 40.0, -4.0, 20.0, 56.0, 3, -9.0, -1.0),
        DimensionChange("e", 40.0, 2.0, 0.0, 42.0, 3, 0.0, 9.0),  # only ties: one cannot tell
        DimensionChange("f", 40.0, 0.0, 3.0, 43.0, 3, 0.0, 0.0),
    ]
    assert [shift.trend for shift in moved] == ["unsure", "better", "better", "worse", "unsure", "same"]
    assert [shift.dimension for shift in silver.improvements(moved)] == ["c", "b"]
    assert silver.months(date(2023, 7, 26), date(2025, 7, 25)) == 23
    assert silver.is_in_time(date(2023, 7, 26), date(2025, 7, 26))
    assert not silver.is_in_time(date(2023, 7, 26), date(2025, 8, 26))
    assert not silver.is_in_time(date(2024, 7, 26), date(2026, 1, 25))


def test_a_benchmark_within_the_usual_time_comes_first_and_is_named(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    day = result.assessed_on
    late, usual = (PastBenchmark(day - timedelta(days=days), ()) for days in (365, 600))
    assert silver.by_suitability((late, usual), day) == [usual, late]
    both = replace(result, past=(late, usual))
    for first, among, named in ((late, both, True), (usual, both, False), (late, replace(result, past=(late,)), False)):
        lines = silver_overview.missing_for_silver((), first.assessed_on, among, (), "en")
        assert any("Better placed" in line for line in lines) is named


def test_silver_and_progress_count_the_same_areas(staff: EditionReader) -> None:
    said = 0
    for cluster in list(staff.assessed())[:40]:
        result = staff.benchmark(cluster)
        for earlier in result.past:
            moved = benchmark_progress.dimension_changes(earlier.changes, result.grid)
            better = len(silver.improvements(moved))
            told = progress_verdict(moved, result.grid, "en")
            assert (f"{better} dimension" in told) if better else ("no dimension forward" in told)
            assert narrative.silver_areas(moved, earlier.assessed_on, result, "en").startswith(f"**{better} dimension")
            assert all(shift.own_low > 0 for shift in silver.improvements(moved)), "not where ties decide"
            said += better
    assert said


def test_the_audited_indicators_are_those_of_the_scheme(grid: Grid) -> None:
    found = silver.audited(grid, {"1.1.0": 1.0, "2.1": 1.0})
    assert (sum(a.sure for a in found), sum(not a.sure for a in found)) == (18, 4)
    assert [a.sure for a in found] == [True] * 18 + [False] * 4
    assert [a.enough for a in found if a.sure] == [False] * 17 + [True]
    assert next(a for a in found if a.indicator.code == "2.1").value == 1


def test_every_indicator_of_the_scheme_has_an_effort_and_says_on_what_it_rests(grid: Grid) -> None:
    assert {told.indicator for told in grid.efforts} == {i.code for i in grid.indicators}
    assert {told.basis for told in grid.efforts} == {"estimate"}
    assert improvement_plan.fixed_by_scheme(grid) == ("1.2",), "where participants are does not change at will"
    weights = {code: improvement_plan.effort(grid, code, 3, {}) for code in ("4.6.2", "2.2.1")}
    assert weights["4.6.2"] < weights["2.2.1"], "a web page is cheaper than a larger team"


def test_efforts_come_in_as_data_and_are_exported_again(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(sample_folder, folder)
    head = "scheme,indicator,level,effort,basis\n"
    for wrong, key in (
        ("gold-31,9.9,,2,x\n", "answer.indicator"),
        ("gold-31,3.2,,10,x\n", "cell.range"),
        ("gold-31,3.2,,1.5,x\n", "cell.whole"),
        ("gold-31,3.2,,1,x\ngold-31,3.2,,2,x\n", "row.twice"),
    ):
        (folder / "efforts.csv").write_text(head + wrong)
        tables, problems = build.check_files([folder], tmp_path / "data", TODAY)
        assert tables is None
        assert key in {p.key for p in problems}
    (folder / "efforts.csv").write_text(head + "gold-31,3.2,,4,ask\ngold-31,3.2,4,7,ask\ngold-31,2.1,,,ask\n")
    path = catalog.current_path(publish_folder(folder, tmp_path / "data"))
    store = EditionDatabase(path)
    (grid,) = store.reader(STAFF).evaluation_schemes()
    store.close()
    assert grid.efforts == (
        Effort("2.1", 0, None, "ask"),
        Effort("3.2", 0, 4, "ask"),
        Effort("3.2", 4, 7, "ask"),
    ), "a table about a scheme takes the place of the project’s as a whole"
    assert "ask" in evaluation_tables.effort_table(grid, {}, "en")
    written = {file.name for file in export.write_tables(path, tmp_path / "out")}
    assert "efforts.csv" in written
    again = catalog.current_path(publish_folder(tmp_path / "out", tmp_path / "other"))
    assert diff.difference(path, again).nothing


def test_an_evaluation_in_which_nothing_is_agreed_yet_has_no_verdict(grid: Grid) -> None:
    nothing = expert_review.ExpertOpinion(None, "", "")
    findings = tuple(expert_review.ReviewedIndicator(i, 3.0, (nothing, nothing), None) for i in grid.indicators)
    found = expert_review.ExpertReview("A", "B", TODAY, grid, findings)
    for told in (narrative.review_summary(found, "en"), narrative.statement(found, "en")):
        assert "Nothing has been agreed yet" in told
        assert "passed" not in told
        assert "0 points" not in told


@pytest.mark.parametrize("chance", [0.0, 0.03, 0.97, 1.0, None])
def test_whoever_has_answered_nothing_is_not_judged(grid: Grid, chance: float | None) -> None:
    told = narrative.result_sentence(score(grid, {}), "en", chance)
    assert "No answers to the Gold questionnaire yet" in told
    assert narrative.obstacles(score(grid, {}), grid, "en") == []
    assert "passed" not in told
    assert "points of" not in told
