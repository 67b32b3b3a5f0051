"""Where one cluster stands: verdict, radar, strengths, margins for improvement, and what to do next."""

from collections.abc import Sequence

import streamlit as st

from clusterdash import i18n
from clusterdash.benchmark import rules
from clusterdash.presentation import limit_texts
from clusterdash.presentation.benchmark import charts, group_names, narrative, overview, radar_chart, tables
from clusterdash.presentation.evaluation import outlook
from clusterdash.web import radar_view, session, url_state, widgets

visit = session.page_context()
language = visit.language

result = url_state.choose_benchmark(visit)
with st.container(key="first-screen"):
    left, right = st.columns([5, 6], gap="large")
with left:
    st.title(i18n.escape_markdown(result.cluster.name))
    st.caption(narrative.portrait(result, language))
    group, reference = url_state.choose_reference(visit, result)
    found = rules.findings(reference, result.grid)
    widgets.show_html(overview.verdict(found, result, reference, language))
    widgets.show_html(overview.tally_chart(found, language))
with left, st.container(key="after-radar"):
    st.markdown(narrative.headline(result, reference, language))
    with st.container(horizontal=True, key="next-steps"):
        st.page_link("pages/cluster/plan.py", label=visit.translate("benchmark.to_plan"))
        st.page_link("pages/cluster/brief.py", label=visit.translate("benchmark.to_report"))
with right:
    widgets.show_html(overview.radar_chart(result, reference, language))

latest = visit.reader.latest_evaluation(result.cluster.cluster_id)
widgets.show_outlook(visit, outlook.outlook(result, latest, language))

blocks, strengths, margins = st.columns(3, gap="large")
with blocks:
    st.header(visit.translate("counted.dimensions", n=len(result.first.scores)))
    beside = narrative.second_reference(result, reference)
    if beside:
        name = group_names.group_name(result, beside, language)
        top = group_names.top_name(result, language, short=True)
        st.caption(visit.translate("benchmark.dimensions_key", group=name, top=top))
    widgets.show_html(overview.dimension_rows(result, reference, language))


def show_list(name: narrative.ListName, listed: Sequence[rules.Comparison]) -> None:
    """Strengths or margins, or a sentence where there are none."""
    st.header(visit.translate(f"counted.{name}", n=len(listed)))
    st.markdown(visit.translate("benchmark.list_key") if listed else narrative.empty_list(found, name, language))
    widgets.show_html(overview.comparison_rows(listed, language))


with strengths:
    show_list("strengths", found.strengths)
with margins:
    show_list("margins", found.margins)

if found.recommendations:
    st.header(visit.translate("benchmark.start"))
    widgets.show_html(overview.first_actions(found, result, language))
    st.page_link("pages/cluster/plan.py", label=visit.translate("benchmark.all_plan"))

with widgets.fold(visit.translate("benchmark.explore"), key="explore", start_open=url_state.names("axes")) as opened:
    if opened:
        view = radar_view.choose_radar_view(visit, result, reference)
        alt = radar_chart.radar_text(result, view, language)
        widgets.show_chart(radar_chart.radar(result, view, language), alt, key="radar")
        st.caption(visit.translate("radar.read_indicators" if view.block else "radar.read_dimensions"))
        widgets.show_table(radar_chart.radar_table(result, view, language))
with widgets.fold(visit.translate("benchmark.all_indicators"), key="indicators") as opened:
    if opened:
        figure = charts.position_chart(found.comparisons, result.grid, language)
        widgets.show_chart(figure, narrative.position_chart_alt(found, language), key="position_chart")
        st.caption(narrative.position_chart_key(language))
        st.caption(narrative.positions_key(language))
        widgets.show_table(tables.position_table(result, reference, language))
        widgets.show_table(tables.context_table(result, language))
with widgets.fold(visit.translate("benchmark.reading"), key="reading") as opened:
    if opened:
        st.markdown(narrative.assessment_basis(result, language))
        st.markdown(narrative.reference_basis(result, language))
        st.markdown(narrative.radar_key(result, language))
        widgets.show_table(tables.score_table(result, reference, language))
        st.markdown("\n\n".join(narrative.missing_scores(result, reference, language)))
        st.markdown(narrative.groups(result, reference, language))
        st.markdown(narrative.suppressed_groups(result, language))
with widgets.fold(visit.translate("benchmark.members"), key="members") as opened:
    if opened:
        st.markdown(narrative.membership(reference, language))
        st.caption(limit_texts.translate_with_limits(language, "benchmark.members_key"))
        widgets.show_table(tables.composition_table(reference, language))
with widgets.fold(visit.translate("benchmark.robustness"), key="robustness") as opened:
    if opened:
        st.caption(narrative.robustness_key(result, language))
        widgets.show_table(tables.robustness_table(result, language))
if result.grid.scheme.illustrative:
    st.caption(visit.translate("benchmark.illustrative"))
