"""The lessons' drawings as data: what is written and filled in them is what was computed, by torch or by hand."""

import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.figures.cell_step import CellStep
from lstm_viz.figures.layer_per_step import STEP, layer_per_step, places
from lstm_viz.figures.memory_cell import memory_cell
from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.figures.park import GROUP, open_park, park, people
from lstm_viz.figures.plot_area import PlotArea
from lstm_viz.figures.sigmoid_gate import GRAPH, sigmoid_gate
from lstm_viz.figures.svg_elements import arrow
from lstm_viz.figures.tanh_outliers import repeat, repeated, tanh_outliers
from lstm_viz.figures.value_strip import MOST, value_strip
from lstm_viz.gates import quantity
from lstm_viz.text.numbers import format_fixed

SVG = "{http://www.w3.org/2000/svg}"
SHARE = st.floats(0.0, 1.0)


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in drawn(svg).iter(f"{SVG}text")]


def data(svg: str, name: str) -> list[float]:
    return [float(each.attrib[name]) for each in drawn(svg).iter() if name in each.attrib]


# The network turned from a row into a pile.


@settings(max_examples=25)
@given(count=st.integers(1, 8), depth=SHARE)
def test_turning_keeps_every_distance(count: int, depth: float) -> None:
    row, turned = np.array(places(count, 0.0)), np.array(places(count, depth))
    for points in (row, turned):
        gaps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        np.testing.assert_allclose(gaps, STEP)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(row, axis=1))


def test_time_to_the_right_becomes_depth_down() -> None:
    row, pile = np.array(places(4, 0.0)), np.array(places(4, 1.0))
    np.testing.assert_allclose(row[:, 1], 0.0)
    np.testing.assert_allclose(pile[:, 0], 0.0, atol=1e-9)
    np.testing.assert_allclose(pile[:, 1], row[:, 0])


def test_both_pictures_are_the_same_elements_with_the_same_words() -> None:
    row, pile = layer_per_step("King", "ins ", 0.0, LIGHT), layer_per_step("King", "ins ", 1.0, LIGHT)
    shape = [[(each.tag, each.attrib.get("d"), each.text) for each in drawn(svg).iter()] for svg in (row, pile)]
    assert shape[0] == shape[1]
    words = texts(row)
    assert [words.count(weight) for weight in ("Whh", "Wih", "V")] == [4, 4, 4]
    assert {"layer 1", "layer 4", "h4", "time", "depth"} <= set(words)
    assert "prefers-reduced-motion: no-preference" in row


def test_text_turns_against_the_picture_and_so_stays_upright() -> None:
    for depth in (0.0, 0.3, 1.0):
        turns = {float(turn) for turn in re.findall(r"rotate\((-?[\d.]+)deg\)", layer_per_step("ab", "bc", depth, LIGHT))}
        assert turns == {round(90 * depth, 2), round(-90 * depth, 2)}


def test_what_cannot_be_turned_is_refused() -> None:
    with pytest.raises(ValueError, match="2 tokens and 1 predictions"):
        layer_per_step("ab", "c", 0.0, LIGHT)
    with pytest.raises(ValueError, match="0 tokens"):
        layer_per_step("", "", 0.0, LIGHT)
    with pytest.raises(ValueError, match=r"a depth of 1\.5"):
        places(2, 1.5)


# The memory cell.


def test_the_cell_carries_the_field_s_words() -> None:
    words = texts(memory_cell(None, LIGHT))
    assert {quantity("lstm", gate).name for gate in "ifo"} <= set(words)
    assert {"(write)", "(read)", "memory cell", "cell state", "xt", "ht−1", "ct−1", "ct", "ht", "gt"} <= set(words)


@settings(max_examples=25)
@given(i=SHARE, f=SHARE, o=SHARE, g=st.floats(-1, 1), before=st.floats(-3, 3))
def test_the_gates_are_filled_as_far_as_they_are_open(i: float, f: float, o: float, g: float, before: float) -> None:
    svg = memory_cell(CellStep(i, f, o, g, before), LIGHT, "(")
    np.testing.assert_allclose(data(svg, "data-share"), [i, f, o], atol=1e-4)
    words = texts(svg)
    # c and h by hand, not by CellStep.
    c = f * before + i * g
    assert f"ct = {format_fixed(c)}" in words
    assert f"ht = {format_fixed(o * math.tanh(c))}" in words
    assert f"ct−1 = {format_fixed(before)}" in words
    assert "xt = (" in words


