"""A nested fragment's elements never reach the browser without those of the fragment around it."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from lstm_viz.ui.server import nested_fragments

Path = tuple[int, ...]


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> ForwardMsgQueue:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)
    nested_fragments.drop_deltas_without_parent()
    queue = ForwardMsgQueue()
    put(queue, (0, 2), "")
    put(queue, (0, 3), "outer", block=True)
    put(queue, (0, 3, 0), "outer")
    put(queue, (0, 3, 1), "inner", block=True)
    put(queue, (0, 3, 1, 0), "inner")
    put(queue, (0, 31, 0), "beside")
    return queue


def put(queue: ForwardMsgQueue, path: Path, fragment: str, block: bool = False) -> None:
    message = ForwardMsg()
    message.metadata.delta_path[:] = path
    if block:
        message.delta.add_block.SetInParent()
    else:
        message.delta.new_element.empty.SetInParent()
    message.delta.fragment_id = fragment
    queue.enqueue(message)


def paths(queue: ForwardMsgQueue) -> list[Path]:
    return [tuple(each.metadata.delta_path) for each in queue.flush()]


@pytest.mark.parametrize(
    ("fragments", "left"),
    [
        (["outer"], [(0, 2), (0, 31, 0)]),
        (["inner"], [(0, 2), (0, 3), (0, 3, 0), (0, 31, 0)]),
        (["beside"], [(0, 2), (0, 3), (0, 3, 0), (0, 3, 1), (0, 3, 1, 0)]),
        (["unknown"], [(0, 2), (0, 3), (0, 3, 0), (0, 3, 1), (0, 3, 1, 0), (0, 31, 0)]),
        (None, []),
    ],
)
def test_what_was_not_sent_goes_with_what_is_around_it(
    queue: ForwardMsgQueue, fragments: list[str] | None, left: list[Path]
) -> None:
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=fragments)
    assert paths(queue) == left


def test_without_it_a_nested_fragment_is_kept_alone(queue: ForwardMsgQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails, Streamlit needs no mending any more."""
    monkeypatch.setattr(ForwardMsgQueue, "clear", nested_fragments._streamlit_clear)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["outer"])
    assert (0, 3, 1, 0) in paths(queue)
