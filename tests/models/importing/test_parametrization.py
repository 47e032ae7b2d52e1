"""Weights in another form are computed as PyTorch computes them."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from lstm_viz.models.importing.parametrization import plain_weights


def old_weight_norm(module: nn.LSTM) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nn.utils.weight_norm(module, "weight_hh_l0")


def old_spectral_norm(module: nn.LSTM) -> None:
    nn.utils.spectral_norm(module, "weight_hh_l0")
    module(torch.randn(2, 1, 3))


FORMS: dict[str, Callable[[nn.LSTM], object]] = {
    "none": lambda _: None,
    "weight norm": lambda module: nn.utils.parametrizations.weight_norm(module, "weight_hh_l0"),
    "weight norm over columns": lambda module: nn.utils.parametrizations.weight_norm(module, "weight_hh_l0", dim=1),
    "weight norm of the whole": lambda module: nn.utils.parametrizations.weight_norm(module, "weight_hh_l0", dim=None),
    "spectral norm": lambda module: nn.utils.parametrizations.spectral_norm(module, "weight_hh_l0"),
    "weight norm, before parametrizations": old_weight_norm,
    "spectral norm, before parametrizations": old_spectral_norm,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", FORMS)
def test_the_weight_is_the_one_that_the_module_uses(form: str) -> None:
    torch.manual_seed(3)
    module = nn.LSTM(3, 4)
    names = set(module.state_dict())
    FORMS[form](module)
    module.eval()
    module(torch.randn(2, 1, 3))
    used: Tensor = module.weight_hh_l0
    state = plain_weights(module.state_dict())
    assert set(state) == names
    torch.testing.assert_close(state["weight_hh_l0"], used.detach(), rtol=1e-6, atol=1e-6)


def test_raw_weights_stand_for_the_dropped_ones() -> None:
    raw, dropped = torch.ones(8, 2), torch.zeros(8, 2)
    state = plain_weights({"rnn.weight_hh_l0": dropped, "rnn.weight_ih_l0": raw * 2, "rnn.weight_hh_l0_raw": raw})
    assert state.keys() == {"rnn.weight_hh_l0", "rnn.weight_ih_l0"}
    assert torch.equal(state["rnn.weight_hh_l0"], raw)


def test_a_weight_that_only_ends_alike_is_left() -> None:
    state = {"attention.weight_v": torch.ones(3), "x.weight_u": torch.ones(2, 2)}
    assert plain_weights(state) == state