def test_markup_that_is_read_stays_text() -> None:
    assert "xt = <" in texts(memory_cell(CellStep(0.5, 0.5, 0.5, 0.5, 0.5), DARK, "<"))


# The park.


@settings(max_examples=25)
@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.floats(0.001, 0.999), st.floats(0.001, 0.999),
    st.floats(0.001, 0.999), st.floats(-2, 2),
)  # fmt: skip
def test_the_park_is_an_lstm_cell_of_torch(arrivals: list[float], enter: float, stay: float, tell: float, before: float) -> None:
    hours = open_park(arrivals, enter, stay, tell, before)
    cell = torch.nn.LSTMCell(1, 1, dtype=torch.float64)
    h, c = torch.zeros(1, 1, dtype=torch.float64), torch.full((1, 1), before, dtype=torch.float64)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        for hour, arrived in zip(hours, arrivals, strict=True):
            inside = min(max(arrived, -1 + 1e-12), 1 - 1e-12)
            cell.bias_ih.copy_(torch.tensor([math.log(enter / (1 - enter)), math.log(stay / (1 - stay)), math.atanh(inside),
                                             math.log(tell / (1 - tell))]))  # fmt: skip
            h, c = cell(torch.zeros(1, 1, dtype=torch.float64), (h, c))
            assert hour.c == pytest.approx(c.item(), abs=1e-6)
            assert hour.h == pytest.approx(h.item(), abs=1e-6)


def test_three_hours_by_hand() -> None:
    # 50 of 100; 0.8 · 50 + 50 = 90; 0.8 · 90 + 0 = 72.
    hours = open_park([1.0, 1.0, 0.0], enter=0.5, stay=0.8, tell=0.5)
    assert [people(hour.c) for hour in hours] == ["50", "90", "72"]
    assert hours[1].h == pytest.approx(0.5 * math.tanh(0.9))
    svg = park(hours, 1, "123", LIGHT)
    words = texts(svg)
    assert {"50 of 100 let in", "90 in the park", "10 go home", "36% full"} <= set(words)
    assert {"lets in 50%", "80% may stay", "shows 50%"} <= set(words)
    assert {"= input gate", "= forget gate", "= output gate"} <= set(words)
    assert not {"= input gate"} & set(texts(park(hours, 1, "123", LIGHT, gates=False)))
    np.testing.assert_allclose(data(svg, "data-share"), [0.5, 0.8, 0.5])
    # The third hour is still to come.
    np.testing.assert_allclose(data(svg, "data-value"), [0.5, 0.9])


def test_less_than_a_percent_is_written_as_text() -> None:
    hours = open_park([1.0], enter=0.004, stay=0.998, tell=0.0)
    assert {"lets in <1%", ">99% may stay", "shows 0%"} <= set(texts(park(hours, 0, "1", LIGHT)))


def test_a_figure_stands_for_ten_visitors_and_is_hollow_below_zero() -> None:
    (full,), (less,) = open_park([1.0], 0.5, 1.0, 1.0), open_park([-1.0], 0.5, 1.0, 1.0)
    for hour, hollow in ((full, False), (less, True)):
        figures = [each for each in drawn(park([hour], 0, "1", LIGHT)).iter(f"{SVG}g") if each.get("class") == "visitor"]
        # Ten arrive (five of them pale, as they stay out), five are inside, nobody goes home.
        assert len(figures) == 100 / GROUP + 50 / GROUP
        assert sum("opacity" in each.attrib for each in figures) == 5
        assert {each.attrib["fill"] == "none" for each in figures} == {hollow}


def test_an_hour_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="hour 1 of 1"):
        park(open_park([1.0], 1, 1, 1), 1, "1", LIGHT)


# The sigmoid and the tanh.


@settings(max_examples=25)
@given(x=st.floats(-6, 6), amount=st.floats(0, 10))
def test_the_gate_lets_its_share_through(x: float, amount: float) -> None:
    svg = sigmoid_gate(x, amount, LIGHT)
    share = float(torch.sigmoid(torch.tensor(x, dtype=torch.float64)))
    assert data(svg, "data-share") == [pytest.approx(share, abs=1e-4)]
    assert data(svg, "data-value") == [pytest.approx(amount, abs=1e-6), pytest.approx(share * amount, abs=1e-6)]
    words = texts(svg)
    assert "σ(x) = 1 / (1 + e−x)" in words
    assert f"{share * amount:.2f} pass" in words


def test_a_guess_sees_no_answer() -> None:
    hidden = sigmoid_gate(2.0, 10.0, LIGHT, shown=False)
    assert "0.88" not in hidden
    assert data(hidden, "data-value") == [10.0]
    assert "0.96" not in tanh_outliers([0.5, 2, 50], LIGHT, shown=False)
    with pytest.raises(ValueError, match="an amount of 11"):
        sigmoid_gate(0.0, 11.0, LIGHT)


