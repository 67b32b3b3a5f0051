"""Where one cluster stands: profile, every indicator, strengths, margins for improvement, and what to do."""

from collections.abc import Sequence

import streamlit as st

from clusterdash import i18n
from clusterdash.benchmark import rules
from clusterdash.presentation import limit_texts
from clusterdash.presentation.benchmark import charts, narrative, tables
from clusterdash.web import session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("benchmark.title"))
result = url_state.choose_benchmark(visit)
group, reference = url_state.choose_reference(visit, result)
found = rules.findings(reference, result.grid)
st.header(i18n.escape_markdown(result.cluster.name))
st.markdown(narrative.verdict_sentence(found, reference, group, visit.language))
st.caption(narrative.assessment_basis(result, visit.language))

left, right = st.columns(2)
with left:
    alt = narrative.radar_alt(result, visit.language)
    widgets.show_chart(charts.radar(result, reference, visit.language), alt, key="radar")
    st.caption(narrative.radar_key(result, visit.language))
with right:
    st.markdown(narrative.headline(result, reference, visit.language))
    widgets.show_table(tables.score_table(result, reference, visit.language))
    gaps = narrative.missing_scores(result, reference, visit.language)
    groups = narrative.groups(result, reference, visit.language)
    st.caption("\n\n".join([*gaps, groups]))


def show_list(name: str, listed: Sequence[rules.Comparison]) -> None:
    """Strengths or margins, or a sentence where there are none."""
    st.subheader(visit.translate(f"list.{name}"))
    if listed:
        widgets.show_table(tables.comparison_table(listed, narrative.against(group, visit.language), visit.language))
    else:
        st.markdown(visit.translate(f"list.no_{name}"))


left, right = st.columns(2)
with left:
    show_list("strengths", found.strengths)
with right:
    show_list("margins", found.margins)

if found.recommendations:
    st.subheader(visit.translate("list.recommendations"))
    widgets.show_table(tables.recommendation_table(found.recommendations, result.grid, visit.language))
    st.page_link("pages/cluster/plan.py", label=visit.translate("plan.open"), icon=":material/event_available:")

st.header(visit.translate("position_chart.title"))
figure = charts.position_chart(found.comparisons, result.grid, visit.language)
widgets.show_chart(figure, narrative.position_chart_alt(found, visit.language), key="position_chart")
st.caption(narrative.position_chart_key(visit.language))

with st.expander(visit.translate("benchmark.indicators", n=len(result.top500.positions))):
    st.caption(narrative.positions_key(visit.language))
    widgets.show_table(tables.position_table(result, reference, visit.language))
widgets.show_table(tables.context_table(result, visit.language))
with st.expander(visit.translate("benchmark.members")):
    st.markdown(narrative.membership(reference, visit.language))
    st.caption(limit_texts.translate_with_limits(visit.language, "benchmark.members_key"))
    widgets.show_table(tables.composition_table(reference, visit.language))
with st.expander(visit.translate("benchmark.robustness")):
    st.caption(narrative.robustness_key(result, visit.language))
    widgets.show_table(tables.robustness_table(result, visit.language))
if result.grid.scheme.illustrative:
    st.caption(visit.translate("benchmark.illustrative"))
