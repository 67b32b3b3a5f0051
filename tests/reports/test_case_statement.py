"""The statement of an evaluation: what the pages show of it, never what one expert gave alone, and when it is there."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest
from pdfua import validate
from pypdf import PdfReader
from support.cases import (
    APPLICANT,
    FIRST,
    INTERVIEWER,
    MANAGER,
    SECOND,
    STAFF,
    STRANGER,
    World,
    agree,
    grid_of,
    judge,
    most,
    type_in,
)

from clusterdash.cases import statement, steps
from clusterdash.cases.answering import SheetContent
from clusterdash.cases.open_case import NotAllowedError
from clusterdash.cases.statement import Statement
from clusterdash.cli.main import main
from clusterdash.domain import ClusterdashError, Grid, Language
from clusterdash.domain.case import CaseKind, Sheet, Step
from clusterdash.editions.reader import EditionReader
from clusterdash.evaluation.scoring import score
from clusterdash.i18n import bold_runs, translate
from clusterdash.presentation.cases import review as review_texts
from clusterdash.presentation.cases import sheets
from clusterdash.presentation.cases import statement as texts
from clusterdash.reports import case_statement

LANGUAGES: tuple[Language, ...] = ("fr", "en")
ALONE = ("alone-one-4711", "alone-two-4712")
"""The reasons that each expert gave alone."""


@pytest.fixture
def grid(staff: EditionReader) -> Grid:
    """The scheme of the Gold evaluation."""
    return staff.evaluation_schemes()[0]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def evaluated(world: World, grid: Grid) -> str:
    """An evaluation in feedback: the experts gave 5 and 2 alone, and agreed on 4, on 1 for the second indicator."""
    case_id = world.handed_in(grid, CaseKind.EVALUATION)
    first, second = world.open(FIRST, case_id), world.open(SECOND, case_id)
    judge(first, grid, Sheet.EXPERT_1, most(grid, 5), ALONE[0])
    judge(second, grid, Sheet.EXPERT_2, most(grid, 2), ALONE[1])
    codes = [one.code for one in grid.indicators]
    agreed = most(grid, 4) | {codes[1]: "1"}
    fields = {(code, "points"): agreed[code] for code in codes if one_of(grid, code).kind != "gate"}
    fields |= {(code, "reason"): f"agreed because {code}\nsecond line #strong[x] $1$ \\ *y*" for code in codes}
    agree(first, second, grid, fields)
    manager = world.open(MANAGER, case_id)
    type_in(manager, grid, Sheet.FEEDBACK, codes[2], "We have more than that", name="observation")
    type_in(manager, grid, Sheet.FEEDBACK, codes[3], "Nobody replies to this", name="observation")
    type_in(second, grid, Sheet.REPLIES, codes[2], "It was not shown", name="reply")
    return case_id


def one_of(grid: Grid, code: str):
    return next(one for one in grid.indicators if one.code == code)


def read(world: World, case_id: str, grid: Grid, email: str = MANAGER) -> Statement:
    return statement.read(world.open(email, case_id), grid)


def made(found: Statement, grid: Grid, language: Language = "en", *, invented: bool = False) -> bytes:
    return case_statement.statement_pdf(found, grid, language, invented=invented)


def said(file: bytes) -> str:
    """All that the file says, without spaces: lines are broken anywhere, and so are long words."""
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\u2060]", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_says_what_the_pages_say(world: World, grid: Grid, language: Language) -> None:
    found = read(world, evaluated(world, grid), grid)
    file = said(made(found, grid, language))
    content = found.result
    for indicator in grid.indicators:
        (shown,) = [
            question
            for question in sheets.feedback_questions(
                grid,
                indicator.dimension,
                content.answers,
                SheetContent(content.observed, {}, 0),
                SheetContent(content.replied, {}, 0),
                language,
                Sheet.FEEDBACK,
                writable=False,
            )
            if question.code == indicator.code
        ]
        points = sheets.result_words(indicator, content.text(indicator.code), language)
        assert shown.lines[0] == translate(language, "case_sheet.found", value=points)
        row = squeezed(f"{shown.title}{shown.lines[1]}{points}")
        assert row in file, "name, reason and points follow each other"
        for field in shown.fields:
            assert squeezed(field.value) in file
    for line in texts.verdict(found, grid, language):
        assert squeezed("".join(run for run, _ in bold_runs(line))) in file
    for cell in re.findall(r"<td[^>]*>([^<]*)</td>", review_texts.result_table(content, grid, language)):
        assert cell in ("–", "") or squeezed(cell.replace("&#39;", "'")) in file or "agreed because" in cell
    assert squeezed(f"{FIRST}") in file
    assert squeezed(SECOND) in file
    assert squeezed(translate(language, "statement.no_reply")) in file


def test_the_total_stands_against_threshold_and_conditions(world: World, grid: Grid, tmp_path: Path) -> None:
    found = read(world, evaluated(world, grid), grid)
    weak, verdict = grid.indicators[1], score(grid, found.points)
    given = {one.code: 4 if one is not weak else 1 for one in grid.indicators if one.kind == "points"}
    assert verdict.points == sum(given.values())
    file = said(made(found, grid))
    assert squeezed(f"{verdict.points:g} points of {verdict.maximum:g}") in file
    assert squeezed(f"{verdict.needed:g} are needed") in file
    assert squeezed("The points do not satisfy the scheme.") in file
    assert squeezed(f"1 indicator below its threshold: {weak.code} {weak.name.en}") in file
    other = World(tmp_path / "other")
    best = read(other, other.released(grid, most(grid, 5)), grid)
    assert squeezed("The points satisfy the scheme.") in said(made(best, grid))
    assert squeezed("Every threshold is reached, every entry condition is met.") in said(made(best, grid))


def test_what_an_expert_gave_alone_stands_nowhere_in_it(world: World, grid: Grid) -> None:
    case_id = evaluated(world, grid)
    for email in (MANAGER, FIRST, SECOND, STAFF):
        found = read(world, case_id, grid, email)
        file = said(made(found, grid))
        assert not any(marker in file or marker in repr(found) for marker in ALONE)
    shown = re.findall(r"agreedbecause[\d.]+secondline#strong\[x\]\$1\$\\\*y\*(met|\d)", file)
    assert sorted(set(shown)) == ["1", "4", "met"], "neither 5 nor 2, which were given alone"


def test_nobody_reads_it_before_it_is_released_and_its_readers_until_they_lose_the_right(
    world: World, grid: Grid
) -> None:
    everybody = (MANAGER, FIRST, SECOND, STAFF)
    case_id = world.judged(grid, most(grid, 5), most(grid, 5))
    opened = [world.open(email, case_id) for email in everybody]
    for one in opened:
        assert not statement.offered(one)
        with pytest.raises(NotAllowedError):
            statement.read(one, grid)
    steps.release(opened[1], grid)
    assert all(statement.offered(one) and statement.read(one, grid).draft for one in opened)
    steps.end_feedback(opened[2])
    assert not any(statement.read(one, grid).draft for one in opened)
    steps.reopen(opened[3], Step.AGREEMENT, "look at 2.1 again")
    for one in opened:
        with pytest.raises(NotAllowedError):
            statement.read(one, grid)
    steps.release(opened[1], grid)
    world.revoke(MANAGER)
    with pytest.raises(NotAllowedError):
        statement.read(opened[0], grid)
    with pytest.raises(ClusterdashError, match="unknown"):
        world.open(STRANGER, case_id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_draft_until_the_feedback_has_ended(world: World, grid: Grid, language: Language) -> None:
    case_id = evaluated(world, grid)
    draft = squeezed(translate(language, "statement.draft_short"))
    pages = PdfReader(io.BytesIO(made(read(world, case_id, grid), grid, language))).pages
    assert all(f"·{draft}" in squeezed(page.extract_text()) for page in pages), "at the foot of each page"
    assert squeezed(translate(language, "statement.draft").replace("*", "")) in squeezed(pages[0].extract_text())
    steps.end_feedback(world.open(FIRST, case_id))
    assert draft not in said(made(read(world, case_id, grid), grid, language))


def test_a_refused_case_says_so_with_the_reason(world: World, grid: Grid) -> None:
    case_id = evaluated(world, grid)
    steps.end_feedback(world.open(FIRST, case_id))
    steps.refuse(world.open(STAFF, case_id), "the visit did not take place")
    file = said(made(read(world, case_id, grid), grid))
    assert squeezed("Refused, since 1 June 2026") in file
    assert squeezed("Reason: the visit did not take place") in file


def test_the_line_that_it_quotes_is_found_in_the_trail_by_the_command(
    world: World, grid: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id = evaluated(world, grid)
    text = said(made(read(world, case_id, grid), grid))
    (quoted,) = re.findall(r"clusterdashcasesverify--line(\w+:\d+:[0-9a-f]{64})", text)
    type_in(world.open(FIRST, case_id), grid, Sheet.REPLIES, grid.indicators[3].code, "Now", name="reply")
    verify = ["cases", "verify", "--data", str(world.data), "--lang", "en", "--line"]
    assert main([*verify, f" {quoted[:40]}\u200b{quoted[40:]}"]) == 0, "also once the trail has gone on"
    assert f"stands in the trail of case {case_id}" in capsys.readouterr().out
    _, number, line_hash = quoted.split(":")
    for wrong in (f"{case_id}:{int(number) - 1}:{line_hash}", f"other:{number}:{line_hash}"):
        assert main([*verify, wrong]) == 1
        assert "has no line" in capsys.readouterr().out
    for nothing in ("", case_id, f"{case_id}:0:{line_hash}", f"{case_id}:{number}:{line_hash[1:]}"):
        assert main([*verify, nothing]) == 1
        assert "quotes no line" in capsys.readouterr().err


def test_a_silver_audit_has_one_of_what_was_audited(world: World, grid: Grid) -> None:
    case_id = world.handed_in(grid, CaseKind.SILVER_AUDIT)
    auditor, judged = world.open(FIRST, case_id), steps.judged_indicators(CaseKind.SILVER_AUDIT, grid)
    points = {code: text for code, text in most(grid, 3).items() if code in {one.code for one in judged}}
    judge(auditor, grid, Sheet.AUDITOR, points | {judged[1].code: "1"}, "seen on site")
    found = read(world, case_id, grid, FIRST)
    file = said(made(found, grid))
    n = len(judged)
    assert squeezed(f"STATEMENT OF THE SILVER AUDIT {APPLICANT.name}") in file
    assert squeezed(f"{n} audited indicators, {n - 1} at or above their threshold") in file
    assert squeezed(f"1 indicator below its threshold: {judged[1].code} {judged[1].name.en}") in file
    assert file.count(squeezed("seen on site")) == n
    assert {row.name for _, rows in texts.rows(found, grid, "en") for row in rows} == {
        sheets.question_title(one, "en") for one in judged
    }


def test_an_interview_has_none(world: World) -> None:
    grid = grid_of()
    case_id = world.handed_in(grid)
    type_in(world.open(INTERVIEWER, case_id), grid, Sheet.INTERVIEW, "Q1", "4")
    steps.end_interview(world.open(INTERVIEWER, case_id), grid)
    opened = world.open(MANAGER, case_id)
    assert not statement.offered(opened)
    with pytest.raises(NotAllowedError):
        statement.read(opened, grid)


def test_the_same_trail_gives_the_same_accessible_file_whatever_was_typed(world: World, grid: Grid) -> None:
    case_id = evaluated(world, grid)
    hostile = "<b>&#eval(1) " + "þ" * 3_600
    type_in(world.open(MANAGER, case_id), grid, Sheet.FEEDBACK, grid.indicators[0].code, hostile, name="observation")
    for language in LANGUAGES:
        files = [made(read(world, case_id, grid), grid, language, invented=True) for _ in range(2)]
        assert files[0] == files[1]
        with pikepdf.open(io.BytesIO(files[0])) as document:
            assert document.Root.Lang == language
        assert not validate(io.BytesIO(files[0])).findings
        assert "<b>&#eval(1)þ" in said(files[0])
        assert said(files[0]).count("þ") == 3_600, "over two pages"
        assert squeezed(translate(language, "paper.invented")) in said(files[0])
