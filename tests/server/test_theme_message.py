"""The theme that is worked out once is the one that Streamlit works out each time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from support.browser import ROOT

from clusterdash.server import theme_message

SECTIONS = ("theme", *(f"theme.{category.value}" for category in config.CustomThemeCategories))


@pytest.fixture(autouse=True)
def our_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The project's own `config.toml`, read anew before and after."""
    monkeypatch.chdir(ROOT)
    theme_message._section.cache_clear()
    config.get_config_options(force_reparse=True)
    yield
    theme_message._section.cache_clear()


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_is_what_streamlit_makes_of_it(section: str) -> None:
    theirs = CustomThemeConfig()
    app_session._populate_theme_msg(theirs, section)
    for _ in range(2):
        ours = CustomThemeConfig()
        theme_message.populate(ours, section)
        assert ours == theirs


def test_the_theme_has_fonts_and_both_colour_schemes() -> None:
    found = {section: CustomThemeConfig() for section in SECTIONS}
    for section, message in found.items():
        theme_message.populate(message, section)
    assert len(found["theme"].font_faces) == 2
    assert found["theme.light"].primary_color != found["theme.dark"].primary_color
