"""The note on a group: the words and figures of the page, two pages at most, nothing of few clusters."""

from __future__ import annotations

import html
import io
import re
import statistics
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pdfua import validate
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest
from support.editions import FORMULA, HOSTILE, laid_bare
from support.leak_audit import recorded_messages, sent_by, unpacked
from support.pages import APP, words

from clusterdash.benchmark.rules import MAX_LISTED
from clusterdash.domain import PUBLIC, STAFF, ClusterdashError, Language, LocalizedText
from clusterdash.domain.group_comparison import DueRecommendation, Finding, GroupingKind
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.presentation.benchmark import group_closely
from clusterdash.presentation.benchmark.group_closely import CloseGroup
from clusterdash.reports import comparison_file, group_note
from clusterdash.statistics.parameters import LIMITS
from clusterdash.web import comparison, group_notes
from clusterdash.web.context import PageContext

SCHEME = "benchmark-36"
FILES = ("group_note", "group_notes")
LANGUAGES: tuple[Language, ...] = ("fr", "en")
Look = Callable[..., CloseGroup]


@pytest.fixture
def visit(staff: EditionReader) -> Callable[[Language], PageContext]:
    """What the page knows of a visit."""
    return lambda language: PageContext(language, STAFF, staff, staff.edition(), False, datetime.now(UTC))


@pytest.fixture
def look(visit: Callable[[Language], PageContext]) -> Look:
    """A group as the page reads it; without a key, the largest."""

    def read(language: Language = "en", key: str = "", kind: GroupingKind = GroupingKind.SIZE) -> CloseGroup:
        here = visit(language)
        grid = next(one for one in here.reader.benchmark_schemes() if one.scheme.code == SCHEME)
        groups = comparison.compared_groups(here, grid, kind)
        key = key or max(groups.groups, key=lambda one: groups.members[one])
        return group_notes.closely(here, groups, group_notes.all_means(groups), key)

    return read


@pytest.fixture(scope="module")
def closest(opened: EditionDatabase) -> CloseGroup:
    """A size, for tests of many examples."""
    reader = opened.reader(STAFF)
    here = PageContext("en", STAFF, reader, reader.edition(), False, datetime.now(UTC))
    grid = next(one for one in reader.benchmark_schemes() if one.scheme.code == SCHEME)
    groups = comparison.compared_groups(here, grid, GroupingKind.SIZE)
    return group_notes.closely(here, groups, group_notes.all_means(groups), groups.groups[0])


def decided(close: CloseGroup) -> CloseGroup:
    """The same, with real differences in all indicators: every other one above and below."""
    order = [one.code for one in close.groups.grid.indicators]
    cells = [
        replace(cell, finding=(Finding.ABOVE, Finding.BELOW)[order.index(cell.ranks.item) % 2])
        if cell.ranks.group == close.group and not cell.ranks.is_dimension
        else cell
        for cell in close.groups.cells
    ]
    return replace(close, groups=replace(close.groups, cells=cells))


def squeezed(text: str) -> str:
    """A text without spaces and hyphens of any kind, for a PDF breaks lines where it likes."""
    return re.sub(r"[\s\u200b\u2060\u00ad\u2011-]+", "", text)


def text_of(made: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))


