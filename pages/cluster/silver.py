"""The way to Silver: three areas of improvement between two benchmarks, and what the auditor looks at."""

import streamlit as st

from clusterdash import i18n
from clusterdash.benchmark import progress
from clusterdash.evaluation import silver
from clusterdash.i18n import format_date
from clusterdash.presentation.benchmark import tables
from clusterdash.presentation.evaluation import narrative
from clusterdash.presentation.evaluation import tables as evaluation_tables
from clusterdash.web import session, url_state, what_if, widgets

visit = session.page_context()

st.title(visit.translate("silver.title"))
st.markdown(visit.translate("silver.lead"))
result = url_state.choose_benchmark(visit)
st.header(i18n.escape_markdown(result.cluster.name))

st.subheader(visit.translate("silver.areas"))
if result.past:
    known = {
        earlier.assessed_on.isoformat(): earlier for earlier in silver.by_suitability(result.past, result.assessed_on)
    }
    days = {key: format_date(visit.language, earlier.assessed_on) for key, earlier in known.items()}
    first = known[url_state.choose("first", visit.translate("silver.first"), days, language=visit.language)]
    moved = progress.dimension_changes(first.changes, result.grid)
    st.markdown(narrative.silver_areas(moved, first.assessed_on, result, visit.language))
    if moved:
        widgets.show_table(tables.dimension_change_table(moved, result.grid, visit.language))
    st.caption(visit.translate("silver.areas_key"))
else:
    st.info(visit.translate("silver.none"))

st.subheader(visit.translate("silver.audit"))
grid = what_if.choose_scheme(visit)
own = visit.reader.evaluation(result.cluster.cluster_id, grid.scheme.code)
evidence, answers = what_if.choose_answers(visit, own)
audited = silver.audited(grid, answers)
if not audited:
    st.info(visit.translate("silver.audit_none"))
    st.stop()
if answers:
    st.markdown(narrative.audit_count(audited, visit.language))
    st.caption(narrative.answers_basis(own, evidence, visit.language))
else:
    st.info(visit.translate("silver.no_answers"))
if note := narrative.placeholder(grid, visit.language):
    st.warning(note, icon=":material/info:")
widgets.show_table(evaluation_tables.audit_table(audited, visit.language))
