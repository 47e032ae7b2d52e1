"""Send what a fragment drew, in order, and every answer, even where a script runs again before they were sent."""

from __future__ import annotations

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_streamlit_clear = ForwardMsgQueue.clear
#: No fragment has this id, so that nothing is dropped as its own.
_NO_FRAGMENT = ["none"]
#: Answers to what the browser has asked for. They belong to no run, and the browser does not ask again.
_ANSWERS = frozenset({"file_urls_response", "backend_operation_response"})


def keep_unsent_messages() -> None:
    """Make Streamlit keep the unsent elements of a fragment that is about to run again, and unsent answers in any run.

    Streamlit drops a fragment's elements and keeps those of the fragments inside it, and those drawn after it. Their place in the
    page is then missing: the browser shows "Bad delta path" in place of the page. Kept, they arrive first, in the order in which
    they were drawn, as they do where the browser is faster; the next run replaces them. A run of the whole page still drops them.
    It also drops the answer to a browser that asks where to send a file; the file was then never sent.
    Streamlit has no public hook for this, so a private method is wrapped; a test holds what it is expected to do.
    """
    ForwardMsgQueue.clear = _clear  # type: ignore[method-assign]


def _clear(self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None) -> None:
    answers = [message for message in self._queue if retain_lifecycle_msgs and message.WhichOneof("type") in _ANSWERS]
    _streamlit_clear(self, retain_lifecycle_msgs, _NO_FRAGMENT if fragment_ids_this_run else fragment_ids_this_run)
    self._queue[:0] = [answer for answer in answers if answer not in self._queue]
