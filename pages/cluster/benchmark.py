"""Where one cluster stands: its profile against the 500 best European clusters and the peers of its sector."""

import streamlit as st

from clusterdash import benchmark, charts, tables, ui, words

visit = ui.visit()

st.title(visit.say("benchmark.title"))
cluster_id = ui.choose_cluster(visit)
if cluster_id is None:
    st.stop()
result = visit.gateway.benchmark(cluster_id)

st.header(ui.plain(result.cluster.name))
st.caption(
    visit.say(
        "benchmark.basis",
        scheme=result.grid.scheme.name.in_(visit.language),
        day=result.assessed_on,
        evidence=visit.say(f"evidence.{result.evidence}"),
        edition=result.edition.title,
    )
)
st.markdown(words.headline(result, visit.language))

left, right = st.columns(2)
with left:
    ui.show_figure(charts.radar(result, visit.language), words.radar_in_words(result, visit.language), key="radar")
    st.caption(visit.say("radar.key"))
with right:
    ui.show_table(tables.profile_table(result, visit.language))
    if any(profile.score is None for profile in result.top500.profiles):
        st.caption(visit.say("benchmark.no_score", minimum=benchmark.MEDIAN_MINIMUM))
    st.caption(visit.say("benchmark.groups_top", n=result.top500.n))
    if result.sector:
        sector = visit.gateway.sectors()[result.sector.group.key].name.in_(visit.language)
        st.caption(visit.say("benchmark.groups_sector", n=result.sector.n, sector=sector))
with st.expander(visit.say("benchmark.indicators", n=len(result.top500.positions))):
    st.caption(visit.say("table.positions_key", minimum=benchmark.MEDIAN_MINIMUM))
    ui.show_table(tables.position_table(result, visit.language))
if result.grid.scheme.illustrative:
    st.caption(visit.say("benchmark.illustrative"))
