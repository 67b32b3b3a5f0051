"""Choices that stand in the address, so that every view is a link; with their widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Literal

import streamlit as st

from ..benchmarking.words import references, withdrawn
from ..i18n import say
from ..model import ClusterBenchmark, Language, Reference
from ..register import selection
from ..register.selection import Selection
from .visits import Visit, plain_values


def choose(
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    language: Language,
    how: Literal["list", "buttons"] = "list",
    sidebar: bool = False,
) -> str:
    """A choice that stands in the address as `?name=id`, so that the view is a link.

    `options` maps ids to shown texts; the first is taken where the address names none. An id in the address that does
    not exist is named in a message. Raises ValueError where there are no options.
    """
    if not options:
        raise ValueError(f"nothing to choose for {name}")
    options = _told_apart(options)
    key, kept = f"choice-{name}", f"kept-{name}"
    asked: str | None = st.query_params.get(name)
    remembered: str | None = asked if asked is not None else st.session_state.get(kept)
    chosen = remembered if remembered is not None and remembered in options else next(iter(options))
    if asked is not None and asked not in options:
        told = {"name": name, "value": asked, "used": options[chosen]}
        st.warning(say(language, "address.unknown", **plain_values(told)))
    elif asked is None:
        st.session_state["pending"][name] = chosen
    st.session_state[key] = chosen
    st.session_state[kept] = chosen

    def write() -> None:
        picked = str(st.session_state[key])
        st.query_params[name] = picked
        st.session_state[kept] = picked

    place = st.sidebar if sidebar else st
    if how == "buttons":
        place.segmented_control(
            label, list(options), format_func=options.__getitem__, key=key, on_change=write, required=True
        )
    else:
        place.selectbox(label, list(options), format_func=options.__getitem__, key=key, on_change=write)
    return chosen


def _told_apart(options: Mapping[str, str]) -> Mapping[str, str]:
    """The options with the id behind each text that stands for several: a list knows its entries by their text."""
    times = Counter(options.values())
    return {option: text if times[text] == 1 else f"{text} ({option})" for option, text in options.items()}


def selected(visit: Visit, countries: Collection[str], sectors: Collection[str]) -> Selection:
    """What the address asks of the register; a value in it that does not exist is named in a message."""
    address = {name: ",".join(st.query_params.get_all(name)) for name in st.query_params}
    address.setdefault("label", st.session_state.get("kept-label", selection.ALL))
    found, wrong = selection.read(address, countries, sectors, visit.now.date())
    for name, value in wrong:
        if name != "label":  # the buttons tell that themselves
            st.warning(visit.say("address.ignored", name=name, value=value))
    return found


def choose_many(name: str, label: str, options: Mapping[str, str], chosen: Collection[str], nothing: str) -> None:
    """A choice of several that stands in the address as `?name=id,id`; `nothing` is shown where none is chosen."""
    key = f"choice-{name}"
    st.session_state[key] = [option for option in options if option in chosen]

    def write() -> None:
        _write(name, ",".join(st.session_state[key]))

    st.multiselect(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=write,
        placeholder=nothing,
        select_all=False,
    )


def ask(name: str, label: str, value: str, example: str) -> None:
    """A text that stands in the address as `?name=text`."""
    key = f"choice-{name}"
    st.session_state[key] = value

    def write() -> None:
        _write(name, str(st.session_state[key]).strip())

    st.text_input(label, key=key, on_change=write, placeholder=example, max_chars=selection.LONGEST_TEXT)


def choose_year(visit: Visit, label: str, year: int | None) -> None:
    """A slider over the years since the first labels, up to today; in the address as `?year=`."""
    key, last = "choice-year", visit.now.year
    st.session_state[key] = year or last

    def write() -> None:
        _write("year", "" if st.session_state[key] == last else str(st.session_state[key]))

    def shown(value: int) -> str:
        return visit.say("labels.today") if value == last else str(value)

    years = list(range(selection.FIRST_YEAR, last + 1))
    st.select_slider(label, years, format_func=shown, key=key, on_change=write)


def reset(label: str, names: Collection[str]) -> None:
    """A button that takes choices out of the address; there where one of them is in it."""

    def clear() -> None:
        kept = {name: st.query_params.get_all(name) for name in st.query_params if name not in names}
        st.query_params.from_dict(kept)

    if any(name in st.query_params for name in names):
        st.button(label, icon=":material/filter_alt_off:", on_click=clear, key="reset")


def _write(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def choose_cluster(visit: Visit, *, evaluated: bool = False) -> str | None:
    """The cluster whose results are shown: of those that the viewer may see, the one in the address."""
    options = visit.gateway.assessed(evaluated=evaluated)
    if not options:
        st.info(visit.say("benchmark.none"))
        return None
    if len(options) > 1:
        return choose("cluster", visit.say("benchmark.choose"), options, language=visit.language)
    (own,) = options
    asked = st.query_params.get("cluster")
    if asked not in (None, own) and not visit.demonstration:  # there, the switch has told it already
        st.warning(visit.say("address.not_yours", value=asked, used=options[own]))
    return own


def choose_benchmark(visit: Visit) -> ClusterBenchmark:
    """The result that the page shows; where there is none, the visitor is told and the page ends here."""
    cluster_id = choose_cluster(visit)
    if cluster_id is None:
        st.stop()
    return visit.gateway.benchmark(cluster_id)


def choose_reference(visit: Visit, result: ClusterBenchmark) -> tuple[str, Reference]:
    """The group against which a cluster is shown, the one in the address, with its name."""
    found = references(result, visit.language)
    names = {key: name for key, (name, _) in found.items()}
    chosen = found[choose("reference", visit.say("benchmark.against"), names, language=visit.language)]
    for missing in result.withdrawn:
        st.caption(withdrawn(missing, visit.language))
    return chosen
