"""Frames of which only what is new is sent: put together again they are, byte for byte, the whole ones."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lstm_viz.ui.components.live_view.memo import Memo
from lstm_viz.ui.components.live_view.payload import build_payload
from lstm_viz.ui.frontend.delta import Sender
from lstm_viz.ui.frontend.payload import pack
from tests.edits import scenes
from tests.ui.page_testing import Frame, unpack


def test_after_400_edits_the_rejoined_frames_are_the_whole_ones_byte_for_byte() -> None:
    memo, sender = Memo(), Sender()
    before: Frame | None = None
    sizes = []
    for count, shown in enumerate(scenes(400)):
        fresh, whole = (unpack(pack(*build_payload(shown, each))) for each in (Memo(), memo))
        sent = sender.pack(*build_payload(shown, memo))
        before = unpack(sent, before)
        sizes.append(len(sent) / len(pack(*build_payload(shown))))
        assert json.dumps(_said(before)) == json.dumps(_said(fresh)), count
        assert before[1].keys() == fresh[1].keys() == whole[1].keys()
        for name, values in fresh[1].items():
            assert whole[1][name].tobytes() == values.tobytes(), (count, name)
            assert before[1][name].dtype == values.dtype
            assert before[1][name].shape == values.shape
            assert before[1][name].tobytes() == values.tobytes(), (count, name)
    assert np.median(sizes) < 0.5


def _said(frame: Frame) -> dict[str, object]:
    """The header in one order of its fields, without where in the bytes the arrays stand."""
    return {name: value for name, value in sorted(frame[0].items()) if name != "arrays"}


def test_what_is_not_there_any_more_is_gone() -> None:
    sender = Sender()
    first = unpack(sender.pack({"a": 1, "list": [1, 2, 3]}, {"x": np.arange(3.0)}))
    second = unpack(sender.pack({"list": [1, 2]}, {}), first)
    third = unpack(sender.pack({"a": 1, "list": [1, 2, 3]}, {"x": np.array([0.0, 1.0])}), second)
    assert (_said(second), second[1]) == ({"list": [1, 2]}, {})
    assert _said(third) == {"a": 1, "list": [1, 2, 3]}
    np.testing.assert_array_equal(third[1]["x"], [0.0, 1.0])


def test_nan_and_negative_zero_are_what_they_were() -> None:
    sender = Sender()
    first = unpack(sender.pack({}, {"x": np.array([np.nan, 0.0], np.float32)}))
    _, found = unpack(sender.pack({}, {"x": np.array([np.nan, -0.0, 1.0], np.float32)}), first)
    assert np.isnan(found["x"][0])
    assert np.signbit(found["x"][1])


def test_a_frame_that_cannot_be_packed_leaves_the_next_one_whole() -> None:
    sender = Sender()
    first = unpack(sender.pack({"a": 1}, {"x": np.arange(2.0)}))
    with pytest.raises(ValueError, match="JSON"):
        sender.pack({"a": float("nan")}, {"x": np.arange(5.0)})
    _, found = unpack(sender.pack({"a": 1}, {"x": np.arange(3.0)}), first)
    np.testing.assert_array_equal(found["x"], [0.0, 1.0, 2.0])
