"""The notes on groups and the workbook of their comparison, as the page on groups offers them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..domain.group_comparison import PooledMean
from ..presentation.benchmark.group_closely import CloseGroup
from ..presentation.benchmark.group_overview import ComparedGroups
from ..presentation.limit_texts import translate_with_limits
from ..reports import comparison_file, group_note
from ..spreadsheets import XLSX
from . import widgets
from .comparison import pooled_means
from .context import PageContext

Means = dict[str, tuple[PooledMean, ...]]


def all_means(groups: ComparedGroups) -> Means:
    """Return what is to be expected of the mean of each group, by dimension."""
    return {one.code: pooled_means(groups, one.code) for one in groups.grid.dimensions}


def closely(visit: PageContext, groups: ComparedGroups, means: Means, group: str) -> CloseGroup:
    """Return one of the groups with its own means and the recommendations that are due in it."""
    due = visit.reader.comparisons().due_recommendations(groups.grid.scheme.code, groups.kind)
    own = {dimension: mean for dimension, listed in means.items() for mean in listed if mean.group == group}
    return CloseGroup(groups, group, own, [one for one in due if one.group == group])


def note_row(visit: PageContext, close: CloseGroup) -> None:
    """Show the note on a group to download; where the group is too small, a sentence that says so."""
    if close.group not in group_note.large_groups(close.groups):
        st.caption(translate_with_limits(visit.language, "group_note.too_few"))
        return
    name = group_note.note_file_name(close, visit.edition, visit.language)
    make = partial(group_note.group_note, close, visit.edition, visit.language)
    widgets.download_row(
        visit, ("group_note.pdf", "group_note.pdf_use"), name, make, "application/pdf", key="group_note"
    )


def archive_rows(visit: PageContext, groups: ComparedGroups, means: Means) -> None:
    """Show all tables as a workbook, and the notes on all groups that are large enough as an archive, to download."""
    about = f"{groups.kind}-{groups.grid.scheme.code}-{visit.edition.edition_id}"
    name = f"{visit.translate('comparison.file_name')}-{about}.xlsx"
    make = partial(comparison_file.comparison_xlsx, groups, means, visit.language)
    widgets.download_row(visit, ("group_note.xlsx", "group_note.xlsx_use"), name, make, XLSX, key="comparison_xlsx")

    def notes() -> bytes:
        with widgets.counted(visit, visit.translate("brief.making"), "group_note.making") as tell:
            look = partial(closely, visit, groups, means)
            return group_note.note_archive(groups, look, visit.edition, visit.language, tell)

    if not group_note.large_groups(groups):
        return
    name = f"{visit.translate('group_note.archive')}-{about}-{visit.language}.zip"
    widgets.download_row(
        visit, ("group_note.zip", "group_note.zip_use"), name, notes, "application/zip", key="group_notes"
    )
