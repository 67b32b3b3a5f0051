"""Whoever chooses a file and changes something at once is still told where to upload it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from clusterdash.server import upload_addresses

FRAGMENT_OR_PAGE = pytest.mark.parametrize("fragments", [None, ["a-fragment"]], ids=["page", "fragment"])
Clear = Callable[[ForwardMsgQueue, bool, list[str] | None], None]


def waiting() -> ForwardMsgQueue:
    """A queue with an answer, the start of a run and something drawn in it."""
    answer, begun, drawn = ForwardMsg(), ForwardMsg(), ForwardMsg()
    answer.file_urls_response.response_id = "files"
    begun.new_session.name = "app.py"
    drawn.delta.add_block.allow_empty = True
    drawn.delta.fragment_id = "a-fragment"
    queue = ForwardMsgQueue()
    for message in (drawn, answer, begun):
        queue.enqueue(message)
    return queue


def left_by(clear: Clear, retain: bool, fragments: list[str] | None) -> list[str | None]:
    queue = waiting()
    clear(queue, retain, fragments)
    return [message.WhichOneof("type") for message in queue._queue]


@FRAGMENT_OR_PAGE
def test_the_start_of_a_run_leaves_the_addresses_and_else_what_streamlit_leaves(fragments: list[str] | None) -> None:
    theirs = left_by(upload_addresses._clear, True, fragments)
    ours = left_by(upload_addresses.clear, True, fragments)
    assert ours.count("file_urls_response") == 1
    assert [kind for kind in ours if kind != "file_urls_response"] == [
        kind for kind in theirs if kind != "file_urls_response"
    ]


def test_streamlit_still_loses_them() -> None:
    """Once it does not, the module can go."""
    assert "file_urls_response" not in left_by(upload_addresses._clear, True, None)


def test_a_queue_that_was_sent_is_empty() -> None:
    queue = waiting()
    assert len(queue.flush()) == 3
    assert len(queue) == 0


def test_the_server_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", upload_addresses._clear)
    upload_addresses.keep()
    assert left_by(ForwardMsgQueue.clear, True, None).count("file_urls_response") == 1
