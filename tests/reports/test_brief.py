"""The brief and its annex: the numbers and sentences of the page, whole, tagged, told to nobody else."""

from __future__ import annotations

import ctypes
import html
import io
import re
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfua import validate
from pypdf import PdfReader
from pypdfium2 import raw
from support.editions import FORMULA, HOSTILE

from clusterdash.benchmark.rules import findings
from clusterdash.domain import STAFF, ClusterBenchmark, IndicatorPosition, Language, LocalizedText
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.evaluation import improvement_plan, pass_probability, scoring, what_if
from clusterdash.i18n import bold_runs, escape_markdown
from clusterdash.presentation import formatting
from clusterdash.presentation.benchmark import narrative, tables
from clusterdash.presentation.evaluation import narrative as evaluation_narrative
from clusterdash.reports import annex, brief
from clusterdash.reports import pdf as reports_pdf

pytestmark = pytest.mark.slow

LANGUAGES: tuple[Language, ...] = ("fr", "en")
LONG = (
    "Pôle de compétitivité « Économie circulaire & Œuvres d'art » – Łódź, Győr, Žilina, Θεσσαλονίκη, Пловдив "
    + "x" * 150
)


@pytest.fixture(scope="module")
def empty_handed(opened: EditionDatabase) -> ClusterBenchmark:
    """The cluster with the most gaps, one of them in the radar."""

    def gaps(result: ClusterBenchmark) -> int:
        unknown = sum(profile.score is None for profile in result.first.scores)
        return 100 * unknown + sum(position.value is None for position in result.first.positions)

    staff = opened.reader(STAFF)
    found = max((staff.benchmark(cluster) for cluster in staff.assessed()), key=gaps)
    assert gaps(found) > 100
    return found


def long_winded(result: ClusterBenchmark) -> ClusterBenchmark:
    """The same with the longest of names: of the cluster, of places, of each indicator."""

    def longer(name: LocalizedText) -> LocalizedText:
        return LocalizedText(
            f"{name.fr}, avec tout ce que la grille officielle y ajoute", f"{name.en}, and what is added"
        )

    indicators = tuple(replace(indicator, name=longer(indicator.name)) for indicator in result.grid.indicators)
    cluster = replace(result.cluster, name=LONG, city="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch")
    return replace(result, cluster=cluster, grid=replace(result.grid, indicators=indicators))


@pytest.fixture(params=["plain", "gaps", "long"])
def result(request: pytest.FixtureRequest, staff: EditionReader, empty_handed: ClusterBenchmark) -> ClusterBenchmark:
    """Three clusters: an ordinary one, one with many gaps, one with very long names."""
    if request.param == "gaps":
        return empty_handed
    ordinary = staff.benchmark("demo-0003")
    return long_winded(ordinary) if request.param == "long" else ordinary


def squeezed(text: str) -> str:
    """A text without spaces and hyphens of any kind, for a PDF breaks lines where it likes."""
    return re.sub(r"[\s\u200b\u2060\u00ad\u2011-]+", "", text)


def text_of(made: bytes) -> str:
    """All that a PDF says."""
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))


