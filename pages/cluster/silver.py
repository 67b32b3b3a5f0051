"""The way to Silver: three areas of improvement between two benchmarks, and what the auditor looks at."""

import streamlit as st

from clusterdash.benchmark import progress
from clusterdash.evaluation import silver
from clusterdash.i18n import escape_markdown, format_date
from clusterdash.presentation.benchmark import progress_overview, tables
from clusterdash.presentation.evaluation import narrative, silver_overview
from clusterdash.presentation.evaluation import tables as evaluation_tables
from clusterdash.web import session, url_state, what_if, widgets

visit = session.page_context()
language = visit.language

st.title(visit.translate("silver.title"))
result = url_state.choose_benchmark(visit)
grid = what_if.choose_scheme(visit)
own = visit.reader.evaluation(result.cluster.cluster_id, grid.scheme.code)
if not result.past:
    st.caption(escape_markdown(result.cluster.name))
    st.markdown(visit.translate("silver.none"))
    st.page_link("pages/public/guide.py", label=visit.translate("guide.title"), query_params={"label": "silver"})
    st.stop()
known = {earlier.assessed_on.isoformat(): earlier for earlier in silver.by_suitability(result.past, result.assessed_on)}
days = {key: format_date(language, earlier.assessed_on) for key, earlier in known.items()}
label = visit.translate("silver.first")
first = known[url_state.choose("first", label, days, language=language, how="buttons", compact=True)]
evidence, answers = what_if.choose_answers(visit, own)
moved = progress.dimension_changes(first.changes, result.grid)
audited = silver.audited(grid, answers)
st.caption(narrative.silver_basis(result, first.assessed_on, language))
widgets.show_html(silver_overview.silver_verdict(moved, first.assessed_on, result, language))
widgets.show_html(silver_overview.interval_gauge(first.assessed_on, result.assessed_on, language))

left, right = st.columns([3, 2], gap="large")
with left:
    st.header(visit.translate("silver.areas"))
    areas = silver.improvements(moved)[: silver.AREAS]
    widgets.show_html(progress_overview.change_table(areas, result.grid, language, scores=False))
    st.caption(visit.translate("silver.areas_key"))
with right, st.container(key="panel"):
    st.markdown(f"**{visit.translate('silver.missing')}**")
    lacking = silver_overview.missing_for_silver(moved, first.assessed_on, result, audited, language)
    st.markdown("\n\n".join(lacking))
    with st.container(key="next-steps"):
        st.page_link("pages/cluster/binder.py", label=visit.translate("gold.to_binder"))

if not audited:
    st.caption(visit.translate("silver.audit_none"))
elif not answers:
    st.markdown(visit.translate("silver.no_answers"))
    st.page_link("pages/cluster/questionnaire.py", label=visit.translate("gold.to_questionnaire"))
else:
    st.header(visit.translate("silver.tight"))
    tight = silver_overview.tight_levels(audited, language)
    widgets.show_html(tight)
    if not tight:
        st.markdown(visit.translate("silver.no_tight"))
if audited:
    with st.expander(narrative.audit_count(audited, language)):
        st.caption(narrative.answers_basis(own, evidence, language))
        widgets.show_table(evaluation_tables.audit_table(audited, language))
with st.expander(visit.translate("silver.all_areas")):
    st.markdown(visit.translate("silver.areas_rule"))
    widgets.show_table(tables.dimension_change_table(moved, result.grid, language))
if note := narrative.placeholder(grid, language):
    st.caption(note)
