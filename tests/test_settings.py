"""The operator's settings: from variables and from the file of a data folder, or refused with a sentence."""

from __future__ import annotations

import json
import re
import timeit
from collections.abc import Mapping
from pathlib import Path

import pytest

from clusterdash.cli.main import main
from clusterdash.domain import ClusterdashError
from clusterdash.i18n import LANGUAGES, explain, translate
from clusterdash.settings import FILE, FILES, PREFIX, Environment, Settings, environment, settings

ROOT = Path(__file__).parent.parent
KEY = f"{'A' * 43}="
ACCEPTED = {
    "hours": ("2", 2.0),
    "log_days": ("30", 30),
    "ended_case_days": ("7", 7),
    "accepted_case_days": ("90", 90),
    "evidence_days": ("7", 7),
    "behind_tls": ("true", True),
    "sessions": ("8", 8),
    "vouching": ('["entra"]', ("entra",)),
    "issuers": (
        '{ h = "https://x", i = ["https://y", "https://z"] }',
        {"h": ("https://x",), "i": ("https://y", "https://z")},
    ),
    "log_format": ("json", "json"),
    "metrics": ("token", "token"),
    "metrics_token": ("x" * 20, "x" * 20),
    "reference": ("own", "own"),
    "reference_keys": (f'{{ "A body" = "{KEY}" }}', {"A body": KEY}),
    "scan_command": ("clamdscan --fdpass 'my files'", ("clamdscan", "--fdpass", "my files")),
}
"""Of each setting that may stand in the file: a value as in a variable, and what it is."""
WRONG = {
    "url": ["dash.example", "ftp://dash.example", "https://"],
    "hours": ["0", "721", "true", '"8"', "inf", "x"],
    "log_days": ["0", "1.5", "true"],
    "ended_case_days": ["0", "1.5", "true"],
    "accepted_case_days": ["0", "1.5", "true"],
    "evidence_days": ["0", "1.5", "true"],
    "behind_tls": ["1", "yes", '"true"'],
    "sessions": ["0", "8\nhours = 3"],
    "vouching": ["3", "entra", "[1]"],
    "issuers": ["x", "{ h = [1] }", "[]"],
    "log_format": ["xml", ""],
    "metrics": ["all"],
    "metrics_token": ["short"],
    "reference": ["all"],
    "reference_keys": ["x", '{ "A body" = "short" }', "[]"],
    "scan_command": ["3", "[1]", "an 'open quotation"],
}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def quoted(name: str, value: str) -> str:
    """A value as it stands in the file, where texts are in quotation marks."""
    texts = ("log_format", "metrics", "metrics_token", "reference")
    return json.dumps(value) if name in texts or (name == "scan_command" and " " in value) else value


def refusal(data: Path) -> str:
    """The sentence that settings are refused with; in both languages, and without a blank left."""
    with pytest.raises(ClusterdashError) as raised:
        settings(data)
    assert explain("fr", raised.value) != explain("en", raised.value)
    return explain("en", raised.value)


def test_each_setting_has_its_meaning_in_each_language() -> None:
    assert set(ACCEPTED) == set(Settings.model_fields) - set(Environment.model_fields)
    for language in LANGUAGES:
        assert all(translate(language, f"setting.{name}") for name in Settings.model_fields)


