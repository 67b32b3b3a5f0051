"""How a label is won: steps, what it brings, whether one may apply, how long it holds, whom to ask."""

import streamlit as st

from clusterdash.desk import ui
from clusterdash.model import Label
from clusterdash.register import eligibility

visit = ui.visit()

st.title(visit.say("guide.title"))
labels = {label.value: visit.say(f"label.{label}") for label in Label}
chosen = ui.choose("label", visit.say("labels.which"), labels, language=visit.language, how="buttons")
st.markdown(visit.say(f"guide_lead.{chosen}"))
for part, text in (
    ("steps", f"guide_steps.{chosen}"),
    ("brings", f"guide_brings.{chosen}"),
    ("validity", f"guide_validity.{chosen}"),
):
    st.header(visit.say(f"guide.{part}"))
    st.markdown(visit.say(text))

st.header(visit.say("guide.eligibility"))
st.markdown(visit.say("guide.eligibility_lead"))
met = [
    condition
    for condition in eligibility.CONDITIONS
    if st.checkbox(visit.say(f"eligibility.{condition}", **eligibility.LIMITS), key=f"eligible-{condition}")
]
missing = eligibility.missing(met)
if not met:
    st.caption(visit.say("eligibility.nothing"))
elif missing:
    st.warning("\n".join([visit.say("eligibility.not_yet"), *(f"- {visit.say(f'lacking.{key}')}" for key in missing)]))
else:
    st.success(visit.say("eligibility.eligible"))
st.caption(visit.say("eligibility.key"))

st.header(visit.say("guide.contact"))
contact = ui.contact()
text = visit.say("guide.contact_text", name=contact.name)
st.markdown(f"{text} [{ui.plain(contact.name)}]({contact.website})")
st.caption(visit.say("guide.source"))
