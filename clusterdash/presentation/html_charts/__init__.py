"""Charts as HTML: drawn by the server, shown at once, printable, readable by a screen reader. Pure: values to HTML.

Their colours and sizes are in `web/assets/charts.css`; an alternative text says what a chart shows. A chart that people
explore is a Plotly figure (`charts.py` of each topic).
"""

from .gauge import gauge
from .heat_table import Extreme, HeatCell, HeatRow, heat_table
from .level_boxes import level_boxes
from .radar import RadarAxis, RadarSeries, SeriesStyle, radar
from .stacked_bars import StackedBar, bar_columns, bar_rows
from .strip import Strip, strip
from .tally import cells, tally
from .time_line import time_line

__all__ = [
    "Extreme",
    "HeatCell",
    "HeatRow",
    "RadarAxis",
    "RadarSeries",
    "SeriesStyle",
    "StackedBar",
    "Strip",
    "bar_columns",
    "bar_rows",
    "cells",
    "gauge",
    "heat_table",
    "level_boxes",
    "radar",
    "strip",
    "tally",
    "time_line",
]
