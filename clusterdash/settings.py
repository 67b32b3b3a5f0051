"""The operator's settings: variables `CLUSTERDASH_*`, and `settings.toml` in the data folder.

A variable goes before the file. It is written as in the file (TOML), but a text without quotation marks. Where the data
are, the public address and the login stand in variables alone, so that a copy of a data folder never reaches the
database of the original. What each setting means are the texts `setting.*`.
"""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from .domain import ClusterdashError
from .files import FileState, file_state

PREFIX = "CLUSTERDASH_"
FILE = "settings.toml"
FILES = (FILE, "access.toml")
"""The file in the data folder, and its former name."""
SECRETS = frozenset({"cookie_secret", "client_secret", "metrics_token"})
"""Settings that are never shown; addresses are shown without their passwords."""
_Values = dict[str, Any]


def _listed(value: Any) -> Any:
    """A list as a tuple; anything else unchanged."""
    return tuple(value) if isinstance(value, list) else value


def _words(value: Any) -> Any:
    """A command as a tuple of its words, also if it is given as text; ValueError if a quotation mark is not closed."""
    return tuple(shlex.split(value)) if isinstance(value, str) else _listed(value)


def _listed_by_name(value: Any) -> Any:
    """The issuers of each provider as a tuple, also if only one is given as text."""
    if not isinstance(value, Mapping):
        return value
    return {name: (named,) if isinstance(named, str) else _listed(named) for name, named in value.items()}


PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""An Ed25519 public key in Base64."""


class _Variables(EnvSettingsSource):
    """The variables, of which all but texts are parsed as TOML, so that the same types are asked for as in the file."""

    def prepare_field_value(
        self,
        field_name: str,  # noqa: ARG002 - of the class above
        field: FieldInfo,
        value: Any,
        value_is_complex: bool,  # noqa: ARG002 - as well
    ) -> Any:
        """The value of a variable; one that is no TOML stays a text, which its type then refuses."""
        default = field.get_default(call_default_factory=True, validated_data={})
        if value is None or default is None or isinstance(default, str):
            return value
        try:
            parsed = tomllib.loads(f"value = {value}")
        except tomllib.TOMLDecodeError:
            return value
        return parsed["value"] if set(parsed) == {"value"} else value


class Environment(BaseSettings):
    """The settings that stand in variables alone; None if not set or empty."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, strict=True, extra="forbid", hide_input_in_errors=True
    )

    data: Annotated[Path, Field(strict=False)] | None = None
    url: Annotated[str, Field(pattern=r"^https?://[^/\s]+")] | None = None
    database: str | None = Field(default=None, repr=False)
    editions: str | None = Field(default=None, repr=False)
    redirect_uri: str | None = None
    cookie_secret: str | None = Field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = Field(default=None, repr=False)
    metadata_url: str | None = None
    prompt: str | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - replaced by `_Variables`
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not used
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not used
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables before what is given, which is what stands in the file."""
        return _Variables(settings_cls), init_settings

    def auth(self) -> dict[str, object] | None:
        """The provider in these variables, with the keys of the section `[auth]`; None if none is set."""
        named = {
            "redirect_uri": self.redirect_uri,
            "cookie_secret": self.cookie_secret,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "server_metadata_url": self.metadata_url,
        }
        found: dict[str, object] = {name: value for name, value in named.items() if value}
        return {**found, **({"client_kwargs": {"prompt": self.prompt}} if self.prompt else {})} if found else None


class Settings(Environment):
    """All settings, with their defaults."""

    hours: Annotated[float, Field(gt=0, le=24 * 30, allow_inf_nan=False)] = 8
    log_days: Annotated[int, Field(gt=0)] = 365
    ended_case_days: Annotated[int, Field(gt=0)] = 30
    accepted_case_days: Annotated[int, Field(gt=0)] = 1826
    evidence_days: Annotated[int, Field(gt=0)] = 90
    behind_tls: bool = False
    sessions: Annotated[int, Field(gt=0)] = 300
    vouching: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    issuers: Annotated[
        Mapping[str, tuple[str, ...]], BeforeValidator(_listed_by_name), AfterValidator(MappingProxyType)
    ] = Field(default_factory=lambda: MappingProxyType({}))
    log_format: Literal["text", "json"] = "text"
    metrics: Literal["local", "token"] = "local"
    metrics_token: Annotated[str, Field(min_length=20)] | None = Field(default=None, repr=False)
    reference: Literal["pack", "own", "both"] = "both"
    reference_keys: Annotated[Mapping[str, PublicKey], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({})
    )
    scan_command: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()


def settings(data: Path) -> Settings:
    """The settings of a data folder, read again only if its file or a variable has changed.

    Raises ClusterdashError if the file cannot be read, or a setting is unknown or invalid.
    """
    return _settings(settings_file(data), _variables())


def environment() -> Environment:
    """The settings that stand in variables alone. Raises ClusterdashError if one is unknown or invalid."""
    return _environment(_variables())


def data_variable() -> Path | None:
    """The folder that `CLUSTERDASH_DATA` names: known before the other settings, whose file is in it."""
    named = os.environ.get(variable("data"))
    return Path(named) if named else None


def variable(name: str) -> str:
    """The variable of a setting."""
    return PREFIX + name.upper()


def origin(name: str, data: Path) -> Path | str | None:
    """Where a setting comes from: the file or the variable; None if it has its default. Raises as `settings`."""
    if os.environ.get(variable(name)):
        return variable(name)
    file = settings_file(data)
    return file.path if file and name in _content(file) else None


def server_address(visited: str) -> str:
    """The address of the server with a trailing slash: `CLUSTERDASH_URL`, else the visited one."""
    return (environment().url or visited).rstrip("/") + "/"


def settings_file(data: Path) -> FileState | None:
    """The state of the file; None without one. Raises ClusterdashError if there are two."""
    found = []
    for name in FILES:
        try:
            found.append(file_state(data / name))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ClusterdashError("settings.unreadable", file=data / name, detail=str(error)) from error
    if len(found) > 1:
        raise ClusterdashError("settings.two_files", folder=data, file=FILES[0], former=FILES[1])
    return found[0] if found else None


def _variables() -> tuple[tuple[str, str], ...]:
    return tuple((name, os.environ[name]) for name in os.environ if name.upper().startswith(PREFIX))


@lru_cache(maxsize=8)
def _settings(file: FileState | None, variables: tuple[tuple[str, str], ...]) -> Settings:
    _check_names(variables)
    content = _content(file) if file else {}
    for name in content:
        if file and name in Environment.model_fields:
            raise ClusterdashError("settings.variable_only", name=name, file=file.path, variable=variable(name))
    try:
        return Settings(**content)
    except ValidationError as error:
        raise _invalid(error, file) from None


@lru_cache(maxsize=1)
def _environment(variables: tuple[tuple[str, str], ...]) -> Environment:
    _check_names(variables)
    try:
        return Environment()
    except ValidationError as error:
        raise _invalid(error, None) from None


@lru_cache(maxsize=8)
def _content(file: FileState) -> _Values:
    try:
        return tomllib.loads(file.path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ClusterdashError("settings.unreadable", file=file.path, detail=str(error)) from error


def _check_names(variables: tuple[tuple[str, str], ...]) -> None:
    known = [variable(name) for name in Settings.model_fields]
    for name, _ in variables:
        if name not in known:
            raise ClusterdashError("settings.unknown_variable", name=name, known=", ".join(known))


def _invalid(error: ValidationError, file: FileState | None) -> ClusterdashError:
    """The sentence for the first setting that is not valid: where it stands, and what is accepted."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0])
    if name not in Settings.model_fields:
        known = [name for name in Settings.model_fields if name not in Environment.model_fields]
        return ClusterdashError("settings.unknown", name=name, file=file.path if file else FILE, known=", ".join(known))
    place = variable(name) if os.environ.get(variable(name)) or not file else file.path
    return ClusterdashError(f"invalid_setting.{name}", place=place)
