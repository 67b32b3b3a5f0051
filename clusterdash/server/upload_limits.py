"""Limits on uploads: sessions that were offered an uploader may upload, up to a total for each and for all.

Streamlit accepts files at `/_stcore/upload_file/<session>/<file>` from every open session, whether a page asks for
any or not, and keeps them in memory until the session ends.
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
"""Most bytes that one session may hold at a time: five files of the largest size; a questionnaire has 50 kB."""
SERVER_BYTES = 400 * MEGABYTE
"""Most bytes that all sessions together may hold: they stay in memory, of which a small server has 2 GB."""
COUNTED_BYTES = 64 * 1024
"""The least that a file counts for, so that the number of empty files is limited too."""
FRAMING_BYTES = MEGABYTE
"""Bytes that a request may add to its file: boundaries, headers, its name."""
_offered: set[str] = set()
"""The sessions whose page asks for files."""


def allow_uploads() -> None:
    """Allow the current session to upload files: the page that is being run asks for some."""
    if context := get_script_run_ctx():
        _offered.intersection_update({session for session in _offered if _is_open(session)})
        _offered.add(context.session_id)


def page_opened(page: object) -> None:
    """Forbid uploads if the page, or the viewer's rights, are not those of the session's previous run."""
    if st.session_state.get("uploads_of") != page:
        st.session_state["uploads_of"] = page
        forbid_uploads()


def forbid_uploads() -> None:
    """Forbid the current session to upload files."""
    if context := get_script_run_ctx():
        _offered.discard(context.session_id)


def _is_open(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def held_bytes() -> Mapping[str, int]:
    """Return the bytes that each session has uploaded and still holds."""
    storage = runtime.get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]
    return {
        session: sum(max(len(file.data), COUNTED_BYTES) for file in list(files.values()))
        for session, files in list(storage.items())
    }


class _TooLargeError(Exception):
    """More bytes arrived than were announced."""


@dataclass
class UploadLimits:
    """ASGI middleware: refuses files of sessions that were not offered an uploader (403), and too many bytes (413).

    `largest`: bytes of one file. `held`: returns the bytes that each session has uploaded.
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
        """Return the bytes that a request may bring: its content length, or the most that any may."""
        length = Headers(scope=scope).get("content-length", "")
        return max(int(length), COUNTED_BYTES) if length.isdecimal() else self.largest + FRAMING_BYTES

    def _refusal(self, session: str, size: int) -> tuple[int, str, int] | None:
        """Return status, text key and limit if a session may not upload so many bytes; None if it may."""
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
    """Read a body and discard it: a browser reads the answer only once it has sent everything."""
    with suppress(_TooLargeError):
        while (await receive()).get("more_body", False):
            pass


def _at_most(size: int, receive: Receive) -> Receive:
    """Return a `receive` that raises _TooLargeError after `size` bytes of the body."""
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
