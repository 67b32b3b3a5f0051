"""A server with a login, the OpenID provider that it trusts, and signing in there with a browser."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Page, expect

from .browser import serve

SECRETS = """
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "4b1f0c7a92d83e65b1f0c7a92d83e654"
client_id = "clusterdash"
client_secret = "only-for-tests"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login" }}
"""


@dataclass(frozen=True)
class House:
    """A server with a login, its data, and the provider that it trusts."""

    address: str
    data: Path
    provider: str
    log: Path

    def person(self, email: str, **claims: object) -> None:
        """Make a person known to the provider."""
        body = json.dumps({"email": email, "email_verified": True, **claims}).encode()
        headers = {"Content-Type": "application/json"}
        urllib.request.urlopen(
            urllib.request.Request(f"{self.provider}/users/{email}", body, headers, method="PUT")
        ).close()


@contextmanager
def serve_with_login(data: Path) -> Iterator[House]:
    """A server of a data folder, whose login is a provider that knows whom `House.person` has named."""
    with run_server_in_thread() as server:
        provider = f"http://localhost:{server.server_port}"
        log = data.parent / "log"
        with serve(data, _secrets(provider), log=log) as address:
            yield House(address, data, provider, log)


def _secrets(provider: str) -> Callable[[str], str]:
    return lambda address: SECRETS.format(address=address, provider=provider)


def sign_in(page: Page, house: House, email: str, **claims: object) -> None:
    """Make a person known to the provider, and sign in as this person; the page is in French."""
    house.person(email, **claims)
    page.goto(house.address)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_placeholder("sub").fill(email)
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{house.address}/**")
    expect(page.locator(".st-key-viewer").get_by_role("button", name=email.partition("@")[0])).to_be_visible()
