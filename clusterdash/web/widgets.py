"""Widgets and elements that several pages draw: charts, maps, tables, progress bars, uploads, checkboxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

import folium
import plotly.graph_objects as go
import streamlit as st
from streamlit_folium import st_folium

from ..i18n import escape_markdown
from ..ingest import readers
from ..ingest.readers import Sheet
from ..presentation.chart_theme import in_dark
from ..presentation.evaluation.outlook import Outlook
from ..server import upload_limits
from .components import private_download
from .context import PageContext
from .messages import show_problems

Option = TypeVar("Option", bound=str)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float, str], object]]:
    """Show a bar during a long task; yields a function for the share done (0 to 1) and a text. Removed at the end."""
    bar = st.progress(0.0, label)
    try:
        yield bar.progress
    finally:
        bar.empty()


@contextmanager
def counted(visit: PageContext, label: str, key: str) -> Iterator[Callable[[int, int], object]]:
    """As `progress_bar`, for the numbers done and in total; `key` is the text that shows them."""
    with progress_bar(label) as tell:
        yield lambda done, total: tell(done / total, visit.translate(key, done=done, total=total))


def with_progress(label: str, make: Callable[[], bytes]) -> bytes:
    """Return the result of `make`, with a bar while it runs."""
    with progress_bar(label):
        return make()


def checkbox_group(label: str, options: Mapping[str, str], most: int, key: str) -> list[str]:
    """Return the ticked options, at most `most`. They stay in the session and are never in the address."""
    ticked = [name for name in options if st.session_state.get(f"{key}-{name}")]
    if options:
        st.markdown(label)
    return [
        name
        for name, text in options.items()
        if st.checkbox(
            escape_markdown(text),
            key=f"{key}-{name}",
            disabled=len(ticked) >= most and name not in ticked,
            persist_state="session",
        )
    ]


def check_list(texts: Mapping[Option, tuple[str, str]], *, key: str) -> list[Option]:
    """Show a row with a box to tick for each option, from its text and the small text below; return the ticked ones."""
    with st.container(key=f"checks-{key}"):
        return [
            option
            for option, (text, note) in texts.items()
            if st.checkbox(f"{text}  \n:small[{note}]", key=f"{key}-{option}")
        ]


def upload(visit: PageContext, label: str, kinds: list[str], *, key: str) -> tuple[str, list[Sheet]] | None:
    """Return an uploaded file, read once: an id that changes with the file, and its sheets; None if there is none.

    Problems are shown. The file stays in the session's memory only.
    """
    kept = f"read-{key}"
    upload_limits.allow_uploads()
    upload = st.file_uploader(label, type=kinds, key=key)
    if upload is None:
        st.session_state.pop(kept, None)
        return None
    if st.session_state.get(kept, ("",))[0] != upload.file_id:
        st.session_state[kept] = (upload.file_id, *readers.read_content(upload.name, upload.getvalue()))
    identity, found, problems = st.session_state[kept]
    show_problems(visit, problems)
    return identity, found


def download_row(
    visit: PageContext,
    texts: tuple[str, str],
    name: str,
    make: Callable[[], bytes],
    media_type: str,
    *,
    key: str,
    primary: bool = False,
) -> None:
    """Show a file as a row: what it is, what it is for (the keys of these texts), and the button that saves it."""
    title, use = (visit.translate(text) for text in texts)
    label = visit.translate("file.download", kind=name.rpartition(".")[2].upper())
    with st.container(key=f"file-{key}"):
        described, button = st.columns([4, 1], vertical_alignment="center")
        described.markdown(f"**{title}**")
        described.caption(use)
        with button:
            private_download(label, name, make, media_type, key=key, spoken=f"{label}, {title}", primary=primary)


def show_chart(figure: go.Figure, alt: str, key: str) -> None:
    """Draw a chart in the colours of the visitor's screen, with a text alternative."""
    if st.context.theme.type == "dark":
        figure = in_dark(figure)
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False, "responsive": True}, alt=alt, key=key)


def show_frame(address: str, alt: str) -> None:
    """Show what our own server answers at an address below it: nothing is sent over the session's connection."""
    st.iframe(address, height=510, alt=alt)


def show_map(drawn: folium.Map, key: str, height: int) -> None:
    """Draw a map of a height in pixels; panning and zooming do not rerun the page.

    `render=False` avoids rendering it a second time.
    """
    st_folium(drawn, key=key, height=height, returned_objects=[], use_container_width=True, render=False)


def show_html(drawn: str) -> None:
    """Draw what `presentation` made as HTML; nothing where it is empty."""
    if drawn:
        st.html(drawn)


@contextmanager
def fold(label: str, *, key: str, start_open: bool = False) -> Iterator[bool]:
    """Show a part that the visitor opens; yields whether it is open, so that a closed one costs nothing."""
    part = st.expander(label, start_open, key=key, on_change="rerun")
    with part:
        yield bool(part.open)


def show_outlook(visit: PageContext, answers: Sequence[Outlook]) -> None:
    """Show sentences side by side, each below a link to the page with the whole answer."""
    with st.container(key="outlook"):
        for column, answer in zip(st.columns(len(answers), gap="large"), answers, strict=True):
            with column:
                st.page_link(f"pages/cluster/{answer.page}.py", label=visit.translate(f"{answer.page}.menu"))
                st.markdown(answer.sentence)


def show_table(table: str) -> None:
    """Draw a table made by a `tables` module of `presentation`, unless it is empty."""
    if table:
        st.html(table)
