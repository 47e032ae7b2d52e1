"""PROTOCOL.md against the frames and messages themselves: every field and array stands in its table, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_viz.reader import Reader
from lstm_viz.ui.components import websockets
from lstm_viz.ui.components.live_view import live_socket
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.components.live_view.live_socket import LiveConnection, Message
from lstm_viz.ui.components.live_view.payload import build_payload
from lstm_viz.ui.frontend.payload import sendable
from lstm_viz.ui.state.live_session import LiveSession
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View
from tests.ui.components.live_view.test_from_series import seen
from tests.ui.components.live_view.test_live_socket import written
from tests.ui.components.live_view.test_live_view import opened
from tests.ui.components.live_view.test_live_view import seen as script_frame
from tests.ui.components.live_view.test_payload import scene

PROTOCOL = (Path(live_socket.__file__).parent / "PROTOCOL.md").read_text("utf-8")


def table(heading: str) -> dict[str, list[str]]:
    """The rows of the table under a heading: the first cell, without its backticks, and the others."""
    section = re.split(r"^#+ ", PROTOCOL.split(f" {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    return {row[0].strip("`"): row[1:] for row in rows[2:]}


def socket_headers(text: str) -> list[dict[str, Any]]:
    """The headers of two frames of one connection: a text, and the same with one more character."""
    connection, session = LiveConnection(), LiveSession("secret")
    frames = [connection.answer(Message.read(written(text + more, seq)), session) for seq, more in enumerate(["", "b"])]
    return [json.loads(frame[4 : 4 + int.from_bytes(frame[:4], "little")]) for frame in frames]


def sent(transport: str) -> set[str]:
    return {name for name, (_, when, _) in table("Header fields").items() if when in ("both", transport)}


def test_the_header_of_a_script_run_is_the_table_s() -> None:
    # The test's unpack puts the blocks and the number of steps beside the fields.
    assert set(script_frame(opened())) - {"blocks", "steps"} | {"arrays"} == sent("script")


def test_the_header_on_the_socket_is_the_table_s() -> None:
    first, second = socket_headers("aabb")
    assert set(first) == sent("delta")
    assert set(second) | set(second["same"]) == sent("delta")
    assert not set(second) & set(second["same"])


def test_what_does_not_change_while_one_types_is_sent_once() -> None:
    first, second = socket_headers("aabb")
    constant = {name for name, value in first.items() if name not in ("seq", "same", "tails") and second.get(name, ...) == value}
    assert constant == set()
    assert {"palette", "quantities", "colours", "symbols", "model", "hint"} <= set(second["same"])
    assert len(json.dumps(second)) < len(json.dumps(first)) / 2


def test_every_array_is_the_table_s() -> None:
    text, series = scene(), seen()[0]
    words = scene_from_text(View("A fine film", "sst-lstm", zoom="units"), Reader(get_model("sst-lstm").model))
    arrays = [build_payload(each)[1] for each in (text, words, series)]
    assert {name for each in arrays for name in each} == set(table("Arrays"))
    for each, shown in zip(arrays, (text, words, series), strict=True):
        for name, values in each.items():
            dtype, axes, _, _ = table("Arrays")[name]
            array = sendable(name, values)
            assert f"{array.dtype.kind}{array.dtype.itemsize}" == dtype, name
            expected = axes.split(" × ")
            assert array.ndim == len(expected), name
            if "T" in expected:
                assert array.shape[expected.index("T")] == shown.layer.steps, name
            if "U" in expected:
                assert array.shape[expected.index("U")] == shown.layer.units, name


@pytest.mark.parametrize("field", ["socketToken", "link", "view", "seq", "textRevision"])
def test_a_message_needs_every_field_of_the_table(field: str) -> None:
    message = json.loads(written())
    assert set(message) == set(table("Client message"))
    del message[field]
    with pytest.raises(live_socket.InvalidLiveMessage):
        Message.read(json.dumps(message))


def test_the_close_codes_are_the_table_s() -> None:
    codes = {websockets.INVALID, websockets.TOO_LONG, websockets.FAILED, websockets.GONE}
    assert {int(code) for code in table("Close codes")} == codes
    assert np.log2(live_socket.MAX_MESSAGE) == 18
    assert "2¹⁸" in PROTOCOL
