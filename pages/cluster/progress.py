"""What has moved since earlier benchmarks: by the cluster itself, and by its peers."""

import streamlit as st

from clusterdash import i18n
from clusterdash.benchmark import progress
from clusterdash.i18n import format_date
from clusterdash.presentation import limit_texts
from clusterdash.presentation.benchmark import narrative, progress_charts, tables
from clusterdash.web import session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("progress.title"))
result = url_state.choose_benchmark(visit)

st.header(i18n.escape_markdown(result.cluster.name))
st.caption(narrative.assessment_basis(result, visit.language))
if not result.past:
    st.info(visit.translate("progress.none"))
    st.stop()
known = {earlier.assessed_on.isoformat(): earlier for earlier in result.past}
days = {key: format_date(visit.language, earlier.assessed_on) for key, earlier in known.items()}
since = known[url_state.choose("since", visit.translate("progress.since"), days, language=visit.language)]
moved = progress.dimension_changes(since.changes, result.grid)
if moved:
    st.markdown(narrative.progress_sentence(since, moved, visit.language))
    figure = progress_charts.progress_chart(moved, result.grid, visit.language)
    widgets.show_chart(figure, narrative.progress_alt(moved, visit.language), key="progress")
    st.caption(narrative.progress_key(result, visit.language))
    widgets.show_table(tables.dimension_change_table(moved, result.grid, visit.language))
else:
    st.info(limit_texts.translate_with_limits(visit.language, "progress.nothing_compared"))
with st.expander(visit.translate("benchmark.indicators", n=len(since.changes))):
    widgets.show_table(tables.indicator_change_table(since.changes, result.grid, visit.language))

st.header(visit.translate("slopes.title"))
blocks = {dimension.code: dimension.name.get(visit.language) for dimension in result.grid.dimensions}
views = {"all": visit.translate("slopes.all"), **blocks}
view = url_state.choose("block", visit.translate("slopes.which"), views, language=visit.language)
names = blocks if view == "all" else {i.code: f"{i.code} {i.name.get(visit.language)}" for i in result.grid.indicators}
slopes = progress.time_series(result, None if view == "all" else view)
if slopes:
    figure = progress_charts.time_series_chart(slopes, names, visit.language)
    widgets.show_chart(figure, narrative.time_series_alt(slopes, visit.language), key="slopes")
    st.caption(narrative.time_series_key(result, visit.language))
    widgets.show_table(tables.time_series_table(slopes, names, visit.language, blocks=view == "all"))
else:
    st.info(limit_texts.translate_with_limits(visit.language, "progress.nothing_compared"))
