"""Checks at the start of the server: reasons not to start that would put results at risk. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..domain import ClusterdashError
from ..settings import Environment, Settings
from .oidc import DEFAULT, Provider, providers

CALLBACK = "/oauth2callback"
MIN_SECRET_LENGTH = 32
"""Minimum number of characters of the secret that signs the cookies."""
MIN_DISTINCT_CHARACTERS = 10
"""Minimum number of different characters of a random secret."""
_ANYWHERE = {None, "", "0.0.0.0", "::", "*"}
_HERE = {"localhost", "127.0.0.1", "::1"}
_ANY_TENANT = (["common"], ["organizations"], ["consumers"])


def secrets(environment: Environment) -> dict[str, Any] | None:
    """The `[auth]` section from environment variables, which replaces that of `secrets.toml`; None if none is set."""
    auth = environment.auth()
    return None if auth is None else {"auth": auth}


def refusals(
    option: Callable[[str], Any],
    auth: Mapping[str, Any],
    settings: Settings,
    *,
    real: bool,
    exposed: Sequence[Path] = (),
) -> list[ClusterdashError]:
    """All reasons not to start. `option` returns an option of the server; `real`: the edition is not an invented one.

    `exposed`: paths in the data folder that other users of the machine can read (`files.protect`).
    """
    found = []
    if option("server.trustedUserHeaders"):
        found.append(ClusterdashError("start.trusted_headers"))
    if option("server.enableAgentApi"):
        found.append(ClusterdashError("start.agent"))
    if not option("server.enableXsrfProtection"):
        found.append(ClusterdashError("start.xsrf"))
    if not (real or auth):
        return found
    found += [ClusterdashError("start.exposed", path=path) for path in exposed]
    if option("client.showErrorDetails") not in ("none", False):
        found.append(ClusterdashError("start.details"))
    tls = settings.behind_tls or bool(option("server.sslCertFile"))
    if option("server.address") in _ANYWHERE and not tls:
        found.append(ClusterdashError("start.without_tls"))
    return [*found, *(_of_login(option, auth, settings) if auth else [])]


def _of_login(option: Callable[[str], Any], auth: Mapping[str, Any], settings: Settings) -> list[ClusterdashError]:
    found = []
    if _guessable(str(auth.get("cookie_secret", ""))):
        found.append(ClusterdashError("start.cookie_secret", least=MIN_SECRET_LENGTH))
    redirect = urlsplit(str(auth.get("redirect_uri", "")))
    if not redirect.path.endswith(CALLBACK) or not _safe(redirect.geturl()):
        found.append(ClusterdashError("start.redirect", found=redirect.geturl()))
    hosts = option("server.allowedHosts") or []
    if redirect.hostname not in _HERE and redirect.hostname not in hosts:
        found.append(ClusterdashError("start.hosts", host=redirect.hostname or "?"))
    known = providers(auth, settings)
    if not known:
        found.append(ClusterdashError("start.no_provider"))
    for provider in known:
        section = auth if provider.name == DEFAULT else auth[provider.name]
        if not _safe(str(section.get("server_metadata_url", ""))):
            found.append(ClusterdashError("start.metadata", provider=provider.name))
        if shared := _of_any_tenant(provider, section):
            found.append(ClusterdashError("start.tenants", provider=provider.name, found=shared))
        if not provider.client_id or not section.get("client_secret"):
            found.append(ClusterdashError("start.client", provider=provider.name))
        if "prompt" not in section.get("client_kwargs", {}):
            found.append(ClusterdashError("start.prompt", provider=provider.name))
    return found


def _of_any_tenant(provider: Provider, section: Mapping[str, Any]) -> str:
    """The path of a provider's address that is shared by all organisations (tenants); "" if one is named.

    Microsoft Entra's shared endpoints publish an issuer with a placeholder, which no token has, and admit anybody with
    an organisation of their own, in which they can give themselves any address.
    """
    for address in (str(section.get("server_metadata_url", "")), *provider.issuers):
        path = urlsplit(address).path
        if "{" in path or path.split("/")[1:2] in _ANY_TENANT:
            return path
    return ""


def _guessable(secret: str) -> bool:
    return len(secret) < MIN_SECRET_LENGTH or len(set(secret)) < MIN_DISTINCT_CHARACTERS


def _safe(address: str) -> bool:
    """Whether traffic to an address cannot be intercepted: TLS, or this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
