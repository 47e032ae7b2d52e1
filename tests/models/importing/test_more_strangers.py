"""More ways in which other people's programs save networks: the numbers of the program itself, or a refusal by name."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune

import lstm_viz
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint
from tests.models.importing.foreign_models import CHARACTERS, SENTENCE, Their, grown, ids_of

COUNT, UNITS = len(CHARACTERS), 7
IDS = ids_of(SENTENCE)


def agrees(contents: Any, logits: Tensor, path: Path, vocabulary: Any = CHARACTERS, **answers: str) -> Any:
    """Load what was saved and compare each probability; returns the network."""
    torch.save(contents, path)
    network = lstm_viz.load_checkpoint(path, vocabulary=vocabulary, answers=answers)
    places = [network.vocabulary.index[token] for token in CHARACTERS]
    found = lstm_viz.trace(network, SENTENCE).probs[:, places]
    np.testing.assert_allclose(found / found.sum(-1, keepdims=True), logits.softmax(-1), rtol=1e-4, atol=2e-6)
    return network


class Cell(nn.Module):
    """An LSTM's cell as people write it by hand; `gates` are the four pre-activations in the order i f g o."""

    def gates(self, x: Tensor, h: Tensor) -> Sequence[Tensor]:
        raise NotImplementedError

    def inner(self, c: Tensor) -> Tensor:
        return c

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = self.gates(x, h)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * self.inner(c).tanh(), c


class Parameters(Cell):
    """PyTorch's own documentation as parameters: W_ii, W_hi, b_ii, b_hi."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        for gate in "ifgo":
            self.register_parameter(f"W_i{gate}", nn.Parameter(torch.empty(inputs, UNITS)))
            self.register_parameter(f"W_h{gate}", nn.Parameter(torch.empty(UNITS, UNITS)))
            self.register_parameter(f"b_i{gate}", nn.Parameter(torch.empty(UNITS)))
            self.register_parameter(f"b_h{gate}", nn.Parameter(torch.empty(UNITS)))

    def gates(self, x: Tensor, h: Tensor) -> Sequence[Tensor]:
        own = dict(self.named_parameters())
        return [x @ own[f"W_i{g}"] + own[f"b_i{g}"] + h @ own[f"W_h{g}"] + own[f"b_h{g}"] for g in "ifgo"]


class Linears(Cell):
    """The same as linear layers, one without a bias."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        for gate in "ifgo":
            self.add_module(f"W_i{gate}", nn.Linear(inputs, UNITS))
            self.add_module(f"W_h{gate}", nn.Linear(UNITS, UNITS, bias=False))

    def gates(self, x: Tensor, h: Tensor) -> Sequence[Tensor]:
        own = dict(self.named_children())
        return [own[f"W_i{g}"](x) + own[f"W_h{g}"](h) for g in "ifgo"]


