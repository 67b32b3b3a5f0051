"""What has moved since the benchmark before: by the cluster itself, and by its peers."""

import streamlit as st

from clusterdash import benchmark, charts, tables, ui, words

visit = ui.visit()

st.title(visit.say("progress.title"))
cluster_id = ui.choose_cluster(visit)
if cluster_id is None:
    st.stop()
result = visit.gateway.benchmark(cluster_id)
moved = benchmark.shifts(result.moves, result.grid)

st.header(ui.plain(result.cluster.name))
st.caption(words.basis(result, visit.language))
if not moved:
    st.info(visit.say("progress.none"))
    st.stop()
st.markdown(words.progress(result, moved, visit.language))
figure = charts.progress(moved, result.grid, visit.language)
ui.show_figure(figure, words.progress_in_words(moved, visit.language), key="progress")
st.caption(visit.say("progress.key", minimum=benchmark.MEDIAN_MINIMUM))
ui.show_table(tables.shift_table(moved, result.grid, visit.language))
with st.expander(visit.say("benchmark.indicators", n=len(result.moves))):
    ui.show_table(tables.move_table(result.moves, result.grid, visit.language))
