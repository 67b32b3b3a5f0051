"""What the environment sets: all variables `CLUSTERDASH_*` that the program knows, in one place."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX = "CLUSTERDASH_"


class Environment(BaseSettings):
    """The variables by their names in lower case; one that is not set, or empty, is None."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, frozen=True)

    data: Path | None = None
    """The data folder."""
    url: str | None = None
    """The public address of the server, where a proxy stands in front."""
    redirect_uri: str | None = None
    cookie_secret: str | None = Field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = Field(default=None, repr=False)
    metadata_url: str | None = None
    prompt: str | None = None
    """What the provider is to ask of who signs in."""

    def auth(self) -> dict[str, object] | None:
        """The provider that these variables name, in the names of the section `[auth]`; None where they name none."""
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
    """What is set now. A change counts at once; without one, nothing is read again: that takes a millisecond."""
    return _read(tuple(sorted((n, value) for n, value in os.environ.items() if n.upper().startswith(_PREFIX))))


@lru_cache(maxsize=1)
def _read(_variables: tuple[tuple[str, str], ...]) -> Environment:
    return Environment()


def server_address(visited: str) -> str:
    """The server's address with a slash at its end: what `CLUSTERDASH_URL` says, or as it was visited."""
    return (environment().url or visited).rstrip("/") + "/"
