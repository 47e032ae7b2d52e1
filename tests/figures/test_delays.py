"""The figures of long delays as data: every number drawn is one that was measured, and stands where it belongs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstm_viz.delays.results import DelayResult, shipped
from lstm_viz.figures.delays import APART, accuracy_by_delay, delay_by_step, retention_map
from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.gates import NAMES
from lstm_viz.training.tasks.delay_training import DelayExperiment, DelaySnapshot

RACE = DelayExperiment("copy", longest=20, steps=200, every=50)
RIGHT = {1: 0.9, 2: 0.8, 5: 0.7, 10: 0.6, 20: 0.5, 40: 0.4}


def outcome() -> DelayResult:
    return DelayResult(
        RACE,
        (
            DelaySnapshot("rnn", 50, 0.1, 4, dict.fromkeys(RIGHT, 0.25), False, None),
            DelaySnapshot("lstm", 50, 0.1, 5, dict.fromkeys(RIGHT, 0.3), False, None),
            DelaySnapshot("rnn", 100, 0.2, 4, dict.fromkeys(RIGHT, 0.26), False, None),
            DelaySnapshot("lstm", 80, 0.2, 20, RIGHT, True, {}),
        ),
    )


def test_each_network_s_latest_accuracies_are_drawn_with_the_line_of_guessing() -> None:
    figure = accuracy_by_delay(outcome(), 0.25, LIGHT)
    drawn = {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data}
    across = drawn.pop("guessing: 25%")
    assert drawn == {"plain RNN": (list(RIGHT), [0.26] * 6), "LSTM": (list(RIGHT), list(RIGHT.values()))}
    (upright,) = figure.layout.shapes
    assert RACE.longest < upright.x0 < 2 * RACE.longest
    assert across[1] == [0.25, 0.25]
    (trained,) = figure.layout.annotations
    assert (trained.text.strip(), trained.xanchor) == ("trained up to 20", "right")
    assert trained.x == pytest.approx(math.log10(upright.x0))
    low, high = figure.layout.xaxis.range
    assert low <= math.log10(1) < math.log10(40) <= high
    assert across[0] == pytest.approx([10**low, 10**high])


def test_the_reach_grows_along_the_steps_and_a_star_marks_who_mastered_it() -> None:
    figure = delay_by_step(outcome(), DARK)
    curves = {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data}
    assert curves == {
        "plain RNN": ([50, 100], [4, 4]), "LSTM": ([50, 80], [5, 20]), "LSTM mastered it": ([80], [20]),
    }  # fmt: skip
    assert figure.data[-1].marker.symbol == "star"
    assert figure.layout.xaxis.tickformat == ",d"


@pytest.mark.parametrize("task", ["copy", "recall", "add"])
def test_shipped_races_lie_inside_their_axes(task: str) -> None:
    for figure in (accuracy_by_delay(shipped(task), 0.25, LIGHT), delay_by_step(shipped(task), LIGHT)):
        assert {trace.name for trace in figure.data} >= set(NAMES.values())
        for trace in figure.data:
            low, high = (10**end for end in figure.layout.xaxis.range)
            assert all(low <= x <= high * (1 + 1e-9) for x in trace.x)
    low, high = (10**end for end in figure.layout.yaxis.range)
    assert all(low <= y <= high for trace in figure.data for y in trace.y)


def test_a_map_shows_what_is_left_from_the_symbol_on_up_to_the_question() -> None:
    states = np.arange(12, dtype=float).reshape(4, 3) - 5
    held = np.array([[0.5, 0.25, 0.1]])
    figure = retention_map(states, held, (1,), ("x", "A", "?", "A"), np.array([2, 0, 1]), LIGHT)
    below, above = figure.data
    np.testing.assert_allclose(below.z, states.T[[2, 0, 1]])
    assert [row[0] for row in below.customdata] == [2, 0, 1]
    assert below.zmax == -below.zmin > 0
    assert list(above.y) == ["1st: A"]
    assert list(above.x) == ["0", "1", "2"]
    assert np.isnan(above.z[0][0])
    np.testing.assert_allclose(above.z[0][1:], [0.25, 0.1])
    assert (above.zmin, above.zmax) == (0, APART)
    (line,) = figure.layout.shapes
    assert line.x0 == 2.5
    # The rows of what is left stand above the units', and nothing overlaps.
    assert figure.layout.yaxis.domain[1] < figure.layout.yaxis2.domain[0] < figure.layout.yaxis2.domain[1] <= 1


def test_nothing_to_keep_leaves_the_units_alone() -> None:
    figure = retention_map(np.zeros((2, 3)), np.zeros((0, 1)), (), ("?", "A"), np.arange(3), LIGHT)
    assert len(figure.data) == 1
    assert figure.layout.yaxis2.visible is False
    assert figure.data[0].zmax == 1