class Concatenated(Cell):
    """One linear layer a gate over the input and the state."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        for gate in "ifco":
            self.add_module(f"W_{gate}", nn.Linear(inputs + UNITS, UNITS))

    def gates(self, x: Tensor, h: Tensor) -> Sequence[Tensor]:
        return [getattr(self, f"W_{g}")(torch.cat((x, h), -1)) for g in "ifco"]


class Joined(Cell):
    """Two linear layers for all four gates, in an order that only the program knows."""

    order = "i f o g"

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.x2h, self.h2h = nn.Linear(inputs, 4 * UNITS), nn.Linear(UNITS, 4 * UNITS)

    def gates(self, x: Tensor, h: Tensor) -> Sequence[Tensor]:
        rows = dict(zip(self.order.split(), (self.x2h(x) + self.h2h(h)).chunk(4, -1), strict=True))
        return [rows[gate] for gate in "ifgo"]


class Lying(Cell):
    """The same as two parameters and a bias, [input, row]."""

    order = "f i o g"

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.Wx, self.Wh = nn.Parameter(torch.empty(inputs, 4 * UNITS)), nn.Parameter(torch.empty(UNITS, 4 * UNITS))
        self.b = nn.Parameter(torch.empty(4 * UNITS))

    def gates(self, x: Tensor, h: Tensor) -> Sequence[Tensor]:
        rows = dict(zip(self.order.split(), (x @ self.Wx + h @ self.Wh + self.b).chunk(4, -1), strict=True))
        return [rows[gate] for gate in "ifgo"]


class Normed(Linears):
    """A cell state that is normalized before its tanh."""

    def __init__(self, inputs: int) -> None:
        super().__init__(inputs)
        self.ln = nn.LayerNorm(UNITS)

    def inner(self, c: Tensor) -> Tensor:
        normed: Tensor = self.ln(c)
        return normed


class Peepholes(Linears):
    """Matrices from the cell state to the gates."""

    def __init__(self, inputs: int) -> None:
        super().__init__(inputs)
        for gate in "ifo":
            self.add_module(f"V_{gate}", nn.Linear(UNITS, UNITS, bias=False))


class ByHand(nn.Module):
    def __init__(self, kind: type[Cell]) -> None:
        super().__init__()
        self.embedding, self.cell, self.fc = nn.Embedding(COUNT, 5), kind(5), nn.Linear(UNITS, COUNT)  # type: ignore[call-arg,arg-type]

    def forward(self, ids: Tensor) -> Tensor:
        h = c = torch.zeros(UNITS)
        out = []
        for x in self.embedding(ids):
            h, c = self.cell(x, h, c)
            out.append(self.fc(h))
        return torch.stack(out)


ASKED = {Concatenated: {"concatenation": "input first"}, Joined: {"gates": Joined.order}, Lying: {"gates": Lying.order}}


@pytest.mark.parametrize("whole", [True, False], ids=["pickled whole", "state dict"])
@pytest.mark.parametrize("kind", [Parameters, Linears, Concatenated, Joined, Lying])
def test_a_cell_written_by_hand_computes_what_its_program_does(kind: type[Cell], whole: bool, tmp_path: Path) -> None:
    module = grown(lambda: ByHand(kind))
    answers = ASKED.get(kind, {})
    contents = module if whole else {f"model.{key}": value for key, value in module.state_dict().items()}
    agrees(contents, module(IDS), tmp_path / "own.pt", **answers)
    for question, answer in answers.items():
        with pytest.raises(NeedsAnswer) as asked:
            lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=CHARACTERS)
        assert asked.value.question == question
        assert answer in asked.value.options


@pytest.mark.parametrize(("kind", "named"), [(Normed, r"cell\.ln\.weight"), (Peepholes, r"cell\.V_f\.weight")])
def test_a_cell_with_more_inside_is_refused(kind: type[Cell], named: str, tmp_path: Path) -> None:
    state = grown(lambda: ByHand(kind)).state_dict()
    flat = {key.removeprefix("cell."): value for key, value in state.items()}
    for contents, name in ((state, named), (flat, named.removeprefix(r"cell\."))):
        torch.save(contents, tmp_path / "own.pt")
        with pytest.raises(UnsupportedCheckpoint, match=name):
            lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=CHARACTERS)


def test_the_three_blocks_of_a_gru_by_hand_are_refused(tmp_path: Path) -> None:
    cell = nn.ModuleDict({"x2h": nn.Linear(5, 21), "h2h": nn.Linear(7, 21), "fc": nn.Linear(7, 5)})
    torch.save(cell.state_dict(), tmp_path / "own.pt")
    with pytest.raises(UnsupportedCheckpoint, match="GRU"):
        lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary="abcde")


class Own(Cell):
    """A class with PyTorch's names of weights and gates in an order of its own."""

    order = "i f o g"

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.weight_ih, self.weight_hh = nn.Parameter(torch.empty(28, inputs)), nn.Parameter(torch.empty(28, UNITS))

    def gates(self, x: Tensor, h: Tensor) -> Sequence[Tensor]:
        rows = dict(zip(self.order.split(), (x @ self.weight_ih.T + h @ self.weight_hh.T).chunk(4, -1), strict=True))
        return [rows[gate] for gate in "ifgo"]


