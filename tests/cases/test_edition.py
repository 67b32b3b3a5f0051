"""Accepted cases in an edition: the same answers typed here and in a workbook, published, rolled back, by newcomers."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from support.cases import CLUSTER, FIRST, INTERVIEWER, MANAGER, SECOND, STAFF, STRANGER, World
from support.editions import NOW, publish_folder

from clusterdash.cases import answering, exchange, publication, steps
from clusterdash.cases.open_case import Cases, NotAllowedError, OpenCase
from clusterdash.domain import STAFF as STAFF_VIEWER
from clusterdash.domain import Edition, Grid, Problem
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import CaseKind, HandIn, Sheet
from clusterdash.editions import build, catalog, export
from clusterdash.editions.confirmations import KINDS
from clusterdash.editions.reader import EditionDatabase
from clusterdash.ingest.questionnaire_writer import questionnaire
from clusterdash.operational_database import case_answers
from clusterdash.operational_database.engine import reading

pytestmark = pytest.mark.usefixtures("without_statistics")

BENCHMARK, GOLD = "benchmark-36", "gold-31"
VISIT = datetime(2026, 7, 1, 14)
NOTE = '=SUM(A1) is "no formula",\nand that is the second line; état – 3\u202f%'
CLUSTERS = f"cluster_id,name,country\n{CLUSTER},Cluster One,FR\nc-two,Cluster Two,BE\n"
ANSWERS = "cluster_id,assessed_on,scheme,indicator,value\nc-two,2026-01-05,benchmark-36,G1,2\n"


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    (folder / "clusters.csv").write_text(CLUSTERS)
    (folder / "answers.csv").write_text(ANSWERS)
    return publish_folder(folder, tmp_path_factory.mktemp("data"))


@pytest.fixture
def world(published_once: Path, tmp_path: Path) -> World:
    """A real edition is served, which has the cluster of the cases and no results of it."""
    return World(Path(shutil.copytree(published_once, tmp_path / "data")))


def served(data: Path) -> EditionDatabase:
    return EditionDatabase(catalog.current_path(data))


def grid_named(world: World, code: str) -> Grid:
    opened = served(world.data)
    found = next(grid for grid in opened.reader(STAFF_VIEWER).schemes() if grid.scheme.code == code)
    opened.close()
    return found


def sources(world: World) -> tuple[tuple[str, str], ...]:
    opened = served(world.data)
    found = opened.reader(STAFF_VIEWER).sources()
    opened.close()
    return found


def built(world: World, files: list[tuple[str, bytes]], folder: Path) -> tuple[str, Edition]:
    """The edition that completes the served one by files; its id, and its metadata."""
    folder.mkdir()
    for name, content in files:
        (folder / name).write_bytes(content)
    paths = sorted(folder.iterdir())
    today = world.now.date()
    tables, problems = build.check_files(paths, world.data, today, complete=catalog.current_id(world.data))
    assert tables is not None, problems
    assert told(problems) == set()
    world.now += timedelta(minutes=1)
    edition_id = build.build(tables, paths, world.data, world.now)
    return edition_id, build.read_metadata(catalog.edition_path(world.data, edition_id))


def told(problems: list[Problem]) -> set[str]:
    """What is said of files, but that the scheme's questions are not all answered."""
    return {problem.key for problem in problems} - {"answer.gaps"}


def type_all(opened: OpenCase, grid: Grid, sheet: Sheet, fields: Mapping[tuple[str, str], str]) -> None:
    changes = [
        SentChange(f"{sheet}-{number}", question, field, value, 0)
        for number, ((question, field), value) in enumerate(fields.items())
    ]
    answering.save(opened, grid, sheet, changes)


def value_of(grid: Grid, place: int) -> float:
    """A value that an indicator allows; numbers have a fraction."""
    indicator = grid.indicators[place]
    low = indicator.minimum or 0
    high = indicator.maximum if indicator.maximum is not None else low + 100
    return float(low + place % 2) if indicator.kind in ("level", "gate") else round(low + (high - low) * 0.125, 3)


def with_comma(value: float) -> str:
    return f" {value:g} ".replace(".", ",")


def benchmarked(world: World, grid: Grid, fields: Mapping[tuple[str, str], str]) -> str:
    """An accepted benchmarking whose interview ended on the day of the visit."""
    case_id = world.prepared(CaseKind.BENCHMARKING, BENCHMARK)
    manager, interviewer = world.open(MANAGER, case_id), world.open(INTERVIEWER, case_id)
    type_all(manager, grid, Sheet.PREPARATION, {(grid.indicators[0].code, "value"): "1"})
    steps.hand_in(manager, grid)
    world.now = VISIT.replace(tzinfo=world.now.tzinfo)
    type_all(interviewer, grid, Sheet.INTERVIEW, fields)
    steps.end_interview(interviewer, grid)
    steps.end_feedback(interviewer)
    steps.accept(world.open(STAFF, case_id))
    return case_id


