"""How groups of clusters changed since the benchmark before, over the same clusters; and their medians by year."""

import streamlit as st

from clusterdash.presentation.benchmark import trend_overview
from clusterdash.web import comparison, pins, session, widgets

visit = session.page_context()

heading = st.container()
choices = st.columns(2)
with choices[0]:
    kind = comparison.choose_kind(visit)
with choices[1]:
    grid = comparison.choose_scheme(visit)
if grid is None:
    st.stop()
groups = comparison.changed_groups(visit, grid, kind)
if not groups.changes:
    heading.title(visit.translate("trends.menu"))
    st.info(visit.translate("trends.none"))
    st.stop()
heading.title(trend_overview.real_changes(groups, visit.language))
with heading:
    widgets.show_html(trend_overview.strongest_changes(groups, visit.language))
widgets.show_html(trend_overview.change_rug(groups, visit.language))
st.caption(visit.translate("trends.rug_key"))

st.header(visit.translate("trends.years"))
group = comparison.choose_changed_group(visit, groups)
medians = visit.reader.comparisons().year_medians(grid.scheme.code, kind, group)
widgets.show_table(trend_overview.year_table(groups, group, medians, visit.language))
st.caption(visit.translate("trends.years_key"))
pins.show_pins(visit, "trends")
