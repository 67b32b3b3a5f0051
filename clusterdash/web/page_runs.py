"""Runs of pages: each has an id in the log, and is timed by its page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from ..metrics import PAGE_RUNS
from ..server import request_ids


@dataclass(slots=True)
class PageRun:
    """A run of a page; `page` is its name as soon as that is known."""

    page: str = "unknown"


@contextmanager
def observed() -> Iterator[PageRun]:
    """Give a run an id, which stays with its thread until the next run, and time it."""
    request_ids.begin_run(st.context.headers)
    run, start = PageRun(), time.perf_counter()
    try:
        yield run
    finally:
        PAGE_RUNS.labels(run.page).observe(time.perf_counter() - start)
