"""What the home page shows of the register of labels. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from ...domain import Label, LabelHolder, Language
from ...i18n import translate
from ...labels import counts, search, status
from ...labels.filters import LabelFilters
from ..benchmark.example import example_radar
from ..html import Markup, link, render
from .europe_map import europe_map
from .figures import country_bars, label_key
from .tables import latest_labels

_COUNTRIES = 6
"""How many countries are drawn."""


@dataclass(frozen=True, slots=True)
class HomeSummary:
    """The labels of a day in one language: numbers, and what is drawn; `majority` countries hold more than half.

    `example` is the radar of an invented cluster.
    """

    clusters: int
    countries: int
    majority: int
    map: Markup
    labels: Markup
    latest: Markup
    example: Markup
    bars: Markup


def summarise(register: Sequence[LabelHolder], today: date, language: Language) -> HomeSummary:
    """Everything on the home page that depends on the register."""
    holdings = status.label_statuses(register, today, today)
    shown = search.select(holdings, LabelFilters())
    countries = counts.counts_by_country(shown)
    held = counts.by_label(holdings)
    return HomeSummary(
        clusters=len(shown),
        countries=len(countries),
        majority=counts.majority(countries),
        map=europe_map(shown, translate(language, "home.map_alt", n=len(shown))) + label_key(language),
        labels=_label_band({label: held[label] for label in Label}, language),
        latest=latest_labels(holdings, language),
        example=example_radar(language),
        bars=country_bars(countries[:_COUNTRIES], language, of=countries, by_label=False),
    )


def _label_band(held: dict[Label, int], language: Language) -> Markup:
    """The labels in the order in which they are awarded: name, clusters that hold it, one sentence, a link to them."""
    entries = []
    for label, n in held.items():
        name = translate(language, f"label.{label}")
        address = "labels?" + urlencode({"label": label.value, "lang": language})
        shown = link(address, translate(language, "home.to_map", label=name), target="_self")
        count, told = translate(language, "home.count", n=n), translate(language, f"home.{label}")
        entries.append({"label": label.value, "name": name, "count": count, "told": told, "link": shown})
    return render("presentation/labels/templates/label_band.html.jinja", entries=entries)
