"""The benchmark page as a Dash application; `python -m bench.peers.dash_page PORT` serves it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import parse_qs

import dash
import plotly.graph_objects as go
from dash import Input, Output, dash_table, dcc, html

from .content import Benchmarks

BENCHMARKS = Benchmarks(Path(os.environ["CLUSTERDASH_DATA"]))
FIRST = [{"value": "top500", "label": "500 meilleurs clusters européens"}]
"""The choice until the groups of the cluster are known."""
app = dash.Dash(__name__)
app.layout = html.Div(
    [dcc.Location(id="address"), dcc.Dropdown(FIRST, "top500", id="group", clearable=False), html.Div(id="content")]
)


def _cluster(query: str) -> str:
    return parse_qs(query.lstrip("?")).get("cluster", ["demo-0001"])[0]


@app.callback(Output("group", "options"), Input("address", "search"))
def groups(query: str) -> list[dict[str, str]]:
    """The choices of the group."""
    return [{"value": key, "label": name} for key, name in BENCHMARKS.groups(_cluster(query)).items()]


@app.callback(Output("content", "children"), Input("address", "search"), Input("group", "value"))
def content(query: str, group: str) -> list[object]:
    """Everything below the choice."""
    shown = BENCHMARKS.content(_cluster(query), group)
    figure = go.Figure(
        [go.Scatterpolar(r=values, theta=shown.dimensions, name=name, fill="toself") for name, values in shown.radar]
    )
    rows = [
        {"": dimension, **{name: values[number] for name, values in shown.radar}}
        for number, dimension in enumerate(shown.dimensions)
    ]
    return [
        html.H1(shown.name),
        html.Small(shown.portrait),
        dcc.Markdown(shown.verdict),
        dcc.Graph(figure=figure),
        dash_table.DataTable(rows),
        html.H2("Forces"),
        html.Ul([html.Li(sentence) for sentence in shown.strengths]),
        html.H2("Marges de progrès"),
        html.Ul([html.Li(sentence) for sentence in shown.margins]),
        *(html.Div([html.B(title), dcc.Markdown(text)]) for title, text in shown.actions),
    ]


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
