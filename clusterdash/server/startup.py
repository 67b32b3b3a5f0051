"""Start of the server: the operator's settings, and the reasons not to start.

Run as a program it prints those reasons and facts about the login as JSON, for `clusterdash doctor`: what Streamlit
would read at the start is known to Streamlit alone.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st
from streamlit import config
from streamlit.web import bootstrap, cli

from .. import files, i18n, locations
from ..auth import startup_checks
from ..auth.oidc import DEFAULT, providers
from ..domain import ClusterdashError
from ..settings import Settings, settings
from ..version import version
from . import edition_cache, logs

_REFUSED = 3
"""The exit code of a server that does not start."""
_LOG = logging.getLogger("clusterdash")


def begin_logging() -> Settings:
    """Return the settings, once the log has their format; where they are not valid, say so and exit."""
    logs.configure("text")
    try:
        found = settings(edition_cache.data_dir())
    except ClusterdashError as error:
        _exit([error])
    logs.configure(found.log_format)
    used = ", ".join(f"{name} {metadata.version(name)}" for name in ("Streamlit", "DuckDB"))
    _LOG.info("the server starts: clusterdash %s, Python %s, %s", version(), platform.python_version(), used)
    return found


def check(found: Settings) -> None:
    """Exit with the reasons where results would be at risk."""
    if refused := refusals(found):
        _exit(refused)


def refusals(found: Settings) -> list[ClusterdashError]:
    """Return all reasons not to start."""
    data = edition_cache.data_dir()
    try:
        real, exposed = edition_cache.holds_real_data(), files.protect(data)
        return startup_checks.refusals(config.get_option, login(found), found, real=real, exposed=exposed)
    except ClusterdashError as error:
        return [error]


def login(found: Settings) -> Mapping[str, Any]:
    """Return the section `[auth]`: from the variables, else from Streamlit's secrets; empty without a login."""
    if own := found.auth():
        return own
    section: Mapping[str, Any] = st.secrets.get("auth", {}) if st.secrets.load_if_toml_exists() else {}
    return section


def _exit(refused: Sequence[ClusterdashError]) -> NoReturn:
    language = i18n.language_of_environment(os.environ)
    for reason in refused:
        _LOG.error("%s", i18n.explain(language, reason))
    sys.exit(_REFUSED)


def _report(language: str) -> dict[str, Any]:
    """What `clusterdash doctor` asks for: no secrets."""
    found = settings(edition_cache.data_dir())
    auth = login(found)
    spoken = i18n.negotiate_language(language, None)
    known = providers(auth, found)
    sections = {one.name: auth if one.name == DEFAULT else auth[one.name] for one in known}
    return {
        "refusals": [i18n.explain(spoken, reason) for reason in refusals(found)],
        "redirect_uri": str(auth.get("redirect_uri", "")),
        "url": found.url,
        "behind_tls": found.behind_tls,
        "providers": [
            {
                "name": one.name,
                "metadata": str(sections[one.name].get("server_metadata_url", "")),
                "issuers": list(one.issuers),
            }
            for one in known
        ],
    }


def _take_options() -> None:
    """Let Streamlit's options be those of the variables `STREAMLIT_*`, which only its command line reads."""
    given = cli.main_run.make_context("run", [str(locations.SITE / "app.py")]).params
    bootstrap.load_config_options({name: value for name, value in given.items() if name not in ("target", "args")})


if __name__ == "__main__":
    _take_options()
    vars(config)["_main_script_path"] = str(Path(locations.SITE / "app.py").resolve())  # as `streamlit run` sets it
    sys.stdout.write(json.dumps(_report(sys.argv[1])))
