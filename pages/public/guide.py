"""How a label is won: steps, what it brings, whether one may apply, how long it holds, whom to ask."""

import streamlit as st

from clusterdash import eligibility, ui
from clusterdash.model import Label

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
answers = eligibility.Answers(
    staff=st.number_input(visit.say("eligibility.staff"), 0.0, None, value=None, step=0.5, key="eligible-staff"),
    participants=st.number_input(visit.say("eligibility.participants"), 0, None, value=None, key="eligible-members"),
    categories=st.number_input(visit.say("eligibility.categories"), 0, 9, value=None, key="eligible-kinds"),
    visible=st.checkbox(visit.say("eligibility.visible"), key="eligible-visible"),
)
missing = eligibility.missing(answers)
if not answers.begun:
    st.caption(visit.say("eligibility.nothing"))
elif missing:
    st.warning("\n".join([visit.say("eligibility.not_yet"), *(f"- {visit.say(f'lacking.{key}')}" for key in missing)]))
else:
    st.success(visit.say("eligibility.eligible"))
st.caption(visit.say("eligibility.key"))

st.header(visit.say("guide.contact"))
contact = ui.contact()
st.markdown(visit.say("guide.contact_text", name=contact.name) + f" [{ui.plain(contact.name)}]({contact.website})")
st.caption(visit.say("guide.source"))
