"""The briefs of all clusters of the edition, in archives of bounded size."""

import streamlit as st

from clusterdash.presentation import html
from clusterdash.reports import bulk
from clusterdash.web import session, url_state, widgets

visit = session.page_context()

clusters = visit.reader.assessed()
parts = bulk.batches(clusters)
if not parts:
    st.title(visit.translate("briefs.menu"))
    st.markdown(visit.translate("benchmark.none"))
    st.stop()
st.title(visit.translate("briefs.title", n=len(clusters), archives=len(parts)))
st.markdown(visit.translate("briefs.lead"))
spans = {
    key: visit.translate("briefs.span", first=clusters[ids[0]], last=clusters[ids[-1]], n=len(ids))
    for key, ids in parts.items()
}
chosen = url_state.choose("part", visit.translate("briefs.part"), spans, language=visit.language, compact=True)


def make() -> bytes:
    """The archive, with a bar that tells how far it is."""
    with widgets.counted(visit, visit.translate("brief.making"), "briefs.making") as tell:
        return bulk.archive(visit.reader, parts[chosen], visit.language, tell, visit.opening)


name = f"{visit.translate('briefs.file')}-{visit.edition.edition_id}-{visit.language}-{chosen}.zip"
widgets.download_row(visit, ("briefs.zip", "briefs.zip_use"), name, make, "application/zip", key="briefs", primary=True)
with st.expander(visit.translate("briefs.all")):
    st.markdown(visit.translate("briefs.all_key"))
    widgets.show_html(html.copyable(f"python -m clusterdash report --all --lang {visit.language} --out briefs.zip"))
