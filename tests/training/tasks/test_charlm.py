"""How a text is cut for training, seen by a stand-in for the model that writes down what it is given to read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lstm_viz.gates import Kind
from lstm_viz.training.tasks.charlm import BpttConfig, CharacterTask
from tests.facts import facts
from tests.tiny import KINDS, TEXT, tiny

SYMBOLS = 300
PLAIN = BpttConfig(batch=3, bptt_steps=7, state_reset_probability=0.0, unk_probability=0.0)


class Witness(nn.Module):
    """Expects symbol n + 1 after symbol n with near certainty; its state counts the steps that it carried."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[Tensor] = []
        self.given: list[Tensor | None] = []

    def forward(self, ids: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        self.read.append(ids)
        self.given.append(state)
        logits = torch.zeros(*ids.shape, SYMBOLS + 1).scatter_(-1, ids[..., None] + 1, 100.0)
        return logits, (torch.zeros(2, ids.shape[1], 1) if state is None else state) + len(ids)


def ascending(streams: BpttConfig = PLAIN, seed: int = 1) -> tuple[CharacterTask, Witness]:
    """A task whose text is 0, 1, 2, …: every place has a symbol of its own."""
    witness = Witness()
    model: Any = witness
    task = CharacterTask(model, np.arange(SYMBOLS - 50), np.arange(SYMBOLS - 50, SYMBOLS), streams, seed)
    return task, witness


def test_the_target_is_the_next_symbol() -> None:
    task, _ = ascending()
    for step in range(3 * task.steps_an_epoch):
        assert task.loss(step).item() < 1e-6


def test_an_epoch_reads_nearly_everything_once_and_nothing_held_out() -> None:
    task, witness = ascending()
    for epoch in range(4):
        witness.read.clear()
        for place in range(task.steps_an_epoch):
            task.loss(epoch * task.steps_an_epoch + place)
        read = torch.cat(witness.read).flatten().tolist()
        assert len(read) == len(set(read))
        assert max(read) + 1 < SYMBOLS - 50
        # Lost are the random start and a rest that fills no window.
        assert len(read) > SYMBOLS - 50 - (2 * PLAIN.bptt_steps + 1) * PLAIN.batch


def test_each_window_begins_where_the_one_before_ended() -> None:
    task, witness = ascending()
    for step in range(task.steps_an_epoch):
        task.loss(step)
    for earlier, later in zip(witness.read, witness.read[1:], strict=False):
        assert torch.equal(later[0], earlier[-1] + 1)
        assert earlier.shape == (PLAIN.bptt_steps, PLAIN.batch)


def test_epochs_and_seeds_cut_the_text_elsewhere() -> None:
    task, witness = ascending()
    for epoch in range(6):
        task.loss(epoch * task.steps_an_epoch)
    other, other_witness = ascending(seed=2)
    other.loss(0)
    starts = [read[0, 0].item() for read in (*witness.read, *other_witness.read)]
    assert len(set(starts)) > 3
    assert set(starts) <= set(range(PLAIN.bptt_steps * PLAIN.batch))


def test_the_state_is_carried_within_an_epoch_and_begins_anew_with_it() -> None:
    task, witness = ascending()
    for step in range(task.steps_an_epoch + 2):
        task.loss(step)
    assert witness.given[0] is None
    assert witness.given[task.steps_an_epoch] is None
    for place in range(1, task.steps_an_epoch):
        given = witness.given[place]
        assert given is not None
        assert given.flatten().tolist() == [place * PLAIN.bptt_steps] * 6


def test_forgetting_starts_streams_from_zero() -> None:
    task, witness = ascending(BpttConfig(3, 7, state_reset_probability=1.0, unk_probability=0.0))
    task.loss(0)
    task.loss(1)
    assert witness.given[1] is not None
    assert not witness.given[1].any()


def test_hidden_symbols_are_read_as_unknown_but_still_expected() -> None:
    task, witness = ascending(BpttConfig(3, 7, state_reset_probability=0.0, unk_probability=1.0))
    loss = task.loss(0).item()
    assert not witness.read[0].any()
    # The witness then expects symbol 1 everywhere, with a logit 100 above the others.
    assert loss == pytest.approx(100.0, abs=100 / 21 + 1e-3)


def test_a_text_that_is_too_short_is_refused_with_the_length_that_is_needed() -> None:
    model: Any = Witness()
    with pytest.raises(ValueError, match=facts("42 tokens", 43)):
        CharacterTask(model, np.arange(42), np.arange(9), PLAIN, 1)
    assert CharacterTask(model, np.arange(43), np.arange(9), PLAIN, 1).steps_an_epoch == 1


def test_a_held_out_part_of_one_prediction_is_measured_and_a_smaller_one_refused() -> None:
    model = tiny()
    ids = model.vocabulary.encode(TEXT * 20)
    expected = cross_entropy(model(torch.from_numpy(ids[:1, None]))[0][0], torch.from_numpy(ids[1:2])).item()
    assert CharacterTask(model, ids, ids[:2], PLAIN, 1).validation_loss() == pytest.approx(expected, rel=1e-5)
    with pytest.raises(ValueError, match=facts("1 tokens", 2)):
        CharacterTask(model, ids, ids[:1], PLAIN, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_score_is_the_mean_over_every_symbol_of_every_part(kind: Kind) -> None:
    model = tiny(kind)
    ids = model.vocabulary.encode(TEXT * 80)
    task = CharacterTask(model, ids, ids[:1300], PLAIN, 1)
    length, total = 1299 // 4, 0.0
    for part in range(4):
        own = torch.from_numpy(ids[part * length : (part + 1) * length + 1])
        log_probs = model(own[:-1, None])[0][:, 0].double().log_softmax(-1)
        total -= log_probs[torch.arange(length), own[1:]].sum().item()
    # Parts are longer than the pieces in which they are read, so that the state has to be carried.
    assert length > 256
    assert task.validation_loss(streams=4) == pytest.approx(total / (4 * length), rel=1e-5)


def test_calm_adds_the_mean_squared_cell_state() -> None:
    model = tiny("lstm")
    ids = model.vocabulary.encode(TEXT * 20)
    plain, calm = (CharacterTask(model, ids, ids, PLAIN, 1, cell_state_penalty=weight) for weight in (0.0, 0.25))
    cell = plain_state(plain, model, ids)
    assert calm.loss(0).item() - plain.loss(0).item() == pytest.approx(0.25 * cell.square().mean().item(), rel=1e-4)


def plain_state(task: CharacterTask, model: nn.Module, ids: np.ndarray) -> Tensor:
    """The cell states after the first window, read off from what the task carries."""
    task.loss(0)
    cell: Tensor = task.state_dict()["state"][1]
    return cell


def test_the_loss_is_the_mean_cross_entropy_of_the_window() -> None:
    model = tiny("gru")
    ids = model.vocabulary.encode(TEXT * 20)
    task = CharacterTask(model, ids, ids, PLAIN, 1)
    offset = int(np.random.default_rng((1, 0)).integers(21))
    length = (len(ids) - 1 - offset) // 3
    losses = []
    for stream in range(3):
        own = torch.from_numpy(ids[offset + stream * length :][:8])
        losses.append(cross_entropy(model(own[:7, None])[0][:, 0], own[1:]))
    assert task.loss(0).item() == pytest.approx(torch.stack(losses).mean().item(), rel=1e-5)
