"""Up to five named clusters side by side, by dimension and by indicator. Whose results are read is logged."""

import streamlit as st

from clusterdash.presentation.benchmark import side_by_side
from clusterdash.web import pins, session, url_state, widgets

visit = session.page_context()

names = visit.reader.assessed()
heading = st.container()
heading.title(visit.translate("side_by_side.title"))
asked = url_state.named_options(visit, "clusters", names, (), nothing="")
url_state.choose_many(
    "clusters", visit.translate("side_by_side.choose"), names, asked, visit.translate("side_by_side.nobody")
)
if len(asked) > side_by_side.MOST:
    st.warning(visit.translate("side_by_side.most", maximum=side_by_side.MOST))
if not asked:
    st.info(visit.translate("side_by_side.empty", maximum=side_by_side.MOST))
    st.stop()
found = [url_state.benchmark_of(visit, cluster) for cluster in asked[: side_by_side.MOST]]
results = side_by_side.of_one_scheme(found)
if len(results) < len(found):
    st.warning(visit.translate("side_by_side.scheme"))
with heading:
    widgets.show_html(side_by_side.widest_dimension(results, visit.language))
widgets.show_html(side_by_side.score_heat_table(results, visit.language))
with widgets.fold(visit.translate("side_by_side.radar"), key="side-radar") as shown:
    if shown:
        alt = visit.translate("side_by_side.radar_alt")
        widgets.show_chart(side_by_side.score_radar(results, visit.language), alt, key="side-radar-chart")
with st.expander(visit.translate("side_by_side.by_indicator")):
    widgets.show_table(side_by_side.position_table(results, visit.language))
pins.show_pins(visit, "side_by_side")
