"""What a file leaves unsaid of its program changes the numbers: it is asked, refused, or shown as assumed and open to an answer.

Each program is written as a public one is; what it saves is opened and compared with its own forward pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import lstm_viz
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint
from lstm_viz.network_reading import read_network, read_values
from tests.models.importing.foreign_models import CHARACTERS, SENTENCE, Their, grown, ids_of
from tests.models.importing.test_more_strangers import IDS, agrees

COUNT, UNITS = len(CHARACTERS), 7


class Program(nn.Module):
    """An embedding, one recurrent module, something around it, and a decoder."""

    def __init__(self, rnn: Callable[[], nn.Module] = lambda: nn.LSTM(7, 7), **more: nn.Module) -> None:
        super().__init__()
        self.emb = nn.Embedding(COUNT, 7)
        self.rnn = rnn()
        for called, module in more.items():
            self.add_module(called, module)
        self.fc = nn.Linear(UNITS, COUNT)

    def read(self, x: Tensor) -> Tensor:
        return self.rnn(x)[0]  # type: ignore[no-any-return]

    def forward(self, ids: Tensor) -> Tensor:
        return self.fc(self.read(self.emb(ids)))  # type: ignore[no-any-return]


class ReluInput(Program):
    """Of PyTorch's tutorial on translation: relu(embedding) goes into the GRU."""

    def read(self, x: Tensor) -> Tensor:
        return self.rnn(x.relu())[0]  # type: ignore[no-any-return]


class ReluOutput(Program):
    def read(self, x: Tensor) -> Tensor:
        return self.rnn(x)[0].relu()  # type: ignore[no-any-return]


