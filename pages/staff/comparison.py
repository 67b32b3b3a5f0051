"""Groups against all other clusters, indicator by indicator: what is real, and what may be chance."""

from functools import partial

import streamlit as st

from clusterdash.presentation.benchmark import group_overview
from clusterdash.reports import comparison_file
from clusterdash.web import comparison, pins, session, widgets

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

left, right = st.columns(2, gap="large")
with left:
    st.header(visit.translate("comparison.expected"))
    pooled = comparison.pooled_means(groups, dimension)
    widgets.show_html(group_overview.caterpillar(groups, pooled, visit.language))
    st.caption(visit.translate("comparison.expected_key"))
with right:
    st.header(visit.translate("comparison.closely"))
    group = comparison.choose_group(visit, groups)
    widgets.show_html(group_overview.group_differences(groups, group, visit.language))
    st.caption(visit.translate("comparison.closely_key"))

with st.expander(visit.translate("comparison.answers_title")):
    widgets.show_table(group_overview.answer_table(groups, group, visit.language))
with widgets.fold(visit.translate("members.title"), key="group-members") as shown:
    if shown:
        comparison.show_members(visit, groups, group)

st.header(visit.translate("comparison.all"))
widgets.show_html(group_overview.comparison_rug(groups, visit.language))
st.caption(visit.translate("comparison.rug_key"))
name = f"{visit.translate('comparison.file_name')}-{kind}-{grid.scheme.code}-{visit.edition.edition_id}.csv"
make = partial(comparison_file.comparison_csv, groups.cells, groups.names, grid, visit.language)
widgets.download_row(visit, ("comparison.file", "comparison.file_use"), name, make, "text/csv", key="comparison")
pins.show_pins(visit, "comparison")
