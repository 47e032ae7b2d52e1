"""The live WebSocket: the same frame as the page's, and nothing for strangers or nonsense."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocket

from lstm_viz.reader import Reader
from lstm_viz.ui.components import websockets
from lstm_viz.ui.components.live_view import live_socket
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.components.live_view.payload import build_payload
from lstm_viz.ui.state import live_session
from lstm_viz.ui.state.live_session import LiveSession
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View
from tests.ui.page_testing import unpack

LINK = {"model": "counting", "layer": "0", "unit": "2", "step": "-1", "zoom": "unit", "colour": "mean.f", "aim": "next"}
KEYS = ["socketToken", "link", "view", "seq", "textRevision", "text", "model"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


@pytest.fixture
def known_session(monkeypatch: pytest.MonkeyPatch) -> LiveSession:
    """A live session that the server knows."""
    own = LiveSession("secret")
    monkeypatch.setitem(live_session._LIVE_SESSIONS, own.name, own)
    return own


def written(text: str = "aabb", seq: int = 1, token: str = "secret", **link: str) -> str:
    said = {"text": text, "step": -1}
    return json.dumps({"socketToken": token, "link": {**LINK, **link}, "view": said, "seq": seq, "textRevision": 4})


def visit(*messages: str, origin: str | None = "http://here:8501", host: str = "here:8501") -> list[MutableMapping[str, Any]]:
    """What the WebSocket answers to a browser that sends these messages and leaves."""
    headers = [(b"host", host.encode()), *([(b"origin", origin.encode())] if origin is not None else [])]
    sent = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "text": each} for each in messages)]
    coming: deque[MutableMapping[str, Any]] = deque([*sent, {"type": "websocket.disconnect", "code": 1000}])
    answers: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return coming.popleft()

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message)

    visited = live_socket.serve_live_socket(WebSocket({"type": "websocket", "headers": headers}, receive, send))
    # In a thread of its own, as the browser tests have a loop running in this one.
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, visited).result()
    return answers


def closed_with(answers: list[MutableMapping[str, Any]]) -> int | None:
    return next((answer["code"] for answer in answers if answer["type"] == "websocket.close"), None)


@pytest.mark.parametrize("texts", [["a", "aa", "aab"], ["aabb", "", "ab"], ["aaabbb", "aaabbb"]])
def test_every_text_gets_the_frame_that_the_page_would_draw(known_session: LiveSession, texts: list[str]) -> None:
    answers = visit(*(written(text, seq) for seq, text in enumerate(texts)))
    assert [answer["type"] for answer in answers] == ["websocket.accept"] + ["websocket.send"] * len(texts)
    # One letter at a time is read by another kernel than a whole text at once: this reader goes through the same texts.
    reader = Reader(get_model("counting").model)
    shown = None
    for seq, (text, answer) in enumerate(zip(texts, answers[1:], strict=True)):
        header, arrays = shown = unpack(answer["bytes"], shown)
        scene = scene_from_text(View(text, "counting", unit=2, zoom="unit"), reader)
        page_header, page_arrays = build_payload(scene)
        assert header["link"] == scene.view.query()
        assert (header["seq"], header["textRevision"], header["text"]) == (seq, 4, text)
        assert {name: header[name] for name in page_header} == json.loads(json.dumps(page_header))
        assert arrays.keys() == page_arrays.keys()
        for name, array in page_arrays.items():
            np.testing.assert_array_equal(arrays[name], array.astype(arrays[name].dtype), err_msg=name)


def test_the_session_knows_what_came_and_what_was_drawn_for_it(known_session: LiveSession) -> None:
    visit(written("ab", 1), written("abb", 2))
    assert known_session.last_message == {"text": "abb", "step": -1, "seq": 2, "textRevision": 4}
    assert known_session.scene.trace.tokens == ("a", "b", "b")


def test_who_knows_no_living_session_is_not_served(known_session: LiveSession) -> None:
    assert closed_with(visit(written(token="guessed"))) == websockets.GONE
    assert known_session.last_message is None


def test_what_the_view_says_goes_before_the_link(known_session: LiveSession) -> None:
    message = json.loads(written("ab"))
    message["link"]["text"] = "something older"
    header, _ = unpack(visit(json.dumps(message))[1]["bytes"])
    assert header["text"] == "ab"


@pytest.mark.parametrize("origin", ["http://elsewhere", "http://here", "https://here:8501.elsewhere", "null", "", None])
def test_pages_of_other_hosts_are_not_let_in(origin: str | None) -> None:
    answers = visit(written(), origin=origin)
    assert [answer["type"] for answer in answers] == ["websocket.close"]
    assert closed_with(answers) == websockets.INVALID


def test_a_page_behind_a_proxy_that_encrypts_is_let_in() -> None:
    assert websockets.is_same_origin("https://lstm.example.org", "lstm.example.org")


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "no json",
        "[]",
        "7",
        '{"link": {}}',
        '{"link": 3, "view": {}, "seq": 1, "textRevision": 1}',
        "[" * 10_000,
        '{"link": {}, "view": {}, "socketToken": "", "seq": Infinity, "textRevision": 1}',
    ],
)
def test_nonsense_ends_the_visit(nonsense: str) -> None:
    assert closed_with(visit(nonsense)) == websockets.INVALID


def test_a_message_that_is_too_long_ends_the_visit() -> None:
    assert closed_with(visit(written("a" * live_socket.MAX_MESSAGE))) == websockets.TOO_LONG


def test_a_model_that_nobody_has_any_more_ends_the_visit(known_session: LiveSession) -> None:
    assert closed_with(visit(written(model="own-7"))) == websockets.GONE
    assert closed_with(visit(written(model="../../etc/passwd"))) == websockets.GONE


@given(JSON)
def test_whatever_comes_is_a_message_or_nonsense(value: Any) -> None:
    try:
        message = live_socket.Message.read(json.dumps(value))
    except live_socket.InvalidLiveMessage:
        return
    assert isinstance(message.view, View)
    assert message.view_message["seq"] == message.seq


@given(
    text=st.text(max_size=40),
    unit=st.integers(-5, 99),
    step=st.integers(-5, 99),
    zoom=st.sampled_from(["overview", "units", "unit", "?"]),
)
def test_whatever_view_is_asked_for_gets_a_frame(text: str, unit: int, step: int, zoom: str) -> None:
    sent = {
        "socketToken": "",
        "link": LINK,
        "view": {"text": text, "unit": unit, "step": step, "zoom": zoom},
        "seq": 9,
        "textRevision": 1,
    }
    header, _ = unpack(live_socket.LiveConnection().answer(live_socket.Message.read(json.dumps(sent)), LiveSession()))
    assert header["seq"] == 9
    assert len(header["tokens"]) == len(get_model("counting").model.vocabulary.split(header["text"]).surface)
