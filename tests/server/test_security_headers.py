"""Behind TLS no cookie travels without it, whoever sets it; without TLS cookies are as they were."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from clusterdash.server.security_headers import SecurityHeaders

COOKIES = ("_streamlit_user=x; Path=/; HttpOnly; SameSite=lax", "back=/secure; Path=/", "_xsrf=y; secure; Path=/")


def answer(_: Request) -> Response:
    response = Response("ok")
    for cookie in COOKIES:
        response.headers.append("set-cookie", cookie)
    return response


@pytest.mark.parametrize("tls", [True, False])
def test_cookies_travel_by_tls_only_where_a_proxy_ends_it(tls: bool) -> None:
    client = TestClient(Starlette(routes=[Route("/", answer)], middleware=[Middleware(SecurityHeaders, tls=tls)]))
    cookies = client.get("/").headers.get_list("set-cookie")
    if tls:
        assert cookies == [f"{COOKIES[0]}; Secure", f"{COOKIES[1]}; Secure", COOKIES[2]]
    else:
        assert cookies == list(COOKIES)
