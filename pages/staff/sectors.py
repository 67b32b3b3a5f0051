"""Sectors side by side: median and quartiles of their members' scores, on the scale of the top 500."""

from functools import partial

import streamlit as st

from clusterdash.presentation import limit_texts
from clusterdash.presentation.benchmark import charts, narrative, tables
from clusterdash.reports import sector_file
from clusterdash.web import session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("sectors.title"))
grids = {grid.scheme.code: grid for grid in visit.reader.benchmark_schemes()}
if not grids:
    st.info(visit.translate("benchmark.none"))
    st.stop()
schemes = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
scheme = url_state.choose("scheme", visit.translate("sectors.scheme"), schemes, language=visit.language)
profiles = visit.reader.sector_profiles(scheme)
sectors = visit.reader.sectors()
scored = {profile.dimension for profile in profiles}
dimensions = {d.code: d.name.get(visit.language) for d in grids[scheme].dimensions if d.code in scored}
if not dimensions:
    st.info(visit.translate("sectors.none"))
    st.stop()
widgets.show_html(tables.sector_heat_table(profiles, sectors, dimensions, visit.language))
with st.expander(visit.translate("heat.all")):
    widgets.show_table(tables.sector_table(profiles, sectors, dimensions, visit.language))
name = f"{visit.translate('sectors.file_name')}-{scheme}-{visit.edition.edition_id}-{visit.language}.csv"
make = partial(sector_file.to_csv, profiles, sectors, dimensions, visit.language)
widgets.download_row(visit, ("sectors.file", "sectors.file_use"), name, make, "text/csv", key="csv")

dimension = url_state.choose("dimension", visit.translate("column.dimension"), dimensions, language=visit.language)
shown = [profile for profile in profiles if profile.dimension == dimension]
figure = charts.sector_ranges(shown, sectors, visit.language)
widgets.show_chart(figure, narrative.sectors_alt(dimensions[dimension], visit.language), key="sectors")
st.caption(limit_texts.translate_with_limits(visit.language, "sectors.key"))
