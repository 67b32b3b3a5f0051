"""Settings from the environment: all known variables `CLUSTERDASH_*`."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX = "CLUSTERDASH_"


class Environment(BaseSettings):
    """The variables by their names in lower case without prefix; None if not set or empty."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, frozen=True)

    data: Path | None = None
    """The data folder."""
    url: str | None = None
    """The public address of the server, if it is behind a proxy."""
    database: str | None = Field(default=None, repr=False)
    """The operational database, as an address of SQLAlchemy; without it, a file of SQLite in the data folder."""
    editions: str | None = None
    """The store of editions that several servers share, as an address (`s3://bucket/prefix`); else the data folder."""
    redirect_uri: str | None = None
    cookie_secret: str | None = Field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = Field(default=None, repr=False)
    metadata_url: str | None = None
    prompt: str | None = None
    """The parameter `prompt` of OpenID Connect: what the provider asks the user."""

    def auth(self) -> dict[str, object] | None:
        """The provider in these variables, with the keys of the section `[auth]`; None if none is set."""
        named = {
            "redirect_uri": self.redirect_uri,
            "cookie_secret": self.cookie_secret,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "server_metadata_url": self.metadata_url,
        }
        told: dict[str, object] = {name: value for name, value in named.items() if value}
        return {**told, **({"client_kwargs": {"prompt": self.prompt}} if self.prompt else {})} if told else None


def environment() -> Environment:
    """The current settings; cached until a variable changes, since reading them takes a millisecond."""
    return _read(tuple(sorted((n, value) for n, value in os.environ.items() if n.upper().startswith(_PREFIX))))


@lru_cache(maxsize=1)
def _read(_variables: tuple[tuple[str, str], ...]) -> Environment:
    return Environment()


def server_address(visited: str) -> str:
    """The address of the server with a trailing slash: `CLUSTERDASH_URL`, else the visited one."""
    return (environment().url or visited).rstrip("/") + "/"
