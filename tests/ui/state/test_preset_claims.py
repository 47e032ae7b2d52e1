"""What the examples promise in words is measured here on the weights that ship."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from lstm_viz import load, trace
from lstm_viz.ui.state.examples import FAMILIES, Preset


def example(family: str, name: str) -> Preset:
    return next(preset for preset in FAMILIES[family] if preset.name == name)


def cell(model: str, preset: Preset) -> np.ndarray:
    """The cell state [time] of the unit that the example points at."""
    return trace(load(model), preset.text).layers[preset.layer].c[:, 0, preset.unit]


@pytest.mark.parametrize(
    "text",
    [
        example("python", "Brackets").text,
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


def test_the_first_text_is_one_that_its_network_can_go_on_with() -> None:
    model, text = load("python-lstm"), example("python", "Brackets").text
    probs = trace(model, text).probs[-1]
    assert (model.outputs[int(probs.argmax())], bool(probs.max() > 0.95)) == ("u", True)


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


def test_the_line_unit_is_set_by_a_line_break_and_runs_down() -> None:
    preset = example("shakespeare", "The length of a line")
    states, text = cell("shakespeare-lstm", preset), preset.text
    breaks = [place for place, symbol in enumerate(text) if symbol == "\n"]
    np.testing.assert_allclose(states[breaks], 1.0, atol=0.1)
    for start, end in pairwise(breaks):
        line = states[start:end]
        assert line[-1] < -0.2
        assert np.corrcoef(line, np.arange(len(line)))[0, 1] < -0.95


def test_the_forget_gate_lets_go_at_word_ends_and_more_at_line_ends() -> None:
    preset = example("shakespeare", "Where it lets go")
    keeps = trace(load("shakespeare-lstm"), preset.text).layers[preset.layer].f[:, 0].mean(axis=1)
    letters, spaces, breaks = (
        np.mean([keeps[place] for place, symbol in enumerate(preset.text) if belongs(symbol)])
        for belongs in (str.isalpha, " ".__eq__, "\n".__eq__)
    )
    assert letters - 0.05 > spaces > breaks + 0.05


def test_a_misspelt_letter_is_the_surprise_and_three_more_follow() -> None:
    preset = example("shakespeare", "A word misspelt")
    surprise, wrong = trace(load("shakespeare-lstm"), preset.text).surprise, preset.text.index("q")
    assert np.nanargmax(surprise) == wrong
    assert (surprise[wrong + 1 : wrong + 4] > 1.5).all()
    assert surprise[wrong + 4] < 0.5


def test_the_depth_unit_goes_down_when_a_bracket_opens_and_up_when_one_closes() -> None:
    preset = example("brackets", "Nested")
    changes = np.diff(cell("brackets", preset))
    for change, symbol in zip(changes, preset.text[1:-1], strict=False):
        assert change < -0.5 if symbol in "([" else change > 0.5


def test_a_bracket_of_the_wrong_kind_is_the_surprise() -> None:
    preset = example("brackets", "A wrong one")
    read = trace(load("brackets"), preset.text)
    assert np.nanargmax(read.surprise) == 2
    assert load("brackets").vocabulary.tokens[int(read.probs[1].argmax())] in "[(]"


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
