"""The command `serve`: the settings with which it starts Streamlit."""

from __future__ import annotations

from pathlib import Path

from streamlit import config

from clusterdash.cli import serve

SETTINGS = Path(__file__).parents[2] / ".streamlit" / "config.toml"


def test_settings_reach_streamlit_where_nothing_else_says_otherwise(tmp_path: Path) -> None:
    own = tmp_path / "config.toml"
    own.write_text('[server]\naddress = "0.0.0.0"\n', "utf-8")
    found = serve.streamlit_environment(
        SETTINGS, [own, tmp_path / "none.toml"], {"STREAMLIT_CLIENT_TOOLBAR_MODE": "minimal"}
    )
    assert "STREAMLIT_SERVER_ADDRESS" not in found
    assert found["STREAMLIT_CLIENT_TOOLBAR_MODE"] == "minimal"
    assert (found["STREAMLIT_SERVER_HEADLESS"], found["STREAMLIT_SERVER_MAX_UPLOAD_SIZE"]) == ("true", "20")
    assert found["STREAMLIT_THEME_BASE"] == str(SETTINGS)
    own.write_text('[theme]\nprimaryColor = "#000000"\n', "utf-8")
    assert "STREAMLIT_THEME_BASE" not in serve.streamlit_environment(SETTINGS, [own], {}), "the operator’s own theme"
    known = {option.env_var for option in config.get_config_options().values()}
    assert found.keys() <= known, "each is a variable that Streamlit reads"
