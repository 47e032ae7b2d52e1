"""What the examples promise in words is measured here on the weights that ship."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz import NextSymbol, load, trace
from lstm_viz.ui.explore.presets import FAMILIES, Preset


def example(family: str, name: str) -> Preset:
    return next(preset for preset in FAMILIES[family] if preset.name == name)


def cell(model: str, preset: Preset) -> np.ndarray:
    """The cell state [time] of the unit that the example points at."""
    return trace(load(model), preset.text).layers[preset.layer].c[:, 0, preset.unit]


@pytest.mark.parametrize(
    "text",
    [
        example("python", "Brackets in a sentence").text,
        "We met (by chance) in the park.",
        "x = f(a, b) + g(c)",
    ],
)
def test_the_bracket_unit_is_red_inside_and_blue_behind(text: str) -> None:
    preset = example("python", "Brackets in a sentence")
    states = trace(load("python-lstm"), text).layers[preset.layer].c[:, 0, preset.unit]
    inside = np.array([text[: place + 1].count("(") > text[: place + 1].count(")") for place in range(len(text))])
    behind = ~inside & (np.arange(len(text)) > text.index(")"))
    assert states[inside].min() > 0.4 > 0 > states[behind].max()


def test_a_bracket_inside_quotes_changes_nothing() -> None:
    preset = example("python", "Brackets and quotes")
    states, text = cell("python-lstm", preset), preset.text
    quoted = text.index("(", text.index('"'))
    assert abs(states[quoted] - states[quoted - 1]) < 0.1
    assert states[text.index(")")] < 0 < states[text.index(")") - 1]


def test_the_indentation_unit_jumps_at_line_ends_and_counts_down_over_spaces() -> None:
    preset = example("python", "Indentation")
    states, text = cell("python-lstm", preset), preset.text
    line_ends = [place for place, symbol in enumerate(text) if symbol == "\n"]
    assert all(states[place] > states[place - 1] + 0.5 for place in line_ends)
    longest = text.index("        total")
    over_spaces = states[longest : longest + 8]
    assert (np.diff(over_spaces) < 0).all()


def test_the_forget_gate_lets_go_at_line_ends_and_the_gradient_falls_there() -> None:
    preset = example("shakespeare", "Two lines of verse")
    text = preset.text
    read = trace(load("shakespeare-lstm"), text, NextSymbol(-1, " ")).layers[preset.layer]
    keeps = read.f[:, 0].mean(axis=1)
    letters = [place for place, symbol in enumerate(text) if symbol.isalpha()]
    ends = [place for place, symbol in enumerate(text) if symbol in ":?\n"]
    assert keeps[ends].mean() < np.quantile(keeps[letters], 0.25)


@pytest.mark.parametrize("name", ["Five and five", "Longer than it ever saw"])
def test_the_counter_climbs_with_every_a_and_comes_down_with_every_b(name: str) -> None:
    preset = example("counting", name)
    states, text = cell("counting", preset), preset.text
    changes = np.diff(states)
    steps = {symbol: changes[[place - 1 for place in range(1, len(text)) if text[place] == symbol]] for symbol in "ab"}
    assert (steps["a"] > 0.5).all()
    assert (steps["b"] < -0.5).all()


def test_a_line_that_ends_early_is_the_surprise() -> None:
    read = trace(load("counting"), example("counting", "One b too few").text)
    assert np.nanargmax(read.surprise) == len(read.tokens) - 1
    assert read.surprise[-1] > 5.0
