"""One cluster of the register: where it is, which labels it was awarded, its neighbours. Never a result."""

import streamlit as st

from clusterdash import i18n
from clusterdash.benchmark import counterparts
from clusterdash.labels import filters, search, status
from clusterdash.open_data import badge
from clusterdash.presentation import html
from clusterdash.presentation.labels import cluster_page, narrative, tables, world_map
from clusterdash.web import register_forms, session, url_state, widgets

visit = session.page_context()
register, sectors = visit.reader.label_register(), visit.reader.sectors()
today = visit.now.date()

names = search.cluster_names(register)
if not names:
    st.info(visit.translate("cluster.none"))
    st.stop()
heading = st.container()
url_state.follow_merged_cluster(visit)
chosen = url_state.choose_page_subject(
    "id", visit.translate("cluster.choose"), names, language=visit.language, first=False
)
if chosen is None:
    heading.title(visit.translate("cluster.menu"))
    st.markdown(visit.translate("cluster.empty"))
    url_state.show_search_links(visit)
    st.stop()
holder = next(holder for holder in register if holder.cluster.cluster_id == chosen)
held = status.label_statuses([holder], today, today)

session.set_tab_title(holder.cluster.name)
heading.title(i18n.escape_markdown(holder.cluster.name))
st.markdown(narrative.cluster_summary(holder.cluster, sectors, visit.language))
widgets.show_html(cluster_page.label_verdict(held, visit.language))
st.markdown(cluster_page.dissolution(holder, names, visit.language))
alt = narrative.time_line_alt(holder, visit.language)
widgets.show_html(cluster_page.award_time_line(holder, today, visit.language, alt))

near = counterparts.neighbours(holder.cluster, register)
sources, around = st.columns([7, 5], gap="large")
with sources:
    st.header(visit.translate("cluster.sources"))
    widgets.show_html(cluster_page.award_list(holder, visit.language))
    st.caption(visit.translate("cluster.awards_key"))
    st.markdown(cluster_page.calendar_link(holder.cluster, visit.language))
    register_forms.link_to_changes(visit, holder)
with sources, st.expander(visit.translate("cluster.report")):
    told, text = narrative.report_error(holder, session.contact(), visit.language)
    st.markdown(told)
    if text:
        widgets.show_html(html.copyable(text))
with sources, st.expander(visit.translate("badge.title")):
    st.caption(visit.translate("badge.use"))
    widgets.show_html(badge.badge_code(holder.cluster, session.base_url(), visit.language))
with around:
    st.header(visit.translate("cluster.neighbours"))
with around, st.container(key="cluster-map"):
    if near:
        drawn = search.select(
            status.label_statuses([holder, *(found.holder for found in near)], today, today), filters.LabelFilters()
        )
        around_here = world_map.Frame(view=world_map.FITTED)
        widgets.show_map(world_map.label_map(drawn, sectors, visit.language, around_here), "neighbours", height=260)
        widgets.show_html(tables.neighbour_list(near, visit.language))
    elif not holder.cluster.has_coordinates:
        st.markdown(visit.translate("cluster.no_neighbours"))
