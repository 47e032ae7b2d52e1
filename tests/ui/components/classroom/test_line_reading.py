"""Lines read on from where they were, against `lstm_viz.trace`."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstm_viz
from lstm_viz.classroom.room import Room
from lstm_viz.trace import Trace
from lstm_viz.ui.components.classroom.line_reading import (
    Coloring,
    coloring,
    coloring_ids,
    gate_of,
    offered_networks,
    read_line,
    replace_invalid_choices,
)
from lstm_viz.ui.components.live_view.coloring import expected_class


@cache
def trace_of(model: str, line: str) -> Trace:
    return lstm_viz.trace(lstm_viz.load(model), line)


LINES = st.lists(
    st.text("ab\ufffdé", max_size=40) | st.integers(0, 60).map(lambda n: "aab" * n + "b" * n), min_size=1, max_size=4
)


def expected(choice: Coloring, line: str) -> np.ndarray:
    read = trace_of(choice.model, line)
    source, _, symbol = choice.colour.partition(".")
    if source == "surprise":
        return read.surprise
    if source == "verdict":
        return expected_class(read)
    values = read.layers[choice.layer].values[symbol][:, 0]
    return values.mean(axis=1) if source == "mean" else values[:, choice.unit]


@settings(max_examples=20, deadline=None)
@given(LINES, st.sampled_from(["mean.f", "unit.c", "unit.h", "surprise"]))
def test_a_line_changed_in_any_way_reads_as_if_it_were_new(lines: list[str], colour: str) -> None:
    choice, before = Coloring("counting", colour, 0, 3), None
    for line in lines:
        before = read_line(choice, line[:200], before)
        assert before.tokens == tuple(line[:200])
        np.testing.assert_allclose(before.values, expected(choice, line[:200]), rtol=1e-4, atol=2e-5)
        np.testing.assert_allclose(
            before.surprise, expected(Coloring("counting", "surprise", 0, 0), line[:200]), rtol=1e-4, atol=2e-5
        )


@pytest.mark.parametrize("model", ["brackets", "shakespeare-gru", "shakespeare-rnn", "sst-lstm"])
def test_every_network_and_quantity_on_offer(model: str) -> None:
    line = "The film (so I hear) is not good."
    for colour in coloring_ids(model):
        room = replace_invalid_choices(Room("", model, colour, layer=1, unit=2))
        choice = coloring(room)
        before = read_line(choice, line[:20])
        now = read_line(choice, line, before)
        np.testing.assert_allclose(now.values, expected(choice, line), atol=2e-5)
        scale = choice.scale()
        assert scale["low"] != scale["high"]
        assert len(now.sent["values"]) == len(now.tokens)
        assert gate_of(model) == {"lstm": "f", "gru": "z", "rnn": None}[lstm_viz.load(model).config.kind]


def test_what_does_not_exist_gives_way_to_what_does() -> None:
    room = replace_invalid_choices(Room("", "no such", "verdict", layer=9, unit=10**9))
    assert room.model in offered_networks()
    assert room.colour in coloring_ids(room.model)
    network = lstm_viz.load(room.model).config
    assert (room.layer, room.unit) == (network.layers - 1, network.hidden - 1)
    assert replace_invalid_choices(room) == room
