"""What is written after a text, against reading all of it anew with the same changes and throwing the same dice."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.gates import PACKED, Kind
from lstm_viz.models.sampling import sample
from lstm_viz.reader import trace
from lstm_viz.what_if import Ablate, Clamp, Intervention, Overwrite, continuation, rerun, what_if
from tests.tiny import KINDS, tiny


@pytest.mark.parametrize("kind", KINDS)
def test_without_changes_it_is_a_sample(kind: Kind) -> None:
    model = tiny(kind)
    written = continuation(model, trace(model, "The h"), 40, temperature=0.9, seed=5)
    assert written == sample(model, "The h", 40, 0.9, 5)
    assert len(written) == 40


@pytest.mark.parametrize("kind", KINDS)
def test_changes_go_on_holding_in_what_is_written(kind: Kind) -> None:
    model, gate = tiny(kind).double(), PACKED[kind][0]
    changes: list[Intervention] = [
        Clamp(gate, 0.3, 0),
        Clamp(gate, 0.0, 1, (1, 2), "e "),
        Ablate(1, (4,)),
        Overwrite(0, (0,), 2, 0.5, "h"),
    ]
    text, dice = "The h", np.random.default_rng(7)
    written = continuation(model, what_if(model, text, changes).after, 25, changes, 1.3, 7)
    for symbol in written:
        # All read anew, from the start: the carried states must say the same.
        scores = np.log(what_if(model, text, changes).after.probs[-1]) / 1.3 + dice.gumbel(size=len(model.vocabulary))
        scores[0] = -np.inf
        assert symbol == model.vocabulary.tokens[scores.argmax()]
        text += symbol


def test_changes_at_numbered_steps_are_over() -> None:
    model = tiny().double()
    changed = what_if(model, "The h", [Overwrite(1, None, 4, (1.0, -1.0, 1.0, -1.0, 1.0), "h")])
    plain = [continuation(model, changed.after, 30, seed=seed) for seed in range(8)]
    assert [continuation(model, changed.after, 30, changed.interventions, seed=seed) for seed in range(8)] == plain
    assert [continuation(model, changed.before, 30, seed=seed) for seed in range(8)] != plain


def test_the_same_dice_write_the_same_where_nothing_differs() -> None:
    model = tiny()
    read = trace(model, "The h")
    # A rule for a character that neither the text nor the model's symbols have.
    assert continuation(model, read, 30, [Clamp("f", 0.0, steps="Ω")]) == continuation(model, read, 30)
    assert continuation(model, read, 0) == ""
    # Nothing is remembered and nothing read out: every symbol is drawn from the decoder's bias.
    deaf = rerun(model, read, [Clamp("o", 0.0, 1)])
    bias, dice = model.decoder.bias.numpy().astype(float), np.random.default_rng(0)
    noise = dice.gumbel(size=(30, len(bias)))
    noise[:, 0] = -np.inf
    assert continuation(model, deaf.after, 30, deaf.interventions) == model.vocabulary.decode((bias + noise).argmax(1))


def test_what_cannot_be_written_on_is_said() -> None:
    model = tiny()
    with pytest.raises(ValueError, match="text is empty"):
        continuation(model, trace(model, ""), 5)
    with pytest.raises(ValueError, match="must be above 0"):
        continuation(model, trace(model, "The"), 5, temperature=0)
    with pytest.raises(ValueError, match="no gate 'z'"):
        continuation(model, trace(model, "The"), 5, [Clamp("z", 0.0)])
