"""Sectors side by side: median and quartiles of their members' scores, on the scale of the top 500."""

from functools import partial

import streamlit as st

from clusterdash.domain.group_comparison import GroupingKind
from clusterdash.presentation import limit_texts
from clusterdash.presentation.benchmark import group_overview, sector_overview
from clusterdash.reports import sector_file
from clusterdash.web import comparison, pins, session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("sectors.title"))
grids = {grid.scheme.code: grid for grid in visit.reader.benchmark_schemes()}
if not grids:
    st.info(visit.translate("benchmark.none"))
    st.stop()
schemes = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
finding = st.container()
left, right = st.columns(2)
with left:
    scheme = url_state.choose("scheme", visit.translate("sectors.scheme"), schemes, language=visit.language)
profiles = visit.reader.sector_profiles(scheme)
sectors = visit.reader.sectors()
scored = {profile.dimension for profile in profiles}
dimensions = {d.code: d.name.get(visit.language) for d in grids[scheme].dimensions if d.code in scored}
if not dimensions:
    st.info(visit.translate("sectors.none"))
    st.stop()
with right:
    dimension = url_state.choose("dimension", visit.translate("sectors.sort"), dimensions, language=visit.language)
groups = comparison.compared_groups(visit, grids[scheme], GroupingKind.SECTOR)
with finding:
    widgets.show_html(group_overview.comparison_verdict(groups, dimension, visit.language))
    st.caption(visit.translate("comparison.sure"))
widgets.show_html(sector_overview.sector_heat_table(profiles, sectors, dimensions, dimension, visit.language))
widgets.show_html(sector_overview.sectors_verdict(profiles, dimensions, visit.language))
st.header(dimensions[dimension])
widgets.show_html(sector_overview.sector_rows(profiles, sectors, dimension, visit.language))
st.caption(limit_texts.translate_with_limits(visit.language, "sectors.key"))
with st.expander(visit.translate("heat.all")):
    widgets.show_table(sector_overview.sector_table(profiles, sectors, dimensions, visit.language))
name = f"{visit.translate('sectors.file_name')}-{scheme}-{visit.edition.edition_id}-{visit.language}.csv"
make = partial(sector_file.to_csv, profiles, sectors, dimensions, visit.language)
widgets.download_row(visit, ("sectors.file", "sectors.file_use"), name, make, "text/csv", key="csv")
pins.show_pins(visit, "sectors")
