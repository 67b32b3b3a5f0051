"""How a label is won: the three labels side by side, whether one may apply, and whom to ask."""

import streamlit as st

from clusterdash.domain import Label
from clusterdash.labels import eligibility
from clusterdash.presentation.labels import guide
from clusterdash.web import session, url_state, widgets

visit = session.page_context()
contact = session.contact()

st.title(visit.translate("guide.title"))
st.markdown(visit.translate("guide.lead"))
widgets.show_html(guide.label_columns(url_state.named_option(visit, "label", [*Label]), visit.language))

left, right = st.columns([5, 4], gap="large")
with left:
    st.header(visit.translate("guide.eligibility"))
    st.caption(visit.translate("guide.eligibility_lead"))
    texts = {
        condition: (
            visit.translate(f"eligibility.{condition}", **eligibility.LIMITS),
            visit.translate(f"eligibility_note.{condition}"),
        )
        for condition in eligibility.CONDITIONS
    }
    met = widgets.check_list(texts, key="eligible")
with right, st.container(key="panel"):
    widgets.show_html(guide.eligibility_result(met, visit.language))
    st.link_button(
        visit.translate("guide.write", name=contact.name),
        guide.contact_address(contact),
        type="primary",
        width="stretch",
    )
    st.caption(visit.translate("guide.contact"))
st.caption(visit.translate("guide.source"))
