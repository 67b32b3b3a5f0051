"""HTML tables of the register of labels. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ...benchmark.counterparts import Neighbour
from ...domain import Cluster, Label, Language, Sector
from ...i18n import collation_key, country_name, format_number, format_partial_date, translate
from ...labels.counts import STATES_COUNTED, YearCount
from ...labels.filters import LabelFilters
from ...labels.nearness import Near
from ...labels.official_totals import Comparison
from ...labels.status import LabelStatus
from ..benchmark.tables import cluster_link, table
from ..html import Markup, link, render
from .narrative import cluster_location, distance, label_sentence

FILES = ("csv", "xlsx", "geojson", "json")
"""The formats in which the list can be downloaded."""


def neighbour_list(near: Sequence[Neighbour], language: Language) -> Markup:
    """The nearest clusters: highest label, name as a link to the public page, location, distance."""
    entries = [
        _row(found.holder.highest_label, found.holder.cluster, distance(found.distance, language), language)
        for found in near
    ]
    return render("presentation/labels/templates/rows.html.jinja", entries=entries)


def _row(label: Label, cluster: Cluster, right: str, language: Language) -> Mapping[str, str]:
    """A row of a list: mark, name as a link, place, and a text at the right."""
    name, place = cluster_link(cluster, language), cluster_location(cluster, language)
    return {"label": label.value, "name": name, "place": place, "right": right}


def year_table(years: Sequence[YearCount], language: Language) -> str:
    """The numbers of the chart of years."""
    rows = [
        [str(count.year), *(format_number(language, int(getattr(count.states, key))) for key in STATES_COUNTED)]
        for count in years
    ]
    headings = [
        translate(language, "column.year"),
        *(translate(language, f"figures.{key}") for key in STATES_COUNTED),
    ]
    return table(translate(language, "table.years"), headings, [("", rows)])


def official_table(compared: Sequence[Comparison], language: Language) -> str:
    """Official totals of labels beside the register's, by date."""
    rows = [
        [
            format_partial_date(language, one.official.day),
            translate(language, f"label.{one.official.label}"),
            translate(language, f"official.{one.official.what}"),
            format_number(language, one.official.total),
            format_number(language, one.registered),
        ]
        for one in compared
    ]
    columns = ("day", "label", "counted", "official", "registered")
    headings = [translate(language, f"official.column_{name}") for name in columns]
    return table(translate(language, "official.caption"), headings, [("", rows)])


def country_table(countries: Sequence[tuple[str, Counter[Label]]], language: Language) -> str:
    """The numbers of the chart of countries."""
    rows = [
        [country_name(language, code), *(format_number(language, counts[label]) for label in Label)]
        for code, counts in countries
    ]
    headings = [translate(language, "column.country"), *(translate(language, f"label.{label}") for label in Label)]
    return table(translate(language, "table.countries"), headings, [("", rows)])


def export_links(selection: LabelFilters, fitting: Sequence[LabelStatus], language: Language) -> str:
    """Links to the matching labels: all awards as files, the list as a page without scripts, and what else there is."""
    awards = sum(len(holding.awards) for holding in fitting)
    query = urlencode({**selection.address(), "lang": language})
    of_files = urlencode({**replace(selection, near="").address(), "lang": language})
    files = Markup(" · ").join(link(f"labels.{kind}?{of_files}", kind.upper(), target="_blank") for kind in FILES)
    plain = link(f"list/{language}?{query}", translate(language, "labels.plain"), target="_blank")
    more = link(f"open_data?lang={language}", translate(language, "labels.more_addresses"), target="_blank")
    told = translate(language, "labels.take_away", n=awards)
    return Markup("<p>{} {} · {} · {}</p>").format(told, files, plain, more)


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry of the list beside the map, and what is in it."""

    entry: Markup
    inside: Markup


ListEntries = Mapping[tuple[str, Label], ListEntry]
"""The entries of the list beside the map, by cluster and label, in the order of countries and names."""


def list_entries(holdings: Sequence[LabelStatus], sectors: Mapping[str, Sector], language: Language) -> ListEntries:
    """One entry for each label of a day: mark, name as a link, place, names of sectors, what is said of the label."""
    entries = {}
    for holding in sorted(holdings, key=lambda one: _by_country(one.cluster, language)):
        inside = render(
            "presentation/labels/templates/list_entry.html.jinja",
            name=cluster_link(holding.cluster, language),
            place=cluster_location(holding.cluster, language),
            sectors=", ".join(sectors[code].name.get(language) for code in holding.cluster.sectors),
            told=label_sentence(holding, language),
        )
        entry = Markup('<li class="{}">{}</li>').format(holding.label, inside)
        entries[holding.cluster.cluster_id, holding.label] = ListEntry(entry, inside)
    return entries


def label_list(found: Sequence[LabelStatus], entries: ListEntries) -> Markup:
    """The list beside the map: one entry per label shown, by country and name."""
    shown = {(holding.cluster.cluster_id, holding.label) for holding in found}
    listed = Markup("").join(found.entry for key, found in entries.items() if key in shown)
    return Markup('<ul class="register">{}</ul>').format(listed)


def near_list(near: Sequence[Near], entries: ListEntries, language: Language) -> Markup:
    """The list beside the map by distance: one entry per label shown, with the kilometres."""
    parts = []
    for one in near:
        label, found = one.holding.label, entries[one.holding.cluster.cluster_id, one.holding.label]
        far = distance(one.distance, language)
        parts.append(Markup('<li class="{}"><div>{}</div><small>{}</small></li>').format(label, found.inside, far))
    return Markup('<ul class="register latest">{}</ul>').format(Markup("").join(parts))


def _by_country(cluster: Cluster, language: Language) -> tuple[str, str]:
    return collation_key(country_name(language, cluster.country)), collation_key(cluster.name)


LATEST = 5
"""How many of the latest labels are listed."""


def latest_labels(found: Sequence[LabelStatus], language: Language) -> Markup:
    """The clusters whose latest award is the youngest, by its date; those without a date are not among them."""
    dated = [holding for holding in found if holding.awards[0].awarded_on]
    latest = sorted(dated, key=lambda holding: holding.awards[0].awarded_on, reverse=True)[:LATEST]
    entries = [
        _row(holding.label, holding.cluster, format_partial_date(language, holding.awards[0].awarded_on), language)
        for holding in latest
    ]
    return render("presentation/labels/templates/rows.html.jinja", entries=entries)
