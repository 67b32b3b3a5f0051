"""What the radar to explore shows: axes, groups and earlier years, chosen on the page and kept in the address."""

from __future__ import annotations

from ..domain import ClusterBenchmark, Reference
from ..i18n import format_value
from ..presentation.benchmark.group_names import named_references
from ..presentation.benchmark.radar_chart import RadarView, explorable_blocks, usual_view
from . import url_state
from .context import PageContext

_DIMENSIONS = "all"
"""In the address: the axes are the dimensions."""
_NO_LINES = "none"


def choose_radar_view(visit: PageContext, result: ClusterBenchmark, reference: Reference) -> RadarView:
    """Show the choices of axes and lines, and return what is chosen; at first, what the radar above shows."""
    blocks = {_DIMENSIONS: visit.translate("radar.dimensions"), **explorable_blocks(result, visit.language)}
    block = url_state.choose("axes", visit.translate("radar.axes"), blocks, language=visit.language)
    references = named_references(result, visit.language)
    past = () if result.first.group.source else result.past  # a pack does not tell of earlier years
    days = {earlier.assessed_on.isoformat(): earlier.assessed_on for earlier in past}
    usual = usual_view(result, reference).groups
    names = {key: name for key, (name, _) in references.items()}
    names |= {key: format_value(visit.language, day) for key, day in days.items()}
    at_first = [key for key, (_, group) in references.items() if group in usual]
    chosen = url_state.named_options(visit, "lines", names, at_first, nothing=_NO_LINES)
    label = visit.translate("radar.lines")
    url_state.choose_many("lines", label, names, chosen, visit.translate("radar.no_lines"), empty=_NO_LINES)
    groups = tuple(group for key, (_, group) in references.items() if key in chosen)
    return RadarView(
        "" if block == _DIMENSIONS else block, groups, tuple(day for key, day in days.items() if key in chosen)
    )
