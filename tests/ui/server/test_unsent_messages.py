"""What a fragment drew reaches the browser in order, and so does every answer, also where a script runs again before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from lstm_viz.ui.server import unsent_messages

Path = tuple[int, ...]
#: A page as Streamlit draws it: a path, the fragment whose run draws it, whether it holds others.
PAGE: tuple[tuple[Path, str, bool], ...] = (
    ((0, 0), "", False),
    ((0, 1), "outer", True),
    ((0, 1, 0), "outer", False),
    ((0, 1, 1), "inner", True),
    ((0, 1, 1, 0), "inner", False),
    ((0, 1, 2), "outer", False),
    ((0, 1, 3), "second", True),
    ((0, 1, 3, 0), "second", False),
    ((0, 2), "", False),
    ((0, 3), "beside", True),
    ((0, 3, 0), "beside", False),
)
#: What a run of each fragment draws.
DRAWS = {"outer": PAGE[1:8], "inner": PAGE[3:5], "second": PAGE[6:8], "beside": PAGE[9:]}


class Browser:
    """The tree of elements, with the check on which the real one fails."""

    def __init__(self) -> None:
        self.children: dict[Path, int] = {(): 1, (0,): 0}

    def apply(self, messages: list[ForwardMsg]) -> None:
        for message in messages:
            if message.WhichOneof("type") != "delta":
                continue
            *parent, index = message.metadata.delta_path
            assert tuple(parent) in self.children, f"{parent} is not there"
            count = self.children[tuple(parent)]
            assert index <= count, f"Bad delta path index {index} (should be between [0, {count}])"
            self.children[tuple(parent)] = max(count, index + 1)
            if message.delta.HasField("add_block"):
                self.children.setdefault((*parent, index), 0)


class Mended(ForwardMsgQueue):
    clear = unsent_messages._clear


class Streamlits(ForwardMsgQueue):
    clear = unsent_messages._streamlit_clear


def put(queue: ForwardMsgQueue, path: Path, fragment: str, block: bool) -> None:
    message = ForwardMsg()
    message.metadata.delta_path[:] = path
    if block:
        message.delta.add_block.SetInParent()
    else:
        message.delta.new_element.empty.SetInParent()
    message.delta.fragment_id = fragment
    queue.enqueue(message)


def rerun(queue: ForwardMsgQueue, browser: Browser, sent: list[int], fragments: list[str]) -> None:
    """Draw the page, then fragments again, each after so many more elements; the queue is flushed where `sent` says so."""
    for index, each in enumerate(PAGE):
        put(queue, *each)
        if index in sent:
            browser.apply(queue.flush())
    for position, fragment in enumerate(fragments):
        queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[fragment])
        for index, each in enumerate(DRAWS[fragment]):
            put(queue, *each)
            if len(PAGE) * (position + 1) + index in sent:
                browser.apply(queue.flush())
    browser.apply(queue.flush())


@given(
    sent=st.lists(st.integers(0, 3 * len(PAGE)), max_size=6),
    fragments=st.lists(st.sampled_from(sorted(DRAWS)), max_size=3),
)
def test_every_element_finds_its_place(sent: list[int], fragments: list[str]) -> None:
    browser = Browser()
    rerun(Mended(), browser, sent, fragments)
    assert browser.children == {(): 1, (0,): 4, (0, 1): 4, (0, 1, 1): 1, (0, 1, 3): 1, (0, 3): 1}


def test_a_run_of_the_whole_page_drops_what_was_not_sent() -> None:
    queue = Mended()
    put(queue, *PAGE[0])
    queue.clear(retain_lifecycle_msgs=True)
    assert queue.is_empty()


def answer_and_run(queue: ForwardMsgQueue, fragments: list[str] | None) -> list[str | None]:
    """Answer a browser that has a file to send, run the script or fragments before that is sent, and return what is sent."""
    put(queue, *PAGE[0])
    answer = ForwardMsg()
    answer.file_urls_response.response_id = "a file"
    queue.enqueue(answer)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=fragments)
    return [message.WhichOneof("type") for message in queue.flush()]


def test_an_answer_is_sent_once_whatever_runs() -> None:
    assert answer_and_run(Mended(), None) == ["file_urls_response"]
    assert sorted(map(str, answer_and_run(Mended(), ["outer"]))) == ["delta", "file_urls_response"]
    queue = Mended()
    answer_and_run(queue, None)
    assert queue.is_empty()


def test_streamlit_alone_loses_an_answer() -> None:
    """Where this fails, Streamlit needs no mending any more."""
    assert answer_and_run(Streamlits(), None) == []


@pytest.mark.parametrize("sent", [1, 2], ids=["the place of a fragment inside", "an element before a fragment inside"])
def test_streamlit_alone_loses_a_place(sent: int) -> None:
    """Where this fails, Streamlit needs no mending any more."""
    with pytest.raises(AssertionError, match=r"is not there|Bad delta path"):
        rerun(Streamlits(), Browser(), [sent], ["outer"])


def test_the_server_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", unsent_messages._streamlit_clear)
    unsent_messages.keep_unsent_messages()
    assert ForwardMsgQueue.clear is unsent_messages._clear