def test_a_class_of_its_own_with_pytorchs_names_is_asked_for_its_order(tmp_path: Path) -> None:
    module = grown(lambda: ByHand(Own))
    torch.save(module, tmp_path / "own.pt")
    with pytest.raises(NeedsAnswer, match="'Own'") as asked:
        lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=CHARACTERS)
    assert (asked.value.question, Own.order in asked.value.options) == ("gates", True)
    agrees(module, module(IDS), tmp_path / "own.pt", gates=Own.order)
    with pytest.raises(UnsupportedCheckpoint, match=r"'Own'.*capture"):
        lstm_viz.load_checkpoint(tmp_path / "own.pt", vocabulary=CHARACTERS, answers={"gates": "otherwise"})
    torch.save(grown(Their), tmp_path / "theirs.pt")
    assert "notes" not in lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS).metadata


def test_pruned_weights_are_those_that_the_module_uses(tmp_path: Path) -> None:
    module = grown(Their).requires_grad_(True)
    prune.l1_unstructured(module.rnn, "weight_hh_l0", 0.5)
    prune.l1_unstructured(module.decoder, "weight", 0.3)
    agrees(module.state_dict(), module(IDS).detach(), tmp_path / "pruned.pt")


def test_what_stands_beside_the_weights_is_left_out(tmp_path: Path) -> None:
    module = grown(Their)
    averaged = torch.optim.swa_utils.AveragedModel(module)
    agrees(averaged.state_dict(), module(IDS), tmp_path / "averaged.pt")
    state = {f"net.{key}": value for key, value in module.state_dict().items()}
    agrees({"state_dict": {**state, "criterion.weight": torch.ones(COUNT)}}, module(IDS), tmp_path / "lightning.ckpt")


@pytest.mark.parametrize("dropped", [True, False])
def test_fastai_keeps_raw_weights_around_its_module(dropped: bool, tmp_path: Path) -> None:
    """The module's own weights, where they are saved, are those of the last dropout."""
    encoder, decoder = grown(lambda: nn.Embedding(COUNT, 6)), grown(lambda: nn.Linear(6, COUNT))
    layers = [grown(lambda: nn.LSTM(6, 9)), grown(lambda: nn.LSTM(9, 6))]
    state = {"0.encoder.weight": encoder.weight, "0.encoder_dp.emb.weight": encoder.weight}
    for number, layer in enumerate(layers):
        own = layer.state_dict()
        state[f"0.rnns.{number}.weight_hh_l0_raw"] = own["weight_hh_l0"]
        if dropped:
            own["weight_hh_l0"] = nn.functional.dropout(own["weight_hh_l0"], 0.5)
        else:
            del own["weight_hh_l0"]
        state |= {f"0.rnns.{number}.module.{key}": value for key, value in own.items()}
    state |= {"1.decoder.weight": encoder.weight, "1.decoder.bias": decoder.bias}
    x = encoder(IDS)
    for layer in layers:
        x = layer(x)[0]
    agrees({"model": state, "opt": None}, x @ encoder.weight.T + decoder.bias, tmp_path / "fastai.pth")


class Dictionary:
    """Of flair, with its tokens as bytes."""

    def __init__(self) -> None:
        self.item2idx = {token.encode(): number for number, token in enumerate(CHARACTERS)}
        self.idx2item = [token.encode() for token in CHARACTERS]


def test_flair_names_its_tokens_in_bytes_and_its_direction(tmp_path: Path) -> None:
    module = grown(lambda: Their(layers=1))
    contents = {"state_dict": module.state_dict(), "dictionary": Dictionary(), "is_forward_lm": True, "nlayers": 1}
    network = agrees(contents, module(IDS), tmp_path / "flair.pt", vocabulary=None)
    assert "notes" not in network.metadata
    network = agrees({**contents, "is_forward_lm": False}, module(IDS), tmp_path / "flair.pt", vocabulary=None)
    assert "is_forward_lm" in network.metadata["notes"]


