"""What is in the data, and bringing in new ones: check, compare, publish, go back."""

from functools import partial

import streamlit as st

from clusterdash.desk import backoffice, ui
from clusterdash.paper import plan
from clusterdash.register import awards
from clusterdash.staff import importing, staff_tables

visit = ui.visit()
desk = backoffice.desk(visit)

st.title(visit.translate("data.title"))
backoffice.show_edition(visit)

st.header(visit.translate("data.bring"))
st.markdown(visit.translate("data.bring_lead", megabytes=importing.LARGEST_UPLOAD_MEGABYTES))
backoffice.bring_in(visit, desk)
checked = backoffice.checked(desk)
if checked and checked.problems:
    backoffice.show_problems(visit, checked.problems)
if checked and checked.edition:
    if not checked.problems:
        st.success(visit.translate("data.clean"))
    st.subheader(visit.translate("data.changes"))
    backoffice.decide(visit, desk, checked.edition.edition_id)

st.header(visit.translate("data.history"))
backoffice.choose_edition(visit, desk)
history = [(c.at, c.edition, c.by or "–", visit.translate(f"deed.{c.did}")) for c in desk.history()[:20]]
ui.show_table(staff_tables.history_table(history, visit.language))

st.header(visit.translate("data.completeness"))
grids = {grid.scheme.code: grid for grid in visit.gateway.benchmark_grids()}
if grids:
    schemes = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
    scheme = ui.choose("scheme", visit.translate("sectors.scheme"), schemes, language=visit.language)
    gaps = visit.gateway.gaps(scheme)
    with st.expander(visit.translate("data.by_indicator")):
        ui.show_table(staff_tables.answered_table(visit.gateway.answered(scheme), grids[scheme], visit.language))
    with st.expander(visit.translate("data.oldest")):
        ui.show_table(staff_tables.gaps_table(gaps[:20], visit.translate("data.oldest"), visit.language))
    with st.expander(visit.translate("data.emptiest")):
        least = staff_tables.emptiest(gaps)[:20]
        ui.show_table(staff_tables.gaps_table(least, visit.translate("data.emptiest"), visit.language))
    with st.expander(visit.translate("data.withheld")):
        ui.show_table(staff_tables.withheld_table(visit.gateway.withheld(scheme), visit.language))
ending = awards.ending_soon(visit.gateway.register(), visit.now.date())
st.subheader(visit.translate("data.ending", n=len(ending)))
if ending:
    made = partial(plan.labels_calendar, ending, visit.language, visit.now)
    ui.offer(visit.translate("data.take_ending"), "labels.ics", made, "text/calendar", key="ending")
