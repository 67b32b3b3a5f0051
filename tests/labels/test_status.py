"""Labels on a day, search and facets: by hand, against a slow plain twin, and their properties."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import LABELLED, TODAY

from clusterdash.domain import Award, Cluster, Label, LabelEnd, LabelHolder, LabelState, LocalizedText
from clusterdash.domain.label_end import with_ends
from clusterdash.domain.partial_dates import first_day, last_day
from clusterdash.editions.reader import EditionReader
from clusterdash.i18n import LANGUAGES, translate
from clusterdash.labels import counts as labels_counts
from clusterdash.labels import search, status
from clusterdash.labels.filters import LabelFilters, from_query
from clusterdash.labels.search import matching_text
from clusterdash.labels.status import is_awarded_by, state_on

DAY = date(2024, 6, 30)


def award(awarded_on: str = "", valid_until: str = "", label: Label = Label.GOLD) -> Award:
    given = Award("id", label, awarded_on, "stated", valid_until, "https://a.example", "high", "")
    return with_ends([given], ())[0]


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2013", date(2013, 1, 1), date(2013, 12, 31)),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29)),
        ("2013-03-27", date(2013, 3, 27), date(2013, 3, 27)),
        ("2013-12", date(2013, 12, 1), date(2013, 12, 31)),
        ("", None, None),
    ],
)
def test_a_partial_date_spans_what_it_can_mean(value: str, first: date | None, last: date | None) -> None:
    assert (first_day(value), last_day(value)) == (first, last)


@pytest.mark.parametrize(
    ("given", "state", "end"),
    [
        ([("2022", "2025-01-31")], LabelState.VALID, "2025-01-31"),
        ([("2022", "2024-12-31")], LabelState.VALID, "2024-12-31"),
        ([("2022", "2024-12-30")], LabelState.SOON, "2024-12-30"),
        ([("2022", "2024-06-30")], LabelState.SOON, "2024-06-30"),
        ([("2022", "2024-06-29")], LabelState.RENEWAL, "2024-06-29"),
        ([("2021", "2023-06-30")], LabelState.RENEWAL, "2023-06-30"),
        ([("2021", "2023-06-29")], LabelState.EXPIRED, "2023-06-29"),
        ([("2022", "2024")], LabelState.VALID, "2024"),
        ([("2022", "2024-06")], LabelState.SOON, "2024-06"),
        ([("2022", "")], LabelState.UNKNOWN, ""),
        ([("", "")], LabelState.UNKNOWN, ""),
        ([("", "2020")], LabelState.EXPIRED, "2020"),
        ([("2013", ""), ("2018", "2020")], LabelState.EXPIRED, "2020"),
        ([("2018", "2020"), ("2022", "")], LabelState.UNKNOWN, ""),
        ([("2018", "2020"), ("", "")], LabelState.UNKNOWN, ""),
        ([("", "2020"), ("2013", "")], LabelState.UNKNOWN, ""),
        ([("2018", "2020"), ("2022", "2026"), ("2023", "")], LabelState.VALID, "2026"),
        ([("2013-06", "2015-06"), ("2013", "")], LabelState.UNKNOWN, ""),
        ([("2014-06", "2015-06"), ("2013", "")], LabelState.EXPIRED, "2015-06"),
    ],
)
def test_without_a_rule_only_stated_ends_decide(given: list[tuple[str, str]], state: LabelState, end: str) -> None:
    found, deciding = state_on([award(*dates) for dates in given], DAY)
    assert (found, deciding.until) == (state, end)


@given(st.lists(st.tuples(st.sampled_from(["", "2013", "2019-05", "2022-01-31"]), st.just("")), min_size=1))
def test_without_a_rule_nothing_is_computed(dates: list[tuple[str, str]]) -> None:
    assert state_on([award(*pair) for pair in dates], DAY) == (LabelState.UNKNOWN, LabelEnd())


def test_an_award_without_a_date_counts_today_and_after_its_stated_end() -> None:
    assert is_awarded_by(award("2013"), date(2013, 12, 31), TODAY) is True
    assert is_awarded_by(award("2014"), date(2013, 12, 31), TODAY) is False
    assert is_awarded_by(award(), date(2013, 12, 31), TODAY) is None
    assert is_awarded_by(award(), TODAY, TODAY) is True
    assert is_awarded_by(award("", "2015"), date(2014, 12, 31), TODAY) is None
    assert is_awarded_by(award("", "2015"), date(2015, 12, 31), TODAY) is True


def test_today_everybody_of_the_register_is_there(staff: EditionReader) -> None:
    found = status.label_statuses(staff.label_register(), TODAY, TODAY)
    given = {(holder.cluster.cluster_id, award.label) for holder in staff.label_register() for award in holder.awards}
    assert Counter(holding.label for holding in found) == Counter(label for _, label in given)
    assert len(search.select(found, LabelFilters())) == LABELLED
    assert search.count_undated(staff.label_register(), LabelFilters(), TODAY) == 0
    everywhere = search.count_undated(staff.label_register(), LabelFilters(year=2012), TODAY)
    assert everywhere > 100
    assert (
        0
        < search.count_undated(staff.label_register(), LabelFilters(year=2012, countries=frozenset({"FR"})), TODAY)
        < everywhere
    )


def test_without_a_label_each_cluster_shows_its_highest(register: tuple[LabelHolder, ...]) -> None:
    rank = ["bronze", "silver", "gold"]
    shown = search.select(status.label_statuses(register, TODAY, TODAY), LabelFilters())
    best = {h.cluster.cluster_id: max((a.label for a in h.awards), key=rank.index) for h in register}
    assert {holding.cluster.cluster_id: holding.label for holding in shown} == best
    assert any(len({award.label for award in holder.awards}) > 1 for holder in register)


SELECTIONS = st.builds(
    LabelFilters,
    label=st.sampled_from([None, *Label]),
    text=st.sampled_from(["", "energy", "lyon", "pole"]),
    countries=st.frozensets(st.sampled_from(["FR", "DE", "ES"]), max_size=2),
    sectors=st.frozensets(st.sampled_from(["food", "ict", "health"]), max_size=2),
    states=st.frozensets(st.sampled_from(list(LabelState)), max_size=2),
)


@given(selection=SELECTIONS)
def test_facets_tell_what_a_choice_would_show(register: tuple[LabelHolder, ...], selection: LabelFilters) -> None:
    """Each count equals the number of clusters that choosing just that value shows."""
    found = status.label_statuses(register, TODAY, TODAY)
    counts = search.facet_counts(found, selection)
    for label in (None, *Label):
        assert counts["label"][label or ""] == len(search.select(found, replace(selection, label=label)))
    for country in ("FR", "DE", "ES"):
        chosen = replace(selection, countries=frozenset({country}))
        assert counts["country"][country] == len(search.select(found, chosen))
    for sector in ("food", "ict", "health"):
        assert counts["sector"][sector] == len(search.select(found, replace(selection, sectors=frozenset({sector}))))
    for state in LabelState:
        assert counts["state"][state] == len(search.select(found, replace(selection, states=frozenset({state}))))


@given(selection=SELECTIONS)
def test_a_choice_shows_each_cluster_once_and_only_what_fits(
    register: tuple[LabelHolder, ...], selection: LabelFilters
) -> None:
    shown = search.select(status.label_statuses(register, TODAY, TODAY), selection)
    ids = [holding.cluster.cluster_id for holding in shown]
    assert len(ids) == len(set(ids))
    for holding in shown:
        assert selection.label in (None, holding.label)
        assert not selection.countries or holding.cluster.country in selection.countries
        assert not selection.states or holding.state in selection.states
    for name, n in search.relaxations(status.label_statuses(register, TODAY, TODAY), selection):
        assert n >= max(1, len(shown)), name


@given(selection=SELECTIONS, year=st.sampled_from([None, 2011, 2015, 2025]))
def test_a_selection_survives_its_address(selection: LabelFilters, year: int | None) -> None:
    asked = replace(selection, year=year)
    assert from_query(asked.address(), {"FR", "DE", "ES"}, {"food", "ict", "health"}, TODAY) == (asked, [])


def test_wrong_values_in_an_address_are_named_and_left_out() -> None:
    address = {"label": "platinum", "country": "FR,ZZ", "sector": "x", "state": "valid,odd", "year": "2010", "q": " a "}
    found, wrong = from_query(address, {"FR"}, {"food"}, TODAY)
    assert found == LabelFilters(None, "a", frozenset({"FR"}), frozenset(), frozenset({LabelState.VALID}), None)
    assert sorted(wrong) == [
        ("country", "ZZ"),
        ("label", "platinum"),
        ("sector", "x"),
        ("state", "odd"),
        ("year", "2010"),
    ]
    assert from_query({"q": "x" * 101}, (), (), TODAY) == (LabelFilters(), [("q", "x" * 101)])
    assert from_query({"label": "", "q": " ?! "}, (), (), TODAY) == (LabelFilters(), [])
    for year in ("99999", "20x5", "-2015", "2027", "²⁰¹⁵"):
        assert from_query({"year": year}, (), (), TODAY)[1] == [("year", year)]


CLUSTER = Cluster(
    "c",
    "Pôle Systématic Paris-Région (formerly Opticsvalley)",
    "FR",
    "Évry",
    "Île-de-France",
    None,
    None,
    "unknown",
    "Deep tech",
    "",
    "formerly the Numérica network; official list",
    (),
)
FIELDS = (LocalizedText("Numérique", "Information and communication"),)
HOLDING = status.LabelStatus(CLUSTER, Label.GOLD, LabelState.UNKNOWN, LabelEnd(), (), FIELDS)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("systematic", True),
        ("SYSTEMATIC pole", True),
        ("sistematic", True),
        ("systmatic", True),
        ("sysetmatic", True),
        ("systematicc", True),
        ("sytsemaitc", True),
        ("xyztemotic", False),
        ("evry", True),
        ("ile de france", True),
        ("frankreich", True),
        ("Frankr", True),
        ("Ranska", True),
        ("Γαλλία", True),
        ("fra", True),
        ("ran", True),
        ("spanien", False),
        ("france", True),
        ("opticsvalley", True),
        ("numerica", True),
        ("official", False),
        ("par", True),
        ("prs", False),
        ("numerique", True),
        ("communication", True),
        ("evri", True),
        ("evriy", True),
        ("iran", False),
        ("systematic lyon", False),
        ("", True),
        ("!!", True),
    ],
)
def test_search_forgives_accents_case_and_slips(text: str, fits: bool) -> None:
    assert ("c" in matching_text([HOLDING], text)) is fits


@pytest.mark.slow
@given(st.data())
def test_every_name_is_found_with_one_slip(register: tuple[LabelHolder, ...], data: st.DataObject) -> None:
    cluster = data.draw(st.sampled_from([holder.cluster for holder in register]))
    words = [word for word in cluster.name.split() if len(word) >= 5 and word.isalpha()]
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    at = data.draw(st.integers(0, len(word) - 1))
    slip = data.draw(st.sampled_from([word[:at] + word[at + 1 :], word[:at] + "q" + word[at + 1 :]]))
    found = [h for h in status.label_statuses(register, TODAY, TODAY) if h.cluster == cluster]
    assert matching_text(found, slip) == {cluster.cluster_id}


def test_a_slip_counts_only_where_nothing_fits_as_it_is(register: tuple[LabelHolder, ...]) -> None:
    found = status.label_statuses(register, TODAY, TODAY)
    spanish = {h.cluster.cluster_id for h in found if h.cluster.country == "ES"}
    assert matching_text(found, "spain") == spanish
    assert len(matching_text(found, "iran")) < 3, "not the beginning of France"
    polish = {h.cluster.cluster_id for h in found if h.cluster.country == "PL"}
    for name in ("Polen", "Pologne", "Polska", "Lenkija", "Puola"):
        assert matching_text(found, name) >= polish, name
    for language in LANGUAGES:
        example = translate(language, "labels.search_example").partition(": ")[2]
        assert matching_text(found, example), example


def test_labels_that_end_soon_come_in_order(register: tuple[LabelHolder, ...]) -> None:
    day = date(2026, 11, 23)
    found = status.ending_soon(register, day)
    assert found[0].cluster.cluster_id == "de-sensorik-netzwerk"
    last = [last_day(holding.end.until) or date.min for holding in found]
    assert last == sorted(last)
    assert day <= last[0] and last[-1] <= day + status.SOON
    assert all(holding.end.kind in status.CERTAIN for holding in found), "an end by the rule is no reason to write"
    assert status.ending_soon(register, date(2040, 12, 1)) == []


def test_years_and_countries_add_up(register: tuple[LabelHolder, ...]) -> None:
    for label in (None, *Label):
        years = labels_counts.counts_by_year(register, label, TODAY)
        assert [count.year for count in years] == list(range(2011, TODAY.year + 1))
        totals = [count.states.total for count in years]
        assert totals == sorted(totals), "ever awarded never falls"
        shown = search.select(status.label_statuses(register, TODAY, TODAY), LabelFilters(label))
        assert totals[-1] == len(shown) - labels_counts.count_undated_clusters(register, label, TODAY)
        countries = labels_counts.counts_by_country(shown)
        assert sum(counts.total() for _, counts in countries) == len(shown)
    first_gold = [int(a.awarded_on[:4]) for h in register for a in h.awards if a.label is Label.GOLD and a.awarded_on]
    gold = labels_counts.counts_by_year(register, Label.GOLD, TODAY)
    assert next(count.year for count in gold if count.states.total) == min(first_gold)
