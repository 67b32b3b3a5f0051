"""The provisional report of a case, as sentences and tables. Pure."""

from __future__ import annotations

from datetime import date

from ...cases.provisional_report import Band, BandedAnswer, GroupBands, ProvisionalReport
from ...domain import Grid, Language
from ...domain.case import HandIn, Sheet
from ...i18n import escape_markdown, format_date, translate
from ..benchmark.group_names import group_title
from ..benchmark.tables import indicator_link, table
from ..formatting import with_unit


def provisional_basis(report: ProvisionalReport, hand_in: HandIn, language: Language) -> str:
    """Which answers the report is about, that it is provisional, and by which edition; Markdown."""
    return translate(
        language,
        "provisional.prepared" if hand_in.sheet is Sheet.PREPARATION else "provisional.interviewed",
        handed_in=format_date(language, date.fromisoformat(hand_in.at[:10])),
        edition=escape_markdown(report.edition.title),
        day=format_date(language, report.edition.created_at.date()),
    )


def provisional_summary(bands: GroupBands, language: Language) -> str:
    """How many answers are in the upper and in the lower quarter of a group; Markdown."""
    group = escape_markdown(group_title(bands.group, language))
    if not bands.answers:
        return translate(language, "provisional.nothing", group=group)
    upper, lower = len(bands.among(Band.UPPER_QUARTER)), len(bands.among(Band.LOWER_QUARTER))
    return translate(
        language, "provisional.summary", group=group, n=len(bands.answers), upper=upper, lower=lower, size=bands.n
    )


def provisional_caption(bands: GroupBands, language: Language) -> str:
    """What the table of a group shows."""
    return translate(language, "provisional.caption", group=group_title(bands.group, language))


def provisional_table(bands: GroupBands, grid: Grid, language: Language) -> str:
    """The answers among a group, the best band first; beside them the published band where any answer has one."""
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    columns = ["question", "answer", *(["published"] if any(answer.published for answer in bands.answers) else [])]
    parts = []
    for band in Band:
        rows = [
            [
                indicator_link(indicators[answer.indicator], language),
                with_unit(language, answer.value, indicators[answer.indicator]),
                _published(answer, language),
            ][: len(columns)]
            for answer in bands.among(band)
        ]
        if rows:
            parts.append((translate(language, f"band_meaning.{band}"), rows))
    headings = [translate(language, f"provisional.{column}") for column in columns]
    return table(provisional_caption(bands, language), headings, parts)


def _published(answer: BandedAnswer, language: Language) -> str:
    if answer.published is None:
        return "–"
    return translate(language, "provisional.same" if answer.published is answer.band else f"band.{answer.published}")
