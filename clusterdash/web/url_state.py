"""Choices that are in the address, so that every view is a link; with their widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st

from .. import query_string
from ..domain import ClusterBenchmark, Language, Reference
from ..evaluation import what_if
from ..i18n import translate
from ..labels import filters
from ..labels.filters import LabelFilters
from ..presentation.benchmark.narrative import named_references, suppressed_group
from .context import PageContext, escaped_values
from .query_params import get, update

T = TypeVar("T")
_REMEMBERED_RUNS = 5
"""So many sets of texts of a widget are remembered: what a browser sends was drawn a few runs ago at most."""
_MAX_NAMED = 5
"""So many wrong values of an address are named."""
_DEPENDENT = dict.fromkeys(("cluster", "evaluation", "evidence"), what_if.PARAMETER_NAMES)
"""What belongs to a choice and leaves the address with it."""


def option_label(key: str, options: Mapping[T, str]) -> Callable[[T], str]:
    """The text of each option of a widget, remembered so that `identified` knows it later.

    A browser names what was chosen by its text, and may still name it by that of an earlier run: texts hold counts, and
    change with the language.
    """
    texts = {text: option for option, text in options.items()}
    earlier: list[dict[str, T]] = st.session_state.get(f"texts-{key}", [])
    st.session_state[f"texts-{key}"] = [texts, *(kept for kept in earlier if kept != texts)][:_REMEMBERED_RUNS]
    return options.__getitem__


def option_id(key: str, value: object) -> Any:
    """The id of what a widget returns: an id, or the text that an option has, or had a moment ago; else None.

    What is no option at all is told when a page opens (`tell_unidentified`).
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


def warn_of_unknown_option(language: Language) -> None:
    """Say that a choice was ignored, where one was since the last run."""
    if st.session_state.pop("unidentified", False):
        st.warning(translate(language, "address.choice_ignored"))


def choose(
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    language: Language,
    how: Literal["list", "buttons"] = "list",
    sidebar: bool = False,
) -> str:
    """A choice that is in the address as `?name=id`, so that the view is a link.

    `options` maps ids to shown texts; the first is taken where the address names none. An id in the address that does
    not exist is named in a message. Raises ValueError where there are no options.
    """
    if not options:
        raise ValueError(f"nothing to choose for {name}")
    wanted = get(name)
    remembered: str | None = wanted or st.session_state.get(f"kept-{name}")
    chosen = remembered if remembered is not None and remembered in options else next(iter(options))
    if wanted is not None and wanted not in options:
        told = {"name": name, "value": query_string.excerpt(wanted), "used": options[chosen]}
        st.warning(translate(language, "address.unknown", **escaped_values(told)))
    _show_widget(name, label, options, chosen, how=how, sidebar=sidebar)
    return chosen


def choose_page_subject(
    name: str, label: str, options: Mapping[str, str], *, language: Language, first: bool, sidebar: bool = False
) -> str | None:
    """As `choose`, of that which a whole page is about: None where the address asks for one that does not exist.

    The visitor has then been told, and nothing is chosen in its place. `first`: whether the first is taken where none
    is asked for.
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
    _show_widget(name, label, options, chosen, how="search", sidebar=sidebar)
    return chosen


def _show_widget(
    name: str,
    label: str,
    options: Mapping[str, str],
    chosen: str | None,
    *,
    how: Literal["list", "buttons", "search"],
    sidebar: bool,
) -> None:
    """The widget of a choice; what is chosen is written into the address, and remembered for other pages."""
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

    place = st.sidebar if sidebar else st
    text = option_label(key, _unambiguous(options))
    if how == "buttons":
        place.segmented_control(label, list(options), format_func=text, key=key, on_change=note, required=True)
    elif how == "list":
        place.selectbox(label, list(options), format_func=text, key=key, on_change=note)
    else:
        place.selectbox(label, list(options), None, format_func=text, key=key, on_change=note, placeholder="…")


def _unambiguous(options: Mapping[str, str]) -> Mapping[str, str]:
    """The options with the id behind each text that stands for several: a list knows its entries by their text."""
    times = Counter(options.values())
    return {option: text if times[text] == 1 else f"{text} ({option})" for option, text in options.items()}


def warn_of_ignored(visit: PageContext, wrong: Sequence[tuple[str, str]]) -> None:
    """Name what in the address does not exist, as (parameter, value)."""
    for name, value in wrong[:_MAX_NAMED]:
        st.warning(visit.translate("address.ignored", name=name, value=query_string.excerpt(value)))


def label_filters(visit: PageContext, countries: Collection[str], sectors: Collection[str]) -> LabelFilters:
    """What the address asks of the register; a value in it that does not exist is named in a message."""
    address = {name: value for name in filters.PARAMETER_NAMES if (value := get(name))}
    address.setdefault("label", st.session_state.get("kept-label", filters.ALL))
    found, wrong = filters.from_query(address, countries, sectors, visit.now.date())
    warn_of_ignored(visit, [entry for entry in wrong if entry[0] != "label"])  # the buttons tell that themselves
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
    """A choice of several that is in the address as `?name=id,id`; `nothing` is shown where none is chosen.

    `note` writes it there. `empty` is what stands there where none is chosen, and an address without the name means
    something else.
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


