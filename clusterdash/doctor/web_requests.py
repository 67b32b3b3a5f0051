"""Requests of the checks: short, by the system's certificates, and with a sentence for what goes wrong."""

from __future__ import annotations

import base64
import http.client
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit

from ..domain import ClusterdashError

TIMEOUT_SECONDS = 5
_LONGEST = 1_000_000
"""Bytes of an answer that are read at most."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, headers by name in lower case, and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def get(address: str, headers: Mapping[str, str] | None = None) -> Answer:
    """The answer to a request, without following redirects. Raises ClusterdashError if there is none."""
    parts = _parsed(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        response = connection.getresponse()
        upgraded = response.status == http.client.SWITCHING_PROTOCOLS
        body = b"" if upgraded else response.read(_LONGEST)
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
    except ssl.SSLCertVerificationError as error:
        raise ClusterdashError("doctor.certificate", address=address, detail=error.verify_message) from error
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(address, error) from error
    finally:
        connection.close()


def upgrade(address: str) -> Answer:
    """The answer to the opening handshake of a WebSocket (RFC 6455): status 101 if it is accepted."""
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Protocol": "streamlit",
    }
    return get(address, handshake)


def certificate_end(address: str) -> datetime:
    """When the certificate of an https address ends (UTC). Raises ClusterdashError as `get`."""
    parts = _parsed(address)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), TIMEOUT_SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        raise ClusterdashError("doctor.certificate", address=address, detail=error.verify_message) from error
    except OSError as error:
        raise _unreachable(address, error) from error
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _unreachable(address: str, error: Exception) -> ClusterdashError:
    return ClusterdashError("doctor.unreachable", address=address, detail=str(error) or type(error).__name__)


def _parsed(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        usable = False
    if not usable:
        raise ClusterdashError("doctor.unreachable", address=address, detail="http://, https://")
    return parts


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            host, parts.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)