def files_of(world: World, *case_ids: str) -> list[tuple[str, bytes]]:
    return publication.files(world.cases(STAFF), case_ids, {CLUSTER, "c-two"})


def filled(grid: Grid, write: Callable[[Worksheet, int, str, Mapping[str, int]], None], **cells: str) -> bytes:
    """The questionnaire, with the cells of its first sheet, as `write` fills each row of an indicator."""
    book = openpyxl.load_workbook(io.BytesIO(questionnaire(grid, "en")))
    first = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in first[1]}
    for name, text in {"cluster_id": CLUSTER, "name": "Cluster One", "country": "FR", **cells}.items():
        first.cell(2, heads[name]).value = text
    for sheet in book.worksheets[1:-1]:
        columns = {str(cell.value).lower(): int(cell.column or 0) for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            write(sheet, row, str(sheet.cell(row, 1).value), columns)
    book.worksheets[-1]["B2"], book.worksheets[-1]["C2"] = "We met.", "We sold."
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def contents(world: World, edition_id: str) -> list[tuple[str, list[tuple[str, ...]]]]:
    found = export.sheets(catalog.edition_path(world.data, edition_id))
    return [(sheet.name, [cells for _, cells in sheet.rows]) for sheet in found]


def test_the_same_answers_typed_here_and_in_the_workbook_give_the_same_edition(world: World, tmp_path: Path) -> None:
    grid = grid_named(world, BENCHMARK)
    values = {indicator.code: value_of(grid, place) for place, indicator in enumerate(grid.indicators)}
    assert any(value % 1 for value in values.values()), "a decimal comma is tried"
    noted = dict.fromkeys((grid.indicators[-1].code, grid.indicators[0].code), NOTE)
    fields = {(code, "value"): with_comma(value) for code, value in reversed(values.items())}
    fields |= {(code, "note"): f"{text}\n" for code, text in noted.items()}
    fields |= {("story-1", "what"): "We met.", ("story-1", "result"): "We sold."}
    case_id = benchmarked(world, grid, fields)
    typed_id, typed = built(world, files_of(world, case_id), tmp_path / "typed")

    def write(sheet: Worksheet, row: int, code: str, columns: Mapping[str, int]) -> None:
        sheet.cell(row, columns["answer"]).value = values[code]
        if code in noted:
            sheet.cell(row, columns["notes"]).value = f"'{noted[code]}"  # as a spreadsheet keeps a text from computing

    book = filled(grid, write, assessed_on=VISIT.date().isoformat())
    written_id, written = built(world, [("interview.xlsx", book)], tmp_path / "written")
    assert contents(world, typed_id) == contents(world, written_id)
    assert (CLUSTER, BENCHMARK, "2026-07-01", "declared", grid.indicators[0].code, NOTE, "") in dict(
        contents(world, typed_id)
    )["remarks"]
    assert typed.content_hash == written.content_hash
    values[grid.indicators[0].code] += 1
    other = filled(grid, write, assessed_on=VISIT.date().isoformat())
    assert built(world, [("interview.xlsx", other)], tmp_path / "other")[1].content_hash != typed.content_hash


def test_an_evaluation_is_the_same_as_its_workbook(world: World, tmp_path: Path) -> None:
    """The cluster's own answers are declared, what the experts agreed on is verified, each on its day."""
    grid = grid_named(world, GOLD)
    codes = [indicator.code for indicator in grid.indicators]
    agreed = {code: int(indicator.maximum or 1) for code, indicator in zip(codes, grid.indicators, strict=True)}
    case_id = world.prepared(CaseKind.EVALUATION, GOLD)
    manager, first, second = (world.open(email, case_id) for email in (MANAGER, FIRST, SECOND))
    type_all(manager, grid, Sheet.PREPARATION, {(code, "value"): "1" for code in codes} | {(codes[0], "note"): "ours"})
    steps.hand_in(manager, grid)
    prepared_on = world.now.date()
    world.now = VISIT.replace(tzinfo=world.now.tzinfo)
    for opened, sheet in ((first, Sheet.EXPERT_1), (second, Sheet.EXPERT_2)):
        type_all(opened, grid, sheet, {(code, "points"): str(points) for code, points in agreed.items()})
        type_all(opened, grid, sheet, {(codes[0], "reason"): "SECRET REASON"})
        steps.close_judgment(opened, grid)
    steps.release(first, grid)
    steps.end_feedback(first)
    steps.accept(world.open(STAFF, case_id))
    files = files_of(world, case_id)
    assert b"SECRET" not in b"".join(content for _, content in files)
    _, typed = built(world, files, tmp_path / "typed")

    def write(sheet: Worksheet, row: int, code: str, columns: Mapping[str, int]) -> None:
        own = next(place for name, place in columns.items() if name.startswith("self"))
        sheet.cell(row, own).value = 1
        sheet.cell(row, next(place for name, place in columns.items() if name.startswith("agreed"))).value = agreed[
            code
        ]
        if code == codes[0]:
            sheet.cell(row, columns["notes"]).value = "ours"

    days = {"assessed_on": prepared_on.isoformat(), "evaluated_on": VISIT.date().isoformat()}
    book = openpyxl.load_workbook(io.BytesIO(filled(grid, write, **days)))
    book.worksheets[-1]["B2"], book.worksheets[-1]["C2"] = None, None
    book.save(tmp_path / "gold.xlsx")
    content = (tmp_path / "gold.xlsx").read_bytes()
    assert built(world, [("gold.xlsx", content)], tmp_path / "written")[1].content_hash == typed.content_hash


def test_a_case_is_published_as_long_as_its_edition_is_served(world: World, tmp_path: Path) -> None:
    grid = grid_named(world, BENCHMARK)
    case_id = benchmarked(world, grid, {(grid.indicators[0].code, "value"): "1"})

    def published() -> list[bool]:
        return [one.published for one in publication.accepted(world.cases(STAFF), sources(world))]

    assert published() == [False]
    before = catalog.current_id(world.data)
    edition_id, _ = built(world, files_of(world, case_id), tmp_path / "files")
    assert published() == [False], "it waits"
    build.activate(world.data, edition_id, NOW, STAFF, accept=KINDS)
    assert published() == [True]
    build.rollback(world.data, NOW, STAFF, accept=KINDS)
    assert catalog.current_id(world.data) == before
    assert published() == [False], "it waits again"


def test_another_file_of_the_same_name_does_not_publish_a_case(world: World) -> None:
    grid = grid_named(world, BENCHMARK)
    case_id = benchmarked(world, grid, {(grid.indicators[0].code, "value"): "1"})
    ((name, content),) = files_of(world, case_id)
    assert name == f"case-{case_id}-r2-answers.csv"
    assert b",1\r\n" in content
    (found,) = publication.accepted(world.cases(STAFF), {(name, "0" * 64)})
    assert not found.published


def test_a_newcomer_comes_with_name_and_country_and_stays_published(world: World, tmp_path: Path) -> None:
    grid = grid_named(world, BENCHMARK)
    case_id = benchmarked(world, grid, {(grid.indicators[0].code, "value"): "1"})
    files = publication.files(world.cases(STAFF), [case_id], {"c-two"})
    assert [name.rpartition("-")[2] for name, _ in files] == ["answers.csv", "clusters.csv"]
    edition_id, made = built(world, files, tmp_path / "files")
    build.activate(world.data, edition_id, NOW, STAFF, accept=KINDS)
    (found,) = publication.accepted(world.cases(STAFF), sources(world))
    assert found.published, "although the cluster is known by now"
    assert made.clusters == 2


def test_only_staff_without_a_seat_bring_an_accepted_case_into_an_edition(world: World) -> None:
    grid = grid_named(world, BENCHMARK)
    waiting = world.prepared(CaseKind.EVALUATION, GOLD)
    case_id = benchmarked(world, grid, {(grid.indicators[0].code, "value"): "1"})
    assert files_of(world, case_id)
    for email, asked in ((MANAGER, case_id), (INTERVIEWER, case_id), (STRANGER, case_id), (STAFF, waiting)):
        with pytest.raises(NotAllowedError):
            publication.files(world.cases(email), [asked], ())
    assert publication.accepted(world.cases(MANAGER), ()) == ()
    world.revoke(STAFF)
    with pytest.raises(NotAllowedError):
        files_of(world, case_id)


def test_invented_cases_say_that_they_are_invented(world: World) -> None:
    cases = Cases(world.data, lambda: STAFF_VIEWER, "visitor")
    assert publication.files(cases, [], ()) == [exchange.INVENTED]
    assert b"synthetic" in exchange.INVENTED[1]


def test_the_day_of_a_result_is_never_later_than_its_hand_in(world: World) -> None:
    case = world.open(STAFF, world.prepared()).case
    assert case.visit_at == "2026-07-01T14:00"
    given = HandIn(case.case_id, 1, "2026-06-20T10:00:00+00:00", "", Sheet.INTERVIEW, {})
    late = HandIn(case.case_id, 2, "2026-07-09T10:00:00+00:00", "", Sheet.INTERVIEW, {})
    assert [exchange.assessed_on(case, one) for one in (given, late)] == ["2026-06-20", "2026-07-01"]


def test_the_tables_of_a_case_do_not_depend_on_the_order_of_its_fields(world: World) -> None:
    grid = grid_named(world, BENCHMARK)
    case_id = benchmarked(world, grid, {(indicator.code, "value"): "1" for indicator in grid.indicators[:3]})
    case = world.open(STAFF, case_id).case
    with reading(world.data) as connection:
        assert connection is not None
        hand_ins = case_answers.hand_ins(connection, case_id)
    final = hand_ins[-1]
    turned = HandIn(case_id, 2, final.at, "", final.sheet, dict(reversed(final.payload.items())))
    assert exchange.tables(case, [turned], newcomer=False) == exchange.tables(case, hand_ins, newcomer=False)
