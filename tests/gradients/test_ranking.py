"""The ranking against a plain search through autograd's numbers."""

from __future__ import annotations

import pytest
import torch

from lstm_viz.gates import PACKED, Kind
from lstm_viz.gradients import NextToken, ranking
from lstm_viz.reader import trace
from tests.reference import Unrolled
from tests.tiny import KINDS, TEXT, tiny


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 7, 10**6])
def test_the_largest_of_all(kind: Kind, count: int) -> None:
    model = tiny(kind).double()
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))
    zeros = torch.zeros(2, 1, 5, dtype=torch.float64)
    unrolled = Unrolled(model.rnn, model.embedding(ids)[:, None], zeros, zeros if kind == "lstm" else None)
    model.decoder(unrolled.output)[-1, 0].log_softmax(-1)[model.vocabulary.index["t"]].backward()
    every = [
        (slope.item(), layer, step, unit, gate, unrolled.value(layer, gate)[step, 0, unit].item())
        for layer in range(2)
        for gate in PACKED[kind]
        for step, row in enumerate(unrolled.gradient(layer, f"{gate}_pre"))
        for unit, slope in enumerate(row[0])
    ]
    every.sort(key=lambda each: -abs(each[0]))
    found = ranking(trace(model, TEXT, NextToken(-1, "t")).layers, count)
    assert len(found) == min(count, len(every))
    for ours, (slope, *place, value) in zip(found[:50], every, strict=False):
        assert [ours.layer, ours.step, ours.unit, ours.gate] == place
        assert ours.slope == pytest.approx(slope, rel=1e-9)
        assert ours.value == pytest.approx(value, rel=1e-9)


def test_only_the_gates_that_are_asked_for() -> None:
    found = ranking(trace(tiny(), TEXT, NextToken(-1, "t")).layers, 5, gates="f")
    assert {each.gate for each in found} == {"f"}
    assert ranking(trace(tiny(), "", NextToken(-1, "t")).layers) == ()


def test_no_gradients_no_ranking() -> None:
    with pytest.raises(ValueError, match="no gradients"):
        ranking(trace(tiny(), TEXT).layers)
