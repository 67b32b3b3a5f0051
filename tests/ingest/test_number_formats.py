"""What a reader of a cell sees of its value, by the grammar of number formats."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdash.ingest import cell_parsers, number_formats

DAY, EVENING = 45743, 45743.999999995370  # 27 March 2025; the same day at 23:59:59.9996

SHOWN = [
    (7, "000", "007"),
    (-7, "000", "-007"),
    (12, "0#", "12"),
    (7, "0#", "07"),
    (1.1, "0.00", "1.10"),
    (1.1, "0.0#", "1.1"),
    (1.123, "0.00", "1.123"),
    (1.1, "0.000", "1.1"),  # 1.100 might be taken for thousands
    (1234.5, "#,##0.00", "1234.50"),
    (1234567, "#,##0", "1234567"),
    (1234567, "0,", "1234567"),
    (1.5, "# ?/?", "1.5"),
    (1500, "0.00E+00", "1500"),
    (5, 'General" kg"', "5"),
    (5, "", "5"),
    (5, "@", "5"),
    (0.1 + 0.2, "0.0", "0.30000000000000004"),
    (1e20, "General", "100000000000000000000"),
    (0.45, "0%", "45%"),
    (0.005, "0.0%", "0.5%"),
    (0.455, "0%", "45.5%"),
    (-0.5, "0%;[Red](0%)", "-50%"),
    (0.07, "0%", "7%"),
    (0.5, '0.0"%"', "0.5%"),
    (0.5, r"0.0\%", "0.5%"),
    (45, '0" % of budget"', "45%"),
    (45, '"% "0', "45%"),
    (45, '0" of 100 %"', "45"),
    (3, "0_%", "3"),
    (3, "*%0", "3"),
    (120, '0;-0;"0 %"', "120"),
    (0, '0;-0;"0 %"', "0"),
    (0.5, "[<=1]0%;0", "50%"),
    (45, "[<=1]0%;0", "45"),
    (-5, "[>=100]000;[<0]0%;0", "-500%"),
    (250, "[>=1000]0%;[<0]0%;0000", "0250"),
    (DAY, "yyyy-mm-dd", "2025-03-27"),
    (DAY, "dd/mm/yyyy;@", "2025-03-27"),
    (DAY, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2025-03-27"),
    (DAY, '[$-40C]d" de "mmmm yyyy', "2025-03-27"),
    (DAY, "mmm-yy", "2025-03"),
    (DAY, "mm/yyyy", "2025-03"),
    (DAY, "yyyy", "2025"),
    (DAY, '"année "yyyy', "2025"),
    (DAY, "d-mmm", "2025-03-27"),
    (DAY + 0.5, "m/d/yy h:mm", "2025-03-27"),
    (EVENING, "yyyy-mm-dd h:mm:ss", "2025-03-27"),
    (DAY - 1e-11, "yyyy-mm-dd", "2025-03-27"),  # what is left by computing with fractions of a day
    (0.395833333333333, "h:mm", "09:30"),
    (0.395833333333333, "h:mm AM/PM", "09:30"),
    (DAY + 0.75, "hh:mm", "18:00"),
    (1.5, "[h]:mm", "36:00"),
    (90 / 86_400, "mm:ss", "00:01:30"),
    (60, "dd/mm/yyyy", "60"),  # 29 February 1900, which there was not
    (61, "dd/mm/yyyy", "1900-03-01"),
    (59, "dd/mm/yyyy", "1900-02-28"),
    (0, "dd/mm/yyyy", "0"),
    (-1, "dd/mm/yyyy", "-1"),
    (3_000_000, "dd/mm/yyyy", "3000000"),
    (5, "[Red]0", "5"),
    (5, "[$€-407] 0.00", "5.00"),
    (5, '_-* #,##0.00\\ "day"_-', "5.00"),
]


@pytest.mark.parametrize(("value", "code", "text"), SHOWN)
def test_a_number_is_read_as_its_format_shows_it(value: float, code: str, text: str) -> None:
    assert number_formats.text_of(value, code) == text


BUILT_IN = {9: "45%", 10: "45%", 1: "0.45", 0: "0.45", 49: "0.45", 2: "0.45", 20: "10:48", 21: "10:48", 45: "10:48"}


@pytest.mark.parametrize("number", BUILT_IN)
def test_formats_that_no_workbook_defines_are_known(number: int) -> None:
    assert number_formats.text_of(0.45, number_formats.BUILT_IN[number]) == BUILT_IN[number]


@pytest.mark.parametrize("number", [14, 15, 16, 22, 27, 30, 31, 36, 50, 57, 58])
def test_days_of_every_language_are_days(number: int) -> None:
    assert number_formats.text_of(DAY, number_formats.BUILT_IN[number]) == "2025-03-27"


def test_days_may_be_counted_from_1904() -> None:
    assert number_formats.text_of(DAY - 1462, "yyyy-mm-dd", since_1904=True) == "2025-03-27"
    assert number_formats.text_of(0, "yyyy-mm-dd", since_1904=True) == "1904-01-01"


NUMBERS = st.floats(-1e9, 1e9).map(lambda value: round(value, 6)) | st.integers(-(10**9), 10**9)
DIGITS = st.sampled_from(
    ["General", "0", "000", "0.0", "0.00", "0.0000", "#,##0", "#,##0.00", "0.00E+00", "# ?/?", "0,"]
)
DRESS = st.sampled_from(
    ["{}", '"€ "{}', '{}" kg"', "[Red]{}", "_-{}_-", "* {}", '{};[Red]-{};"–"', "[$-409]{}", "[>=100]{};{}"]
)


@given(NUMBERS, DIGITS, DRESS)
def test_no_format_changes_a_number(value: float, digits: str, dress: str) -> None:
    text = number_formats.text_of(value, dress.replace("{}", digits))
    assert float(text) == value


@given(st.integers(-(10**6), 10**6), st.sampled_from(["0%", "0.00%", "#,##0%", "0%;(0%)", "[Blue]0.0%", "_-0%"]))
def test_a_percentage_comes_back(percent: int, code: str) -> None:
    text = number_formats.text_of(percent / 100, code)
    assert text.endswith("%")
    assert cell_parsers.number(text) == percent


YEARS, MONTHS = ["yy", "yyyy"], ["m", "mm", "mmm", "mmmm"]


@given(
    st.dates(date(1900, 3, 1), date(9999, 12, 31)),
    st.permutations([0, 1, 2]),
    st.sampled_from(YEARS),
    st.sampled_from(MONTHS),
    st.sampled_from(["d", "dd"]),
    st.sampled_from(["-", "/", ".", " ", '" de "', "\\, "]),
    st.sampled_from(["", " h:mm", " hh:mm:ss", " h:mm AM/PM"]),
    st.floats(0, 0.999999),
)
def test_a_day_comes_back_from_every_format(
    day: date, order: list[int], year: str, month: str, number: str, between: str, clock: str, time: float
) -> None:
    parts = [year, month, number]
    code = between.join(parts[i] for i in order) + clock
    serial = (day - date(1899, 12, 30)).days + time
    assert number_formats.text_of(serial, code) == day.isoformat()


@given(st.text(alphabet='0#?.,%;"\\_*[]ymdhsGenralE+-/@$€AMP ', max_size=30), NUMBERS)
def test_every_format_gives_a_text(code: str, value: float) -> None:
    assert number_formats.text_of(value, code)
