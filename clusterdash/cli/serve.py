"""The command `serve`: runs Streamlit on the `app.py` of this installation."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

from .. import locations


def streamlit_environment(defaults: Path | None, own: Iterable[Path], given: Mapping[str, str]) -> dict[str, str]:
    """`given`, and variables for the options in `defaults` that neither the files `own` nor `given` set.

    A `config.toml` beside `app.py` would override the one in the working directory, so a wheel has its settings in
    another file, which is passed to Streamlit as variables. Its theme, which has tables and lists, is named as a file.
    """
    if defaults is None:
        return dict(given)
    settled = {name for file in own if file.is_file() for name in _options(file, theme=True)}
    chosen = {_variable(name): text for name, text in _options(defaults).items() if name not in settled}
    if not any(name.startswith("theme.") for name in settled):
        chosen["STREAMLIT_THEME_BASE"] = str(defaults)
    return {**chosen, **given}


def environment_of_server(data: Path, given: Mapping[str, str]) -> dict[str, str]:
    """The variables with which the server of a data folder starts."""
    own = (Path.home() / ".streamlit" / "config.toml", Path(".streamlit") / "config.toml")
    found = streamlit_environment(locations.streamlit_defaults(), own, given)
    return {**found, "CLUSTERDASH_DATA": str(data.resolve())}


def start(data: Path, port: int) -> NoReturn:
    """Replace this process by the server."""
    command = [sys.executable, "-m", "streamlit", "run", str(locations.SITE / "app.py"), f"--server.port={port}"]
    sys.stdout.flush()
    os.execve(sys.executable, command, environment_of_server(data, os.environ))


def _options(file: Path, *, theme: bool = False) -> dict[str, str]:
    """The options in a settings file by `section.name`, as text for environment variables; `theme`: its theme too."""
    sections = tomllib.loads(file.read_text("utf-8"))
    return {
        f"{section}.{name}": str(value).lower() if isinstance(value, bool) else str(value)
        for section, options in sections.items()
        if isinstance(options, dict) and (theme or section != "theme")
        for name, value in options.items()
    }


def _variable(option: str) -> str:
    """The variable of a Streamlit option: STREAMLIT_SERVER_MAX_UPLOAD_SIZE for `server.maxUploadSize`."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", option.replace(".", "_"))
    return "STREAMLIT_" + re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).upper()
