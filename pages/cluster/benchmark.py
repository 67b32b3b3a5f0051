"""Where one cluster stands: profile, every indicator, strengths, margins for improvement, and what to do."""

import streamlit as st

from clusterdash import benchmark
from clusterdash.benchmarking import charts, tables, words
from clusterdash.desk import ui

visit = ui.visit()

st.title(visit.say("benchmark.title"))
result = ui.choose_benchmark(visit)
group, reference = ui.choose_reference(visit, result)
found = benchmark.findings(reference, result.grid)
st.header(ui.plain(result.cluster.name))
st.markdown(words.verdict(found, reference, group, visit.language))
st.caption(words.basis(result, visit.language))

left, right = st.columns(2)
with left:
    ui.show_figure(charts.radar(result, visit.language), words.radar_in_words(result, visit.language), key="radar")
    st.caption(visit.say("radar.key"))
with right:
    st.markdown(words.headline(result, visit.language))
    ui.show_table(tables.profile_table(result, visit.language))
    if any(profile.score is None for profile in result.top500.profiles):
        st.caption(visit.say("benchmark.no_score", minimum=benchmark.PERCENTILE_MINIMUM))
    st.caption(words.groups(result, visit.language))

for column, (name, listed) in zip(
    st.columns(2), (("strengths", found.strengths), ("margins", found.margins)), strict=True
):
    with column:
        st.subheader(visit.say(f"list.{name}"))
        if listed:
            ui.show_table(tables.standing_table(listed, words.against(group, visit.language), visit.language))
        else:
            st.markdown(visit.say(f"list.no_{name}"))
if found.recommendations:
    st.subheader(visit.say("list.recommendations"))
    ui.show_table(tables.advice_table(found.recommendations, result.grid, visit.language))
    st.page_link("pages/cluster/plan.py", label=visit.say("plan.open"), icon=":material/event_available:")

st.header(visit.say("spine.title"))
figure = charts.spine(found.judgements, result.grid, visit.language)
ui.show_figure(figure, words.spine_in_words(found, visit.language), key="spine")
st.caption(visit.say("spine.key", above=benchmark.ABOVE, below=benchmark.BELOW))
with st.expander(visit.say("benchmark.indicators", n=len(result.top500.positions))):
    st.caption(words.positions_key(visit.language))
    ui.show_table(tables.position_table(result, visit.language))
ui.show_table(tables.context_table(result, visit.language))
with st.expander(visit.say("benchmark.members")):
    st.markdown(words.membership(reference, visit.language))
    st.caption(visit.say("benchmark.members_key", joined=benchmark.MEDIAN_MINIMUM + 1))
    ui.show_table(tables.composition_table(reference, visit.language))
with st.expander(visit.say("benchmark.robustness")):
    st.caption(words.robustness_key(visit.language))
    ui.show_table(tables.robustness_table(result, visit.language))
if result.grid.scheme.illustrative:
    st.caption(visit.say("benchmark.illustrative"))
