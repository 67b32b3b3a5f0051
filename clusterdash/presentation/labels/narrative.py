"""Sentences made from the register of labels. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from urllib.parse import quote, urlencode

from ...domain import Cluster, Coverage, EndKind, Label, LabelHolder, LabelState, Language, Sector
from ...i18n import collation_key, country_name, escape_markdown, format_number, format_partial_date, translate
from ...labels.contact import Contact
from ...labels.counts import AwardCounts, YearCount, count_by_state
from ...labels.filters import LabelFilters
from ...labels.nearness import CLOSE_KM, Near, Origin, count_close
from ...labels.official_totals import Comparison, known_share
from ...labels.places import NamedPlace, name_key
from ...labels.search import Facet
from ...labels.status import LabelStatus


def label_sentence(holding: LabelStatus, language: Language) -> str:
    """ "Gold, awarded in March 2013; end not known": the label, its latest award, its state."""
    label, award = translate(language, f"label.{holding.label}"), holding.awards[0]
    day, state = format_partial_date(language, award.awarded_on), state_sentence(holding, language)
    return translate(language, "map.label", label=label, date=day, state=state)


def state_sentence(holding: LabelStatus, language: Language) -> str:
    """The state with the end that decides it, and how that is known."""
    date = format_partial_date(language, holding.end.until)
    return translate(language, f"state_until.{state_name(holding)}", date=date)


def state_name(holding: LabelStatus) -> str:
    """The state as texts name it: seen held on the day, or seen lapsed before it, are told apart from ends."""
    if holding.end.kind is EndKind.OBSERVED:
        return "lapsed"
    if holding.state is LabelState.VALID and holding.end.kind is EndKind.UNKNOWN:
        return "seen"
    return holding.state.value


def cluster_location(cluster: Cluster, language: Language) -> str:
    """City and country, or region and country where the city is unknown."""
    place = cluster.city or cluster.region
    return ", ".join(part for part in (place, country_name(language, cluster.country)) if part)


def label_counts(found: Sequence[LabelStatus], selection: LabelFilters, language: Language) -> str:
    """How many clusters are shown; Markdown."""
    name = translate(language, f"label.{selection.label}") if selection.label else ""
    key = "chosen" if selection.narrowed else "counted_one" if name else "counted"
    return translate(language, f"labels.{key}", n=len(found), label=name)


def label_ends(found: Sequence[LabelStatus], selection: LabelFilters, today: date, language: Language) -> str:
    """How many labels are running on the day, have ended, or have no known end; Markdown."""
    counts = count_by_state(found)
    ends = translate(
        language,
        "labels.ends",
        n=counts.valid + counts.by_rule,
        by_rule=counts.by_rule,
        ended=counts.ended + counts.ended_by_rule,
        unknown=counts.unknown,
    )
    return translate(language, "labels.ends_then", day=selection.day(today), ends=ends) if selection.year else ends


def place_name(named: NamedPlace, language: Language) -> str:
    """A place by the name by which it was found, with the one that the gazetteer gives it, and its country."""
    place = named.place
    alias = "" if name_key(named.found_by) == name_key(place.name) else f" ({place.name})"
    return f"{named.found_by}{alias}, {country_name(language, place.country)}"


def distance(kilometres: float | None, language: Language) -> str:
    """A distance in whole kilometres; "" where it is not known."""
    return "" if kilometres is None else translate(language, "table.km", km=round(kilometres))


def nearest_first(near: Sequence[Near], origin: Origin, language: Language) -> str:
    """How many labels are close to the place taken, and that the nearest come first; Markdown."""
    name = escape_markdown(place_name(origin.taken, language))
    sentence = translate(language, "near.close", n=count_close(near), km=CLOSE_KM, place=name)
    if origin.other is None:
        return f"{sentence} {translate(language, 'near.first')}"
    typed = escape_markdown(f"{origin.other.found_by}, {origin.other.place.country}")
    return f"{sentence} {translate(language, 'near.other', typed=typed)}"


def unknown_place(text: str, language: Language) -> str:
    """That a place is not known, and what to do; Markdown."""
    return translate(language, "near.unknown", text=escape_markdown(text))


def label_options(counts: Mapping[str, int], language: Language) -> dict[str, str]:
    """The labels to choose from, with how many clusters each would show; `counts` from `search.facet_counts`."""
    named = {"all": translate(language, "labels.all")}
    named |= {label.value: translate(language, f"label.{label}") for label in Label}
    return {
        label: f"{name} {format_number(language, counts.get('' if label == 'all' else label, 0))}"
        for label, name in named.items()
    }


def filters_label(selection: LabelFilters, language: Language) -> str:
    """The name of the other filters, with how many of them are in force."""
    chosen = (selection.countries, selection.sectors, selection.states, selection.year, selection.near)
    n = sum(bool(one) for one in chosen)
    return translate(language, "labels.filters_chosen", n=n) if n else translate(language, "labels.filters")


def view_options(views: Iterable[str], selection: LabelFilters, language: Language) -> dict[str, str]:
    """The views of the map by name: in place of Europe stand the chosen countries, to which the map is fitted."""
    named = {view: translate(language, f"labels.{view}") for view in views}
    if selection.countries:
        first, *others = sorted(country_name(language, code) for code in selection.countries)
        named["europe"] = translate(language, "labels.chosen_countries", n=1 + len(others)) if others else first
    return named


def left_out(found: Sequence[LabelStatus], undated: int, language: Language) -> str:
    """How many are not counted for missing dates, and how many of those found have no location; "" for none."""
    placeless = sum(not holding.cluster.has_coordinates for holding in found)
    numbers = {"labels.undated": undated, "labels.placeless": placeless}
    return " ".join(translate(language, key, n=n) for key, n in numbers.items() if n)


def no_match(ways: Sequence[tuple[str, int]], language: Language) -> str:
    """That nothing matches, and which filters could be dropped; Markdown."""
    if not ways:
        return translate(language, "labels.nothing")
    sentences = [
        translate(language, "labels.without", name=translate(language, f"filter.{name}"), n=n) for name, n in ways
    ]
    return f"{translate(language, 'labels.nothing')} {' '.join(sentences)}"


def map_key(label: Label | None, coverage: Coverage | None, language: Language, *, figures: bool = False) -> str:
    """How to read the map or figures, and how complete the register is; Markdown."""
    sentences = [] if figures else [translate(language, "labels.key")]
    if coverage:
        share, basis = coverage.share_percent, escape_markdown(coverage.basis.get(language))
        sentences.append(translate(language, "labels.coverage", share=share, basis=basis))
    else:
        sentences.append(translate(language, "labels.coverage_unknown" if label else "labels.coverage_all"))
    return " ".join(sentences if figures else [*sentences, translate(language, "labels.sources")])


def known_awards(awards: AwardCounts, language: Language) -> str:
    """How many awards are known, and how many of them have a date; Markdown."""
    return translate(language, "figures.known", n=awards.dated + awards.undated.total(), dated=awards.dated)


def year_changes(years: Sequence[YearCount], undated: int, language: Language) -> str:
    """When a cluster counts, how many never do, and each year with fewer ended labels than before; Markdown."""
    sentences = [translate(language, "figures.years_key")]
    if undated:
        sentences.append(translate(language, "figures.undated", n=undated))
    for before, count in pairwise(years):
        if count.ended < before.ended:
            values = {"year": str(count.year), "old": before.ended, "ended": count.ended, "entered": count.ended_new}
            left = count.ended_left
            parts = (("left_dated", left.dated), ("left_by_end", left.by_end))
            reasons = ", ".join(translate(language, f"figures.{reason}", n=n) for reason, n in parts if n)
            sentences.append(translate(language, "figures.fall", n=left.total, reasons=reasons, **values))
    return " ".join(sentences)


def official_distance(compared: Sequence[Comparison], language: Language) -> str:
    """Why official totals are higher than what the register says, and that their pages are not recorded; Markdown."""
    share = known_share(compared)
    sentences = [] if share is None else [translate(language, "official.known", share=round(share))]
    sentences.append(translate(language, "official.why"))
    addresses = [one.official.source_url for one in compared if one.official.source_url]
    links = ", ".join(f"[{n}](<{address}>)" for n, address in enumerate(dict.fromkeys(addresses), 1))
    sentences += [translate(language, "official.sources", links=links)] if links else []
    if len(addresses) < len(compared):
        sentences.append(translate(language, "official.unrecorded", n=len(compared) - len(addresses)))
    return " ".join(sentences)


def filter_summary(selection: LabelFilters, sectors: Mapping[str, Sector], language: Language) -> str:
    """The filters besides the day, in words; "" for none."""
    names = [translate(language, f"label.{selection.label}")] if selection.label else []
    names += sorted(country_name(language, code) for code in selection.countries)
    names += [sectors[code].name.get(language) for code in sorted(selection.sectors)]
    names += [translate(language, f"state.{state}") for state in LabelState if state in selection.states]
    names += [translate(language, "filter.quoted", text=selection.text)] if selection.text else []
    names += [translate(language, "near.from", text=selection.near)] if selection.near else []
    return ", ".join(names)


def cluster_summary(cluster: Cluster, sectors: Mapping[str, Sector], language: Language) -> str:
    """The location and the field of a cluster; Markdown."""
    names = ", ".join(sectors[code].name.get(language) for code in cluster.sectors)
    line = [
        escape_markdown(cluster_location(cluster, language)),
        escape_markdown(names),
        f"[{translate(language, 'map.website')}](<{cluster.website}>)" if cluster.website else "",
    ]
    lines = [" · ".join(part for part in line if part), escape_markdown(cluster.activity)]
    if cluster.geo_precision != "city":
        lines.append(f"*{translate(language, f'placed.{cluster.geo_precision}')}*")
    if cluster.note:
        lines.append(translate(language, "cluster.note", note=escape_markdown(cluster.note)))
    return "  \n".join(text for text in lines if text)


def time_line_alt(holder: LabelHolder, language: Language) -> str:
    """The text alternative of the time line of awards."""
    return translate(language, "cluster.alt", cluster=holder.cluster.name, n=len(holder.awards))


def report_error(holder: LabelHolder, contact: Contact, language: Language) -> tuple[str, str]:
    """How to report an error, with the ids of the rows: Markdown, and a text to copy ("" where there is a mail link).

    A mail link for the visitor's own program (RFC 6068), where the organisation has an address; else its website.
    """
    subject = translate(language, "report.subject", cluster=holder.cluster.cluster_id)
    rows = "\n".join(
        f"{award.award_id} {award.label} {award.awarded_on or '-'} {award.source_url}" for award in holder.awards
    )
    facts = "\n".join(
        translate(language, "table.labelled", name=translate(language, f"register_field.{name}"), value=value or "-")
        for name, value in _reported_facts(holder.cluster)
    )
    body = translate(language, "report.body", facts=facts, rows=rows)
    if not contact.mail:
        name = f"[{escape_markdown(contact.name)}](<{contact.website}>)"
        return translate(language, "report.to", name=name), f"{subject}\n\n{body}"
    query = urlencode({"subject": subject, "body": body.replace("\n", "\r\n")}, quote_via=quote)
    return f"[{translate(language, 'report.write')}](<mailto:{quote(contact.mail, safe='@')}?{query}>)", ""


def _reported_facts(cluster: Cluster) -> Sequence[tuple[str, str]]:
    """The facts of a cluster that people correct, by column of the register's file."""
    return [
        ("name", cluster.name),
        ("country", cluster.country),
        ("city", cluster.city),
        ("region", cluster.region),
        ("website", cluster.website),
    ]


def facet_options(
    facet: Facet, counts: Mapping[str, int], chosen: Collection[str], sectors: Mapping[str, Sector], language: Language
) -> dict[str, str]:
    """The values of a facet that have matches or are chosen, each with its number of matches, ordered by name."""
    names: dict[str, str]
    if facet == "country":
        named = ((code, country_name(language, code)) for code in {*counts, *chosen})
        names = dict(sorted(named, key=lambda entry: collation_key(entry[1])))
    elif facet == "sector":
        names = {code: sector.name.get(language) for code, sector in sectors.items()}
    else:
        names = {state.value: translate(language, f"state.{state}") for state in LabelState}
    return {key: f"{name} ({counts.get(key, 0)})" for key, name in names.items() if counts.get(key) or key in chosen}
