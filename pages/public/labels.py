"""Who held which label on which day: a map, and the list that is its equal."""

import streamlit as st

from clusterdash.labels import filters, nearness, search
from clusterdash.open_data import embed
from clusterdash.presentation.labels import narrative, tables, world_map
from clusterdash.web import session, url_state, widgets

visit = session.page_context()
register = visit.reader.label_register()
sectors = visit.reader.sectors()
today = visit.now.date()

selection = url_state.label_filters(visit, {holder.cluster.country for holder in register}, set(sectors))
day = selection.day(today)
holdings = session.label_statuses(visit, day)
found = search.select(holdings, selection)
counts = search.facet_counts(holdings, selection)
origin, addressed = nearness.find_origin(selection), nearness.without_unknown_place(selection)
near = nearness.by_distance(found, origin) if origin else ()


def choose_facets() -> None:
    """The filters by country, sector and state."""
    chosen = {"country": selection.countries, "sector": selection.sectors, "state": selection.states}
    for facet in search.FACETS[1:]:
        options = narrative.facet_options(facet, counts[facet], chosen[facet], sectors, visit.language)
        url_state.choose_many(
            facet, visit.translate(f"filter.{facet}"), options, chosen[facet], visit.translate("filter.all")
        )


st.title(narrative.label_counts(found, selection, visit.language))
if origin:
    st.markdown(narrative.nearest_first(near, origin, visit.language))
else:
    st.markdown(narrative.label_ends(found, selection, today, visit.language))
with st.container(horizontal=True, key="filters"):
    labels = narrative.label_options(counts["label"], visit.language)
    url_state.choose(
        "label", visit.translate("labels.which"), labels, language=visit.language, how="buttons", compact=True
    )
    url_state.text_input(
        "q", visit.translate("labels.search"), selection.text, visit.translate("labels.search_example")
    )
    with st.popover(narrative.filters_label(selection, visit.language), icon=":material/tune:"):
        choose_facets()
        field, example = visit.translate("near.field"), visit.translate("near.example")
        url_state.text_input(filters.NEAR, field, selection.near, example, compact=False)
        url_state.choose_year(visit, visit.translate("labels.year", last=str(today.year)), selection.year)
    views = narrative.view_options(world_map.VIEWS, selection, visit.language)
    view = url_state.choose(
        "view", visit.translate("labels.view"), views, language=visit.language, how="buttons", compact=True
    )
    url_state.reset_button(visit.translate("filter.reset"), ("q", "country", "sector", "state", "year", "near"))
if not found:
    st.info(narrative.no_match(search.relaxations(holdings, selection), visit.language))
if selection.near and not origin:
    st.info(narrative.unknown_place(selection.near, visit.language))

left, right = st.columns([7, 4])
with left, st.container(key="labels-map"):
    address = embed.embed_address(session.base_path(), addressed, view, visit.language, caption=False)
    widgets.show_frame(address, alt=visit.translate("labels.title"))
with right, st.container(height=510, border=False, key="labels-list"):
    widgets.show_html(session.label_list(visit, found, day, near))

coverage = visit.reader.coverage(selection.label) if selection.label else None
undated = search.count_undated(register, selection, today)
st.caption(narrative.left_out(found, undated, visit.language))
st.caption(narrative.map_key(selection.label, coverage, visit.language))
widgets.show_table(tables.export_links(addressed, search.matching(holdings, selection), visit.language))
with st.expander(visit.translate("labels.embed")):
    st.caption(visit.translate("labels.embed_key"))
    with st.container(horizontal=True, key="embed-choices"):
        heights = {height: visit.translate("embed.height", n=height) for height in embed.HEIGHTS}
        height = url_state.choose_unaddressed("embed-height", visit.translate("embed.heights"), heights, embed.HEIGHT)
        themes = {theme: visit.translate(f"embed_theme.{theme}") for theme in embed.THEMES}
        theme = url_state.choose_unaddressed("embed-theme", visit.translate("embed.themes"), themes, embed.AUTO)
    widgets.show_html(embed.embed_code(addressed, view, session.base_url(), visit.language, height=height, theme=theme))
