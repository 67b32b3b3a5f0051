"""Several packs as one, against the pack of all their answers."""

from __future__ import annotations

import numpy as np
import pytest
from support.reference_packs import draw, pack_of

from clusterdash.domain import ClusterdashError
from clusterdash.i18n import explain
from clusterdash.reference_packs import archive
from clusterdash.reference_packs.combine import combine
from clusterdash.reference_packs.content import ReferencePack

CODES = ("G1", "V3", "A1", "G4", "F1")
SIZES = {("top500", ""): 120, ("sector", "food"): 45, ("all", ""): 150}
OTHERS = {("top500", ""): 90, ("sector", "food"): 33, ("sector", "ict"): 25, ("all", ""): 211}
ABOUT = {"publisher": "Together", "title": "Both", "created": "2026-02-01", "licence": "CC-BY-4.0"}
ONE, TWO = draw(1, SIZES, CODES), draw(2, OTHERS, CODES)


def packs() -> tuple[ReferencePack, ReferencePack]:
    return pack_of(ONE), pack_of(TWO, publisher="Another body", title="Another", first_year=2020, last_year=2024)


def combined() -> ReferencePack:
    return combine(packs(), **ABOUT)


def test_counts_are_those_of_all_clusters_together() -> None:
    pack = combined()
    assert {(row["kind"], row["key"]): row["n"] for row in pack.rows("groups")} == {
        ("sector", "food"): 78,
        ("all", ""): 361,
    }
    compared = 0
    for row in pack.rows("frequencies"):
        place = (row["kind"], row["key"], row["code"])
        exact = int((np.concatenate([ONE[place], TWO[place]]) < row["value"]).sum())
        assert row["at_least"] <= exact <= row["at_most"], row
        assert row["at_most"] - row["at_least"] <= 60, "what is told is of some use"
        compared += 1
    assert compared > 50


def test_levels_are_counted_in_the_steps_of_both() -> None:
    rows = [row for row in combined().rows("frequencies") if row["code"] == "G1" and row["kind"] == "all"]
    assert len(rows) == 4
    assert all(row["at_most"] - row["at_least"] <= 10 for row in rows)


def test_shares_are_weighted_by_the_number_of_answers() -> None:
    first, second = packs()
    whole = {one: len(ONE["all", "", one]) for one in CODES}
    others = {one: len(TWO["all", "", one]) for one in CODES}
    found = [row for row in combined().rows("shares") if row["kind"] == "all"]
    assert found
    for row in found:
        expected = 0.0
        for pack, n in ((first, whole[row["code"]]), (second, others[row["code"]])):
            parts = [r for r in pack.rows("shares") if r["kind"] == "all" and r["code"] == row["code"]]
            inside = sum(r["share"] for r in parts if row["low"] <= r["high"] <= row["high"])
            expected += n * inside / (whole[row["code"]] + others[row["code"]])
        assert row["share"] == pytest.approx(expected, abs=1e-5)


def test_what_cannot_be_combined_is_not_in_it() -> None:
    pack = combined()
    assert all(row["kind"] != "top500" for row in pack.rows("groups"))
    assert all(row["subject"] == "indicator" for row in pack.rows("figures"))
    assert all(row["median"] is None and row["lower_quartile"] is None for row in pack.rows("figures"))
    assert pack.header.combined == ("Reference of A European body, 2025", "Another")
    assert (pack.header.first_year, pack.header.last_year) == (2020, 2025)
    assert archive.read(archive.write(pack)) == pack


def test_indicators_that_ask_something_else_are_left_out() -> None:
    first, second = packs()
    place = 5  # of the unit in English
    tables = dict(second.tables)
    tables["indicators"] = tuple(
        (*row[:place], "other", *row[place + 1 :]) if row[0] == "G4" else row for row in tables["indicators"]
    )
    pack = combine((first, ReferencePack(second.header, tables)), **ABOUT)
    assert {row["code"] for row in pack.rows("indicators")} == set(CODES) - {"G4"}
    assert all(row["code"] != "G4" for row in pack.rows("frequencies"))


def test_packs_that_do_not_fit_are_refused() -> None:
    first, second = packs()
    others = pack_of(TWO, publisher="Another body", family="gold", version="31")
    real = pack_of(TWO, publisher="Another body", synthetic=False)
    part = pack_of(TWO, publisher="A union", combined=(first.header.title,))
    nothing = pack_of(draw(3, {("sector", "ict"): 30}, ("G1",)), publisher="A third one")
    for given, told in (
        ((first,), "two packs or more"),
        ((first, others), "different schemes"),
        ((first, real), "Real and invented"),
        ((first, first), "of one publisher"),
        ((first, part), "is a part of"),
        ((first, nothing), "no group with the same rule"),
    ):
        with pytest.raises(ClusterdashError) as refused:
            combine(given, **ABOUT)
        assert told in explain("en", refused.value)
    assert combine((first, second), **ABOUT)
