"""What has moved since earlier benchmarks: by the cluster itself, and by its peers."""

import streamlit as st

from clusterdash.benchmark import progress
from clusterdash.i18n import format_date
from clusterdash.presentation import limit_texts
from clusterdash.presentation.benchmark import narrative, progress_charts, progress_overview, tables
from clusterdash.web import session, url_state, widgets

visit = session.page_context()
language = visit.language

st.title(visit.translate("progress.title"))
result = url_state.choose_benchmark(visit, own=True)
grid = result.grid
if not result.past:
    st.caption(narrative.assessment_basis(result, language))
    st.markdown(visit.translate("progress.none"))
    st.page_link("pages/cluster/plan.py", label=visit.translate("benchmark.to_plan"))
    st.stop()
known = {earlier.assessed_on.isoformat(): earlier for earlier in result.past}
days = {key: format_date(language, earlier.assessed_on) for key, earlier in known.items()}
label = visit.translate("progress.since")
since = known[url_state.choose("since", label, days, language=language, how="buttons", compact=True)]
moved = progress.dimension_changes(since.changes, grid)
st.caption(narrative.progress_basis(result, since, language))
if moved:
    widgets.show_html(progress_overview.progress_verdict(moved, grid, language))
    widgets.show_html(progress_overview.change_table(moved, grid, language))
    st.caption(narrative.progress_effects(moved, language))
else:
    st.info(limit_texts.translate_with_limits(language, "progress.nothing_compared"))
with st.container(horizontal=True, key="next-steps"):
    st.page_link("pages/cluster/silver.py", label=visit.translate("progress.to_silver"))
    st.page_link("pages/cluster/plan.py", label=visit.translate("benchmark.to_plan"))

st.header(visit.translate("slopes.title"))
series = progress.time_series(result)
widgets.show_html(progress_overview.time_lines(series, grid, language))
st.caption(narrative.time_series_key(result, language))

with widgets.fold(visit.translate("benchmark.indicators", n=len(since.changes)), key="indicators") as opened:
    if opened:
        widgets.show_table(tables.indicator_change_table(since.changes, grid, language))
with widgets.fold(visit.translate("progress.explore"), key="explore", start_open=url_state.names("block")) as opened:
    if opened:
        blocks = {dimension.code: dimension.name.get(language) for dimension in grid.dimensions}
        view = url_state.choose("block", visit.translate("slopes.which"), blocks, language=language)
        names = {i.code: f"{i.code} {i.name.get(language)}" for i in grid.indicators}
        slopes = progress.time_series(result, view)
        figure = progress_charts.time_series_chart(slopes, names, language)
        widgets.show_chart(figure, narrative.time_series_alt(slopes, language), key="slopes")
        widgets.show_table(tables.time_series_table(slopes, names, language, blocks=False))
with st.expander(visit.translate("benchmark.reading")):
    st.markdown(narrative.assessment_basis(result, language))
    st.markdown(narrative.progress_key(result, language))
    widgets.show_table(tables.dimension_change_table(moved, grid, language))
    blocks = {dimension.code: dimension.name.get(language) for dimension in grid.dimensions}
    widgets.show_table(tables.time_series_table(series, blocks, language, blocks=True))
