"""A text of several parts: each is read as if it stood alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz import corpus
from lstm_viz.gates import Kind
from lstm_viz.gradients import TextLoss
from lstm_viz.reader import trace
from tests.corpus.test_scan import close, model, words
from tests.facts import facts
from tests.tiny import KINDS

LENGTH = 2000


@given(
    st.sampled_from(KINDS), st.sampled_from([1, 3, 40]), st.sets(st.integers(1, LENGTH - 1), max_size=40),
    st.integers(0, LENGTH - 1), st.integers(1, 300),
)  # fmt: skip
@settings(max_examples=40)
def test_each_part_is_read_as_if_alone(kind: Kind, lanes: int, cuts: set[int], start: int, length: int) -> None:
    net, text, parts = model(kind), words(LENGTH), [0, *sorted(cuts)]
    found = corpus.scan(net, text, 128, segments=lanes, parts=parts)
    alone = [trace(net, text[a:b]) for a, b in zip(parts, [*parts[1:], LENGTH], strict=True)]
    surprise = np.concatenate([each.surprise for each in alone])
    close(found.surprise, surprise, 1e-9)
    np.testing.assert_array_equal(np.isnan(found.surprise), np.isnan(surprise))
    for (layer, symbol), summary in found.summaries.items():
        values = np.concatenate([each.layers[layer][symbol][:, 0] for each in alone])
        close(summary.mean, values.mean(axis=0), 1e-9)
        close(summary.high, values.max(axis=0), 1e-9)
        ends = [*found.stretches[1:], LENGTH]
        along = [values[a:b].mean(axis=0) for a, b in zip(found.stretches, ends, strict=True)]
        close(summary.along, np.array(along), 1e-9)
    stop = min(start + length, LENGTH)
    window = corpus.window(net, found, start, stop)
    close(window.surprise, surprise[start:stop], 1e-9)
    for number, layer in enumerate(window.layers):
        close(layer.h[:, 0], np.concatenate([each.layers[number].h[:, 0] for each in alone])[start:stop], 1e-9)
    known = window.surprise[1:][np.isfinite(window.surprise[1:])]
    assert window.loss == (pytest.approx(known.mean()) if known.size else None)


def test_gradients_stay_within_a_part() -> None:
    net, text = model("lstm"), words(LENGTH)
    found = corpus.scan(net, text, parts=(0, 500, 900))
    inside = corpus.window(net, found, 500, 560, TextLoss())
    alone = trace(net, text[500:560], TextLoss())
    np.testing.assert_allclose(inside.layers[0].grads.c, alone.layers[0].grads.c, atol=1e-12)
    with pytest.raises(ValueError, match=facts("begins", "step 500")):
        corpus.window(net, found, 450, 560, TextLoss())
    assert corpus.part_at(found, 499) == (0, 500)
    assert corpus.part_at(found, 500) == (500, 900)
    assert corpus.part_at(found, LENGTH - 1) == (900, LENGTH)


@pytest.mark.parametrize("parts", [(), (1,), (0, 0), (0, 5, 3), (0, 10), (0.0,), ("a",), ((0,),)])
def test_parts_that_are_none_are_refused(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="part"):
        corpus.scan(model("lstm"), "The cat at", parts=parts)


def test_many_short_parts_are_read_one_after_the_other() -> None:
    net = model("rnn", torch.float32)
    rows = [words(20, seed) for seed in range(600)]
    starts = np.cumsum([0, *(len(row) for row in rows[:-1])])
    assert corpus.scan(net, "".join(rows), parts=starts).segments == 1
