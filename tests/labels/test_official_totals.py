"""Official totals beside the register: the file, the data folder's own, what is wrong, and what is compared."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clusterdash.domain import Award, Cluster, ClusterdashError, EndKind, Label, LabelEnd, LabelHolder
from clusterdash.domain.partial_dates import last_day
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.i18n import LANGUAGES
from clusterdash.labels import counts
from clusterdash.labels.official_totals import NAME, OfficialTotal, beside_register, known_share, official_totals
from clusterdash.presentation.labels import narrative, tables

HEAD = "day,label,what,total,source_url,note\n"


def holder(cluster_id: str, awarded_on: str, until: str) -> LabelHolder:
    cluster = Cluster(cluster_id, cluster_id, "FR", "", "", None, None, "unknown", "", "", "", ())
    end = LabelEnd(EndKind.STATED, until)
    return LabelHolder(
        cluster, (Award(cluster_id, Label.GOLD, awarded_on, "stated", until, "", "high", "", None, end),), ()
    )


REGISTER = (holder("a", "2015", "2017-12"), holder("b", "2018-03", "2020-03"), holder("c", "2024", "2026"))
TOTALS = (
    OfficialTotal("2018", Label.GOLD, "active", 4, "https://a.example/?a=b", ""),
    OfficialTotal("2018-06", Label.GOLD, "ever", 4, "", ""),
    OfficialTotal("2018-06", Label.BRONZE, "ever", 9, "", ""),
)


def test_each_total_is_counted_alike_at_the_end_of_its_month_or_year() -> None:
    compared = beside_register(TOTALS, REGISTER, None)
    assert [one.registered for one in compared] == [1, 2, 0]
    assert [one.official for one in beside_register(TOTALS, REGISTER, Label.GOLD)] == list(TOTALS[:2])
    assert beside_register(TOTALS, REGISTER, Label.SILVER) == ()
    assert known_share(beside_register(TOTALS, REGISTER, Label.GOLD)) == 50
    assert known_share(()) is None


def test_the_register_counts_as_on_the_chart_of_years(register: tuple[LabelHolder, ...]) -> None:
    today = date(2026, 6, 1)
    for count in counts.counts_by_year(register, Label.GOLD, today)[:-1]:
        ever = OfficialTotal(str(count.year), Label.GOLD, "ever", 1, "", "")
        (compared,) = beside_register([ever], register, Label.GOLD)
        assert compared.registered == count.states.total


def test_the_project_s_totals_are_of_labels_and_days_that_exist() -> None:
    found = official_totals(PROJECT_DATA)
    assert found
    for one in found:
        assert last_day(one.day)
        assert one.total > 0
        assert one.note


def test_a_data_folder_with_a_register_of_its_own_has_its_own_totals(tmp_path: Path) -> None:
    assert official_totals(tmp_path) == official_totals(PROJECT_DATA)
    (tmp_path / "labels").mkdir()
    assert official_totals(tmp_path) == ()
    (tmp_path / NAME).write_text(f"{HEAD}2020-01,silver,ever,3,,ours\n", "utf-8")
    assert official_totals(tmp_path) == (OfficialTotal("2020-01", Label.SILVER, "ever", 3, "", "ours"),)


@pytest.mark.parametrize(
    ("row", "key", "named"),
    [
        ("2020-01,silver,ever,many,,", "official_totals.wrong", "2: total"),
        ("2020-01,iron,ever,1,,", "official_totals.wrong", "2: label"),
        ("2020-01,gold,sometimes,1,,", "official_totals.wrong", "2: what"),
        ("2020-01,gold,ever", "official_totals.wrong", "2: total"),
        (",gold,ever,1,,", "official_totals.wrong", "2: day"),
        ("2020-01,gold,ever,1,https://a.example/<b>,", "official_totals.wrong", "2: source_url"),
        ("2020-01,gold,ever,1,javascript:x,", "official_totals.wrong", "2: source_url"),
        ("2020-13,gold,ever,1,,", "official_totals.unreadable", ""),
        ("\udcff", "official_totals.unreadable", ""),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Path, row: str, key: str, named: str) -> None:
    (tmp_path / NAME).write_bytes(f"{HEAD}{row}\n".encode(errors="surrogateescape"))
    with pytest.raises(ClusterdashError) as refused:
        official_totals(tmp_path)
    assert refused.value.key == key
    assert named in str(dict(refused.value.values).get("rows", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_table_and_sentences_say_what_is_compared(language) -> None:
    compared = beside_register(TOTALS, REGISTER, Label.GOLD)
    table = str(tables.official_table(compared, language))
    assert table.count("Gold") == 2
    assert "2018" in table
    said = narrative.official_distance(compared, language)
    assert "50" in said
    assert "[1](<https://a.example/?a=b>)" in said
    assert said != narrative.official_distance(compared[:1], language), "that a page is not recorded"
