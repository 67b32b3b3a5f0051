"""Groups against all other clusters, indicator by indicator: what is real, and what may be chance."""

from functools import partial

import streamlit as st

from clusterdash.presentation.benchmark import group_closely, group_overview
from clusterdash.presentation.limit_texts import translate_with_limits
from clusterdash.reports import comparison_file
from clusterdash.web import comparison, group_figures, group_notes, pins, session, widgets

visit = session.page_context()

heading = st.container()
choices = st.columns(3)
with choices[0]:
    kind = comparison.choose_kind(visit)
with choices[1]:
    grid = comparison.choose_scheme(visit)
if grid is None:
    st.stop()
groups = comparison.compared_groups(visit, grid, kind)
if len(groups.groups) < 2:
    heading.title(visit.translate("comparison.menu"))
    st.info(visit.translate("comparison.none"))
    st.stop()
heading.title(group_overview.real_differences(groups, visit.language))
with choices[2]:
    dimension = comparison.choose_dimension(visit, groups)
with heading:
    widgets.show_html(group_overview.comparison_verdict(groups, dimension, visit.language))

means = group_notes.all_means(groups)
left, right = st.columns(2, gap="large")
with left:
    st.header(visit.translate("comparison.expected"))
    widgets.show_html(group_overview.caterpillar(groups, means[dimension], visit.language))
    st.caption(visit.translate("comparison.expected_key"))
    group_figures.funnel_fold(visit, groups, means[dimension], dimension)
with right:
    st.header(visit.translate("comparison.closely"))
    group = comparison.choose_group(visit, groups)
    close = group_notes.closely(visit, groups, means, group)
    widgets.show_html(group_closely.verdict(close, visit.language))
    widgets.show_html(group_overview.group_differences(groups, group, visit.language))
    st.caption(visit.translate("comparison.closely_key"))
    st.subheader(visit.translate("group_note.means"))
    widgets.show_html(group_closely.mean_strips(close, visit.language))
    st.caption(visit.translate("group_note.means_key"))

st.header(visit.translate("group_note.advice_on", name=close.name))
widgets.show_html(group_closely.advice_cards(close, visit.language))
st.caption(translate_with_limits(visit.language, "group_note.advice_key"))
group_notes.note_row(visit, close)

with st.expander(visit.translate("comparison.answers_title")):
    widgets.show_table(group_overview.answer_table(groups, group, visit.language))
with widgets.fold(visit.translate("members.title"), key="group-members") as shown:
    if shown:
        comparison.show_members(visit, groups, group)

st.header(visit.translate("comparison.all"))
widgets.show_html(group_overview.comparison_rug(groups, visit.language))
st.caption(f"{visit.translate('comparison.rule')} {visit.translate('comparison.rug_key')}")
name = f"{visit.translate('comparison.file_name')}-{kind}-{grid.scheme.code}-{visit.edition.edition_id}.csv"
make = partial(comparison_file.comparison_csv, groups.cells, groups.names, grid, visit.language)
widgets.download_row(visit, ("comparison.file", "comparison.file_use"), name, make, "text/csv", key="comparison")
group_notes.archive_rows(visit, groups, means)
group_figures.figure_rows(visit, close, means[dimension], dimension)
pins.show_pins(visit, "comparison")
