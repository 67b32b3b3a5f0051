"""The register as open data: how much there is, the addresses of the files, their columns, and examples."""

import streamlit as st

from clusterdash.open_data import data_package, documentation
from clusterdash.web import session, widgets

visit = session.page_context()
server = session.base_url()

st.title(documentation.title(visit.reader.label_register(), visit.language))
st.markdown(documentation.lead(visit.reader.provenance(), visit.language))
st.header(visit.translate("open_data.files"))
st.markdown(visit.translate("open_data.files_lead"))
widgets.show_table(documentation.address_table(server, visit.language))
st.caption(visit.translate("open_data.use"))
st.header(visit.translate("open_data.filters"))
st.markdown(visit.translate("open_data.filters_lead"))
widgets.show_html(documentation.filter_example(server, visit.language))
widgets.show_table(documentation.filter_table(visit.language))
st.header(visit.translate("open_data.examples"))
widgets.show_html(documentation.examples(server, visit.language))
st.header(visit.translate("open_data.columns"))
st.markdown(visit.translate("open_data.columns_lead", version=data_package.FORMAT_VERSION))
widgets.show_table(documentation.column_table(visit.language))