@pytest.mark.parametrize(
    ("one", "other"), [("encoder", "decoder"), ("encoder.lstm", "decoder.lstm"), ("fwd", "bwd"), ("model.rnn", "ema_model.rnn")]
)
def test_two_networks_whose_sizes_would_form_a_chain_are_refused(one: str, other: str, tmp_path: Path) -> None:
    state = {f"{each}.{key}": value for each in (one, other) for key, value in nn.LSTM(8, 8).state_dict().items()}
    torch.save({**state, "fc.weight": torch.ones(8, 8), "fc.bias": torch.ones(8)}, tmp_path / "pair.pt")
    with pytest.raises(UnsupportedCheckpoint, match="two sorts"):
        lstm_viz.load_checkpoint(tmp_path / "pair.pt", answers={"reads": "numbers"})


class Norms(nn.Module):
    """Norms between the layers of a stack, in two lists or one after the other."""

    def __init__(self, lists: bool) -> None:
        super().__init__()
        self.emb, self.lists = nn.Embedding(COUNT, 8), lists
        if lists:
            self.rnns = nn.ModuleList([nn.LSTM(8, 8), nn.LSTM(8, 8)])
            self.norms = nn.ModuleList([nn.LayerNorm(8), nn.LayerNorm(8)])
        else:
            self.lstm1, self.ln1, self.lstm2, self.ln2 = nn.LSTM(8, 8), nn.LayerNorm(8), nn.LSTM(8, 8), nn.LayerNorm(8)
        self.fc = nn.Linear(8, COUNT)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.emb(ids)
        pairs = zip(self.rnns, self.norms, strict=True) if self.lists else ((self.lstm1, self.ln1), (self.lstm2, self.ln2))
        for rnn, norm in pairs:
            x = norm(rnn(x)[0])
        logits: Tensor = self.fc(x)
        return logits


@pytest.mark.parametrize(
    ("lists", "answers"),
    [(True, {"norms": "each behind its layer"}), (False, {"norm:ln1": "behind lstm1", "norm:ln2": "behind lstm2"})],
)
def test_norms_between_layers_are_asked_for_and_the_nearest_place_is_offered(
    lists: bool, answers: dict[str, str], tmp_path: Path
) -> None:
    module = grown(lambda: Norms(lists))
    given: dict[str, str] = {}
    for question, answer in answers.items():
        torch.save(module.state_dict(), tmp_path / "norms.pt")
        with pytest.raises(NeedsAnswer) as asked:
            lstm_viz.load_checkpoint(tmp_path / "norms.pt", vocabulary=CHARACTERS, answers=given)
        assert (asked.value.question, asked.value.usual) == (question, answer)
        assert len(asked.value.options) > 1
        given[question] = answer
    network = agrees(module.state_dict(), module(IDS), tmp_path / "norms.pt", **given)
    facts = {fact["subject"]: (fact["value"], fact["origin"]) for fact in json.loads(network.metadata["import_facts"])}
    for norm in ("norms.0", "norms.1") if lists else ("ln1", "ln2"):
        assert facts[norm][1] == "asked"
        assert facts[f"ε of {norm}"][1] == "assumed"


def quantized(path: Path) -> None:
    torch.save({"rnn.weight_ih_l0": torch.quantize_per_tensor(torch.ones(8, 2), 0.1, 0, torch.qint8)}, path)


def objects(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, {"weight": np.ones(3)}, allow_pickle=True)  # type: ignore[arg-type]


def archive(entry: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(entry, b"content" * 9)

    return write


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("write", "named"),
    [
        (quantized, "quantized weights, so save the network as it was before"),
        (objects, r"objects.*numpy\.savez"),
        (archive("repo/model.safetensors"), "'repo/model.safetensors'; unpack it"),
        (archive("saved/saved_model.pb"), r"SavedModel.*\.keras"),
        (archive("m/archive_format"), r"torch\.export"),
        (lambda path: path.write_bytes(b"\x08\x0e\x12\x07pytorch\x1a\x032.5:\xa2\x0c\n&"), "ONNX"),
        (lambda path: path.write_bytes(b"\x08\x0e:\xa2\x0c\n&\n\x01x"), "ONNX"),
    ],
)
def test_what_else_comes_is_named_with_advice(write: Callable[[Path], object], named: str, tmp_path: Path) -> None:
    write(tmp_path / "theirs.bin")
    with pytest.raises(UnsupportedCheckpoint, match=named):
        lstm_viz.load_checkpoint(tmp_path / "theirs.bin")
