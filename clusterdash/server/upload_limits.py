"""Who may upload files, and how much: visits that were offered an uploader, up to a total for each and for all.

Streamlit takes files at `/_stcore/upload_file/<session>/<file>` from every open session, whether a page asks for any
or not, and keeps them in memory until the visit is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ..i18n import translate
from .internal_endpoints import PREFIX
from .request_info import language

MEGABYTE = 1024**2
VISIT_BYTES = 100 * MEGABYTE
"""What one visit may have uploaded at a time: five files of the largest size; a questionnaire has 50 kB."""
SERVER_BYTES = 400 * MEGABYTE
"""What all visits together may have uploaded at a time: it stays in memory, of which a small server has 2 GB."""
COUNTED_BYTES = 64 * 1024
"""A file counts as at least so much, so that empty ones cannot come without number."""
FRAMING_BYTES = MEGABYTE
"""What a request may add to the file it carries: boundaries, headers, its name."""
_offered: set[str] = set()
"""The sessions whose page asks for files."""


def allow_uploads() -> None:
    """The page that is being run asks for files: its session may upload some."""
    if context := get_script_run_ctx():
        _offered.intersection_update({session for session in _offered if _is_open(session)})
        _offered.add(context.session_id)


def page_opened(page: object) -> None:
    """A page is being run: another one than before, or with other rights, may not upload what that one asked for."""
    if st.session_state.get("uploads_of") != page:
        st.session_state["uploads_of"] = page
        forbid_uploads()


def forbid_uploads() -> None:
    """The session that is being run may not upload files any more."""
    if context := get_script_run_ctx():
        _offered.discard(context.session_id)


def _is_open(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def held_bytes() -> Mapping[str, int]:
    """What each session has uploaded and not yet given up."""
    storage = runtime.get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]
    return {
        session: sum(max(len(file.data), COUNTED_BYTES) for file in list(files.values()))
        for session, files in list(storage.items())
    }


class _TooLargeError(Exception):
    """More has come than was announced."""


@dataclass
class UploadLimits:
    """ASGI middleware: refuses files of who was not asked for any (403), and what would be too much (413).

    `largest`: bytes of one file. `held`: what each session has uploaded.
    """

    app: ASGIApp
    largest: int
    held: Callable[[], Mapping[str, int]] = held_bytes
    coming: dict[int, tuple[str, int]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        _, _, address = scope.get("path", "").partition(f"{PREFIX}upload_file/")
        if scope["type"] != "http" or scope["method"] != "PUT" or not address:
            await self.app(scope, receive, send)
            return
        session = address.split("/")[0]
        size = self._announced(scope)
        if refused := self._refusal(session, size):
            if session in _offered and size <= self.largest + FRAMING_BYTES:
                await _drain(_at_most(size, receive))
            await _refuse(scope, receive, send, *refused)
            return
        key = id(scope)
        self.coming[key] = (session, size)
        try:
            await self.app(scope, _at_most(size, receive), send)
        except _TooLargeError:
            await _refuse(scope, receive, send, 413, "upload.file", self.largest)
        finally:
            del self.coming[key]

    def _announced(self, scope: Scope) -> int:
        """Bytes that a request may bring: what it says, or as much as any may."""
        told = Headers(scope=scope).get("content-length", "")
        return max(int(told), COUNTED_BYTES) if told.isdecimal() else self.largest + FRAMING_BYTES

    def _refusal(self, session: str, size: int) -> tuple[int, str, int] | None:
        """Status, text and limit where a session may not bring so many bytes; None where it may."""
        if session not in _offered:
            return 403, "upload.not_asked", 0
        if size > self.largest + FRAMING_BYTES:
            return 413, "upload.file", self.largest
        counted = [*self.held().items(), *self.coming.values()]
        if size + sum(one for whose, one in counted if whose == session) > VISIT_BYTES:
            return 413, "upload.visit", VISIT_BYTES
        if size + sum(one for _, one in counted) > SERVER_BYTES:
            return 413, "upload.server", SERVER_BYTES
        return None


async def _drain(receive: Receive) -> None:
    """Read a body and keep nothing of it: a browser reads the answer once it has sent all."""
    with suppress(_TooLargeError):
        while (await receive()).get("more_body", False):
            pass


def _at_most(size: int, receive: Receive) -> Receive:
    """The body of a request, up to so many bytes."""
    come = 0

    async def limited() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > size:
            raise _TooLargeError
        return message

    return limited


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, key: str, limit: int) -> None:
    sentence = translate(language(Request(scope)), key, megabytes=limit // MEGABYTE)
    await PlainTextResponse(sentence, status, {"connection": "close"})(scope, receive, send)
