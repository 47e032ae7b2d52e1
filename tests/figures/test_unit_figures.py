"""The units page's figures as data."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.palette import DARK, LIGHT, Palette
from lstm_viz.figures.state_path import EXAMPLES, SLOW, TEXT, ExampleStates, NamedStates, TextPath, state_path
from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.figures.unit_card import OUTPUTS, pushed_outputs, unit_along_text, value_histogram
from lstm_viz.figures.unit_matches import AlignedMatch, aligned_matches
from lstm_viz.gates import quantity

C = quantity("lstm", "c")


def test_a_units_values_stand_over_its_costs_token_by_token() -> None:
    costs = np.array([np.nan, 0.5, -0.25])
    curve, bars = unit_along_text(np.array([0.5, -3.0, 1.0]), costs, "ab\n", C, (-2, 2), 1, LIGHT).data
    assert (list(curve.x), list(curve.y), list(curve.customdata)) == (["0", "1", "2"], [0.5, -3.0, 1.0], [0, 1, 2])
    np.testing.assert_array_equal(bars.y, costs)
    assert bars.yaxis == "y2"
    figure = unit_along_text(np.array([0.5, -3.0, 1.0]), None, "ab\n", C, (-2, 2), 1, LIGHT)
    assert len(figure.data) == 1
    low, high = figure.layout.yaxis.range
    assert low < -3
    assert high > 2
    assert figure.layout.shapes[0].x0 == "1"


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_histogram_counts_every_step_once(palette: Palette) -> None:
    values = np.array([-2.5, 0.0, 0.0, 1.0])
    bars, line = value_histogram(values, np.zeros(0), C, (-2, 2), palette).data
    assert sum(bars.y) == pytest.approx(1)
    assert sum(line.y) == 0
    edges = np.array(bars.x) - bars.width / 2
    assert edges[0] == pytest.approx(-2.5)
    assert max(bars.y) == 0.5


def test_the_outputs_pushed_most_stand_at_both_ends() -> None:
    names = [chr(97 + number) for number in range(24)]
    (bars,) = pushed_outputs(names, np.arange(24.0) - 12, "change", LIGHT).data
    assert list(bars.x) == [11.0 - number for number in range(OUTPUTS)] + [-5.0 - number for number in range(OUTPUTS)]
    assert bars.customdata[0] == "x"
    assert bars.customdata[-1] == "a"
    (few,) = pushed_outputs(["no", "yes"], np.array([-1.0, 1.0]), "change", LIGHT).data
    assert list(few.customdata) == ["yes", "no"]


def test_matches_are_aligned_at_their_first_token_and_framed() -> None:
    matches = [
        AlignedMatch(10, list("a (b)"), np.arange(10.0).reshape(2, 5) / 10, 2, 4, "1.00"),
        AlignedMatch(90, list("(b)"), np.zeros((2, 3)), 0, 2, "0.50"),
    ]
    figure = aligned_matches(matches, ["7", "9"], True, LIGHT)
    units, words, letters = figure.data
    # Two units, the letters, the words and a gap for each place; the second one starts two columns further right.
    assert units.z.shape == (10, 5)
    np.testing.assert_array_equal(units.z[2:4], matches[0].values)
    np.testing.assert_array_equal(units.z[7:9, 2:], 0)
    assert np.isnan(units.z[7:9, :2]).all()
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(1.5, 3.5), (1.5, 3.5)]
    assert list(zip(letters.x, letters.y, letters.text, strict=True))[5:] == [(2, 5, "("), (3, 5, "b"), (4, 5, ")")]
    assert list(words.z[1]) == [1.0, 0.0, 0.0, 0.5, 0.0]
    assert words.customdata[1, 3] == "b"
    assert units.customdata[2, 3] == "step 13, b, in “b”"
    assert list(figure.layout.yaxis.ticktext) == ["1.00", "7", "9", "0.50", "7", "9"]


def test_an_annotation_is_a_row_of_its_own_under_the_words() -> None:
    match = AlignedMatch(10, list("a (b)"), np.arange(10.0).reshape(2, 5) / 10, 2, 4, "1.00", np.array([0, 0, 1, 0.5, 0]))
    figure = aligned_matches([match], ["7", "9"], True, LIGHT, track="inside brackets ( [ {")
    units, tracks, _ = figure.data
    assert list(tracks.z[2]) == [0, 0, 1, 0.5, 0]
    assert tracks.customdata[2, 3] == "inside brackets ( [ {: 0.50"
    np.testing.assert_array_equal(units.z[3:5], match.values)
    assert list(figure.layout.yaxis.ticktext) == ["1.00", "inside bracke…", "7", "9"]


def test_words_have_no_track_of_words() -> None:
    match = AlignedMatch(0, ["a", "good", "film"], np.zeros((1, 3)), 1, 2, "1.00")
    figure = aligned_matches([match], ["3"], True, LIGHT, words=True)
    assert figure.data[0].z.shape == (3, 3)
    assert figure.data[0].customdata[1, 1] == "step 1, good"
    assert np.isnan(figure.data[1].z).all()


def test_a_path_goes_from_state_to_state_with_its_tokens() -> None:
    path = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]])
    values = np.array([np.nan, 0.5, 2.0])
    examples = ExampleStates(np.ones((4, 2)), np.array([0.7, 0.2]))
    drawn = TextPath(path, "ab ", TokenColors(values, 0, 6, False, "surprise"), 1)
    figure = state_path(drawn, examples, LIGHT, NamedStates(np.zeros((1, 2)), ["still"]))
    around, line, points, ring, slow = figure.data
    assert (around.name, points.name, slow.name) == (EXAMPLES, TEXT, SLOW)
    assert list(line.x) == list(points.x) == [0, 1, 3]
    assert list(points.text) == ["a", "b", "␣"]
    assert points.hovertext[0] == "step 0, a<br>surprise: –"
    assert points.hovertext[1] == "step 1, b<br>surprise: 0.500"
    assert (list(ring.x), list(ring.y)) == ([1], [2])
    assert list(slow.hovertext) == ["still"]
    assert "70%" in figure.layout.xaxis.title.text
    assert "20%" in figure.layout.yaxis.title.text
    nothing = TextPath(path[:0], "", TokenColors(values[:0], 0, 1, False, ""), 0)
    assert len(state_path(nothing, examples, LIGHT).data) == 3
