"""How a label is won: steps, what it brings, whether one may apply, how long it holds, whom to ask."""

import streamlit as st

from clusterdash import i18n
from clusterdash.domain import Label
from clusterdash.labels import eligibility
from clusterdash.web import session, url_state

visit = session.page_context()

st.title(visit.translate("guide.title"))
labels = {label.value: visit.translate(f"label.{label}") for label in Label}
chosen = url_state.choose("label", visit.translate("labels.which"), labels, language=visit.language, how="buttons")
st.markdown(visit.translate(f"guide_lead.{chosen}"))
for part, text in (
    ("steps", f"guide_steps.{chosen}"),
    ("brings", f"guide_brings.{chosen}"),
    ("validity", f"guide_validity.{chosen}"),
):
    st.header(visit.translate(f"guide.{part}"))
    st.markdown(visit.translate(text))

st.header(visit.translate("guide.eligibility"))
st.markdown(visit.translate("guide.eligibility_lead"))
met = [
    condition
    for condition in eligibility.CONDITIONS
    if st.checkbox(visit.translate(f"eligibility.{condition}", **eligibility.LIMITS), key=f"eligible-{condition}")
]
missing = eligibility.missing(met)
if not met:
    st.caption(visit.translate("eligibility.nothing"))
elif missing:
    st.warning(
        "\n".join(
            [visit.translate("eligibility.not_yet"), *(f"- {visit.translate(f'lacking.{key}')}" for key in missing)]
        )
    )
else:
    st.success(visit.translate("eligibility.eligible"))
st.caption(visit.translate("eligibility.key"))

st.header(visit.translate("guide.contact"))
contact = session.contact()
text = visit.translate("guide.contact_text", name=contact.name)
st.markdown(f"{text} [{i18n.escape_markdown(contact.name)}]({contact.website})")
st.caption(visit.translate("guide.source"))