def plain(runs: list[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in runs)


@pytest.fixture
def opened_page(data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, list[bytes]]]:
    """The words of the page in an address, and the files that its buttons save."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))

    def open_page(**address: str) -> tuple[str, list[bytes]]:
        app = AppTest.from_file(APP, default_timeout=60)
        app.session_state["role"] = "staff"
        for name, value in address.items():
            app.query_params[name] = value
        with recorded_messages() as sent:
            app.run()
            sent_by(app, "pages/staff/comparison.py", FILES, sent)
        assert not app.error
        return squeezed(html.unescape(re.sub(r"<[^>]+>", "", words(app)))), unpacked(sent)

    return open_page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [GroupingKind.AGE, GroupingKind.SIZE])
def test_the_note_says_what_the_page_says(
    look: Look, staff: EditionReader, opened_page, kind: GroupingKind, language: Language
) -> None:
    close = look(language, kind=kind)
    assert group_note.to_leave(close).indicators == close.indicators, "nothing is left out of the largest"
    page, files = opened_page(lang=language, by=kind.value, group=close.group)
    made = group_note.group_note(close, staff.edition(), language)
    assert made in files, "what the button saves is this note"
    content, said = group_note.note_content(close, staff.edition(), language), text_of(made)
    told = [plain(content["verdict"]), plain(content["means"]["key"]), plain(content["advice"]["key"])]
    told += [plain(content["lists_key"]), plain(content["reading"]["parts"][0])]
    told += [text for card in content["advice"]["cards"] for text in card]
    told += [cell for row in content["means"]["rows"] for cell in row["cells"]]
    told += [cell for part in content["lists"] for row in part["rows"] for cell in row["cells"][:2]]
    assert len(told) > 40
    assert not [text for text in told if squeezed(text) not in page]
    if not any(part["rows"] for part in content["lists"]):
        told.remove(plain(content["lists_key"]))
    assert not [text for text in told if squeezed(text) not in said]
    rows = [row["cells"] for part in (content["means"], *content["lists"]) for row in part["rows"]]
    assert not [row for row in rows if squeezed("".join(row)) not in said]
    assert content["advice"]["cards"]


def test_there_is_no_note_on_a_small_group(look: Look, staff: EditionReader, opened_page) -> None:
    groups = look(kind=GroupingKind.SECTOR).groups
    small = next(one for one in groups.groups if groups.members[one] < LIMITS.quartile_minimum)
    close = look("en", small, GroupingKind.SECTOR)
    with pytest.raises(ValueError, match="too small"):
        group_note.group_note(close, staff.edition(), "en")
    page, files = opened_page(lang="en", by="sector", group=small)
    assert squeezed("No note on this group: figures of fewer than 20 clusters do not leave the house.") in page
    archives = [file for file in files if file.startswith(b"PK") and b".pdf" in file]
    assert archives, "that of the notes on larger groups"
    assert not [file for file in archives if f"note-sector-{small}-".encode() in file]


def test_what_few_clusters_answered_is_left_out(look: Look, staff: EditionReader) -> None:
    close = decided(look())
    codes = [one for one in close.indicators if close.indicators[one].finding is Finding.BELOW]
    few = {*codes[:2], close.groups.grid.dimensions[0].code}
    cells = [
        replace(cell, ranks=replace(cell.ranks, n=LIMITS.quartile_minimum - 1)) if cell.ranks.item in few else cell
        for cell in close.groups.cells
    ]
    made = text_of(
        group_note.group_note(replace(close, groups=replace(close.groups, cells=cells)), staff.edition(), "en")
    )
    names = {one.code: one.name.en for one in (*close.groups.grid.indicators, *close.groups.grid.dimensions)}
    assert not [code for code in few if squeezed(names[code]) in made]
    assert squeezed(names[codes[2]]) in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_pages_hold_the_longest_note_and_it_is_accessible(
    look: Look, staff: EditionReader, language: Language
) -> None:
    close = decided(look(language))
    grid = close.groups.grid
    long = LocalizedText("avec tout ce que la grille officielle y ajoute encore", "with all that the scheme adds to it")
    indicators = tuple(
        replace(one, name=LocalizedText(f"{one.name.fr}, {long.fr}", f"{one.name.en}, {long.en}"))
        for one in grid.indicators
    )
    actions = tuple(
        replace(one, action=LocalizedText(f"{one.action.fr} {one.action.fr}", f"{one.action.en} {one.action.en}"))
        for one in grid.recommendations
    )
    name = "Économie circulaire, énergie, environnement & matériaux avancés – Łódź, Žilina, Θεσσαλονίκη " * 2
    groups = replace(
        close.groups,
        grid=replace(grid, indicators=indicators, recommendations=actions),
        names={**close.groups.names, close.group: name},
    )
    made = group_note.group_note(replace(close, groups=groups), staff.edition(), language)
    assert len(PdfReader(io.BytesIO(made)).pages) == 2
    assert len(close.found(Finding.BELOW)) > 12, "so many that some are told to stand on the page"
    assert ("moreindicator" if language == "en" else "autresindicateurs") in text_of(made)
    for one in (made, group_note.group_note(look(language), staff.edition(), language)):
        assert not validate(io.BytesIO(one)).findings
    assert made == group_note.group_note(replace(close, groups=groups), staff.edition(), language)


@pytest.mark.parametrize("name", [HOSTILE, FORMULA, '#read("/etc/passwd")', "$x^2$ *b* [c] \\"])
def test_a_name_is_text_and_nothing_else(look: Look, staff: EditionReader, name: str) -> None:
    close = look()
    close = replace(close, groups=replace(close.groups, names={**close.groups.names, close.group: name}))
    made = group_note.group_note(close, staff.edition(), "en")
    visible = re.sub("[\u202a-\u202e\u2066-\u2069\U0001f600]", "", name)
    assert squeezed(visible) in text_of(made)
    assert "<script" not in group_closely.verdict(close, "en")


@pytest.mark.parametrize("kind", [GroupingKind.SECTOR, GroupingKind.COUNTRY, GroupingKind.AGE, GroupingKind.LABEL])
def test_recommendations_are_due_where_the_answer_is_worse_than_the_median(
    staff: EditionReader, data: Path, kind: GroupingKind
) -> None:
    """Against the answers themselves, in plain Python."""
    grid = next(one for one in staff.benchmark_schemes() if one.scheme.code == SCHEME)
    lower = {one.code for one in grid.indicators if one.direction == "lower"}
    with laid_bare(data) as connection:
        answers = connection.execute(
            f"""select b.cluster_id, a.indicator, a.value from latest_benchmark b join answer a using (assessment_id)
                join indicator i on i.scheme = b.scheme and i.code = a.indicator
                where b.scheme = '{SCHEME}' and i.direction <> 'none'"""
        ).fetchall()
        asked = {
            GroupingKind.COUNTRY: "select country, cluster_id from cluster",
            GroupingKind.LABEL: "select 'none', cluster_id from latest_benchmark",
        }.get(
            kind,
            f"""select key, cluster_id from peer_group_member join peer_group using (group_id)
                where kind = '{kind}' and scheme = '{SCHEME}'""",
        )
        members = connection.execute(asked).fetchall()
    by_indicator: dict[str, list[float]] = {}
    for _, code, value in answers:
        by_indicator.setdefault(code, []).append(value)
    medians = {code: statistics.median(values) for code, values in by_indicator.items()}
    groups: dict[str, list[str]] = {}
    for group, cluster in members:
        groups.setdefault(cluster, []).append(group)
    expected: Counter[tuple[str, str, int]] = Counter()
    for cluster, code, value in answers:
        worse = value > medians[code] if code in lower else value < medians[code]
        places = [
            place
            for place, one in enumerate(grid.recommendations)
            if one.indicator == code
            and (one.limit is None or (value >= one.limit if code in lower else value <= one.limit))
        ]
        if worse and places:
            expected.update((group, code, places[0]) for group in groups.get(cluster, ()))
    found = {
        (one.group, one.indicator, one.place): one.n for one in staff.comparisons().due_recommendations(SCHEME, kind)
    }
    assert found == expected
    assert any(grid.recommendations[place].limit is not None for _, _, place in found)


def test_only_staff_may_ask_what_is_due(opened: EditionDatabase) -> None:
    with pytest.raises(ClusterdashError, match="staff_only"):
        opened.reader(PUBLIC).comparisons().due_recommendations(SCHEME, GroupingKind.SECTOR)


@given(counts=st.lists(st.integers(0, 400), min_size=50, max_size=50), n=st.integers(1, 400))
def test_a_number_never_tells_of_a_few(closest: CloseGroup, counts: list[int], n: int) -> None:
    grid = closest.groups.grid
    due = [
        DueRecommendation(closest.group, one.indicator, place, min(count, n))
        for place, (one, count) in enumerate(zip(grid.recommendations, counts, strict=True))
    ]
    cells = [replace(cell, ranks=replace(cell.ranks, n=n)) for cell in closest.groups.cells]
    close = replace(closest, groups=replace(closest.groups, cells=cells), due=due)
    listed = group_closely.advice(close)
    assert len(listed) <= MAX_LISTED
    assert len({one.recommendation.indicator for one in listed}) == len(listed)
    order = [(not one.really_below, -one.n) for one in listed]
    assert order == sorted(order)
    if n < LIMITS.share_minimum and len(listed) == MAX_LISTED:  # no number is changed or left out
        below = {code for code, cell in close.indicators.items() if cell.finding is Finding.BELOW}
        best: dict[str, int] = {}
        for one in due:
            if one.indicator in close.indicators:
                best[one.indicator] = max(best.get(one.indicator, 0), one.n)
        assert order == sorted((code not in below, -most) for code, most in best.items())[:MAX_LISTED]
    true = {(one.indicator, grid.recommendations[one.place]): one.n for one in due}
    for one in listed:
        exact = true[one.recommendation.indicator, one.recommendation]
        assert (one.n < exact) == one.at_least
        assert one.n <= exact
        if n >= LIMITS.share_minimum:
            assert LIMITS.median_minimum <= one.n <= n - LIMITS.median_minimum


def test_the_archive_has_a_note_for_each_large_group(look: Look, staff: EditionReader) -> None:
    def read(key: str) -> CloseGroup:
        return look("en", key, GroupingKind.SECTOR)

    groups, edition = look(kind=GroupingKind.SECTOR).groups, staff.edition()
    told: list[tuple[int, int]] = []
    made = group_note.note_archive(groups, read, edition, "en", lambda *done: told.append(done))
    large = [key for key in groups.names if groups.members[key] >= LIMITS.quartile_minimum]
    assert 0 < len(large) < len(groups.names)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = [group_note.note_file_name(read(key), edition, "en") for key in large]
        assert archive.namelist() == names
        assert archive.read(names[0]) == group_note.group_note(read(large[0]), edition, "en")
    assert told == [(done, len(large)) for done in range(1, len(large) + 1)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_has_both_tables_and_no_small_group(look: Look, language: Language) -> None:
    close = look(language)
    means = group_notes.all_means(close.groups)
    made = comparison_file.comparison_xlsx(close.groups, means, language)
    assert made == comparison_file.comparison_xlsx(close.groups, means, language)
    cells, expected = load_workbook(io.BytesIO(made)).worksheets
    leaving = [cell for cell in close.groups.cells if comparison_file.may_leave(cell)]
    rows = list(cells.iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[3]) for row in rows] == [
        (close.groups.names[one.ranks.group], one.ranks.item, one.ranks.n) for one in leaving
    ]
    assert [row[4] for row in rows] == [pytest.approx(one.superiority, abs=0.051) for one in leaving]
    allowed = {(one.ranks.group, one.ranks.item): one.ranks.n for one in leaving if one.ranks.is_dimension}
    rows = list(expected.iter_rows(min_row=2, values_only=True))
    listed = [one for code in means for one in means[code] if (one.group, code) in allowed]
    assert len(rows) == len(allowed) == len(listed)
    for row, mean in zip(rows, listed, strict=True):
        assert row[2] == mean.n >= LIMITS.quartile_minimum
        assert row[3:] == pytest.approx((mean.pooled, mean.low, mean.high, mean.mean, mean.overall), abs=0.051)


@pytest.mark.parametrize(
    ("due", "of", "listed"),
    [
        (4, 20, None),
        (5, 20, "5 of 20 clusters"),
        (15, 20, "15 of 20 clusters"),
        (16, 20, "at least 15 of 20 clusters"),
        (20, 20, "at least 15 of 20 clusters"),
        (19, 19, "19 of 19 clusters"),
        (1, 1, "1 of 1 cluster"),
    ],
)
def test_numbers_at_the_limits(closest: CloseGroup, due: int, of: int, listed: str | None) -> None:
    """Of fewer than 20 clusters, which no file shows, staff see the number as it is."""
    advice = closest.groups.grid.recommendations[0]
    cells = [replace(cell, ranks=replace(cell.ranks, n=of)) for cell in closest.groups.cells]
    one = DueRecommendation(closest.group, advice.indicator, 0, due)
    close = replace(closest, groups=replace(closest.groups, cells=cells), due=[one])
    told = [
        group_closely.advice_texts(found, close, "en")[0].partition(" · ")[0] for found in group_closely.advice(close)
    ]
    assert told == ([listed] if listed else [])


def test_the_means_are_those_of_the_answers(closest: CloseGroup, data: Path) -> None:
    with laid_bare(data) as connection:
        raw = dict(
            connection.execute(
                f"""select p.dimension, avg(p.score) from profile p join peer_group g using (group_id)
                    where g.kind = 'top500' and g.scheme = '{SCHEME}' and p.cluster_id in (
                        select cluster_id from peer_group_member m join peer_group using (group_id)
                        where kind = 'size' and key = '{closest.group}' and scheme = '{SCHEME}')
                    group by p.dimension"""
            ).fetchall()
        )
    names = {one.name.en: one.code for one in closest.groups.grid.dimensions}
    rows = group_closely.mean_cells(closest, "en")
    assert len(rows) == len(raw)
    for name, figures, _, word in rows:
        code = names[name]
        pooled = {mean.group: mean for mean in comparison.pooled_means(closest.groups, code)}[closest.group]
        assert float(figures["raw"]) == pytest.approx(raw[code], abs=0.501)
        assert float(figures["overall"]) == pytest.approx(pooled.overall, abs=0.501)
        assert float(figures["expected"].lstrip("▲▼ ")) == pytest.approx(pooled.pooled, abs=0.501)
        assert figures["interval"] == f"{figures['low']} to {figures['high']}"
        assert float(figures["low"]) == pytest.approx(pooled.low, abs=0.501)
        assert float(figures["high"]) == pytest.approx(pooled.high, abs=0.501)
        finding = closest.dimensions[code].finding
        assert (word == finding) == (finding in (Finding.ABOVE, Finding.BELOW)) == (figures["expected"][0] in "▲▼")


@pytest.mark.parametrize(
    ("above", "below", "few", "words_en"),
    [
        (2, 1, 0, "really above all other clusters in 2 indicators, really below in 1, of {n} tested."),
        (1, 0, 0, "really above all other clusters in 1 indicator of {n} tested, really below in none."),
        (0, 3, 4, "really below all other clusters in 3 indicators of {n} tested, really above in none."),
        (0, 0, 0, "no real difference from all other clusters in {n} indicators tested. What differs may be chance."),
        (0, 0, 99, "too few clusters to test a difference."),
    ],
)
def test_the_finding_in_one_sentence(closest: CloseGroup, above: int, below: int, few: int, words_en: str) -> None:
    codes = list(closest.indicators)
    findings = [Finding.ABOVE] * above + [Finding.BELOW] * below + [Finding.FEW] * few
    findings = (findings + [Finding.UNCLEAR] * len(codes))[: len(codes)]
    cells = [
        replace(cell, finding=findings[codes.index(cell.ranks.item)])
        for cell in closest.groups.cells
        if cell.ranks.group == closest.group and not cell.ranks.is_dimension
    ]
    close = replace(closest, groups=replace(closest.groups, cells=cells))
    tested = sum(one is not Finding.FEW for one in findings)
    assert group_closely.group_verdict(close, "en") == f"**{close.name}**: {words_en.format(n=tested)}"