def text_input(name: str, label: str, value: str, example: str) -> None:
    """A text that is in the address as `?name=text`."""
    key = f"choice-{name}"
    st.session_state[key] = value

    def note() -> None:
        update({name: str(st.session_state[key]).strip()})

    st.text_input(label, key=key, on_change=note, placeholder=example, max_chars=filters.MAX_TEXT_LENGTH)


def choose_year(visit: PageContext, label: str, year: int | None) -> None:
    """A slider over the years since the first labels, up to today; in the address as `?year=`."""
    key, last = "choice-year", visit.now.year
    st.session_state[key] = year or last

    def note() -> None:
        update({"year": "" if st.session_state[key] == last else str(st.session_state[key])})

    st.slider(label, filters.FIRST_YEAR, last, key=key, on_change=note, format="%d")


def reset_button(label: str, names: Collection[str]) -> None:
    """A button that takes choices out of the address; there where one of them is in it."""
    if any(name in st.query_params for name in names):
        st.button(label, icon=":material/filter_alt_off:", on_click=update, args=({}, names), key="reset")


def choose_cluster(visit: PageContext, *, evaluated: bool = False) -> str | None:
    """The cluster whose results are shown: of those that the viewer may see, the one in the address.

    None where there is none to show: the visitor has then been told why.
    """
    options, wanted = visit.reader.assessed(evaluated=evaluated), get("cluster")
    if len(options) > 1:
        return choose_page_subject(
            "cluster", visit.translate("benchmark.choose"), options, language=visit.language, first=True
        )
    own = next(iter(options), None)
    if wanted not in (None, own):
        if not visit.demonstration:  # there, the switch has told it already
            st.warning(visit.translate("address.not_yours", value=query_string.excerpt(str(wanted))))
        if own is not None:
            label = visit.translate("address.show_own", name=options[own])
            st.button(label, icon=":material/radar:", on_click=update, args=({"cluster": own},), key="show-own")
        return None
    if own is None:
        st.info(visit.translate("benchmark.none"))
    return own


def show_search_links(visit: PageContext) -> None:
    """Where to look for a cluster: the search on the map, and the list of all."""
    query_params = {"lang": visit.language}
    search = visit.translate("not_found.to_search")
    st.page_link("pages/public/labels.py", label=search, icon=":material/search:", query_params=query_params)
    st.markdown(f"[{visit.translate('not_found.to_list')}](list/{visit.language})")


def choose_benchmark(visit: PageContext) -> ClusterBenchmark:
    """The result that the page shows; where there is none, the visitor is told and the page ends here."""
    cluster_id = choose_cluster(visit)
    if cluster_id is None:
        st.stop()
    return visit.reader.benchmark(cluster_id)


def choose_reference(visit: PageContext, result: ClusterBenchmark) -> tuple[str, Reference]:
    """The group against which a cluster is shown, the one in the address, with its name."""
    found = named_references(result, visit.language)
    names = {key: name for key, (name, _) in found.items()}
    chosen = found[choose("reference", visit.translate("benchmark.against"), names, language=visit.language)]
    for missing in result.suppressed:
        st.caption(suppressed_group(missing, visit.language))
    return chosen
