"""What has moved since earlier benchmarks: by the cluster itself, and by its peers."""

import streamlit as st

from clusterdash import benchmark
from clusterdash.benchmarking import limits, progress_charts, tables, words
from clusterdash.desk import ui
from clusterdash.i18n import format_date

visit = ui.visit()

st.title(visit.translate("progress.title"))
result = ui.choose_benchmark(visit)

st.header(ui.escape_markdown(result.cluster.name))
st.caption(words.basis(result, visit.language))
if not result.earlier:
    st.info(visit.translate("progress.none"))
    st.stop()
known = {earlier.assessed_on.isoformat(): earlier for earlier in result.earlier}
days = {key: format_date(visit.language, earlier.assessed_on) for key, earlier in known.items()}
since = known[ui.choose("since", visit.translate("progress.since"), days, language=visit.language)]
moved = benchmark.shifts(since.moves, result.grid)
if moved:
    st.markdown(words.progress(since, moved, visit.language))
    figure = progress_charts.progress(moved, result.grid, visit.language)
    ui.show_figure(figure, words.progress_in_words(moved, visit.language), key="progress")
    st.caption(words.progress_key(result, visit.language))
    ui.show_table(tables.shift_table(moved, result.grid, visit.language))
else:
    st.info(limits.say_with_limits(visit.language, "progress.nothing_compared"))
with st.expander(visit.translate("benchmark.indicators", n=len(since.moves))):
    ui.show_table(tables.move_table(since.moves, result.grid, visit.language))

st.header(visit.translate("slopes.title"))
blocks = {dimension.code: dimension.name.get(visit.language) for dimension in result.grid.dimensions}
views = {"all": visit.translate("slopes.all"), **blocks}
view = ui.choose("block", visit.translate("slopes.which"), views, language=visit.language)
names = blocks if view == "all" else {i.code: f"{i.code} {i.name.get(visit.language)}" for i in result.grid.indicators}
slopes = benchmark.slopes(result, None if view == "all" else view)
if slopes:
    figure = progress_charts.slopes(slopes, names, visit.language)
    ui.show_figure(figure, words.slopes_in_words(slopes, visit.language), key="slopes")
    st.caption(words.slopes_key(result, visit.language))
    ui.show_table(tables.slope_table(slopes, names, visit.language, blocks=view == "all"))
else:
    st.info(limits.say_with_limits(visit.language, "progress.nothing_compared"))
