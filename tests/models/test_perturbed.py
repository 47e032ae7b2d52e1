"""Copies with other weights: what changes, what does not, and what the spectral radius is."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import lstm_viz
from lstm_viz.gates import Kind
from lstm_viz.models.perturbed import perturbed_copy, radii
from lstm_viz.reader import trace
from tests.facts import facts
from tests.tiny import KINDS, TEXT, tiny


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_recurrent_weights_and_the_keeping_bias_change(kind: Kind) -> None:
    model, keep = tiny(kind), 0.0 if kind == "rnn" else 1.5
    before = {name: value.clone() for name, value in model.named_parameters()}
    twin = perturbed_copy(model, scale=2.0, keep=keep)
    for name, value in twin.named_parameters():
        wanted = before[name].clone()
        if "weight_hh" in name:
            wanted *= 2.0
        elif "bias_ih" in name and kind != "rnn":
            wanted[5:10] += keep
        torch.testing.assert_close(value, wanted, rtol=0, atol=0)
        torch.testing.assert_close(dict(model.named_parameters())[name], before[name], rtol=0, atol=0)
    assert twin.embedding.weight is model.embedding.weight
    assert not twin.training
    assert not any(parameter.requires_grad for parameter in twin.parameters())


@pytest.mark.parametrize(("kind", "gate"), [("lstm", "f"), ("gru", "z")])
def test_the_bias_opens_the_gate_that_keeps(kind: Kind, gate: str) -> None:
    model = tiny(kind, layers=1)
    before, after = (trace(each, "T").layers[0][gate] for each in (model, perturbed_copy(model, keep=2.0)))
    np.testing.assert_allclose(np.log(after / (1 - after)), np.log(before / (1 - before)) + 2.0, rtol=1e-4)


def test_unchanged_numbers_change_nothing() -> None:
    model = tiny()
    np.testing.assert_array_equal(trace(perturbed_copy(model), TEXT).probs, trace(model, TEXT).probs)


def test_a_shipped_model_stays_as_it_is() -> None:
    model = lstm_viz.load("counting")
    before = trace(model, "aaabbb").probs
    trace(perturbed_copy(model, 3.0, -2.0), "aaabbb")
    np.testing.assert_array_equal(trace(model, "aaabbb").probs, before)


@pytest.mark.parametrize("kind", KINDS)
def test_radii_scale_with_the_weights_and_are_what_powers_grow_by(kind: Kind) -> None:
    model = tiny(kind).double()
    once, twice = radii(model), radii(perturbed_copy(model, 2.0))
    for layer, (one, two) in enumerate(zip(once, twice, strict=True)):
        blocks = getattr(model.rnn, f"weight_hh_l{layer}").chunk(len(one))
        for block, (gate, radius) in zip(blocks, one.items(), strict=True):
            assert two[gate] == pytest.approx(2 * radius)
            # Gelfand: ‖Mⁿ‖ to the power 1/n tends to the spectral radius.
            power = torch.linalg.matrix_power(block / radius, 4096)
            assert power.norm().item() ** (1 / 4096) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize(
    ("kind", "scale", "keep", "message"),
    [
        ("rnn", 1.0, 0.5, facts("plain RNN", "gate")),
        ("lstm", -1.0, 0.0, facts("scale", "negative")),
        ("gru", 1.0, float("nan"), "must be finite"),
        ("lstm", float("inf"), 0.0, "must be finite"),
    ],
)
def test_refusals(kind: Kind, scale: float, keep: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        perturbed_copy(tiny(kind), scale, keep)
