"""The provisional report of a case, as sentences and tables. Pure."""

from __future__ import annotations

from ...cases.provisional_report import Band, BandedAnswer, GroupBands, ProvisionalReport
from ...domain import Grid, Language
from ...i18n import escape_markdown, format_date, translate
from ..benchmark.narrative import named_group
from ..benchmark.tables import indicator_link, table
from ..formatting import with_unit


def provisional_basis(report: ProvisionalReport, language: Language) -> str:
    """That the report is provisional, and by which edition; Markdown."""
    title, day = escape_markdown(report.edition.title), report.edition.created_at.date()
    return translate(language, "provisional.basis", edition=title, day=format_date(language, day))


def provisional_summary(bands: GroupBands, language: Language) -> str:
    """How many answers are in the upper and in the lower quarter of a group; Markdown."""
    group = escape_markdown(named_group(bands.group, language))
    if not bands.answers:
        return translate(language, "provisional.nothing", group=group)
    upper, lower = len(bands.among(Band.UPPER_QUARTER)), len(bands.among(Band.LOWER_QUARTER))
    return translate(
        language, "provisional.summary", group=group, n=len(bands.answers), upper=upper, lower=lower, size=bands.n
    )


def provisional_table(bands: GroupBands, grid: Grid, language: Language) -> str:
    """The answers among a group, the best band first; with the published band beside where that is another one."""
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    headings = [translate(language, f"provisional.{name}") for name in ("question", "answer", "position")]
    parts = []
    for band in Band:
        rows = [
            [
                indicator_link(indicators[answer.indicator], language),
                with_unit(language, answer.value, indicators[answer.indicator]),
                _position(answer, language),
            ]
            for answer in bands.among(band)
        ]
        if rows:
            parts.append((translate(language, f"band.{band}"), rows))
    return table(translate(language, "provisional.caption", group=named_group(bands.group, language)), headings, parts)


def _position(answer: BandedAnswer, language: Language) -> str:
    now = translate(language, f"band_position.{answer.band}")
    if answer.published in (None, answer.band):
        return now
    return translate(
        language, "provisional.before", now=now, before=translate(language, f"band_position.{answer.published}")
    )
