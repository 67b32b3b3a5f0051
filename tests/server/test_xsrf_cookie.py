"""The cookie against forged requests, by which a proxy keeps a visit on one server."""

from __future__ import annotations

import urllib.request

import pytest
from support.browser import serve

COOKIE = "_streamlit_xsrf"
PATHS = ("", "labels", "_stcore/health")


@pytest.mark.slow
def test_it_is_sent_once_and_again_only_if_it_is_not_valid(data) -> None:
    with serve(data) as address:

        def cookies(path: str, sent: str) -> list[str]:
            request = urllib.request.Request(f"{address}/{path}", headers={"Cookie": sent} if sent else {})
            with urllib.request.urlopen(request) as answer:
                found = answer.headers.get_all("Set-Cookie") or []
            return [cookie.split(";")[0] for cookie in found if cookie.startswith(f"{COOKIE}=")]

        valid = cookies("", "")[-1]
        for path in PATHS:
            assert cookies(path, "") != []
            assert cookies(path, valid) == []
            assert cookies(path, f"{COOKIE}=2|damaged") != []
