"""Two texts side by side: alignments that must hold for any pair, and distances and meetings by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.comparison import align, compare, relative_distance
from lstm_viz.gates import CELLS, Kind
from lstm_viz.reader import trace
from lstm_viz.trace import LayerTrace, Trace
from tests.tiny import KINDS, TEXT, tiny

words = st.text("abc ", max_size=12)


def columns(one: str, other: str) -> list[tuple[str, str]]:
    """An alignment as pairs of characters, "-" for none."""
    found = align(one, other)
    return [(one[a] if a >= 0 else "-", other[b] if b >= 0 else "-") for a, b in zip(found.one, found.other, strict=True)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("the cat", "the hat", "tt hh ee __ ch aa tt"),
        ("not bad", "bad", "n- o- t- _- bb aa dd"),
        ("lord me", "lady me", "ll oa r- dd -y __ mm ee"),
        ("aab", "aaab", "aa aa -a bb"),
        ("", "ab", "-a -b"),
        ("ab", "xyz", "ax by -z"),
        ("", "", ""),
    ],
)
def test_alignments_by_hand(one: str, other: str, expected: str) -> None:
    assert columns(one, other) == [(pair[0].replace("_", " "), pair[1].replace("_", " ")) for pair in expected.split()]


@settings(max_examples=200)
@given(words, words)
def test_every_step_stands_in_one_column_and_both_run_forward(one: str, other: str) -> None:
    found = align(one, other)
    for text, steps in ((one, found.one), (other, found.other)):
        assert [step for step in steps if step >= 0] == list(range(len(text)))
    assert ((found.one >= 0) | (found.other >= 0)).all()
    letters = columns(one, other)
    assert found.same.tolist() == [a == b for a, b in letters]
    assert found.paired.tolist() == ["-" not in pair for pair in letters]


@given(words, words, words)
def test_a_common_beginning_and_end_stand_together(beginning: str, middle: str, end: str) -> None:
    found = align(beginning + end, beginning + middle + end)
    assert found.same.sum() == len(beginning) + len(end)
    shared = align(beginning + "x" + end, beginning + "yy" + end)
    assert shared.same[: len(beginning)].all()
    assert shared.same[len(shared.same) - len(end) :].all()
    assert (shared.one[: len(beginning)] == shared.other[: len(beginning)]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_differences_are_those_of_the_aligned_steps(kind: Kind) -> None:
    model = tiny(kind)
    one, other = trace(model, "The cat; the hat"), trace(model, "The hat? the hat")
    found = compare(one, other)
    for layer, first, second in zip(found.layers, one.layers, other.layers, strict=True):
        assert layer.differences.keys() == {each.symbol for each in CELLS[kind]}
        assert layer.state == ("c" if kind == "lstm" else "h")
        for column, (a, b) in enumerate(zip(found.alignment.one, found.alignment.other, strict=True)):
            for symbol, difference in layer.differences.items():
                np.testing.assert_allclose(difference[column], second[symbol][b, 0] - first[symbol][a, 0], atol=1e-6)
                magnitude = sum(abs(value) for value in difference[column]) / first.units
                assert layer.mean_difference(symbol)[column] == pytest.approx(magnitude)
            s, t = first[layer.state][a, 0], second[layer.state][b, 0]
            expected = 2 * math.dist(s.tolist(), t.tolist()) / (math.hypot(*s) + math.hypot(*t))
            assert layer.distance[column] == pytest.approx(expected, abs=1e-6)
        assert layer.diverges_at == 4
        assert (layer.distance[:4] == 0).all()


def test_gaps_have_no_difference() -> None:
    found = compare(trace(tiny(), "The cat"), trace(tiny(), "The the cat"))
    gaps = ~found.alignment.paired
    assert gaps.sum() == 4
    for layer in found.layers:
        assert np.isnan(layer.distance[gaps]).all()
        assert np.isfinite(layer.distance[~gaps]).all()
        assert np.isnan(layer.differences["c"][gaps]).all()
        assert np.isnan(layer.mean_difference("f")[gaps]).all()


def made(text: str, states: list[float]) -> Trace:
    """A trace of a plain RNN with one unit whose hidden states are these."""
    values = {"h": np.array(states).reshape(-1, 1, 1)}
    layer = LayerTrace("made", "rnn", 0, False, values, np.zeros((1, 1)))
    return replace(trace(tiny("rnn"), text), layers=(layer,))


@pytest.mark.parametrize(
    ("other", "states", "parts", "meets"),
    [
        ("abcdef", [1, 1, 1, 1, 1, 1], None, None),  # the same text
        ("aXcdef", [1, 2, 2, 1.05, 1, 1], 1, 3),  # one letter changed, apart for two steps
        ("aXcdef", [1, 1, 1, 1, 1, 1], None, None),  # changed, but the state takes no notice: it never diverges
        ("aXcdef", [1, 1, 1.5, 1, 1, 1], 2, 3),  # it takes notice one letter later
        ("aXcdef", [1, 2, 1, 1, 2, 1], 1, 5),  # together for a while only: meeting is for good
        ("aXcdef", [1, 2, 2, 2, 2, 2], 1, None),  # never again
        ("abcdeX", [1, 1, 1, 1, 1, 2], 5, None),  # nothing is left behind the difference
        ("abXdXf", [1, 1, 2, 1, 1, 1], 2, 5),  # together before the last difference of the texts
        ("bcdef", [1, 1, 1, 1, 1], 0, 1),  # the first letter left out
    ],
)
def test_parting_and_meeting_by_hand(other: str, states: list[float], parts: int | None, meets: int | None) -> None:
    (found,) = compare(made("abcdef", [1] * 6), made(other, states)).layers
    assert (found.diverges_at, found.reconverges_at) == (parts, meets)


def test_how_near_is_near_may_be_chosen() -> None:
    one, other = made("abc", [1, 1, 1]), made("aXc", [1, 2, 1.3])
    assert compare(one, other).layers[0].reconverges_at is None
    assert compare(one, other, near=0.5).layers[0].reconverges_at == 2


def test_distances_by_hand() -> None:
    one = np.array([[3.0, 4.0], [1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    other = np.array([[3.0, 4.0], [0.0, 1.0], [-1.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(relative_distance(one, other), [0, math.sqrt(2), 2, 0])


def test_different_networks_are_not_compared() -> None:
    with pytest.raises(ValueError, match="the same"):
        compare(trace(tiny("gru"), TEXT), trace(tiny("lstm"), TEXT))
