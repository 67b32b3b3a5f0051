"""Cumulative frequencies: true, in steps, at round values that are far enough apart."""

from __future__ import annotations

import math

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterdash.statistics.frequencies import counted_in_steps, cumulative_frequencies
from clusterdash.statistics.parameters import LIMITS, as_sql, as_variables
from clusterdash.statistics.pipeline import read_sql
from clusterdash.statistics.rounding import rounded_figure, rounding_unit

NUMBERS = st.one_of(
    st.integers(0, 300).map(float),
    st.floats(0, 1e7, allow_nan=False).map(lambda value: round(value, 4)),
    st.sampled_from([0.0, 0.05, 0.99, 1.0, 9.9, 10.0, 99.5, 100.0, 1234567.0]),
)


@settings(max_examples=60)
@given(st.lists(NUMBERS, min_size=1, max_size=120), st.sampled_from(["number", "share"]))
def test_counts_are_true_and_far_enough_apart(values: list[float], kind: str) -> None:
    found = cumulative_frequencies(np.array(values), kind)
    n = len(values)
    assert not found or n >= LIMITS.frequency_minimum
    before = 0
    for one in found:
        below = sum(value < one.value for value in values)
        assert one.at_least <= below <= one.at_most
        assert one.at_most - one.at_least <= 2 * LIMITS.rounding_base
        assert below - before >= LIMITS.percentile_minimum
        assert n - below >= LIMITS.percentile_minimum
        before = below
        unit = rounding_unit(one.value, kind) if one.value else 1.0
        assert math.isclose(one.value / unit, round(one.value / unit), abs_tol=1e-6), "a round value"
    assert [one.value for one in found] == sorted({one.value for one in found})


@given(st.lists(st.integers(0, 4), min_size=20, max_size=90))
def test_every_level_is_told_whether_anybody_is_there_or_not(values: list[int]) -> None:
    found = cumulative_frequencies(np.array(values, dtype=float), "level", 0, 4)
    assert [one.value for one in found] == [1, 2, 3, 4]
    for one in found:
        assert one.at_least <= sum(value < one.value for value in values) <= one.at_most


@given(st.integers(20, 2000), st.integers(3, 12), st.data())
def test_a_count_is_told_by_the_step_it_is_in(n: int, base: int, draw: st.DataObject) -> None:
    """Plainly: 0 to base, then base by base, the last step to the end: nobody learns that nobody is below or above."""
    count = draw.draw(st.integers(0, n))
    last = base * (n // base - 1)
    steps = [(0, base), *((start + 1, start + base) for start in range(base, last, base)), (last + 1, n)]
    (expected,) = [(low, high) for low, high in steps if low <= count <= high] if last > 0 else [(0, n)]
    assert counted_in_steps(count, n, base) == expected
    assert expected[1] - expected[0] >= base - 1


def test_too_few_answers_tell_nothing() -> None:
    assert cumulative_frequencies(np.arange(49.0), "number") == ()
    assert cumulative_frequencies(np.arange(50.0), "number") != ()
    assert cumulative_frequencies(np.zeros(19), "level", 0, 4) == ()
    assert cumulative_frequencies(np.zeros(20), "level", 0, 4) != ()


def test_a_larger_coalition_has_wider_steps() -> None:
    wide = LIMITS.for_coalition(10)
    values = np.arange(200.0)
    assert len(cumulative_frequencies(values, "number", limits=wide)) < len(cumulative_frequencies(values, "number"))
    for one in cumulative_frequencies(values, "number", limits=wide):
        assert one.at_most - one.at_least >= wide.rounding_base - 1


@pytest.fixture(scope="module")
def macros() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(as_sql(as_variables()))
    connection.execute(read_sql("20_macros"))
    return connection


@settings(max_examples=40)
@given(
    values=st.lists(st.floats(-1e7, 1e7, allow_nan=False).map(lambda value: round(value, 3)), min_size=1, max_size=50),
    kind=st.sampled_from(["number", "share", "level"]),
)
def test_figures_are_rounded_as_sql_rounds_them(
    macros: duckdb.DuckDBPyConnection, values: list[float], kind: str
) -> None:
    rows = macros.execute("select rounded(unnest(?::double[]), ?)", [values, kind]).fetchall()
    for value, (expected,) in zip(values, rows, strict=True):
        assert rounded_figure(value, kind) == pytest.approx(expected, rel=1e-12), value