class Residual(nn.Module):
    """Of GNMT and others: each layer adds what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.emb, self.fc = nn.Embedding(COUNT, 7), nn.Linear(7, COUNT)
        self.rnns = nn.ModuleList([nn.LSTM(7, 7), nn.LSTM(7, 7)])

    def forward(self, ids: Tensor) -> Tensor:
        x = self.emb(ids)
        for rnn in self.rnns:
            x = x + rnn(x)[0]
        return self.fc(x)  # type: ignore[no-any-return]


class NormBefore(Program):
    """A norm that is named behind the recurrent layer and called before it."""

    def read(self, x: Tensor) -> Tensor:
        return self.rnn(self.norm(x))[0]  # type: ignore[no-any-return]


class NormBehind(Program):
    def read(self, x: Tensor) -> Tensor:
        return self.norm(self.rnn(x)[0])  # type: ignore[no-any-return]


class CellLoop(Program):
    """A cell in a loop; `inside` normalizes the state that the next step reads."""

    inside = False

    def read(self, x: Tensor) -> Tensor:
        h = c = torch.zeros(1, UNITS)
        outputs = []
        for step in x[:, None]:
            h, c = self.rnn(step, (h, c))
            h = self.norm(h) if self.inside else h
            outputs.append(h if self.inside else self.norm(h))
        return torch.cat(outputs)


class Inside(CellLoop):
    inside = True


class Gates(nn.Module):
    """A cell of a program's own with PyTorch's names of weights and its gates in another order."""

    order = "i f o g"

    def __init__(self) -> None:
        super().__init__()
        blocks = len(self.order.split())
        self.weight_ih, self.weight_hh = (nn.Parameter(torch.empty(blocks * UNITS, UNITS)) for _ in range(2))
        self.bias_ih, self.bias_hh = (nn.Parameter(torch.empty(blocks * UNITS)) for _ in range(2))

    def forward(self, x: Tensor) -> tuple[Tensor]:
        h = c = torch.zeros(UNITS)
        outputs = []
        for step in x @ self.weight_ih.T + self.bias_ih:
            h, c = self.step(step, h @ self.weight_hh.T + self.bias_hh, h, c)
            outputs.append(h)
        return (torch.stack(outputs),)

    def step(self, by_x: Tensor, by_h: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        rows = dict(zip(self.order.split(), (by_x + by_h).chunk(4), strict=True))
        c = rows["f"].sigmoid() * c + rows["i"].sigmoid() * rows["g"].tanh()
        return rows["o"].sigmoid() * c.tanh(), c


class UpdateFirst(Gates):
    """A GRU with the update gate before the reset gate, as cuDNN's older documents and Keras have it."""

    order = "z r n"

    def step(self, by_x: Tensor, by_h: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        (zx, rx, nx), (zh, rh, nh) = by_x.chunk(3), by_h.chunk(3)
        z, r = (zx + zh).sigmoid(), (rx + rh).sigmoid()
        return (1 - z) * (nx + r * nh).tanh() + z * h, c


class MaxNorm(Program):
    """Rows are cut to a norm when they are looked up; the rows in the file are longer."""

    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(COUNT, 7, max_norm=1.0)

    def forward(self, ids: Tensor) -> Tensor:
        rows = self.emb.weight[ids]
        norms = rows.norm(dim=1, keepdim=True)
        return self.fc(self.read(torch.where(norms > 1, rows / norms, rows)))  # type: ignore[no-any-return]


def norm(**options: Any) -> Callable[[], nn.Module]:
    return lambda: NormBehind(norm=nn.LayerNorm(7, **options))


#: What is built, whether it is saved whole, and every answer in the order of the questions.
ASKED: dict[str, tuple[Callable[[], nn.Module], bool, dict[str, str]]] = {
    "a norm before the layer": (lambda: NormBefore(norm=nn.LayerNorm(7)), False, {"norm:norm": "behind emb"}),
    "a norm behind the layer": (norm(), False, {"norm:norm": "behind rnn"}),
    "a norm behind the layer, whole": (norm(eps=0.1), True, {"norm:norm": "behind rnn"}),
    "a norm behind a cell": (
        lambda: CellLoop(lambda: nn.LSTMCell(7, 7), norm=nn.LayerNorm(7)), False, {"norm:norm": "behind rnn"},
    ),
    "RMSNorm": (
        lambda: NormBehind(norm=nn.RMSNorm(7)), False,
        {"norm_kind:norm": "root mean square norm (RMSNorm)", "norm:norm": "behind rnn"},
    ),
    "a norm without a shift": (
        norm(bias=False), False, {"norm_kind:norm": "layer normalization", "norm:norm": "behind rnn"},
    ),
    "RMSNorm, whole": (lambda: NormBehind(norm=nn.RMSNorm(7)), True, {"norm:norm": "behind rnn"}),
    "an LSTM of its own, whole": (lambda: Program(Gates), True, {"gates": "i f o g"}),
    "a GRU of its own, whole": (lambda: Program(UpdateFirst), True, {"gates": "z r n"}),
    "a function without a place": (lambda: ReluOutput(relu=nn.ReLU()), True, {"before_head": "relu"}),
}  # fmt: skip
#: The same for what is assumed unless it is answered: the answer that is right, and the fact's subject.
ASSUMED: dict[str, tuple[Callable[[], nn.Module], dict[str, str], str]] = {
    "relu before the layers": (lambda: ReluInput(lambda: nn.GRU(7, 7)), {"before_layers": "relu"}, "function before the layers"),
    "relu before the head": (ReluOutput, {"before_head": "relu"}, "function before the head"),
    "residual layers": (Residual, {"between": "each adds what it reads"}, "between the layers"),
    "gates of a state dict": (lambda: Program(Gates), {"gates": "i f o g"}, "order of the gates"),
    "gates of a GRU": (lambda: Program(UpdateFirst), {"gates": "z r n"}, "order of the gates"),
    "an RNN of ReLU": (
        lambda: Program(lambda: nn.RNN(7, 7, nonlinearity="relu")), {"nonlinearity": "relu"}, "function of the layers",
    ),
}  # fmt: skip


def facts_of(network: Any) -> dict[str, tuple[str, str]]:
    return {fact["subject"]: (fact["value"], fact["origin"]) for fact in json.loads(network.metadata["import_facts"])}


@pytest.mark.parametrize("name", ASKED)
def test_what_changes_the_numbers_is_asked(name: str, tmp_path: Path) -> None:
    build, whole, answers = ASKED[name]
    module = grown(build)
    torch.save(module if whole else module.state_dict(), tmp_path / "theirs.pt")
    given: dict[str, str] = {}
    for question, answer in answers.items():
        with pytest.raises(NeedsAnswer) as asked:
            lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS, answers=given)
        assert asked.value.question == question
        assert answer in asked.value.options
        given[question] = answer
    agrees(module if whole else module.state_dict(), module(IDS), tmp_path / "theirs.pt", **given)


