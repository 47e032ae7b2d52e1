"""Hand-written cells: under PyTorch's names they compute what the person's own loop does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import lstm_viz
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint

ALPHABET = "abcdefghi"
TEXT = "abbahcdefi".replace("j", "a")
IDS = [ALPHABET.index(symbol) for symbol in TEXT]
SIZE, UNITS = len(ALPHABET), 6


def random(*shape: int) -> Tensor:
    return torch.from_numpy(np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32))


def surprises(logits: Tensor) -> np.ndarray:
    return nn.functional.cross_entropy(logits[:-1], torch.tensor(IDS[1:]), reduction="none").numpy()


def plain_rnn(turned: bool) -> tuple[dict[str, Tensor], np.ndarray]:
    wxh, whh, why, bh, by = random(UNITS, SIZE), random(UNITS, UNITS), random(SIZE, UNITS), random(UNITS, 1), random(SIZE, 1)
    h, out = torch.zeros(UNITS, 1), []
    for number in IDS:
        h = torch.tanh(wxh[:, [number]] + whh @ h + bh)
        out.append((why @ h + by)[:, 0])
    names = ("Wxh", "Whh", "Why") if not turned else ("W_xh", "W_hh", "W_hq")
    matrices = [each.T.contiguous() if turned else each for each in (wxh, whh, why)]
    biases = {"bh": bh, "by": by} if not turned else {"b_h": bh[:, 0], "b_q": by[:, 0]}
    return dict(zip(names, matrices, strict=True)) | biases, surprises(torch.stack(out))


def lstm_of_two() -> tuple[dict[str, Tensor], np.ndarray]:
    """As a well-known textbook writes it: X @ W_xi + H @ W_hi + b_i."""
    own = {f"W_x{gate}": random(SIZE, UNITS) * (1 + number) for number, gate in enumerate("ifoc")}
    own |= {f"W_h{gate}": random(UNITS, UNITS) / (1 + number) for number, gate in enumerate("ifoc")}
    own |= {f"b_{gate}": random(UNITS) + number for number, gate in enumerate("ifoc")}
    own |= {"W_hq": random(UNITS, SIZE), "b_q": random(SIZE)}
    h = c = torch.zeros(UNITS)
    out = []
    for number in IDS:
        i, f, o, g = (own[f"W_x{gate}"][number] + h @ own[f"W_h{gate}"] + own[f"b_{gate}"] for gate in "ifoc")
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        out.append(h @ own["W_hq"] + own["b_q"])
    decoder = {"fc.weight": own.pop("W_hq").T.contiguous(), "fc.bias": own.pop("b_q")}
    return own | decoder, surprises(torch.stack(out))


class OneLinearAGate(nn.Module):
    """An LSTM cell with one linear layer a gate over the input and the state, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SIZE, 5)
        self.forget_gate, self.input_gate, self.cell_gate, self.output_gate = (nn.Linear(5 + UNITS, UNITS) for _ in range(4))
        self.fc = nn.Linear(UNITS, SIZE)

    def forward(self, ids: Tensor, state_first: bool = False) -> Tensor:
        """Logits [time, symbol]."""
        h = c = torch.zeros(UNITS)
        out = []
        for x in self.embedding(ids):
            both = torch.cat((h, x) if state_first else (x, h))
            c = self.forget_gate(both).sigmoid() * c + self.input_gate(both).sigmoid() * self.cell_gate(both).tanh()
            h = self.output_gate(both).sigmoid() * c.tanh()
            out.append(self.fc(h))
        return torch.stack(out)


@pytest.mark.parametrize("turned", [False, True])
def test_a_plain_rnn_of_three_matrices(turned: bool, tmp_path: Path) -> None:
    state, expected = plain_rnn(turned)
    torch.save(state, tmp_path / "own.pt")
    trace = lstm_viz.trace(lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=ALPHABET), TEXT)
    np.testing.assert_allclose(trace.surprise[1:], expected, rtol=1e-4)
    assert trace.layers[0].kind == "rnn"


def test_an_lstm_of_two_matrices_a_gate(tmp_path: Path) -> None:
    state, expected = lstm_of_two()
    torch.save(state, tmp_path / "own.pt")
    trace = lstm_viz.trace(lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=ALPHABET), TEXT)
    np.testing.assert_allclose(trace.surprise[1:], expected, rtol=1e-4)


@pytest.mark.parametrize("state_first", [False, True])
def test_an_lstm_of_one_linear_layer_a_gate_asks_for_the_order(state_first: bool, tmp_path: Path) -> None:
    torch.manual_seed(1)
    module = OneLinearAGate()
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.7)
    torch.save(module.state_dict(), tmp_path / "own.pt")
    with pytest.raises(NeedsAnswer) as asked:
        lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=ALPHABET)
    answer = asked.value.options[state_first]
    model = lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=ALPHABET, answers={"concatenation": answer})
    with torch.no_grad():
        expected = surprises(module(torch.tensor(IDS), state_first))
    np.testing.assert_allclose(lstm_viz.trace(model, TEXT).surprise[1:], expected, rtol=1e-4)


def test_a_hand_written_gru_is_refused_by_name(tmp_path: Path) -> None:
    state = {f"W_x{gate}": random(SIZE, UNITS) for gate in "zrh"} | {f"W_h{gate}": random(UNITS, UNITS) for gate in "zrh"}
    torch.save(state | {"W_hq": random(UNITS, SIZE)}, tmp_path / "own.pt")
    with pytest.raises(UnsupportedCheckpoint, match="GRU"):
        lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=ALPHABET)


def test_other_state_dicts_are_no_cells(tmp_path: Path) -> None:
    torch.save(nn.Sequential(nn.Linear(9, 6), nn.Tanh(), nn.Linear(6, 9)).state_dict(), tmp_path / "own.pt")
    with pytest.raises(UnsupportedCheckpoint, match="no recurrent layer"):
        lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=ALPHABET)
