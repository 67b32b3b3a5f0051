"""What is in the data, and bringing in new ones: check, compare, publish, go back."""

import streamlit as st

from clusterdash.presentation.admin import tables
from clusterdash.web import admin, import_examples, jobs, session, url_state, widgets

visit = session.page_context()
desk = admin.edition_admin(visit)

st.title(visit.translate("data.title"))
admin.show_edition(visit, desk)

st.header(visit.translate("data.bring"))
st.caption(visit.translate("data.bring_lead"))
admin.upload_files(visit, desk)
import_examples.show_examples(visit)
jobs.show_job(visit, desk)

st.header(visit.translate("data.history"))
admin.choose_edition(visit, desk)
history = [(c.at, c.edition, c.by or "–", visit.translate(f"deed.{c.action}")) for c in desk.history()[:20]]
widgets.show_table(tables.history_table(history, visit.language))

st.header(visit.translate("data.completeness"))
admin.show_sources(visit)
grids = {grid.scheme.code: grid for grid in visit.reader.benchmark_schemes()}
if grids:
    schemes = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
    scheme = url_state.choose("scheme", visit.translate("sectors.scheme"), schemes, language=visit.language)
    gaps = visit.reader.assessment_completeness(scheme)
    with st.expander(visit.translate("data.by_indicator")):
        widgets.show_table(
            tables.indicator_completeness_table(
                visit.reader.indicator_completeness(scheme), grids[scheme], visit.language
            )
        )
    with st.expander(visit.translate("data.oldest")):
        widgets.show_table(
            tables.assessment_completeness_table(gaps[:20], visit.translate("data.oldest"), visit.language)
        )
    with st.expander(visit.translate("data.emptiest")):
        least = tables.emptiest(gaps)[:20]
        widgets.show_table(
            tables.assessment_completeness_table(least, visit.translate("data.emptiest"), visit.language)
        )
    with st.expander(visit.translate("data.withheld")):
        widgets.show_table(tables.suppressed_table(visit.reader.suppressed_cells(scheme), visit.language))