@pytest.mark.parametrize("name", ASSUMED)
def test_what_is_assumed_is_shown_and_can_be_answered(name: str, tmp_path: Path) -> None:
    build, answers, subject = ASSUMED[name]
    module = grown(build)
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    network = lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)
    assert facts_of(network)[subject][1] == "assumed"
    network = agrees(module.state_dict(), module(IDS), tmp_path / "theirs.pt", **answers)
    (value,) = answers.values()
    assert (value, "asked") in facts_of(network).values()


@pytest.mark.parametrize("name", ASSUMED)
def test_a_text_tells_which_reading_predicts_it_better(name: str, tmp_path: Path) -> None:
    """The text is what the program itself finds likeliest, so that its own reading predicts it best."""
    build, answers, _ = ASSUMED[name]
    module = confident(build)
    text = written_by(module)
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    with pytest.raises(NeedsAnswer, match=r"nats") as asked:
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS, text=text)
    assert {asked.value.question: asked.value.usual} == answers
    lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS, text=text, answers=answers)


@pytest.mark.parametrize("name", ["a norm before the layer", "a norm behind the layer", "a norm behind a cell"])
def test_a_text_tells_where_a_norm_stands(name: str, tmp_path: Path) -> None:
    build, _, answers = ASKED[name]
    module = confident(build)
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    with pytest.raises(NeedsAnswer) as asked:
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS, text=written_by(module))
    assert {asked.value.question: asked.value.usual} == answers


def confident(build: Callable[[], nn.Module]) -> Any:
    """A network with a head that is surer of each token than a grown one."""
    module = grown(build)
    module.fc.weight.mul_(5)
    return module


def written_by(module: nn.Module, length: int = 60) -> str:
    """A text that a network finds likely: at each place one of its two likeliest characters, drawn by their probabilities."""
    generator, ids = torch.Generator().manual_seed(0), [0]
    with torch.no_grad():
        for _ in range(length):
            best = module(torch.tensor(ids))[-1].topk(2)
            ids.append(int(best.indices[torch.multinomial(best.values.softmax(0), 1, generator=generator)]))
    return "".join(CHARACTERS[each] for each in ids)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_nothing_is_asked_where_the_usual_reading_is_right(kind: str, tmp_path: Path) -> None:
    module = grown(lambda: Their(kind, layers=1))
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    network = lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS, text=written_by(module))
    assert facts_of(network)["order of the gates"] == ("i f g o" if kind == "LSTM" else "r z n", "inferred")
    torch.save(module, tmp_path / "theirs.pt")
    network = lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)
    assert facts_of(network)["order of the gates"][1] == "found"


def test_a_norm_inside_the_loop_is_refused(tmp_path: Path) -> None:
    module = grown(lambda: Inside(lambda: nn.LSTMCell(7, 7), norm=nn.LayerNorm(7)))
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    with pytest.raises(NeedsAnswer) as asked:
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)
    inside = next(option for option in asked.value.options if "inside the loop" in option)
    with pytest.raises(UnsupportedCheckpoint, match=r"norm.*inside.*capture"):
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS, answers={"norm:norm": inside})


def test_an_embedding_looks_up_rows_of_its_largest_norm(tmp_path: Path) -> None:
    module = grown(MaxNorm)
    agrees(module, module(IDS), tmp_path / "theirs.pt")


class Doubling(nn.Linear):
    def forward(self, x: Tensor) -> Tensor:
        return 2 * super().forward(x)


class DoublingLstm(nn.LSTM):
    def forward(self, *given: Any) -> Any:
        output, states = super().forward(*given)
        return 2 * output, states


