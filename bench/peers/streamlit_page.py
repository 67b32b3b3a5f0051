"""The benchmark page as Streamlit's own elements draw it: a chart of Plotly, a data frame, Markdown."""

import os
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bench.peers.content import Benchmarks


@st.cache_resource
def benchmarks() -> Benchmarks:
    """Open the edition once for all visitors."""
    return Benchmarks(Path(os.environ["CLUSTERDASH_DATA"]))


st.set_page_config(page_title="Benchmark", layout="wide")
cluster = st.query_params.get("cluster", "demo-0001")
groups = benchmarks().groups(cluster)
asked = st.query_params.get("reference", "top500")
group = st.selectbox("Comparer avec", list(groups), index=list(groups).index(asked), format_func=groups.__getitem__)
shown = benchmarks().content(cluster, group)
st.title(shown.name)
st.caption(shown.portrait)
st.markdown(shown.verdict)
figure = go.Figure(
    [go.Scatterpolar(r=values, theta=shown.dimensions, name=name, fill="toself") for name, values in shown.radar]
)
st.plotly_chart(figure, key="radar")
st.dataframe(pd.DataFrame(dict(shown.radar), index=list(shown.dimensions)))
left, right = st.columns(2)
with left:
    st.header("Forces")
    st.markdown("\n".join(f"- {sentence}" for sentence in shown.strengths))
with right:
    st.header("Marges de progrès")
    st.markdown("\n".join(f"- {sentence}" for sentence in shown.margins))
for column, (title, text) in zip(st.columns(max(1, len(shown.actions))), shown.actions, strict=False):
    with column.container(border=True):
        st.markdown(f"**{title}**\n\n{text}")
