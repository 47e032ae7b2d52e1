"""What colours the text: one number a character, each by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.gates import CELLS, Kind
from lstm_viz.gradients import TextLoss
from lstm_viz.reader import trace
from lstm_viz.ui.components.live_view.coloring import coloring_choices, token_coloring
from tests.tiny import KINDS, TEXT, tiny
from tests.ui.components.live_view.test_payload import scene


def tinted(kind: Kind, colour: str, text: str = TEXT, unit: int = 2) -> TokenColors:
    return token_coloring(scene(kind, text, unit=unit, colour=colour))


@pytest.mark.parametrize(("kind", "first"), [("lstm", "mean.f"), ("gru", "mean.z"), ("rnn", "mean.h")])
def test_the_first_choice_is_what_the_cell_keeps_by(kind: Kind, first: str) -> None:
    found = coloring_choices(kind)
    assert next(iter(found)) == first
    assert set(found) == {f"{way}.{each.symbol}" for way in ("mean", "unit") for each in CELLS[kind]} | {"surprise", "norm.h"}
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("kind", KINDS)
def test_every_choice_is_the_number_that_it_names(kind: Kind) -> None:
    read = trace(tiny(kind), TEXT, TextLoss())
    layer = read.layers[1]
    assert layer.grads is not None
    expected = {"surprise": read.surprise, "norm.h": np.sqrt((layer.grads.h[:, 0] ** 2).sum(axis=1))}
    for each in CELLS[kind]:
        expected |= {
            f"mean.{each.symbol}": layer[each.symbol][:, 0].sum(axis=1) / layer.units,
            f"unit.{each.symbol}": layer[each.symbol][:, 0, 2],
        }
    for colour in coloring_choices(kind):
        found = tinted(kind, colour)
        np.testing.assert_allclose(found.values, expected[colour], rtol=1e-5, atol=1e-7)
        symbol = colour.partition(".")[2]
        assert found.label == {"surprise": "by surprise (−ln p, nats)", "norm.h": "by ‖∂L/∂h‖"}.get(
            colour, f"by {symbol}, mean of all units" if colour.startswith("mean") else f"by {symbol} of unit 2"
        )
        assert found.low < found.high
        assert not found.signed or found.low == -found.high


def test_the_gradients_scale_ends_at_its_largest() -> None:
    found = tinted("lstm", "norm.h")
    assert (found.low, found.high) == (0.0, found.values.max())


@pytest.mark.parametrize("colour", ["mean.f", "unit.c", "surprise", "norm.h"])
def test_an_empty_text_has_a_scale_all_the_same(colour: str) -> None:
    found = tinted("lstm", colour, text="")
    assert found.values.shape == (0,)
    assert found.low < found.high


def test_without_gradients_nothing_depends_on_anything() -> None:
    found = token_coloring(scene(gradients=False, colour="norm.h"))
    assert not found.values.any()
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize("colour", ["mean.z", "unit.q", "joy", ""])
def test_an_unknown_choice_is_refused(colour: str) -> None:
    with pytest.raises(KeyError):
        tinted("lstm", colour)
