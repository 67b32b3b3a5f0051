"""What each indicator measures, why it matters, and what good looks like."""

import streamlit as st

from clusterdash.presentation.benchmark import tables
from clusterdash.web import session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("dictionary.title"))
st.markdown(visit.translate("dictionary.lead"))
grids = {grid.scheme.code: grid for grid in visit.reader.schemes()}
names = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
grid = grids[url_state.choose("scheme", visit.translate("sectors.scheme"), names, language=visit.language)]
dimensions = {dimension.code: dimension.name.get(visit.language) for dimension in grid.dimensions}
dimension = url_state.choose("dimension", visit.translate("column.dimension"), dimensions, language=visit.language)
widgets.show_html(tables.dictionary_rows(grid, dimension, visit.language))
if grid.scheme.illustrative:
    st.caption(visit.translate("benchmark.illustrative"))