def rows_of(table: str) -> list[str]:
    """The rows of a table of the screen, each as its cells one after another."""
    rows = re.findall(r"<tr>(.*?)</tr>", table)
    return [squeezed(html.unescape(re.sub(r"<[^>]+>", "", row))) for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_are_those_of_the_screen(result: ClusterBenchmark, language: Language) -> None:
    said = text_of(brief.brief(result, language))
    found = findings(result.first, result.grid)
    shown = [
        tables.score_table(result, result.first, language),
        tables.position_table(result, result.first, language),
        tables.comparison_table(found.strengths, "", language),
        tables.comparison_table(found.margins, "", language),
        tables.robustness_table(result, language),
        *(tables.composition_table(reference, language) for reference in (result.first, result.sector) if reference),
    ]
    rows = [row for table in shown for row in rows_of(table)[1:]]
    assert len(rows) > 60
    assert not [row for row in rows if row not in said]
    for row in rows_of(tables.context_table(result, language))[1:]:
        assert row in said.replace(":", "")
    for advice in found.recommendations:
        for text in (advice.action, advice.good_practice, advice.evidence):
            assert squeezed(text.get(language)) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_to_gold_is_that_of_the_page(staff: EditionReader, language: Language) -> None:
    own = next(found for c in staff.assessed(evaluated=True) if (found := staff.latest_evaluation(c)))
    latest = own.verified or own.declared
    assert latest
    said = text_of(brief.brief(staff.benchmark(own.cluster.cluster_id), language, own))
    verdict = scoring.score(own.grid, latest.answers)
    doubt, fixed = what_if.default_rater_error(own), improvement_plan.fixed_by_scheme(own.grid)
    now = pass_probability.pass_probability(own.grid, latest.answers, doubt)
    ways = improvement_plan.cheapest_plans(
        own.grid, latest.answers, {}, fixed, doubt, what_if.DEFAULT_PROBABILITY / 100
    )
    plan = ways.plans[0]
    reached = pass_probability.pass_probability(own.grid, scoring.apply_plan(latest.answers, plan), doubt)
    assert reached >= 0.8
    told = [
        evaluation_narrative.result_sentence(verdict, language, now),
        *evaluation_narrative.obstacles(verdict, own.grid, language),
    ]
    told.append(evaluation_narrative.plan_summary(plan, reached, 80, language))
    assert evaluation_narrative.percent(reached, language) in told[-1], "paper never prints a plan without its chance"
    for sentence in [*told, evaluation_narrative.placeholder(own.grid, language)]:
        assert squeezed("".join(text for text, _ in bold_runs(sentence))) in said
    names = {indicator.code: indicator.name.get(language) for indicator in own.grid.indicators}
    for step in plan.steps:
        assert squeezed(f"{step.indicator} {names[step.indicator]}") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_are_those_of_the_screen(result: ClusterBenchmark, language: Language) -> None:
    said = text_of(brief.brief(result, language))
    found = findings(result.first, result.grid)
    told = [
        narrative.verdict_sentence(found, result, result.first, language),
        narrative.verdict_rest(found, language),
        narrative.headline(result, result.first, language),
        narrative.assessment_basis(result, language),
        narrative.membership(result.first, language),
        narrative.positions_key(language),
    ]
    for sentence in told:
        assert squeezed("".join(text for text, _ in bold_runs(sentence))) in said
    assert squeezed(result.cluster.name) in said
    assert squeezed(result.edition.edition_id) in said


def test_every_figure_tells_how_many_it_rests_on(staff: EditionReader) -> None:
    indicator = next(i for i in staff.benchmark("demo-0003").grid.indicators if i.kind == "level")

    def told(position: IndicatorPosition) -> list[str]:
        return [squeezed(cell) for cell in formatting.position_cells("en", position, indicator)]

    few = IndicatorPosition(indicator.code, 3.0, 62.5, 50.0, 75.0, 2.0, None, None, 7)
    assert told(few) == ["62[50–75]", "2of4(7)"]
    many = replace(few, peer_lower=1.0, peer_upper=3.0, n=12)
    assert told(many)[1] == "2of4[1–3](12)"
    none = replace(few, percentile=None, percentile_low=None, percentile_high=None, peer_median=None, n=4)
    assert told(none) == ["–", "–(4)"]


@given(st.text(st.characters(exclude_characters="\u2060", exclude_categories=["Cs"])))
def test_what_was_hidden_from_markdown_is_itself_again(text: str) -> None:
    assert "".join(part for part, _ in bold_runs(escape_markdown(text))) == text
    told = bold_runs(f"**{escape_markdown(text)}** and **{escape_markdown(text)}**")
    assert told == ([(text, True), (" and ", False), (text, True)] if text else [(" and ", False)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_four_pages_small_and_always_the_same(
    staff: EditionReader, empty_handed: ClusterBenchmark, language: Language
) -> None:
    for cluster in (staff.benchmark("demo-0003"), empty_handed):
        made = brief.brief(cluster, language)
        assert len(PdfReader(io.BytesIO(made)).pages) == 4
        assert len(made) < 400_000
        assert brief.brief(cluster, language) == made


def structure(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """All elements of a document's structure."""
    found: list[pikepdf.Object] = []
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += list(node)
        elif isinstance(node, pikepdf.Dictionary) and ("/S" in node or "/K" in node):
            found.append(node)
            waiting += [node["/K"]] if "/K" in node else []
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [brief.brief, annex.annex])
def test_a_screen_reader_can_read_it(result: ClusterBenchmark, language: Language, make) -> None:
    made = make(result, language)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.Root.Lang) == language
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert result.cluster.name in metadata["dc:title"]
        elements = structure(pdf)
        kinds = {str(element["/S"]) for element in elements if "/S" in element}
        assert {"/H1", "/H2", "/P"} <= kinds
        figures = [element for element in elements if element.get("/S") == "/Figure"]
        assert all(str(figure.Alt) for figure in figures)
        if make is brief.brief:
            assert {"/Figure", "/Table", "/TH", "/TD"} <= kinds
            assert [str(figure.Alt) for figure in figures] == [narrative.radar_alt(result, language)]
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                described = font.DescendantFonts[0].FontDescriptor
                assert "/FontFile2" in described or "/FontFile3" in described, "every font is embedded"
                assert "SourceSans" in str(described.FontName)
    assert not validate(io.BytesIO(made)).findings


@pytest.mark.parametrize(
    "name", [HOSTILE, FORMULA, '#read("/etc/passwd")', '#import "@preview/x:1.0.0"', "$x^2$ *b* [c] \\"]
)
def test_a_name_is_text_and_nothing_else(staff: EditionReader, name: str) -> None:
    result = staff.benchmark("demo-0003")
    result = replace(result, cluster=replace(result.cluster, name=name, city=name))
    for make in (brief.brief, annex.annex):
        said = text_of(make(result, "fr"))
        for part in re.findall(
            r"[\w#/@$^*\[\]{}\\=.:\"'`<>()-]{4,}", name.replace("\u202e", " ").replace("\U0001f600", " ")
        ):
            assert squeezed(part) in said
        assert "root:" not in said


def test_letters_that_the_font_lacks_spoil_nothing_else(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    strange = brief.brief(replace(result, cluster=replace(result.cluster, name="კლასტერი 集群")), "en")
    assert "clearlyabove" in text_of(strange)
    with pikepdf.open(io.BytesIO(strange)) as pdf:
        assert pdf.Root.MarkInfo.Marked


def test_a_template_reads_nothing_outside_its_folder(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "typeset"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "spy.typ").write_text('#read("../secret.txt")')
    (folder / "caller.typ").write_text('#import "@preview/cetz:0.3.0"\ncalled')
    monkeypatch.setattr(reports_pdf, "_TEMPLATES", folder)
    for template in ("spy", "caller"):
        with pytest.raises(RuntimeError):
            reports_pdf.png(template, {})


def marks(made: bytes, page: int, colours: set[tuple[int, int, int]]) -> list[tuple[float, float]]:
    """The middles of the filled shapes of some colours on a page, from top to bottom, in points."""
    found = []
    for item in pypdfium2.PdfDocument(made)[page].get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=15):
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPageObj_GetFillColor(item.raw, red, green, blue, alpha)
        raw.FPDFPath_GetDrawMode(item.raw, fill, stroke)
        if fill.value and (red.value, green.value, blue.value) in colours:
            left, bottom, right, top = item.get_bounds()
            found.append(((left + right) / 2, (bottom + top) / 2))
    return found


ABOVE_COLOUR, BELOW_COLOUR, TIES_COLOUR = (11, 83, 148), (168, 72, 10), (159, 179, 200)


def test_each_mark_of_the_position_chart_stands_where_its_percentile_is(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    judged = findings(result.first, result.grid).comparisons
    bars = marks(brief.brief(result, "en"), 1, {TIES_COLOUR})
    placed = [
        j.position for j in judged if j.classification and j.position.percentile_low != j.position.percentile_high
    ]
    assert len(placed) > 20
    assert len(bars) == len(placed)
    ranges = [((p.percentile_low or 0) + (p.percentile_high or 0)) / 2 for p in placed]
    at = dict(zip(ranges, [x for x, _ in bars], strict=True))
    left, right = min(at), max(at)
    per_point = (at[right] - at[left]) / (right - left)
    assert per_point == pytest.approx(33 * 72 / 25.4 / 100, rel=0.01), "100 points are the 33 mm between 0 and 100"
    text = pypdfium2.PdfDocument(brief.brief(result, "en"))[1].get_textpage()
    start, _ = text.search("50", match_whole_word=True).get_next()
    middle = sum(text.get_charbox(start)[::2] + text.get_charbox(start + 1)[::2]) / 4
    assert middle == pytest.approx(at[left] + (50 - left) * per_point, abs=1), "the scale says where 50 is"
    assert all(abs(at[left] + (middle - left) * per_point - x) < 0.2 for middle, x in at.items())
    signs = marks(brief.brief(result, "en"), 1, {ABOVE_COLOUR, BELOW_COLOUR})
    told = [j.position.percentile for j in judged if j.classification in ("above", "below")]
    assert len(signs) == len(told) + 2, "and two in the key"
    for percentile, (x, _) in zip(told, signs, strict=False):
        assert abs(at[left] + ((percentile or 0) - left) * per_point - x) < 0.3


def test_the_radar_leaves_a_gap_and_puts_each_score_on_its_axis(empty_handed: ClusterBenchmark) -> None:
    result = empty_handed
    scores = [profile.score for profile in result.first.scores]
    points = marks(brief.brief(result, "en"), 0, {ABOVE_COLOUR})
    points = points[: len(points) - 1]  # the last one stands in the key
    known = [score for score in scores if score is not None]
    assert len(points) == len(known)
    shifted = [100.0 if score is not None else None for score in scores]
    profiles = tuple(replace(p, score=s) for p, s in zip(result.first.scores, shifted, strict=True))
    at_rim = replace(result, references=(replace(result.first, scores=profiles), *result.references[1:]))
    rim = marks(brief.brief(at_rim, "en"), 0, {ABOVE_COLOUR})[: len(known)]
    nil = tuple(replace(p, score=None if s is None else 0.0) for p, s in zip(profiles, scores, strict=True))
    at_centre = replace(result, references=(replace(result.first, scores=nil), *result.references[1:]))
    (centre_x, centre_y), *_ = marks(brief.brief(at_centre, "en"), 0, {ABOVE_COLOUR})
    for score, (x, y), (rim_x, rim_y) in zip(known, points, rim, strict=True):
        assert abs(x - (centre_x + (rim_x - centre_x) * score / 100)) < 0.5
        assert abs(y - (centre_y + (rim_y - centre_y) * score / 100)) < 0.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_annex_tells_every_indicator(result: ClusterBenchmark, language: Language) -> None:
    said = text_of(annex.annex(result, language))
    for indicator in result.grid.indicators:
        assert squeezed(f"{indicator.code} {indicator.name.get(language)}") in said
    for definition in result.grid.definitions:
        assert squeezed(definition.measures.get(language)) in said
    shares = [
        row.partition(level)[1:]
        for row in rows_of(tables.level_share_table(result.first, result.grid, language))[1:]
        for level in ("niveau", "level")
        if level in row
    ]
    shares = ["".join(told) for told in shares]
    assert len(shares) > 15
    assert not [told for told in shares if told not in said]


def test_the_annex_draws_no_shares_where_none_may_be_shown(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    bare = replace(result, references=tuple(replace(r, level_shares=()) for r in result.references))
    drawn = [g for block in annex.annex_content(bare, "fr")["blocks"] for i in block["indicators"] for g in i["groups"]]
    assert not any(group["shares"] for group in drawn)
    few = tuple(replace(p, peer_median=None, peer_lower=None, peer_upper=None) for p in result.first.positions)
    bare = replace(bare, references=tuple(replace(r, positions=few) for r in bare.references))
    drawn = [g for block in annex.annex_content(bare, "fr")["blocks"] for i in block["indicators"] for g in i["groups"]]
    assert drawn
    assert not any(group["middle"] for group in drawn)


def test_no_other_cluster_is_named(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    for make in (brief.brief, annex.annex):
        said = text_of(make(result, "en"))
        assert "Démo0003" in said
        assert not [
            name for cluster, name in staff.assessed().items() if cluster != "demo-0003" and squeezed(name) in said
        ]


def test_thresholds_of_a_grid_that_has_them_tell_the_way_to_gold(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    assert brief.brief_content(result, "en")["gold"]["rows"] == []
    levels = [p for p in result.first.positions if p.value is not None]
    worst = min(levels, key=lambda position: position.percentile or 0)
    high = tuple(replace(i, threshold=i.maximum) if i.code == worst.indicator else i for i in result.grid.indicators)
    strict = replace(result, grid=replace(result.grid, indicators=high))
    gold = brief.brief_content(strict, "en")["gold"]
    assert [row[0].split()[0] for row in gold["rows"]] == [worst.indicator]
    low = tuple(replace(i, threshold=0.0) if i.direction == "higher" else i for i in result.grid.indicators)
    reached = brief.brief_content(replace(result, grid=replace(result.grid, indicators=low)), "en")["gold"]
    assert reached["rows"] == []
    assert reached["remarks"] != brief.brief_content(result, "en")["gold"]["remarks"]
