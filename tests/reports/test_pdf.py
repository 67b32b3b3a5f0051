"""What is taken away besides the brief: the page to publish, the workbook, JSON, the archive of all briefs."""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
from openpyxl import load_workbook
from pdfua import validate
from PIL import Image
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest
from support.editions import TODAY

from clusterdash.benchmark.progress import dimension_changes
from clusterdash.benchmark.rules import findings
from clusterdash.domain import PUBLIC, Audience, Award, ClusterBenchmark, ClusterdashError, Label, LabelHolder, Viewer
from clusterdash.domain.label_end import with_ends
from clusterdash.editions.reader import EditionReader
from clusterdash.labels import status
from clusterdash.presentation.benchmark import tables
from clusterdash.reports import brief, bulk, public_summary, result_files

APP = str(Path(__file__).parents[2] / "app.py")
SERVER = "https://clusters.example/"


def held_by(result: ClusterBenchmark) -> tuple[status.LabelStatus, ...]:
    """Two labels of an invented cluster."""
    given = [("silver", "2023-05", ""), ("gold", "2025-11", "2027-11-30")]
    won = tuple(
        Award(label, Label(label), day, "award", end, "https://a.example", "high", "") for label, day, end in given
    )
    return status.label_statuses([LabelHolder(result.cluster, with_ends(won, ()), ())], TODAY, TODAY)


def shown(
    result: ClusterBenchmark, *chosen: str, labelled: bool = True, language: Any = "en"
) -> public_summary.PublicSummary:
    held = held_by(result) if labelled else ()
    return public_summary.PublicSummary(result, chosen, held, SERVER, TODAY, language)


