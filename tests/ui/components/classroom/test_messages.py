"""Messages of browsers: what the page sends is read, and anything else is refused without harm."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.ui.components import websockets
from lstm_viz.ui.components.classroom import messages
from lstm_viz.ui.components.classroom.messages import (
    Act,
    Answer,
    Ask,
    Choose,
    InvalidRoomMessage,
    Join,
    Lead,
    Line,
    Message,
    Open,
    Show,
    read_message,
)

KEYS = ["do", "room", "token", "name", "line", "clears", "vote", "picks", "member", "shown", "kind", "text", "sort", "unit"]
DOS = ["open", "lead", "join", "line", "answer", "choose", "show", "ask", "clear", "close", "reveal", "done", "end"]
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers() | st.text(), max_size=4)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"do": "open"}, Open()),
        ({"do": "lead", "room": "BCDF", "token": "t"}, Lead("BCDF", "t")),
        ({"do": "join", "room": "BCDF"}, Join("BCDF", "", "")),
        ({"do": "line", "line": "to be", "clears": 0}, Line("to be", 0)),
        ({"do": "answer", "vote": 1, "picks": [3, 1]}, Answer(1, (3, 1))),
        ({"do": "choose", "frozen": True, "unit": 3, "other": 1}, Choose({"unit": 3, "frozen": True})),
        ({"do": "show", "member": 2, "shown": None}, Show(2, None)),
        ({"do": "ask", "kind": "tap", "text": "to be"}, Ask("tap", "to be")),
        ({"do": "reveal"}, Act("reveal")),
    ],
)
def test_what_the_page_sends_is_read(sent: dict[str, object], message: Message) -> None:
    assert read_message(json.dumps(sent)) == message


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES) | VALUES, st.sampled_from(DOS))
def test_anything_is_read_or_refused(sent: object, do: str) -> None:
    if isinstance(sent, dict):
        sent.setdefault("do", do)
    try:
        message = read_message(json.dumps(sent))
    except InvalidRoomMessage:
        return
    assert isinstance(message, Message)
    if isinstance(message, Choose):
        assert all(isinstance(value, (str, bool, int)) for value in message.fields.values())


@settings(max_examples=30)
@given(st.text(max_size=50))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(InvalidRoomMessage):
        read_message(text)


def test_the_protocol_names_every_close_code_and_the_longest_message() -> None:
    protocol = (Path(messages.__file__).parent / "PROTOCOL.md").read_text("utf-8")
    standard = {websockets.INVALID, websockets.TOO_LONG, websockets.FAILED, websockets.TRY_AGAIN}
    codes = standard | {websockets.REFUSED, websockets.GONE}
    assert {int(code) for code in re.findall(r"^\| (\d{4}) \|", protocol, re.MULTILINE)} == codes
    assert f"at most {messages.MAX_MESSAGE} characters" in protocol
