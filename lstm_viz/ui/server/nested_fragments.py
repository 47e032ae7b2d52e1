"""Keep what a nested fragment drew from reaching the browser without the fragment around it."""

from __future__ import annotations

from collections.abc import Set

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_streamlit_clear = ForwardMsgQueue.clear


def drop_deltas_without_parent() -> None:
    """Make Streamlit clear a nested fragment's unsent elements together with those of the fragment around it.

    Before a fragment runs again, Streamlit drops what its last run drew and the browser has not been sent. It keeps what a
    fragment inside it drew, whose place in the page is then missing: the browser shows "Bad delta path" in place of the page.
    The run draws both again. Streamlit has no public hook for this, so a private method is wrapped; a test holds what it is
    expected to do.
    """
    ForwardMsgQueue.clear = _clear  # type: ignore[method-assign]


def _clear(self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None) -> None:
    before = list(self._queue)
    _streamlit_clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
    if not fragment_ids_this_run:
        return
    dropped = {
        tuple(message.metadata.delta_path) for message in before
        if message.WhichOneof("type") == "delta" and message.delta.fragment_id in fragment_ids_this_run
    }  # fmt: skip
    self._queue = [message for message in self._queue if not _is_inside(message, dropped)]


def _is_inside(message: ForwardMsg, paths: Set[tuple[int, ...]]) -> bool:
    """Return True for an element inside one of these containers."""
    if message.WhichOneof("type") != "delta":
        return False
    path = tuple(message.metadata.delta_path)
    return any(path[:length] in paths for length in range(1, len(path)))
