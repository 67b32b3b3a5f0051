"""Paths of what is not in the Python package: the facts in `data/`, the pages, `app.py`.

In a checkout they are beside the package; in an installed wheel inside it, in `_site/` (see `pyproject.toml`).
"""

from __future__ import annotations

from pathlib import Path

from .settings import data_variable

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_site"
SITE = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
"""The folder of `app.py` and `pages/`."""
FACTS = SITE / "data"
"""The facts that come with the project; a data folder may have its own `scheme`, `labels`, `contact.toml` instead."""


def data_folder() -> Path:
    """The folder of editions, grants and logs: `CLUSTERDASH_DATA`, else `data` of the checkout or working directory."""
    return data_variable() or (Path("data") if SITE == _INSTALLED else FACTS)


def streamlit_defaults() -> Path | None:
    """The Streamlit settings in a wheel; None in a checkout, where Streamlit finds them itself."""
    return SITE / "streamlit.toml" if SITE == _INSTALLED else None
