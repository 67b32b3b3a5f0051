"""URL state: choices kept in query parameters, so that every view is a link; with their widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.elements.lib.utils import LabelVisibility

from .. import query_string
from ..benchmark.references import OWN, opened_against, reference_choices, seen_against
from ..domain import ClusterBenchmark, Language, Reference
from ..evaluation import what_if
from ..i18n import translate
from ..labels import filters
from ..labels.filters import LabelFilters
from ..presentation.benchmark.group_names import named_references, option_name, reference_options
from .context import PageContext, escaped_values
from .query_params import get, update

T = TypeVar("T")
_REMEMBERED_RUNS = 5
"""Most sets of texts remembered for a widget: what a browser sends was drawn at most a few runs ago."""
_MAX_BUTTONS = 5
"""Most options that are shown as buttons; more are a list."""
_MAX_NAMED = 5
"""Most wrong values of an address that are named."""
_DEPENDENT = {
    **dict.fromkeys(("cluster", "evaluation", "evidence"), (*what_if.PARAMETER_NAMES, "lines")),
    "source": ("reference", "axes"),
}
"""The parameters that depend on a choice and are removed from the address when it changes."""


def option_label(key: str, options: Mapping[T, str]) -> Callable[[T], str]:
    """Return a function from an option to its text; the texts are remembered so that `option_id` knows them later.

    A browser identifies a choice by its text, and may still send that of an earlier run: texts contain counts, and
    change with the language.
    """
    texts = {text: option for option, text in options.items()}
    earlier: list[dict[str, T]] = st.session_state.get(f"texts-{key}", [])
    st.session_state[f"texts-{key}"] = [texts, *(kept for kept in earlier if kept != texts)][:_REMEMBERED_RUNS]
    return options.__getitem__


def option_id(key: str, value: object) -> Any:
    """Return the option for the value of a widget: an option, or the present or a recent text of one; else None.

    An unknown value is reported when a page opens (`warn_of_unknown_option`).
    """
    remembered: list[dict[str, Any]] = st.session_state.get(f"texts-{key}", [])
    for texts in remembered:
        if value in texts.values():
            return value
    for texts in remembered:
        if isinstance(value, str) and value in texts:
            return texts[value]
    if value is not None:
        st.session_state["unidentified"] = True
    return None


def option_buttons(
    label: str, options: Mapping[T, str], key: str, note: Callable[[T | None], None], *, one: bool = False
) -> None:
    """Show options as buttons; `label` is for screen readers only, and told to them without escapes.

    `note` is told which option was chosen; None where it was taken back, which `one` forbids.
    """

    def picked() -> None:
        value = st.session_state[key]
        found = option_id(key, value)
        if value is None or found is not None:
            note(found)

    text = option_label(key, options)
    st.segmented_control(
        label, list(options), format_func=text, key=key, on_change=picked, required=one, label_visibility="collapsed"
    )


def choose_unaddressed(name: str, label: str, options: Mapping[T, str], at_first: T) -> T:
    """Show a choice that the session keeps and the address does not: it changes nothing that the page shows of data.

    Returns the chosen option; `label` is for screen readers only.
    """
    key = f"choice-{name}"
    chosen: T = st.session_state.setdefault(f"kept-{name}", at_first)
    st.session_state[key] = chosen

    def note(option: T | None) -> None:
        st.session_state[f"kept-{name}"] = option

    option_buttons(label, options, key, note, one=True)
    return chosen


def warn_of_unknown_option(language: Language) -> None:
    """Show that a choice was ignored, if one was since the last run."""
    if st.session_state.pop("unidentified", False):
        st.warning(translate(language, "address.choice_ignored"))


def choose(
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    language: Language,
    how: Literal["list", "buttons"] = "list",
    compact: bool = False,
) -> str:
    """Show a choice that is kept in the address as `?name=id`, so that the view is a link; returns the id.

    `options` maps ids to texts; the first is used if the address names none. An id in the address that does not exist
    is shown in a message. `compact`: the label is for screen readers only. Raises ValueError if there are no options.
    """
    if not options:
        raise ValueError(f"nothing to choose for {name}")
    wanted = get(name)
    remembered: str | None = wanted or st.session_state.get(f"kept-{name}")
    chosen = remembered if remembered is not None and remembered in options else next(iter(options))
    if wanted is not None and wanted not in options:
        told = {"name": name, "value": query_string.excerpt(wanted), "used": options[chosen]}
        st.warning(translate(language, "address.unknown", **escaped_values(told)))
    _show_widget(name, label, options, chosen, how=how, compact=compact)
    return chosen


def choose_page_subject(
    name: str, label: str, options: Mapping[str, str], *, language: Language, first: bool
) -> str | None:
    """As `choose`, for the subject of a whole page: None if the address asks for one that does not exist.

    A message then says so, and nothing is chosen instead. `first`: whether the first is used if the address names none.
    """
    wanted = get(name)
    remembered: str | None = wanted or st.session_state.get(f"kept-{name}")
    chosen = remembered if remembered is not None and remembered in options else None
    if chosen is None and wanted is None and first:
        chosen = next(iter(options), None)
    if chosen is None and wanted is not None:
        st.warning(
            translate(
                language, "address.nobody", **escaped_values({"name": name, "value": query_string.excerpt(wanted)})
            )
        )
    _show_widget(name, label, options, chosen, how="search")
    return chosen


def _show_widget(
    name: str,
    label: str,
    options: Mapping[str, str],
    chosen: str | None,
    *,
    how: Literal["list", "buttons", "search"],
    compact: bool = False,
) -> None:
    """Show the widget of a choice; the choice is written into the address, and remembered for other pages."""
    key, kept = f"choice-{name}", f"kept-{name}"
    if chosen is not None:
        if get(name) is None:
            st.session_state["pending"][name] = chosen
        st.session_state[kept] = chosen
    st.session_state[key] = chosen

    def note() -> None:
        picked = option_id(key, st.session_state[key])
        if picked is not None:
            update({name: picked}, () if picked == chosen else _DEPENDENT.get(name, ()))
            st.session_state[kept] = picked

    seen: LabelVisibility = "collapsed" if compact else "visible"
    text = option_label(key, _unambiguous(options))
    if how == "buttons" and len(options) <= _MAX_BUTTONS:
        st.segmented_control(
            label, list(options), format_func=text, key=key, on_change=note, required=True, label_visibility=seen
        )
    elif how != "search":
        st.selectbox(label, list(options), format_func=text, key=key, on_change=note, label_visibility=seen)
    else:
        st.selectbox(label, list(options), None, format_func=text, key=key, on_change=note, placeholder="…")


def _unambiguous(options: Mapping[str, str]) -> Mapping[str, str]:
    """Return the options, with the id added to texts that several share: a list identifies entries by their text."""
    times = Counter(options.values())
    return {option: text if times[text] == 1 else f"{text} ({option})" for option, text in options.items()}


def warn_of_ignored(visit: PageContext, wrong: Sequence[tuple[str, str]]) -> None:
    """Show which (parameter, value) pairs of the address do not exist."""
    for name, value in wrong[:_MAX_NAMED]:
        st.warning(visit.translate("address.ignored", name=name, value=query_string.excerpt(value)))


def named_option(visit: PageContext, name: str, options: Collection[str]) -> str | None:
    """Return the option that the address names, None where it names none; an unknown one is shown in a message."""
    wanted = get(name)
    if wanted is None or wanted in options:
        return wanted
    warn_of_ignored(visit, [(name, wanted)])
    return None


def named_options(
    visit: PageContext, name: str, options: Collection[str], at_first: Collection[str], *, nothing: str
) -> list[str]:
    """Return the options that the address names, or else those shown at first; `nothing` is the value there for none.

    Values that do not exist are shown in a message.
    """
    wanted = get(name)
    if wanted is None:
        return list(at_first)
    values = [value for value in wanted.split(",") if value and value != nothing]
    warn_of_ignored(visit, [(name, value) for value in values if value not in options])
    return [value for value in values if value in options]


def label_filters(visit: PageContext, countries: Collection[str], sectors: Collection[str]) -> LabelFilters:
    """Return the filters of the register in the address; values that do not exist are shown in a message."""
    address = {name: value for name in (*filters.PARAMETER_NAMES, filters.NEAR) if (value := get(name))}
    address.setdefault("label", st.session_state.get("kept-label", filters.ALL))
    found, wrong = filters.from_query(address, countries, sectors, visit.now.date())
    warn_of_ignored(visit, [entry for entry in wrong if entry[0] != "label"])  # the buttons report that themselves
    return found


def choose_many(
    name: str,
    label: str,
    options: Mapping[str, str],
    chosen: Collection[str],
    nothing: str,
    note: Callable[[Mapping[str, str]], None] = update,
    *,
    empty: str = "",
) -> None:
    """Show a choice of several, kept in the address as `?name=id,id`; `nothing` is shown if none is chosen.

    `note` writes the address. `empty` is the value there if none is chosen, for a parameter whose absence has another
    meaning.
    """
    key = f"choice-{name}"
    st.session_state[key] = [option for option in options if option in chosen]

    def picked() -> None:
        ids = [option_id(key, value) for value in st.session_state[key]]
        note({name: query_string.joined_values(found for found in ids if found) or empty})

    st.multiselect(
        label,
        list(options),
        format_func=option_label(key, _unambiguous(options)),
        key=key,
        on_change=picked,
        placeholder=nothing,
        select_all=False,
    )


def text_input(name: str, label: str, value: str, example: str, *, compact: bool = True) -> None:
    """Show a text field that is kept in the address as `?name=text`; `compact`: the label is for screen readers."""
    key = f"choice-{name}"
    st.session_state[key] = value

    def note() -> None:
        update({name: str(st.session_state[key]).strip()})

    st.text_input(
        label,
        key=key,
        on_change=note,
        placeholder=example,
        max_chars=filters.MAX_TEXT_LENGTH,
        icon=":material/search:",
        label_visibility="collapsed" if compact else "visible",
    )


def choose_year(visit: PageContext, label: str, year: int | None) -> None:
    """Show a slider over the years from the first labels to today, kept in the address as `?year=`."""
    key, last = "choice-year", visit.now.year
    st.session_state[key] = year or last

    def note() -> None:
        update({"year": "" if st.session_state[key] == last else str(st.session_state[key])})

    st.slider(label, filters.FIRST_YEAR, last, key=key, on_change=note, format="%d")


def names(parameter: str) -> bool:
    """Whether the address names a choice, so that the part with it stands open."""
    return get(parameter) is not None


def reset_button(label: str, names: Collection[str]) -> None:
    """Show a button that removes choices from the address, if it has any of them."""
    if any(name in st.query_params for name in names):
        st.button(label, icon=":material/filter_alt_off:", on_click=update, args=({}, names), key="reset")


def choose_cluster(visit: PageContext, *, evaluated: bool = False) -> str | None:
    """Return the cluster whose results are shown: the one in the address, of those that the viewer may see.

    None if there is none to show; the reason is then shown.
    """
    options, wanted = visit.reader.assessed(evaluated=evaluated), get("cluster")
    if len(options) > 1:
        return choose_page_subject(
            "cluster", visit.translate("benchmark.choose"), options, language=visit.language, first=True
        )
    own = next(iter(options), None)
    if wanted not in (None, own):
        if not visit.demonstration:  # there, `choose_viewer` has already reported it
            st.warning(visit.translate("address.not_yours", value=query_string.excerpt(str(wanted))))
        if own is not None:
            label = visit.translate("address.show_own", name=options[own])
            st.button(label, icon=":material/radar:", on_click=update, args=({"cluster": own},), key="show-own")
        return None
    if own is None:
        st.info(visit.translate("benchmark.none"))
    return own


def follow_merged_cluster(visit: PageContext) -> None:
    """Lead an address with the id of a cluster that turned out to be another one to that other one, and say so."""
    asked = get("id") or ""
    other = visit.reader.merged_clusters().get(asked)
    if other is not None:
        update({"id": other})
        st.info(visit.translate("cluster.merged", id=asked))


def show_search_links(visit: PageContext) -> None:
    """Show where to look for a cluster: the search on the map, and the list of all."""
    query_params = {"lang": visit.language}
    search = visit.translate("not_found.to_search")
    st.page_link("pages/public/labels.py", label=search, icon=":material/search:", query_params=query_params)
    st.markdown(f"[{visit.translate('not_found.to_list')}](list/{visit.language})")


def choose_benchmark(visit: PageContext, *, own: bool = False) -> ClusterBenchmark:
    """Return the benchmark that the page shows, against the reference in the address; without one the page ends here.

    `own`: against the clusters of the edition whatever the address says, for what no pack tells of.
    """
    cluster_id = choose_cluster(visit)
    if cluster_id is None:
        st.stop()
    result = visit.reader.benchmark(cluster_id)
    choices = reference_choices(result, visit.opening)
    wanted = get("source") or st.session_state.get("kept-source")
    return seen_against(result, OWN if own else wanted if wanted in choices else choices[0])


def benchmark_of(visit: PageContext, cluster_id: str) -> ClusterBenchmark:
    """Return the benchmark of a cluster against the reference that pages open with."""
    return opened_against(visit.reader.benchmark(cluster_id), visit.opening)


def _choose_source(visit: PageContext, result: ClusterBenchmark) -> None:
    """Show the choice of a reference, where there is one; `choose_benchmark` has read it from the address."""
    choices = reference_choices(result, visit.opening)
    if len(choices) > 1:
        names = reference_options(result, choices, visit.language)
        choose("source", visit.translate("reference.label"), names, language=visit.language, compact=True)


def choose_reference(visit: PageContext, result: ClusterBenchmark) -> tuple[str, Reference]:
    """Return the name and the group against which a cluster is shown: the one in the address."""
    _choose_source(visit, result)
    wanted = get("reference") or ""
    if wanted == "country" or wanted.startswith("country-"):  # links made before version 11 of the schema
        update({"reference": wanted.replace("country", "country_group", 1)})
    found = named_references(result, visit.language)
    names = {key: option_name(result, one, visit.language) for key, (_, one) in found.items()}
    label = visit.translate("benchmark.against")
    return found[choose("reference", label, names, language=visit.language, compact=True)]
