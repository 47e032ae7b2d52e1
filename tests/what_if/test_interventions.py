"""What a change says of itself, and what is refused with a message that helps."""

from __future__ import annotations

import pytest

from lstm_viz.gates import Kind
from lstm_viz.what_if import Ablate, Clamp, Intervention, Overwrite, what_if
from tests.tiny import TEXT, tiny


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("lstm", Clamp("z", 0.0), "Clamp: an LSTM has no gate 'z'; choose one of i, f, g, o"),
        ("gru", Clamp("f", 0.0), "Clamp: a GRU has no gate 'f'; choose one of r, z, n"),
        ("rnn", Clamp("c", 0.0), "Clamp: a plain RNN has no gate 'c'; choose one of h"),
        ("lstm", Clamp("c", 0.0), "no gate 'c'"),
        ("lstm", Clamp("f", 1.5), r"Clamp: forget gate f cannot be 1.5; give a number from 0 to 1"),
        ("lstm", Clamp("i", -0.1), "a number from 0 to 1"),
        ("lstm", Clamp("g", -1.1), "candidate g cannot be -1.1; give a number from -1 to 1"),
        ("lstm", Clamp("f", float("nan")), "cannot be nan"),
        ("lstm", Clamp("f", 1.0, layer=2), "Clamp: layer 2 is out of range; the model has layers 0 to 1"),
        ("lstm", Clamp("f", 1.0, layer=-1), "layer -1 is out of range"),
        ("lstm", Clamp("f", 1.0, layer=0.5), "layer must be a whole number; 0.5 came"),
        ("lstm", Clamp("f", 1.0, units=(0, 5)), "Clamp: unit 5 is out of range; the layer has units 0 to 4"),
        ("lstm", Clamp("f", 1.0, units=()), "units: none is given; give some numbers, or None for all"),
        ("lstm", Clamp("f", 1.0, steps=(0, 17)), "step 17 is out of range; the text has steps 0 to 16"),
        ("lstm", Clamp("f", 1.0, steps=(-1,)), "step -1 is out of range"),
        ("lstm", Clamp("f", 1.0, steps=""), "steps is empty"),
        ("lstm", Ablate(0, (1.5,)), "Ablate: unit must be a whole number; 1.5 came"),
        ("lstm", Overwrite(0, (1,), 99, 0.0), "Overwrite: step 99 is out of range"),
        ("lstm", Overwrite(0, (1,), 0, float("inf")), "cell state c cannot be inf; give a finite number"),
        ("lstm", Overwrite(0, (1,), 0, 1.5, "h"), "hidden state h cannot be 1.5; give a number from -1 to 1"),
        ("lstm", Overwrite(0, (1, 2, 3), 0, (0.1, 0.2)), "2 values came for 3 units; give one for each, or a single number"),
        ("gru", Overwrite(0, (1,), 0, 0.0, "c"), "a GRU has no state 'c'; its state is h"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(kind: Kind, change: Intervention, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        what_if(tiny(kind), TEXT, [change])


def test_steps_of_an_empty_text() -> None:
    with pytest.raises(ValueError, match="step 0 is out of range; the text is empty"):
        what_if(tiny(), "", [Clamp("f", 1.0, steps=(0,))])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Clamp("f", 1.0), "forget gate f clamped at 1 in all units of layer 1 at every step"),
        (Clamp("f", 0.0, 1, None, "."), "forget gate f clamped at 0 in all units of layer 2 at every “.”"),
        (Clamp("o", 0.25, 0, (3,), (4,)), "output gate o clamped at 0.25 in unit 3 of layer 1 at step 4"),
        (Ablate(1, (7, 8)), "output set to 0 in units 7, 8 of layer 2 at every step"),
        (Clamp("i", 0, 0, range(9)), "input gate i clamped at 0 in units 0, 1, 2, 3, 4 and 4 more of layer 1 at every step"),
        (Overwrite(0, (2,), 5, -1.5), "cell state c set to -1.5 in unit 2 of layer 1 at step 5"),
        (Overwrite(0, (2, 3), 5, (1.0, 2.0)), "cell state c set to given values in units 2, 3 of layer 1 at step 5"),
    ],
)
def test_a_change_says_what_it_does(change: Intervention, words: str) -> None:
    assert change.describe("lstm") == words


def test_later_changes_stand() -> None:
    found = what_if(tiny(), TEXT, [Clamp("f", 0.0), Clamp("f", 1.0, units=(2,))])
    forget = found.after.layers[0].f[:, 0]
    assert (forget[:, 2] == 1).all()
    assert (forget[:, [0, 1, 3, 4]] == 0).all()
    assert found.after.metadata["changed"].count(";") == 1
