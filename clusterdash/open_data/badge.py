"""One label of one cluster as a small picture for its own website: the label and its state, in words. Pure."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from ..domain import Cluster, Language
from ..i18n import translate
from ..labels.status import LabelStatus
from ..presentation.html import Markup, copyable, render
from ..presentation.labels.narrative import state_sentence

PATH = "badge"
"""Below the address of the server."""
_CHARACTER = 6.6
"""The width of a character in pixels, about; the text is fitted into what that gives."""
_ROOM = 10


def badge_svg(holding: LabelStatus, language: Language) -> str:
    """The picture as SVG, which loads nothing; its title names the cluster."""
    name, state = translate(language, f"label.{holding.label}"), state_sentence(holding, language)
    left, right = (round(_CHARACTER * len(text)) for text in (name, state))
    told = translate(language, "table.labelled", name=f"{holding.cluster.name}, {name}", value=state)
    return render(
        "open_data/templates/badge.svg.jinja",
        label=holding.label.value,
        title=told,
        name=name,
        state=state,
        left=left,
        right=right,
        room=_ROOM,
    )


def badge_code(cluster: Cluster, server: str, language: Language) -> Markup:
    """The HTML with which a website shows the picture, to be copied; it leads to the cluster's page."""
    page = f"{server}cluster?{urlencode({'id': cluster.cluster_id, 'lang': language})}"
    picture = f"{server}{PATH}/{quote(cluster.cluster_id, safe='')}.svg?{urlencode({'lang': language})}"
    alt = translate(language, "badge.alt", cluster=cluster.name)
    return copyable(Markup('<a href="{}"><img src="{}" alt="{}" height="24"></a>').format(page, picture, alt))
