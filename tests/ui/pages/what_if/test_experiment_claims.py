"""What the experiments say on the screen, measured on the shipped models."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from lstm_viz.models.catalog import load, models
from lstm_viz.reader import trace
from lstm_viz.ui.pages.what_if.experiments import Experiment, experiments
from lstm_viz.ui.pages.what_if.interventions import validate
from lstm_viz.what_if import Intervention, Overwrite, WhatIf, continuation, rerun

LANGUAGE = [name for name in models() if load(name).predicts_next_token]


def named(model: str, name: str) -> Experiment:
    return next(each for each in experiments(model, load(model).config) if each.name == name)


def done(model: str, name: str) -> WhatIf:
    experiment, net = named(model, name), load(model)
    before = trace(net, experiment.text or "The cat (who was very old) sat on a mat.")
    changes, problems = validate(experiment.specs, net.config, len(before.tokens))
    assert problems == [None] * len(experiment.specs)
    return rerun(net, before, changes)


def chance(model: str, result: WhatIf, symbol: str) -> tuple[float, float]:
    number = load(model).vocabulary.index[symbol]
    return float(result.before.probs[-1, number]), float(result.after.probs[-1, number])


def most_needed(model: str, text: str, symbol: str) -> tuple[int, int]:
    """The layer and unit without which the symbol is least expected, by PyTorch's cells with a layer's units in one batch."""
    net = load(model)
    x = torch.from_numpy(trace(net, text).layers[0].x)
    number, units = net.vocabulary.index[symbol], net.config.hidden
    cells = []
    for layer in range(net.config.layers):
        cells.append(torch.nn.LSTMCell(net.config.hidden if layer else x.shape[-1], units))
        cells[-1].load_state_dict({name: getattr(net.rnn, f"{name}_l{layer}") for name in cells[-1].state_dict()})
    left: dict[tuple[int, int], float] = {}
    for ablated in range(net.config.layers):
        states = [(torch.zeros(units, units), torch.zeros(units, units)) for _ in cells]
        with torch.inference_mode():
            for inputs in x:
                below = inputs.expand(units, -1)
                for layer, cell in enumerate(cells):
                    h, c = cell(below, states[layer])
                    below = h.fill_diagonal_(0) if layer == ablated else h
                    states[layer] = (below, c)
            probabilities = net.decoder(below).softmax(-1)[:, number]
        left |= {(ablated, unit): float(value) for unit, value in enumerate(probabilities)}
    return min(left, key=left.__getitem__)


@pytest.mark.parametrize("model", LANGUAGE)
def test_every_experiment_can_be_done_and_changes_something(model: str) -> None:
    offered = experiments(model, load(model).config)
    assert len({each.name for each in offered}) == len(offered)
    for each in offered:
        result = done(model, each.name)
        assert result.first is not None, each.name
        apart = np.abs(result.after.probs - result.before.probs).max() > 0.02
        written = [
            continuation(load(model), run, 40, own, 0.5, 1)
            for run, own in ((result.before, ()), (result.after, result.interventions))
        ]
        assert written[0] != written[1] if each.shows_continuation else apart, each.name


def test_the_unit_that_knows_the_bracket() -> None:
    result = done("python-lstm", "Set the bracket unit to 0")
    plain, left = chance("python-lstm", result, ")")
    assert left < plain / 2
    assert load("python-lstm").vocabulary.tokens[result.before.probs[-1].argmax()] == ")"
    assert load("python-lstm").vocabulary.tokens[result.after.probs[-1].argmax()] == "]"
    assert most_needed("python-lstm", "foo(bar(x, y", ")") == (0, 243)


def test_indenting_as_far_as_one_says() -> None:
    model, experiment = load("python-lstm"), named("python-lstm", "Indent as far as I say")
    text = experiment.text or ""
    read = trace(model, text)
    assert float(read.layers[0].c[-1, 0, 168]) == pytest.approx(0.75, abs=0.03)
    for value, spaces in ((0.75, 8), (-0.5, 12), (-1.0, 16), (-3.0, 24)):
        change: list[Intervention] = [Overwrite(0, (168,), len(text) - 1, value)]
        written = continuation(model, rerun(model, read, change).after, 30, change, 0.05, 1)
        assert len(re.match(" *", written)[0]) == spaces


def test_the_unit_that_ends_the_line() -> None:
    result = done("shakespeare-lstm", "Set the line-end unit to 0")
    plain, left = chance("shakespeare-lstm", result, "\n")
    assert (round(plain, 2), round(left, 2)) == (0.76, 0.02)
    assert most_needed("shakespeare-lstm", named("shakespeare-lstm", "Set the line-end unit to 0").text, "\n") == (
        0,
        119,
    )


def test_miscounting() -> None:
    model, text = load("counting"), "aaaaab"
    read = trace(model, text)
    assert float(read.layers[0].c[4, 0, 3]) == pytest.approx(4.2, abs=0.05)
    assert float(read.layers[0].c[2, 0, 3]) == pytest.approx(2.3, abs=0.05)
    for value, count in ((4.2, 5), (3.3, 4), (2.3, 3), (1.4, 2)):
        change: list[Intervention] = [Overwrite(0, (3,), 4, value)]
        written = continuation(model, rerun(model, read, change).after, 8, change, 0.1)
        assert ("b" + written).index("\n") == count


def test_without_the_counter_nobody_knows_when_to_stop() -> None:
    result = done("counting", "Set the counter to 0")
    assert result.rise > 0.5
    written = continuation(load("counting"), result.after, 60, result.interventions, 0.5)
    assert any(line.count("a") != line.count("b") for line in written.split("\n"))


def test_forgetting_at_the_closing_bracket_takes_the_line_for_new() -> None:
    result = done("brackets", "Forget all at the closing bracket")
    plain, left = chance("brackets", result, "]")
    assert plain > 0.9
    assert left < 0.1


@pytest.mark.parametrize("name", ["Write nothing", "Output nothing"])
def test_a_cell_that_writes_or_reads_nothing_says_the_same_after_every_symbol(name: str) -> None:
    for model in ("python-lstm", "shakespeare-lstm"):
        probs = done(model, name).after.probs
        np.testing.assert_allclose(probs, np.broadcast_to(probs[0], probs.shape), atol=1e-6)