class Heads(nn.Module):
    """Two heads side by side, of sizes that would let one read the other."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3, 5)
        self.add_module(one, nn.Linear(5, 5))
        self.add_module(other, nn.Linear(5, 5))


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: NormBehind(norm=nn.GroupNorm(7, 7)), "GroupNorm"),
        (lambda: NormBehind(norm=nn.PReLU(7)), "PReLU"),
        (lambda: NormBehind(norm=nn.LayerNorm(7, elementwise_affine=False)), "LayerNorm"),
        (lambda: ReluOutput(pool=nn.MaxPool1d(2)), "MaxPool1d"),
    ],
)
def test_a_module_of_another_class_is_refused_by_its_name(build: Callable[[], nn.Module], named: str, tmp_path: Path) -> None:
    torch.save(grown(build), tmp_path / "theirs.pt")
    with pytest.raises(UnsupportedCheckpoint, match=named):
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)


@pytest.mark.parametrize("called", ["gn", "bn1", "group_norm"])
def test_a_norm_that_its_name_says_is_another_is_refused(called: str, tmp_path: Path) -> None:
    state = grown(lambda: Program(**{called: nn.GroupNorm(7, 7)})).state_dict()
    torch.save(state, tmp_path / "theirs.pt")
    with pytest.raises(UnsupportedCheckpoint, match=called):
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)


@pytest.mark.parametrize(("build", "named"), [(Doubling, "fc"), (DoublingLstm, "rnn")])
def test_a_class_of_its_own_is_asked_for_and_refused_if_it_computes_otherwise(
    build: type[nn.Module], named: str, tmp_path: Path
) -> None:
    module = grown(Program)
    sizes = (UNITS, COUNT) if named == "fc" else (7, 7)
    module.add_module(named, grown(lambda: build(*sizes)))
    torch.save(module, tmp_path / "theirs.pt")
    with pytest.raises(NeedsAnswer, match=build.__name__) as asked:
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)
    assert asked.value.question == "own_class"
    with pytest.raises(UnsupportedCheckpoint, match=build.__name__):
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS, answers={"own_class": "otherwise"})


@pytest.mark.parametrize(
    ("one", "other"),
    [("mu", "sigma"), ("fc_mean", "fc_logvar"), ("actor", "critic"), ("action_net", "value_net"), ("attn", "fc"), ("gate", "fc")],
)
def test_heads_side_by_side_and_attention_are_no_chain(one: str, other: str, tmp_path: Path) -> None:
    torch.save(grown(lambda: Heads(one, other)).state_dict(), tmp_path / "theirs.pt")
    with pytest.raises(UnsupportedCheckpoint, match=one):
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt")


class Forecaster(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.fc = nn.LSTM(3, 5), nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.lstm(x)[0]).sigmoid()  # type: ignore[no-any-return]


def test_the_function_at_the_end_of_numbers_is_assumed_and_can_be_answered(tmp_path: Path) -> None:
    module, x = grown(Forecaster), np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    network: Any = lstm_viz.load_checkpoint(tmp_path / "theirs.pt")
    assert facts_of(network)["function at the end"] == ("none", "assumed")
    network = lstm_viz.load_checkpoint(tmp_path / "theirs.pt", answers={"at_end": "sigmoid", "pooling": "steps"})
    np.testing.assert_allclose(read_values(network, x).probs, module(torch.from_numpy(x)), atol=1e-6)


def test_what_inputs_are_scaled_with_is_named_where_numbers_are_read(tmp_path: Path) -> None:
    torch.save({"model": grown(Forecaster).state_dict(), "x_mean": np.ones(3), "x_std": np.ones(3)}, tmp_path / "theirs.pt")
    notes = lstm_viz.load_checkpoint(tmp_path / "theirs.pt").metadata["notes"]
    assert "'x_mean'" in notes
    assert "'x_std'" in notes
    torch.save({"model": grown(Their).state_dict(), "mean": np.ones(3)}, tmp_path / "theirs.pt")
    assert "notes" not in lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS).metadata


def test_gradients_go_through_what_layers_add(tmp_path: Path) -> None:
    """The gradient by what a layer itself read is autograd's, without what goes past the layer."""
    module = grown(Residual)
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    answers = {"between": "each adds what it reads"}
    network: Any = lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS, answers=answers)
    traced = read_network(network, SENTENCE, lstm_viz.TextLoss())
    x, read, given = module.emb(ids_of(SENTENCE)), [], []
    for rnn in module.rnns:
        read.append((x * 1).detach().requires_grad_(True) if not read else x * 1)
        read[-1].retain_grad()
        given.append(rnn(read[-1])[0])
        x = x + given[-1]
    loss = nn.functional.cross_entropy(module.fc(x)[:-1], ids_of(SENTENCE)[1:])
    loss.backward()
    ratios = []
    for layer, by_x, h in zip(traced.layers, read, given, strict=True):
        np.testing.assert_allclose(layer.h[:, 0], h.detach(), atol=1e-6)
        ratios.append(layer.grads.x[:-1, 0] / by_x.grad[:-1].numpy())
    np.testing.assert_allclose(np.concatenate(ratios), np.median(ratios[0]), rtol=2e-3)  # a mean or a sum over the text