@pytest.mark.parametrize("name", ACCEPTED)
@pytest.mark.parametrize("file", FILES)
def test_a_setting_is_read_from_the_file_and_a_variable_goes_before_it(
    name: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, value = ACCEPTED[name]
    monkeypatch.setenv(PREFIX + name.upper(), text)
    assert getattr(settings(tmp_path), name) == value, "from a variable"
    (tmp_path / file).write_text("hours = 1\nlog_days = 1\n")
    assert getattr(settings(tmp_path), name) == value, "over the file"
    monkeypatch.setenv(PREFIX + name.upper(), "")
    (tmp_path / file).write_text(f"{name} = {quoted(name, text)}\n")
    assert getattr(settings(tmp_path), name) == value, "from the file"
    (tmp_path / file).unlink()
    assert getattr(settings(tmp_path), name) == Settings.model_fields[name].get_default(call_default_factory=True)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_setting_is_refused_with_its_place(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value:
        monkeypatch.setenv(PREFIX + name.upper(), value)
        assert refusal(tmp_path).startswith(f"{PREFIX}{name.upper()}: {name} must")
        monkeypatch.delenv(PREFIX + name.upper())
    if name not in Environment.model_fields and "\n" not in value:
        given = quoted(name, value) if value not in ("x", "yes", "entra") else f'"{value}"'
        (tmp_path / FILE).write_text(f"{name} = {given}\n")
        assert refusal(tmp_path).startswith(f"{tmp_path / FILE}: {name} must")


def test_unknown_settings_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE).write_text("hour = 1\n")
    assert "“hour”" in refusal(tmp_path)
    assert "hours, log_days" in refusal(tmp_path)
    (tmp_path / FILE).write_text('database = "sqlite://"\n')
    assert "CLUSTERDASH_DATABASE" in refusal(tmp_path)
    (tmp_path / FILE).write_text("hours = ")
    assert "cannot be read" in refusal(tmp_path)
    (tmp_path / FILE).write_text("")
    (tmp_path / "access.toml").write_text("")
    assert "both settings.toml and access.toml" in refusal(tmp_path)
    (tmp_path / FILE).unlink()
    for name in ("CLUSTERDASH_HOUR", "clusterdash_hours"):
        monkeypatch.setenv(name, "1")
        assert name in refusal(tmp_path)
        with pytest.raises(ClusterdashError):
            environment()
        monkeypatch.delenv(name)
    assert settings(tmp_path).hours == 8


def test_settings_are_read_in_less_than_a_tenth_of_a_millisecond(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("hours = 2\n")
    assert min(timeit.repeat(lambda: settings(tmp_path), number=100, repeat=5)) / 100 < 0.0002


def test_the_command_lists_value_origin_and_meaning_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FILE).write_text('hours = 2\nmetrics_token = "hidden-hidden-hidden"\nlog_days = 3\n')
    monkeypatch.setenv("CLUSTERDASH_HOURS", "4")
    monkeypatch.setenv("CLUSTERDASH_COOKIE_SECRET", "hidden")
    monkeypatch.setenv("CLUSTERDASH_DATABASE", "postgresql+psycopg://someone:hid@den@host/base?password=hidden")
    for language in LANGUAGES:
        assert main(["settings", "--data", str(tmp_path), "--lang", language]) == 0
        lines = capsys.readouterr().out
        assert "hid" not in lines
        for name in Settings.model_fields:
            meaning = re.escape(translate(language, f"setting.{name}"))
            assert re.search(rf"^{name} = .*\n +{meaning}$", lines, re.MULTILINE)
    assert main(["settings", "--data", str(tmp_path), "--format", "json"]) == 0
    answered = capsys.readouterr().out
    assert "hid" not in answered
    found = {entry["name"]: (entry["value"], entry["origin"]) for entry in json.loads(answered)}
    assert found["hours"] == (4.0, "CLUSTERDASH_HOURS")
    assert found["log_days"] == (3, str(tmp_path / FILE))
    assert found["sessions"] == (300, None)
    assert found["data"] == (str(tmp_path), "--data")
    assert found["database"] == ("postgresql+psycopg://someone:***@host/base?***", "CLUSTERDASH_DATABASE")
    assert found["cookie_secret"] == ("***", "CLUSTERDASH_COOKIE_SECRET")
    monkeypatch.setenv("CLUSTERDASH_HOURS", "none")
    assert main(["settings", "--data", str(tmp_path), "--lang", "en"]) == 1
    assert capsys.readouterr().err.startswith("CLUSTERDASH_HOURS: hours must be a number")


def documented_rows() -> list[str]:
    """The rows of the table in `docs/operations.md`."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        written = (
            "" if default is None else f"`{json.dumps(dict(default) if isinstance(default, Mapping) else default)}`"
        )
        place = "variable" if name in Environment.model_fields else "both"
        rows.append(f"| `{name}` | {place} | {written} | {translate('en', f'setting.{name}')} |".replace("|  |", "| |"))
    return rows


def test_the_table_of_settings_in_the_documentation_is_the_class() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    table = text[text.index("| setting |") :].split("\n\n")[0].splitlines()[2:]
    assert table == documented_rows()
