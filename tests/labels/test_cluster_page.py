"""The public page of a cluster: its labels over time, and as the sources tell them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from clusterdash.domain import Award, EndKind, Label, LabelEnd, LabelHolder, LabelState, Language, Observation
from clusterdash.domain.label_end import with_ends
from clusterdash.i18n import LANGUAGES
from clusterdash.labels import status
from clusterdash.presentation.labels import cluster_page

TODAY = date(2026, 11, 26)


@pytest.fixture
def holder(register: tuple[LabelHolder, ...]) -> LabelHolder:
    return next(one for one in register if one.cluster.cluster_id == "de-hamburg-aviation-e-v")


def award(holder: LabelHolder, awarded_on: str, valid_until: str = "", label: Label = Label.GOLD) -> Award:
    given = replace(holder.awards[0], awarded_on=awarded_on, valid_until=valid_until, valid_months=None, label=label)
    return with_ends([given], ())[0]


def said(holder: LabelHolder, awards: Sequence[Award], language: Language) -> str:
    held = status.label_statuses([replace(holder, awards=tuple(awards))], TODAY, TODAY)
    return html.unescape(re.sub("<.*?>", "", cluster_page.label_verdict(held, language)))


@pytest.mark.parametrize(
    ("awarded_on", "valid_until", "french", "english"),
    [
        (
            "2025-03",
            "2027-09-12",
            "Gold en cours, jusqu’au 12 septembre 2027.",
            "Gold running, until 12 September 2027.",
        ),
        ("2025", "2028", "Gold en cours, jusqu’en 2028.", "Gold running, until 2028."),
        (
            "2025",
            "2026",
            "Gold en cours, à renouveler avant la fin de 2026.",
            "Gold running, to be renewed before the end of 2026.",
        ),
        (
            "2023",
            "2026-03",
            "Gold terminé en mars 2026, encore renouvelable.",
            "Gold ended in March 2026, can still be renewed.",
        ),
        ("2015", "2017-07-01", "Gold terminé le 1er juillet 2017.", "Gold ended on 1 July 2017."),
        (
            "2015-07-02",
            "",
            "Gold obtenu le 2 juillet 2015, fin non connue.",
            "Gold awarded on 2 July 2015, end not known.",
        ),
        ("", "", "Gold obtenu, dates non connues.", "Gold awarded, dates not known."),
    ],
)
def test_each_state_is_a_sentence(
    holder: LabelHolder, awarded_on: str, valid_until: str, french: str, english: str
) -> None:
    awards = [award(holder, awarded_on, valid_until)]
    assert [said(holder, awards, language) for language in ("fr", "en")] == [french, english]


def test_every_state_and_precision_that_can_be_has_a_text(holder: LabelHolder) -> None:
    held = status.label_statuses([holder], TODAY, TODAY)[0]
    by_rule = (LabelState.BY_RULE, LabelState.ENDED_BY_RULE)
    for state in LabelState:
        for until in ("2020", "2020-05", "2020-05-01")[: 2 if state in by_rule else 3]:
            for language in LANGUAGES:
                end = LabelEnd(EndKind.RULE if state in by_rule else EndKind.STATED, until)
                assert cluster_page.label_verdict([replace(held, state=state, end=end)], language)
    for until in ("2020", "2020-05-01"):
        for language in LANGUAGES:
            lapsed = replace(held, state=LabelState.EXPIRED, end=LabelEnd(EndKind.OBSERVED, until))
            assert cluster_page.label_verdict([lapsed], language)
    for language in LANGUAGES:
        for awarded_on in ("", "2020", "2020-05-01"):
            awards = (award(holder, awarded_on),)
            seen = replace(held, state=LabelState.VALID, end=LabelEnd(), awards=awards)
            assert cluster_page.label_verdict([seen], language)


def test_the_line_of_awards_lies_on_its_scale(holder: LabelHolder) -> None:
    awards = (award(holder, "2020-07-01", "2022-06-30"), award(holder, "", "2019", Label.BRONZE))
    ruled = replace(awards[0], end=LabelEnd(EndKind.RULE, "2022-06"))
    seen = Observation(Label.GOLD, "2021-07-01", False, "press", "https://a.example", "high")
    alone = replace(holder, awards=awards, observations=())
    drawn = cluster_page.award_time_line(alone, TODAY, "en", "alt")
    assert re.findall(r">(\d{4})</span>", drawn) == [str(year) for year in range(2019, 2027)]
    length = (date(2027, 1, 1) - date(2019, 1, 1)).days

    def place(day: date) -> float:
        return round(100 * (day - date(2019, 1, 1)).days / length, 2)

    assert f'class="award gold" style="--x:{place(date(2020, 7, 1))}"' in drawn
    assert f'class="end" style="--x:{place(date(2022, 6, 30))}"' in drawn
    assert f'class="end" style="--x:{place(date(2019, 12, 31))}"' in drawn, "only the end is known"
    assert 'class="award bronze"' not in drawn
    assert drawn.index("Gold") < drawn.index("Bronze"), "the highest label first"
    assert "rule" not in drawn and "seen" not in drawn
    told = replace(holder, awards=(ruled,), observations=(seen,))
    drawn = cluster_page.award_time_line(told, TODAY, "en", "alt")
    assert 'class="span rule"' in drawn and 'class="end"' not in drawn, "an end by the rule is no edge"
    assert 'class="seen lapsed"' in drawn
    nothing = replace(holder, awards=(award(holder, ""),), observations=())
    assert cluster_page.award_time_line(nothing, TODAY, "en", "alt") == ""


def test_each_award_is_told_with_its_source(holder: LabelHolder) -> None:
    drawn = cluster_page.award_list(holder, "en")
    assert drawn.count("<li") == len(holder.awards)
    for one in holder.awards:
        assert one.award_id in drawn
        assert one.source_url.replace("&", "&amp;") in drawn
    hostile = replace(holder, awards=(replace(holder.awards[0], date_basis="<script>"),))
    assert "<script>" not in cluster_page.award_list(hostile, "en")
