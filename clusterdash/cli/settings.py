"""The command `settings`: every setting with its value, where that comes from, and what it means."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from .. import settings as operator_settings
from ..i18n import translate
from ..locations import data_folder
from ..settings import SECRETS, Settings, settings

HIDDEN = "***"
"""What stands for a password in an address."""


def list_settings(options: argparse.Namespace) -> int:
    """Print all settings, as text or JSON. Raises ClusterdashError if they are not valid."""
    found = settings(options.data)
    lines = []
    for name in Settings.model_fields:
        value = shown(name, options.data if name == "data" else getattr(found, name))
        given = name == "data" and options.data != data_folder()
        origin = "--data" if given else operator_settings.origin(name, options.data)
        meaning = translate(options.lang, f"setting.{name}")
        if options.format == "json":
            source = None if origin is None else str(origin)
            lines.append({"name": name, "value": value, "origin": source, "meaning": meaning})
            continue
        values = {
            "value": _as_text(options, name, value),
            "origin": translate(options.lang, "settings.default") if origin is None else origin,
        }
        sys.stdout.write(translate(options.lang, "settings.line", name=name, meaning=meaning, **values) + "\n")
    if options.format == "json":
        sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")
    return 0


def shown(name: str, value: object) -> object:
    """A setting's value for JSON: without secrets, and addresses without passwords and parameters."""
    if value is None:
        return None
    if name in SECRETS:
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: list(entry) if isinstance(entry, tuple) else entry for key, entry in value.items()}
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str) and "://" in value:
        return without_password(value)
    return str(value) if isinstance(value, Path) else value


def without_password(address: str) -> str:
    """An address whose password and parameters are hidden; one that cannot be parsed is hidden as a whole."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return HIDDEN
    user, at, host = parts.netloc.rpartition("@")
    login = user.partition(":")[0] + (f":{HIDDEN}" if ":" in user else "")
    hidden = parts._replace(netloc=f"{login}{at}{host}", query=HIDDEN if parts.query else "", fragment="")
    return hidden.geturl()


def _as_text(options: argparse.Namespace, name: str, value: object) -> str:
    if value is None:
        return translate(options.lang, "settings.unset")
    if name in SECRETS:
        return translate(options.lang, "settings.secret")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
