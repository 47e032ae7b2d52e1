"""Prefixes and copies beside the weights change nothing; what is no such network is refused by the name of what it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import lstm_viz
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint
from tests.models.importing.foreign_models import CHARACTERS, Their, grown
from tests.models.importing.test_more_strangers import IDS, agrees

COUNT = len(CHARACTERS)

PREFIXED: dict[str, Callable[[dict[str, Tensor]], Any]] = {
    "torch.compile": lambda state: {f"_orig_mod.{key}": value for key, value in state.items()},
    "torch.compile of DataParallel": lambda state: {"model": {f"module._orig_mod.{key}": value for key, value in state.items()}},
    "FSDP": lambda state: {f"_fsdp_wrapped_module.{key}": value for key, value in state.items()},
    "an average beside the model": lambda state: {"model": state, "ema": {key: 0.5 * value for key, value in state.items()}},
    "torch_ema": lambda state: {"model": state, "ema": {"decay": 0.9, "shadow_params": [0.5 * each for each in state.values()]}},
    "a callback of Lightning": lambda state: {
        "state_dict": {f"net.{key}": value for key, value in state.items()},
        "callbacks": {"EMA": {"ema": {key: 0.5 * value for key, value in state.items()}}},
    },
    "an optimizer's moments": lambda state: {
        "model": state, "optimizer": {"state": {0: {"exp_avg": torch.ones(3)}}, "param_groups": [{"lr": 0.1}]},
    },
    "a counter of steps": lambda state: {**state, "step": torch.tensor(5)},
}  # fmt: skip


@pytest.mark.parametrize("name", PREFIXED)
def test_prefixes_and_copies_beside_the_weights(name: str, tmp_path: Path) -> None:
    module = grown(Their)
    agrees(PREFIXED[name](module.state_dict()), module(IDS), tmp_path / "theirs.pt")


REFUSED: dict[str, tuple[Callable[[dict[str, Tensor]], Any], str]] = {
    "peft": (lambda state: {**state, "decoder.lora_A.default.weight": torch.ones(2, 7)}, "lora_A"),
    "loralib": (lambda state: {**state, "decoder.lora_A": torch.ones(2, 7)}, "lora_A"),
    "an average among the weights": (
        lambda state: {**state, **{f"ema.{key}": each for key, each in state.items()}}, "several|two",
    ),
    "two sets": (lambda state: {"best": dict(state), "last": dict(state)}, "several sets"),
    "means of inputs": (lambda state: {**state, "mean": torch.ones(6), "std": torch.ones(6)}, "'mean'"),
    "a temperature": (lambda state: {**state, "temperature": torch.tensor(0.5)}, "temperature"),
    "a conditional random field": (lambda state: {**state, "transitions": torch.ones(5, 5)}, "transitions"),
    "first states that are learned": (lambda state: {**state, "h0": torch.ones(2, 1, 7)}, "h0"),
    "adaptive softmax": (
        lambda state: {
            **{key: each for key, each in state.items() if "decoder" not in key}, "out.head.weight": torch.ones(7, 7),
            "out.tail.0.0.weight": torch.ones(3, 7), "out.tail.0.1.weight": torch.ones(5, 3),
        },
        "tail",
    ),
    "minGRU": (lambda _: {"linear_z.weight": torch.ones(7, 5), "linear_h.weight": torch.ones(7, 5)}, "no recurrent"),
    "SRU": (lambda _: {"rnn.weight": torch.ones(5, 28), "rnn.weight_c": torch.ones(14)}, "no recurrent"),
    "QRNN": (lambda _: {"layers.0.linear.weight": torch.ones(21, 5), "layers.0.linear.bias": torch.ones(21)}, "no recurrent"),
    "ConvLSTM": (lambda _: {"cell.conv.weight": torch.ones(28, 8, 3, 3), "cell.conv.bias": torch.ones(28)}, "no recurrent"),
    "IndRNN": (lambda _: {"weight_ih": torch.ones(7, 5), "weight_hh": torch.ones(7), "bias_ih": torch.ones(7)}, "weight_hh"),
    "sLSTM": (lambda _: {f"{each}_{g}.weight": torch.ones(7, 7) for each in "WR" for g in "ifzo"}, "no recurrent"),
    "Flax": (lambda _: {f"params.cell.{a}{g}.kernel": torch.ones(7, 7) for a in "ih" for g in "ifgo"}, "no recurrent"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_network_is_refused_by_name(name: str, tmp_path: Path) -> None:
    change, named = REFUSED[name]
    torch.save(change(grown(Their).state_dict()), tmp_path / "theirs.pt")
    with pytest.raises(UnsupportedCheckpoint, match=named):
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)


@pytest.mark.parametrize("called", ["n", "scale", "cell_norm", "c_ln"])
def test_a_norm_in_a_cell_written_by_hand_is_refused_whatever_its_name(called: str, tmp_path: Path) -> None:
    state = {f"{side}{gate}.weight": torch.ones(7, 7) for side in ("W_i", "W_h") for gate in "ifgo"}
    torch.save({**state, f"{called}.weight": torch.ones(7), f"{called}.bias": torch.ones(7)}, tmp_path / "theirs.pt")
    with pytest.raises(UnsupportedCheckpoint, match=called):
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)


class Mlp(nn.Module):
    """A head of linear layers with a norm between them, as numbered entries."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.emb, self.rnn, self.head = nn.Embedding(COUNT, 5), nn.LSTM(5, 7), nn.Sequential(*layers, nn.Linear(7, COUNT))

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.rnn(self.emb(ids))[0])  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("layers", "asks"),
    [
        ([nn.Linear(7, 7), nn.LayerNorm(7), nn.Tanh()], "between head.1 and head.3"),
        ([nn.Linear(7, 7), nn.Tanh(), nn.LayerNorm(7)], "between head.0 and head.2"),
        ([nn.Linear(7, 7), nn.LayerNorm(7)], ""),
        ([nn.LayerNorm(7), nn.Linear(7, 7), nn.Tanh()], "between head.1 and head.3"),
    ],
)
def test_numbers_of_a_head_say_where_a_norm_and_a_function_stand(layers: list[nn.Module], asks: str, tmp_path: Path) -> None:
    module = grown(lambda: Mlp(*layers))
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    if asks:
        with pytest.raises(NeedsAnswer, match=asks):
            lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=CHARACTERS)
    agrees(module.state_dict(), module(IDS), tmp_path / "theirs.pt", **({"activation": "tanh"} if asks else {}))
