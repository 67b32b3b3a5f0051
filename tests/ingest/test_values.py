"""Cells as people write them: what has one meaning is read, in any of ten languages; the rest is not guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st
from support.editions import TODAY

from clusterdash.domain import Problem
from clusterdash.editions import build
from clusterdash.ingest import cell_parsers, values
from clusterdash.ingest.cell_parsers import CellError, NumberWithin

LOCALES = ("en", "fr", "de", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "cs", "de_CH", "fr_CH")


@given(st.integers(-(10**9), 10**9), st.integers(0, 99), st.sampled_from(LOCALES))
def test_a_number_with_two_decimals_is_read_as_each_country_writes_it(whole: int, cents: int, locale: str) -> None:
    """Written by Babel: with its thousands separators, decimal sign and minus."""
    number = whole + cents / 100
    found = values.read_number(format_decimal(number, "#,##0.00", locale))
    assert found is not None
    assert found[0] == pytest.approx(number, abs=1e-9)


@given(
    st.dates(date(1970, 1, 1), date(2069, 12, 31)),
    st.sampled_from([locale for locale in LOCALES if locale != "en"]),
    st.sampled_from(["long", "medium", "d.M.y", "dd/MM/yyyy", "yyyy-MM-dd", "yyyy/MM/dd", "d MMM yyyy", "d-M-yyyy"]),
)
def test_a_day_is_read_as_each_country_writes_it(day: date, locale: str, form: str) -> None:
    found = values.read_day(format_date(day, form, locale))
    assert found is not None
    assert found[0] == day


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_the_order_of_day_and_month_is_never_guessed_where_both_are_possible(day: date) -> None:
    cell = f"{day.day}/{day.month}/{day.year}"
    orders = values.day_orders(cell)
    assert ("dmy" in orders) == (day.day != day.month)
    assert (len(orders) == 2) == (day.day <= 12 and day.day != day.month)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("45%", 45),
        ("45 %", 45),
        ("45,5 %", 45.5),
        ("env. 516", 516),
        ("≈ 5", 5),
        ("12 000 €", 12000),
        ("€ 12,5", 12.5),
        ("1'234'567", 1234567),
        ("1’234’567", 1234567),
        ("1,234,567", 1234567),
        ("1.234.567,50", 1234567.5),
        ("1 234 567", 1234567),
        ("−5", -5),
        ("1,234", 1.234),
    ],
)
def test_a_number_with_what_people_write_beside_it(cell: str, number: float) -> None:
    assert cell_parsers.number(cell) == number


@pytest.mark.parametrize("cell", ["12 34", "1.23.4", "1,23,456", "5 à 6", "€", "12 k€", "4/5", "0x10", "1e", "١٢"])
def test_what_may_mean_several_numbers_is_none(cell: str) -> None:
    with pytest.raises(CellError, match=r"cell\.number"):
        cell_parsers.number(cell)


@pytest.mark.parametrize(
    ("cell", "level"), [("4 - excellent", 4), ("2: en place", 2), ("niveau 3", 3), ("1 (amorcé)", 1)]
)
def test_a_level_with_its_label(cell: str, level: float) -> None:
    assert NumberWithin(0, 4, whole=True, kind="level")(cell) == level
    with pytest.raises(CellError):
        NumberWithin(0, 4)(cell)


@pytest.mark.parametrize("cell", ["4-5", "1 à 3", "4/4", "3 2"])
def test_a_range_is_no_level(cell: str) -> None:
    with pytest.raises(CellError):
        NumberWithin(0, 4, whole=True, kind="level")(cell)


@pytest.mark.parametrize(
    ("cell", "country"),
    [("France", "FR"), ("FRA", "FR"), ("UK", "GB"), ("EL", "GR"), ("Turquie", "TR"), ("Pays Bas", "NL"), ("NA", "NA")],
)
def test_a_country_by_any_usual_name(cell: str, country: str) -> None:
    assert cell_parsers.country(cell) == country


@pytest.mark.parametrize(
    "cell",
    ["N/A", "n.a.", "n.d.", "-", "–", "NC", "k.A.", "non communiqué", "Onbekend", "brak danych", "no disponible"],
)
def test_no_answer_in_words(cell: str) -> None:
    assert values.is_no_answer(cell)


@pytest.mark.parametrize("cell", ["0", "non", "no", "Nancy", "néant", "1"])
def test_an_answer_is_not_taken_for_none(cell: str) -> None:
    assert not values.is_no_answer(cell)


HEAD = "cluster_id;name;country;assessed_on;"


def found(tmp_path: Path, heading: str, *rows: str) -> tuple[dict[str, float], list[Problem]]:
    """What is read from a table of one answer a row, and the problems that are not about missing answers."""
    path = tmp_path / "results.csv"
    path.write_text("\n".join([HEAD + heading, *rows]) + "\n", "utf-8")
    tables, problems = build.check_files([path], tmp_path / "none", TODAY)
    told = [problem for problem in problems if problem.key != "answer.gaps"]
    if tables is None:
        return {}, told
    answers = tables.frames["answer"].merge(tables.frames["assessment"], on="assessment_id")
    return dict(zip(answers["cluster_id"], answers["value"], strict=True)), told


def test_each_way_of_reading_is_told_once_for_a_column(tmp_path: Path) -> None:
    rows = [
        f"xx-{n};N{n};FR;2025-03-27;{cell}" for n, cell in enumerate(["n.d.", "n.d.", "1'234'567", "2'345'678", "5 €"])
    ]
    answers, problems = found(tmp_path, "F3", *rows)
    assert answers == {"xx-2": 1234567, "xx-3": 2345678, "xx-4": 5}
    told = [(problem.row, problem.column, problem.key) for problem in problems]
    assert told == [(2, "F3", "reading.no_answer"), (4, "F3", "reading.thousands"), (6, "F3", "reading.currency")]


@pytest.mark.parametrize(
    ("days", "key"),
    [
        (("3/4/2025", "12/11/2025"), "reading.day_order"),
        (("3/4/2025", "27/3/2025"), None),
        (("27.03.2025", "03.04.2025"), None),
        (("2025-03-04", "2025-04-03"), None),
    ],
)
def test_days_with_two_meanings_are_doubted(tmp_path: Path, days: tuple[str, ...], key: str | None) -> None:
    path = tmp_path / "results.csv"
    rows = [f"xx-{n},N{n},FR,{day},45" for n, day in enumerate(days)]
    path.write_text("\n".join(["cluster_id,name,country,assessed_on,F1", *rows]) + "\n", "utf-8")
    _, problems = build.check_files([path], tmp_path / "none", TODAY)
    doubts = [p.key for p in problems if p.key in ("reading.day_order", "reading.month_first")]
    assert doubts == ([key] if key else [])


def test_shares_of_one_are_doubted_and_per_cents_are_not(tmp_path: Path) -> None:
    shares = [f"xx-{n};N{n};FR;2025-03-27;0,{n + 1}" for n in range(5)]
    _, problems = found(tmp_path, "F1", *shares)
    assert [(p.row, p.column, p.key) for p in problems] == [(2, "F1", "answer.fractions")]
    _, problems = found(tmp_path, "F1", *shares, "xx-9;N9;FR;2025-03-27;45 %")
    assert not problems


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (("xx-1;Un;FR;2025-03-27;45", "XX-1;Un bis;FR;2025-03-27;45"), "cluster.other_case"),
        (("xx-1;Alpha  Un;FR;2025-03-27;45", "xx-2;alpha un ;FR;2025-03-27;45"), "cluster.same_name"),
        (("xx-1;Alpha;FR;2025-03-27;45", "xx-2;Alpha;DE;2025-03-27;45"), None),
    ],
)
def test_near_twins_are_doubted(tmp_path: Path, rows: tuple[str, ...], key: str | None) -> None:
    _, problems = found(tmp_path, "F1", *rows)
    assert [problem.key for problem in problems] == ([key] if key else [])


@pytest.mark.parametrize("name", ["@dvanced Materials", "+Composites", "– Innov –", "'s-Hertogenbosch Food"])
def test_a_name_may_begin_like_a_formula(name: str) -> None:
    assert cell_parsers.text(name) == name


@pytest.mark.parametrize("cell", ["=1+1", "+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "＝A1", "+A1;B2"])
def test_a_formula_is_no_name(cell: str) -> None:
    with pytest.raises(CellError, match=r"cell\.formula"):
        cell_parsers.text(cell)


CASES = Path(__file__).parents[1] / "data" / "spreadsheets"


def answers_in(name: str, tmp_path: Path) -> tuple[dict[tuple[str, str], float], list[tuple[int | None, str, str]]]:
    """The answers of a file of the public cases by cluster and code, and its problems but for missing answers."""
    names = [CASES / part for part in name.split("+")]
    tables, problems = build.check_files(names, tmp_path / "none", TODAY)
    told = [(p.row, p.column, p.key) for p in problems if p.key != "answer.gaps"]
    if tables is None:
        return {}, told
    answers = tables.frames["answer"].merge(tables.frames["assessment"], on="assessment_id")
    return {(row.cluster_id, row.indicator): row.value for row in answers.itertuples()}, told


@pytest.mark.parametrize(
    ("name", "answers", "problems"),
    [
        (
            "I10-percent.csv",
            {("xx-1", "F1"): 45, ("xx-1", "S3"): 60, ("xx-2", "F1"): 45.5, ("xx-2", "S3"): 60},
            [],
        ),
        ("I11-datetime.csv", {(f"xx-{n}", "F1"): 45 for n in (1, 2, 3)}, [(2, "assessed_on", "reading.day")]),
        ("I11b-dotted.csv", {(f"xx-{n}", "F1"): 45 for n in (1, 2, 3, 4)}, [(2, "assessed_on", "reading.day")]),
        (
            "I11c-american.csv",
            {("xx-1", "F1"): 45, ("xx-2", "F1"): 45},
            [(2, "assessed_on", "reading.day_order")],
        ),
        (
            "I12-no-answer.csv",
            {("xx-1", "F1"): 45},
            [(2, code, "reading.no_answer") for code in ("S2", "G1", "G2", "G3", "G5")],
        ),
        ("I14c-names.csv", {("xx-1", "F1"): 45, ("xx-2", "F1"): 45}, [(2, "country", "reading.country")]),
        (
            "I18-thousands.csv",
            {
                ("xx-0", "F3"): 1234567,
                ("xx-1", "F3"): 1234567,
                ("xx-2", "F3"): 1234567,
                ("xx-3", "F3"): 1234567,
                ("xx-4", "F3"): 1234567.5,
                ("xx-5", "F3"): 1234567.5,
                **{(f"xx-{n}", "F3"): 1234567 for n in (6, 7, 8)},
            },
            [(2, "F3", "reading.thousands"), (10, "F3", "reading.currency")],
        ),
        ("I28-names.csv", {(f"xx-{n}", "F1"): 45 for n in (1, 2, 3, 4)}, []),
        (
            "I41b-id-case.csv",
            {("xx-1", "F1"): 45, ("XX-1", "F1"): 40},
            [(3, "cluster_id", "cluster.other_case")],
        ),
        ("I42-same-name.csv", {("xx-1", "F1"): 45, ("xx-2", "F1"): 40}, [(3, "name", "cluster.same_name")]),
    ],
)
def test_files_of_public_reports_are_read_as_their_readers_mean_them(
    tmp_path: Path, name: str, answers: dict[tuple[str, str], float], problems: list[tuple[int, str, str]]
) -> None:
    found_answers, found_problems = answers_in(name, tmp_path)
    assert found_problems == problems
    assert found_answers == answers


def test_an_address_is_completed_and_one_with_a_blank_is_refused(tmp_path: Path) -> None:
    _, problems = answers_in("I24-websites.csv", tmp_path)
    assert problems == [(2, "website", "reading.url"), (4, "website", "cell.url")]


def test_whole_years_that_a_program_wrote_as_decimals_are_years(tmp_path: Path) -> None:
    names = [CASES / "I27-clusters.csv", CASES / "I27-float-years.csv"]
    renamed = tmp_path / "awards.csv"
    renamed.write_bytes(names[1].read_bytes())
    tables, problems = build.check_files([names[0], renamed], tmp_path / "none", TODAY)
    assert tables
    assert not [problem for problem in problems if problem.severity == "error"]
    awards = tables.frames["award"]
    own = awards[awards["cluster_id"] == "xx-1"]
    assert sorted(zip(own["awarded_on"], own["valid_until"], strict=True)) == [("2011", "2013"), ("2013", "")]


@pytest.mark.parametrize(("cell", "value"), [("oui", 1), ("Yes", 1), ("rempli", 1), ("non", 0), ("TRUE", 1), ("0", 0)])
def test_a_gate_is_met_in_words(tmp_path: Path, cell: str, value: float) -> None:
    clusters, path = tmp_path / "clusters.csv", tmp_path / "answers.csv"
    clusters.write_text("cluster_id,name,country\nxx-1,Un,FR\n", "utf-8")
    path.write_text(f"cluster_id,assessed_on,scheme,indicator,value\nxx-1,2025-03-27,gold-31,1.1.0,{cell}\n", "utf-8")
    tables, problems = build.check_files([clusters, path], tmp_path / "none", TODAY)
    assert tables, problems
    assert tables.frames["answer"]["value"].tolist() == [value]


def test_points_are_no_yes(tmp_path: Path) -> None:
    assert answers_in("I43-gate-words.xlsx", tmp_path)[1] == [(3, "1.2", "cell.number")]


def test_sectors_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "clusters.csv"
    path.write_text("cluster_id,name,country,sector\nxx-1,Un,FR,Agroalimentaire|Health and medical science\n", "utf-8")
    tables, problems = build.check_files([path], tmp_path / "none", TODAY)
    assert [(p.row, p.column, p.key) for p in problems if p.severity == "warning"] == [(2, "sector", "reading.sector")]
    if tables:
        sectors = tables.frames["cluster_sector"]
        assert sectors[sectors["cluster_id"] == "xx-1"]["sector"].tolist() == ["food", "health"]


@pytest.mark.parametrize(
    ("table", "row", "key", "near"),
    [
        ("clusters", "cluster_id,name,country,sector\nxx-1,Un,FR,helth\n", "cluster.sector_like", "health"),
        ("awards", "cluster_id,label\nxx-1,glod\n", "cell.choice_like", "gold"),
        ("awards", "cluster_id,label\nfr-minalogik,gold\n", "cluster.unknown_like", "fr-minalogic"),
        (
            "answers",
            "cluster_id,assessed_on,scheme,indicator,value\nxx-1,2025-01-01,gold-31,1.1.O,1\n",
            "answer.indicator_like",
            "1.1.0",
        ),
    ],
)
def test_what_is_almost_known_is_named(tmp_path: Path, table: str, row: str, key: str, near: str) -> None:
    path = tmp_path / f"{table}.csv"
    path.write_text(row, "utf-8")
    _, problems = build.check_files([path], tmp_path / "none", TODAY)
    found = {problem.key: dict(problem.values) for problem in problems}
    assert key in found, found
    assert found[key]["near"] == near
