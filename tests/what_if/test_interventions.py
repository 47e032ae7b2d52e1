"""What a change says of itself, and what is refused with a message that helps."""

from __future__ import annotations

import pytest

from lstm_viz.gates import Kind
from lstm_viz.what_if import Ablate, Clamp, Intervention, Overwrite, what_if
from tests.facts import facts
from tests.tiny import TEXT, tiny


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("lstm", Clamp("z", 0.0), facts("Clamp", "'z'", "i, f, g, o")),
        ("gru", Clamp("f", 0.0), facts("Clamp", "'f'", "r, z, n")),
        ("rnn", Clamp("c", 0.0), facts("Clamp", "'c'", "h")),
        ("lstm", Clamp("c", 0.0), "no gate 'c'"),
        ("lstm", Clamp("f", 1.5), facts("Clamp", "f", 1.5, "0 to 1")),
        ("lstm", Clamp("i", -0.1), "a number from 0 to 1"),
        ("lstm", Clamp("g", -1.1), facts("g", "-1.1", "-1 to 1")),
        ("lstm", Clamp("f", float("nan")), "cannot be nan"),
        ("lstm", Clamp("f", 1.0, layer=2), facts("Clamp", "layer 2", "0 to 1")),
        ("lstm", Clamp("f", 1.0, layer=-1), facts("layer -1", "0 to 1")),
        ("lstm", Clamp("f", 1.0, layer=0.5), facts("layer", "whole number", 0.5)),
        ("lstm", Clamp("f", 1.0, units=(0, 5)), facts("Clamp", "unit 5", "0 to 4")),
        ("lstm", Clamp("f", 1.0, units=()), facts("units", "None")),
        ("lstm", Clamp("f", 1.0, steps=(0, 17)), facts("step 17", "0 to 16")),
        ("lstm", Clamp("f", 1.0, steps=(-1,)), facts("step -1", "0 to 16")),
        ("lstm", Clamp("f", 1.0, steps=""), "steps is empty"),
        ("lstm", Ablate(0, (1.5,)), facts("Ablate", "unit", "whole number", 1.5)),
        ("lstm", Overwrite(0, (1,), 99, 0.0), facts("Overwrite", "step 99", "0 to 16")),
        ("lstm", Overwrite(0, (1,), 0, float("inf")), facts("c", "inf", "finite")),
        ("lstm", Overwrite(0, (1,), 0, 1.5, "h"), facts("h", 1.5, "-1 to 1")),
        ("lstm", Overwrite(0, (1, 2, 3), 0, (0.1, 0.2)), facts("2 values", "3 units")),
        ("gru", Overwrite(0, (1,), 0, 0.0, "c"), facts("GRU", "'c'", "h")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(kind: Kind, change: Intervention, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        what_if(tiny(kind), TEXT, [change])


def test_steps_of_an_empty_text() -> None:
    with pytest.raises(ValueError, match=facts("step 0", "empty")):
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
