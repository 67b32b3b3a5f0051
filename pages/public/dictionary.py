"""What each indicator measures, why it matters, and what good looks like."""

import streamlit as st

from clusterdash.benchmarking import tables
from clusterdash.desk import ui

visit = ui.visit()

st.title(visit.say("dictionary.title"))
st.markdown(visit.say("dictionary.lead"))
grids = {grid.scheme.code: grid for grid in visit.gateway.grids()}
names = {code: grid.scheme.name.in_(visit.language) for code, grid in grids.items()}
grid = grids[ui.choose("scheme", visit.say("sectors.scheme"), names, language=visit.language)]
dimensions = {dimension.code: dimension.name.in_(visit.language) for dimension in grid.dimensions}
dimension = ui.choose("dimension", visit.say("column.dimension"), dimensions, language=visit.language)
ui.show_table(tables.dictionary_table(grid, dimension, visit.language))
if grid.scheme.illustrative:
    st.caption(visit.say("benchmark.illustrative"))