def test_the_curve_passes_through_what_torch_says() -> None:
    (curve,) = [each for each in drawn(sigmoid_gate(0.0, 1.0, LIGHT)).iter(f"{SVG}path") if each.get("class") == "curve"]
    points = np.array([pair.split() for pair in curve.attrib["d"][1:].split("L")], dtype=float)
    x = np.linspace(-6, 6, len(points))
    y = torch.sigmoid(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(points, [GRAPH.at(*pair) for pair in zip(x, y, strict=True)], atol=0.01)


def test_outliers_by_hand() -> None:
    svg = tanh_outliers([0.5, 2, 50], LIGHT)
    out = torch.tanh(torch.tensor([0.5, 2.0, 50.0], dtype=torch.float64)).tolist()
    np.testing.assert_allclose(data(svg, "data-value"), [0.5, out[0], 2, out[1], 50, out[2]], atol=1e-6)
    words = texts(svg)
    assert {"0.46", "0.96", "1.00", "0.5", "2", "50"} <= set(words)
    assert "tanh(x) = (ex − e−x) / (ex + e−x)" in words


def test_less_than_one_is_not_written_as_one() -> None:
    # tanh(4) = 0.99933.
    assert "0.999" in texts(tanh_outliers([4.0], LIGHT))
    with pytest.raises(ValueError, match="no numbers"):
        tanh_outliers([], LIGHT)


@settings(max_examples=25)
@given(weight=st.floats(0, 2), steps=st.integers(0, 30))
def test_a_repeated_multiplication(weight: float, steps: int) -> None:
    np.testing.assert_allclose(repeat(weight, steps, squashed=False), weight ** np.arange(steps + 1))
    state = torch.ones((), dtype=torch.float64)
    for value in repeat(weight, steps, squashed=True):
        assert value == pytest.approx(state.item(), abs=1e-12)
        state = torch.tanh(weight * state)


def test_what_leaves_the_picture_is_still_written() -> None:
    words = texts(repeated(1.5, 20, LIGHT))
    assert "x ← 1.5 · x: after 20 steps 3,325" in words  # 1.5^20 = 3325.26
    assert any("tanh(1.5 · x): after 20 steps 0.86" in text for text in words)
    with pytest.raises(ValueError, match="-1 steps"):
        repeat(1.0, -1, squashed=True)


# What the drawings are made of.


def test_a_curve_ends_at_the_edge_of_its_plot() -> None:
    plot = PlotArea(0, 0, 100, 100, (0.0, 2.0), (0.0, 1.0))
    path = drawn(plot.curve(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.5, 1.5]), "red"))
    assert path.attrib["d"] == "M0.00 100.00L50.00 50.00L75.00 0.00"
    assert plot.curve(np.array([0.0, 1.0]), np.array([2.0, 2.0]), "red") == ""
    assert plot.at(9.0, -9.0) == (100.0, 100.0)


def test_an_arrow_needs_a_direction() -> None:
    with pytest.raises(ValueError, match="1 points"):
        arrow([(0, 0)], "red")
    with pytest.raises(ValueError, match="no direction"):
        arrow([(1, 1), (1, 1)], "red")


@settings(max_examples=25)
@given(st.lists(st.floats(-2, 2), min_size=1, max_size=60), st.data())
def test_a_strip_shows_the_present_step(values: list[float], draw: st.DataObject) -> None:
    now = draw.draw(st.integers(0, len(values) - 1))
    strip = drawn(f'<svg xmlns="{SVG[1:-1]}">{value_strip(values, ["x"] * len(values), now, 0, "red")}</svg>')
    bars = list(strip.iter(f"{SVG}rect"))
    first = max(0, min(now - MOST // 2, len(values) - MOST))
    assert len(bars) == now + 1 - first
    assert len(list(strip.iter(f"{SVG}text"))) >= min(len(values), MOST)
    (present,) = [bar for bar in bars if bar.attrib["fill-opacity"] == "1.0"]
    assert float(present.attrib["data-value"]) == pytest.approx(values[now], abs=1e-6)
    for bar in bars:
        assert 10 <= float(bar.attrib["y"]) <= float(bar.attrib["y"]) + float(bar.attrib["height"]) <= 50


def test_a_strip_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="step 2 of 2 with 2 names"):
        value_strip([1.0, 2.0], "ab", 2, 0, "red")
