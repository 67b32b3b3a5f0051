"""The briefs of all clusters of the edition, in archives of bounded size."""

import streamlit as st

from clusterdash.reports import bulk
from clusterdash.web import components, session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("briefs.title"))
command = f"python -m clusterdash report --all --lang {visit.language} --out briefs.zip"
st.markdown(visit.translate("briefs.lead", most=bulk.BATCH_SIZE, command=command))
clusters = visit.reader.assessed()
parts = bulk.batches(clusters)
if not parts:
    st.info(visit.translate("benchmark.none"))
    st.stop()
spans = {
    key: visit.translate("briefs.span", first=clusters[ids[0]], last=clusters[ids[-1]], n=len(ids))
    for key, ids in parts.items()
}
chosen = url_state.choose("part", visit.translate("briefs.part"), spans, language=visit.language)


def make() -> bytes:
    """The archive, with a bar that tells how far it is."""
    with widgets.counted(visit, visit.translate("brief.making"), "briefs.making") as tell:
        return bulk.archive(visit.reader, parts[chosen], visit.language, tell)


name = f"{visit.translate('briefs.file')}-{visit.edition.edition_id}-{visit.language}-{chosen}.zip"
components.private_download(visit.translate("briefs.take"), name, make, "application/zip", key="briefs")
