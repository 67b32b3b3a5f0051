"""The addresses that a browser asks for before it uploads, kept when a run of the page begins.

Streamlit empties a session's queue of messages at the start of each run. It keeps those about runs, but not the answer
to who has just chosen files: whoever then changed anything on the page at once waited for their upload for ever.
"""

from __future__ import annotations

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_clear = ForwardMsgQueue.clear


def keep() -> None:
    """Let Streamlit keep these answers until they are sent."""
    setattr(ForwardMsgQueue, "clear", clear)  # noqa: B010 mypy forbids to assign to a method


def clear(
    queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    """Clear the queue as Streamlit's own method does; with `retain_lifecycle_msgs`, addresses for uploads stay."""
    answers = [message for message in queue._queue if message.HasField("file_urls_response")]
    _clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)
    if retain_lifecycle_msgs:
        queue._queue += [answer for answer in answers if all(answer is not kept for kept in queue._queue)]
