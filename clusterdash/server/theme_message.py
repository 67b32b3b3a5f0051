"""The theme in the first message of each run of a page, worked out once.

Streamlit reads some three hundred options for it, each time; they cannot change while the server runs. That was an
eighth of the processor time of a run of the benchmark page.
"""

from __future__ import annotations

from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

_populate = app_session._populate_theme_msg


def work_out_once() -> None:
    """Let Streamlit take each section of the theme from what was worked out first."""
    vars(app_session)["_populate_theme_msg"] = populate


def populate(message: CustomThemeConfig, section: str = "theme") -> None:
    """Add a section of the theme to a message, as Streamlit's own function does."""
    message.MergeFromString(_section(section))


@cache
def _section(section: str) -> bytes:
    message = CustomThemeConfig()
    _populate(message, section)
    return bytes(message.SerializeToString())
