"""Where one cluster stands: profile, every indicator, strengths, margins for improvement, and what to do."""

from collections.abc import Sequence

import streamlit as st

from clusterdash import benchmark
from clusterdash.benchmarking import charts, limits, tables, words
from clusterdash.desk import ui

visit = ui.visit()

st.title(visit.translate("benchmark.title"))
result = ui.choose_benchmark(visit)
group, reference = ui.choose_reference(visit, result)
found = benchmark.findings(reference, result.grid)
st.header(ui.escape_markdown(result.cluster.name))
st.markdown(words.verdict(found, reference, group, visit.language))
st.caption(words.basis(result, visit.language))

left, right = st.columns(2)
with left:
    alt = words.radar_in_words(result, visit.language)
    ui.show_figure(charts.radar(result, reference, visit.language), alt, key="radar")
    st.caption(words.radar_key(result, visit.language))
with right:
    st.markdown(words.headline(result, reference, visit.language))
    ui.show_table(tables.profile_table(result, reference, visit.language))
    gaps = words.gaps(result, reference, visit.language)
    groups = words.groups(result, reference, visit.language)
    st.caption("\n\n".join([*gaps, groups]))


def show_list(name: str, listed: Sequence[benchmark.Judgement]) -> None:
    """Strengths or margins, or a sentence where there are none."""
    st.subheader(visit.translate(f"list.{name}"))
    if listed:
        ui.show_table(tables.standing_table(listed, words.against(group, visit.language), visit.language))
    else:
        st.markdown(visit.translate(f"list.no_{name}"))


left, right = st.columns(2)
with left:
    show_list("strengths", found.strengths)
with right:
    show_list("margins", found.margins)

if found.recommendations:
    st.subheader(visit.translate("list.recommendations"))
    ui.show_table(tables.advice_table(found.recommendations, result.grid, visit.language))
    st.page_link("pages/cluster/plan.py", label=visit.translate("plan.open"), icon=":material/event_available:")

st.header(visit.translate("spine.title"))
figure = charts.spine(found.judgements, result.grid, visit.language)
ui.show_figure(figure, words.spine_in_words(found, visit.language), key="spine")
st.caption(words.spine_key(visit.language))

with st.expander(visit.translate("benchmark.indicators", n=len(result.top500.positions))):
    st.caption(words.positions_key(visit.language))
    ui.show_table(tables.position_table(result, reference, visit.language))
ui.show_table(tables.context_table(result, visit.language))
with st.expander(visit.translate("benchmark.members")):
    st.markdown(words.membership(reference, visit.language))
    st.caption(limits.say_with_limits(visit.language, "benchmark.members_key"))
    ui.show_table(tables.composition_table(reference, visit.language))
with st.expander(visit.translate("benchmark.robustness")):
    st.caption(words.robustness_key(result, visit.language))
    ui.show_table(tables.robustness_table(result, visit.language))
if result.grid.scheme.illustrative:
    st.caption(visit.translate("benchmark.illustrative"))