def said(made: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


@pytest.fixture
def strong(staff: EditionReader) -> ClusterBenchmark:
    """A cluster with five strengths."""
    clusters = (staff.benchmark(cluster) for cluster in staff.assessed())
    return next(result for result in clusters if len(public_summary.strengths(result)) == 5)


def test_the_public_page_says_what_was_chosen_and_no_number_of_peers(strong: ClusterBenchmark) -> None:
    first, second, *others = public_summary.strengths(strong)
    made = said(public_summary.as_pdf(shown(strong, second.indicator.code)))
    assert second.indicator.name.en in made
    assert f"clearly above the median (European clusters; {second.position.n} others answered)" in made
    assert first.indicator.name.en not in made
    assert not any(judged.indicator.name.en in made for judged in others)
    assert "Gold: November 2025; valid until 30 November 2027" in made
    assert "Silver" in made
    assert f"{SERVER}cluster?id={strong.cluster.cluster_id}&lang=en" in made
    assert "invented" in made
    numbers = {token.rstrip(".,;") for token in re.findall(r"\d[\d.,]*", made)}
    allowed = {strong.cluster.cluster_id[-4:], str(second.position.n), "2023", "2025", "2026", "2027", "36", "30", "1"}
    allowed |= {str(strong.assessed_on.day), str(TODAY.day)}
    assert numbers <= allowed, "no value, no percentile, no median"


def test_only_strengths_may_be_shown_and_three_at_most(strong: ClusterBenchmark) -> None:
    codes = [judged.indicator.code for judged in public_summary.strengths(strong)]
    weak = findings(strong.first, strong.grid).margins[0].indicator.code
    for chosen in ([weak], codes[:4]):
        with pytest.raises(ValueError, match="not to be shown"):
            public_summary.as_pdf(shown(strong, *chosen))
    assert said(public_summary.as_pdf(shown(strong, *codes[:3])))


def test_without_a_label_the_link_leads_to_the_method(strong: ClusterBenchmark) -> None:
    made = public_summary.as_pdf(shown(strong, labelled=False, language="fr"))
    assert f"{SERVER}method?lang=fr" in said(made)
    assert "Gold" not in said(made)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert [str(link.A.URI) for link in pdf.pages[0].Annots] == [f"{SERVER}method?lang=fr"]


def test_the_code_holds_the_address_and_its_zone_is_quiet(strong: ClusterBenchmark) -> None:
    """The modules of the picture are those of an encoder of the same address."""

    asked = shown(strong)
    size = len(segno.make_qr(asked.address(), error="m").matrix)
    page = pypdfium2.PdfDocument(public_summary.as_pdf(asked))[0].render(scale=4).to_pil().convert("L")
    dark = page.crop((0, page.height // 2, page.width // 4, page.height)).point(lambda tone: 255 * (tone < 90))
    left, upper, right, lower = dark.crop((0, 0, dark.width, dark.height - 150)).getbbox()
    module = (right - left) / size
    read = [
        [dark.getpixel((left + module * (x + 0.5), upper + module * (y + 0.5))) > 0 for x in range(size)]
        for y in range(size)
    ]
    assert read == [[bool(module) for module in row] for row in segno.make_qr(asked.address(), error="m").matrix]
    assert lower - upper == pytest.approx(right - left, abs=2)


@pytest.mark.parametrize("length", [1, 60, 500])
def test_the_public_page_stays_one_page(strong: ClusterBenchmark, length: int) -> None:
    name = ("Łódź Θεσσαλονίκη " * 40)[:length]
    named = replace(strong, cluster=replace(strong.cluster, name=name, city=name))
    asked = shown(named, *(judged.indicator.code for judged in public_summary.strengths(strong)[:3]))
    made = public_summary.as_pdf(asked)
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    assert "European clusters" in said(made)
    assert not validate(io.BytesIO(made)).findings
    assert Image.open(io.BytesIO(public_summary.as_png(asked))).size == (1240, 1754)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_workbook_has_the_numbers_of_the_screen(staff: EditionReader, language: Any) -> None:
    result = staff.benchmark("demo-0003")
    book = load_workbook(io.BytesIO(result_files.workbook(result, language)))
    about, profile, indicators, context, advice, both_years, moves, *members = book.worksheets
    assert result.edition.edition_id in [cell.value for cell in about["A"]]
    own = [[cell.value for cell in row[:6]] for row in profile.iter_rows(min_row=2)]
    of_sector = {p.dimension: p for p in result.sector.scores} if result.sector else {}
    names = {d.code: d.name.get(language) for d in result.grid.dimensions}
    for row, top in zip(own, result.first.scores, strict=True):
        sector = of_sector[top.dimension]
        figures = [f if f is None else round(f) for f in (top.score, top.peer_median, sector.peer_median)]
        assert row == [names[top.dimension], figures[0], figures[1], top.n, figures[2], sector.n]
    rows = [[cell.value for cell in row] for row in indicators.iter_rows(min_row=2)]
    screen = tables.position_table(result, result.first, language)
    assert len(rows) == len(result.first.positions)
    for row, position in zip(rows, result.first.positions, strict=True):
        assert row[5] == (None if position.percentile is None else round(position.percentile))
        assert row[11] == position.n
        assert f"({position.n})" in screen
        if row[2] is not None:
            assert abs(row[2] - position.value) <= 0.05
    assert indicators.freeze_panes == "A2"
    assert context.max_row == 1 + len(result.context)
    assert advice.max_row == 1 + len(findings(result.first, result.grid).recommendations)
    assert len(members) == 2
    moved = [shift for earlier in result.past for shift in dimension_changes(earlier.changes, result.grid)]
    assert both_years.max_row == 1 + len(moved)
    assert [row[2].value for row in both_years.iter_rows(min_row=2)] == [round(shift.before) for shift in moved]
    assert moves.max_row == 1 + sum(len(earlier.changes) for earlier in result.past)


def test_texts_of_the_workbook_are_no_formulas(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    named = replace(result, cluster=replace(result.cluster, name="=cmd|' /C calc'!A0"))
    book = load_workbook(io.BytesIO(result_files.workbook(named, "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert book.worksheets[0]["A1"].value == "'=cmd|' /C calc'!A0"
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_the_json_is_as_told_whole_and_of_one_cluster(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    made = result_files.as_json(result).decode()
    told = json.loads(made)
    top = told["references"]["top500"]
    percentiles = [None if p.percentile is None else round(p.percentile) for p in result.first.positions]
    assert [p["percentile"] for p in top["positions"]] == percentiles
    assert [p["peer_lower"] for p in top["positions"]] == [p.peer_lower for p in result.first.positions]
    assert told["context"] == {code: value if value is None else round(value, 1) for code, value in result.context}
    assert told["synthetic"] is True
    assert not [cluster for cluster in staff.assessed() if cluster != "demo-0003" and cluster in made]


class Pulled(Exception):  # noqa: N818 - the plug
    pass


def pulled_after(most: int) -> Callable[[int, int], None]:
    def tell(done: int, _: int) -> None:
        if done == most:
            raise Pulled

    return tell


@pytest.mark.slow
def test_a_run_that_is_broken_off_goes_on_where_it_was(
    staff: EditionReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clusters = list(staff.assessed())[:8]
    out = tmp_path / "briefs.zip"
    with pytest.raises(Pulled):
        bulk.write_archive(staff, clusters, "fr", out, pulled_after(5), "own")
    assert not out.exists(), "nothing half"
    beside = tmp_path / "briefs.zip.parts"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o700
    made: list[str] = []

    def counted(result: ClusterBenchmark, *rest: Any) -> bytes:
        made.append(result.cluster.cluster_id)
        return brief.brief(result, *rest)

    monkeypatch.setattr(bulk, "brief", counted)
    (beside / "half.part").write_bytes(b"%PDF")
    assert bulk.write_archive(staff, clusters, "fr", out, lambda *_: None, "own") == 5
    assert made == clusters[5:]
    assert not beside.exists()
    again = bulk.archive(staff, clusters, "fr", lambda *_: None, "own")
    assert out.read_bytes() == again, "the same briefs as in one go"
    with zipfile.ZipFile(out) as archive:
        edition = staff.edition().edition_id
        assert archive.namelist() == [f"rapport-{cluster}-{edition}-fr.pdf" for cluster in clusters]
        assert archive.read(archive.namelist()[0]) == brief.brief(
            staff.benchmark(clusters[0]), "fr", staff.latest_evaluation(clusters[0])
        )
        assert archive.testzip() is None


def test_parts_hold_everybody_once() -> None:
    ids = [f"c{i}" for i in range(251)]
    parts = bulk.batches(ids)
    assert list(parts) == ["1-100", "101-200", "201-251"]
    assert [cluster for part in parts.values() for cluster in part] == ids
    assert bulk.batches([]) == {}


def test_an_archive_holds_what_its_viewer_may_see(as_viewer) -> None:
    own = Viewer(Audience.CLUSTER, frozenset({"demo-0003"}))
    assert bulk.archive(as_viewer(own), ["demo-0003"], "en", lambda *_: None, "own")
    for viewer, cluster in ((own, "demo-0004"), (PUBLIC, "demo-0003")):
        with pytest.raises(ClusterdashError):
            bulk.archive(as_viewer(viewer), [cluster], "en", lambda *_: None, "own")


@pytest.fixture
def page(data: Path, monkeypatch: pytest.MonkeyPatch, strong: ClusterBenchmark) -> AppTest:
    """The page of the report, for the manager of a cluster with five strengths."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"] = "cluster"
    app.query_params["cluster"] = strong.cluster.cluster_id
    app.query_params["lang"] = "en"
    return app.run().switch_page("pages/cluster/brief.py").run()


def test_three_strengths_can_be_ticked_and_none_stands_in_the_address(page: AppTest) -> None:
    assert not page.exception
    assert len(page.checkbox) == 5
    for place in range(3):
        page.checkbox[place].check().run()
    assert [box.disabled for box in page.checkbox] == [False, False, False, True, True]
    page.checkbox[0].uncheck().run()
    assert not any(box.disabled for box in page.checkbox)
    assert set(page.query_params) <= {"cluster", "lang"}
