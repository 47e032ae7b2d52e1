"""The figure as data: its numbers are the trace's, its ranges the quantities', its labels the characters'."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from lstm_viz.figures.palette import PALETTES, colourscale
from lstm_viz.figures.strips import Opening, OutputRow, StepRows, UnitRows, strips
from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.gates import CELLS, Kind
from lstm_viz.gradients import TextLoss
from lstm_viz.reader import trace
from lstm_viz.trace import Trace
from tests.tiny import KINDS, TEXT, tiny


def read(kind: Kind, text: str = TEXT) -> Trace:
    return trace(tiny(kind), text, TextLoss())


def heatmaps(figure: go.Figure) -> list[go.Heatmap]:
    return [drawn for drawn in figure.data if isinstance(drawn, go.Heatmap)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [0, 1])
def test_each_strip_holds_the_trace_in_the_asked_order(kind: Kind, number: int) -> None:
    found = read(kind)
    layer, order = found.layers[number], np.array([3, 0, 4, 1, 2])
    figure = strips(found, layer, UnitRows(order=order))
    assert [drawn.name for drawn in heatmaps(figure)] == [each.label for each in CELLS[kind]]
    for drawn, quantity in zip(heatmaps(figure), CELLS[kind], strict=True):
        np.testing.assert_array_equal(drawn.z, layer.values[quantity.symbol][:, 0, order].T)
        # What hovering says of a row is the unit's own number, not the row's.
        np.testing.assert_array_equal(drawn.customdata, np.tile(order[:, None], len(TEXT)))


@pytest.mark.parametrize("theme", PALETTES)
def test_scales_are_the_quantities_own_and_centred_where_signed(theme: str) -> None:
    found = read("lstm")
    palette = PALETTES[theme]
    drawn = {each.name[-1]: each for each in heatmaps(strips(found, found.layers[0], theme=theme))}
    assert {symbol: (drawn[symbol].zmin, drawn[symbol].zmax) for symbol in "ifgoh"} == {
        "i": (0, 1), "f": (0, 1), "o": (0, 1), "g": (-1, 1), "h": (-1, 1)
    }  # fmt: skip
    for symbol, each in drawn.items():
        stops = palette.sequential if symbol in "ifo" else palette.diverging
        assert [list(stop) for stop in each.colorscale] == colourscale(stops)


def test_a_cell_state_beyond_its_usual_range_widens_the_scale_evenly() -> None:
    found = read("lstm")
    layer = found.layers[0]
    wide = replace(layer, values={**layer.values, "c": np.full_like(layer.values["c"], -3.5)})
    narrow = replace(layer, values={**layer.values, "c": np.full_like(layer.values["c"], 0.5)})
    ends = [(each.zmin, each.zmax) for one in (wide, narrow) for each in heatmaps(strips(found, one)) if each.name[-1] == "c"]
    assert ends == [(-3.5, 3.5), (-2.0, 2.0)]


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_and_surprise_stand_below(kind: Kind) -> None:
    found = read(kind)
    layer = found.layers[0]
    figure = strips(found, layer)
    curves = {each.name: each for each in figure.data if isinstance(each, go.Scatter)}
    assert layer.grads is not None
    assert curves.keys() == {f"‖∂L/∂{each.symbol}‖" for each in CELLS[kind]} | {"‖∂L/∂x‖"}
    for name, curve in curves.items():
        gradients = layer.grads.values[name.removeprefix("‖∂L/∂").removesuffix("‖")]
        np.testing.assert_allclose(curve.y, np.sqrt((gradients[:, 0] ** 2).sum(-1)), rtol=1e-6)
    (bars,) = (each for each in figure.data if isinstance(each, go.Bar))
    np.testing.assert_array_equal(bars.y, found.surprise)
    titles = [note.text for note in figure.layout.annotations]
    assert len(titles) == len(CELLS[kind]) + 2
    assert found.objective is not None
    assert found.objective in titles[-2]


def test_without_gradients_there_is_no_row_for_them() -> None:
    found = trace(tiny(), TEXT)
    figure = strips(found, found.layers[1])
    assert not [each for each in figure.data if isinstance(each, go.Scatter)]
    assert len(figure.layout.annotations) == len(CELLS["lstm"]) + 1
    assert figure.layout.title.text == "Layer 2 (LSTM, 5 units)"


def test_characters_label_the_steps() -> None:
    found = read("gru", "a \n😀")
    figure = strips(found, found.layers[0])
    assert list(figure.layout.xaxis.ticktext) == ["a", "␣", "⏎", "😀"]
    assert list(figure.layout.xaxis.tickvals) == [0, 1, 2, 3]


@pytest.mark.parametrize("text", ["", "T"])
def test_short_texts_are_drawn_too(text: str) -> None:
    found = read("lstm", text)
    figure = strips(found, found.layers[0])
    assert {np.shape(each.z) for each in heatmaps(figure)} == {(5, len(text))}
    figure.to_json()


def test_another_answer_takes_the_place_of_surprise() -> None:
    found = read("lstm")
    values, forecast = np.arange(16.0), np.arange(16.0) + 0.5
    names = [f"day {step}" for step in range(16)]
    one = strips(found, found.layers[0], steps=StepRows(output=OutputRow("verdict", {"score": values})))
    (bars,) = [each for each in one.data if isinstance(each, go.Bar)]
    np.testing.assert_array_equal(bars.y, values)
    rain = OutputRow("rain", {"mm": values, "expected": forecast})
    two = strips(found, found.layers[0], steps=StepRows(names, output=rain))
    lines = [each for each in two.data if each.name in ("mm", "expected")]
    np.testing.assert_array_equal([each.y for each in lines], [values, forecast])
    assert two.layout.xaxis.ticktext == tuple(names)
    for figure, title in ((one, "verdict"), (two, "rain")):
        titles = [each.text for each in figure.layout.annotations]
        assert title in titles
        assert not any("surprise: −ln p" in each for each in titles)


def test_many_names_leave_room_for_each_other() -> None:
    found = trace(tiny(), "the cat " * 25)
    figure = strips(found, found.layers[0], steps=StepRows([f"1999-{step}" for step in range(200)]))
    assert figure.layout.xaxis.tickvals == tuple(range(0, 200, 5))
    assert figure.layout.xaxis.ticktext[-1] == "1999-195"


@pytest.mark.parametrize("kind", KINDS)
def test_one_unit_is_its_curve_over_bars_of_its_gradient(kind: Kind) -> None:
    found = read(kind)
    layer = found.layers[1]
    figure = strips(found, layer, UnitRows("unit", unit=3), title="Tiny · unit 3")
    assert heatmaps(figure) == []
    assert figure.layout.title.text == "Tiny · unit 3"
    named = {each.name: each for each in figure.data}
    assert layer.grads is not None
    for each in CELLS[kind]:
        np.testing.assert_array_equal(named[f"{each.label} of unit 3"].y, layer.values[each.symbol][:, 0, 3])
        bars, slopes = named[f"∂L/∂{each.symbol}"], layer.grads.values[each.symbol][:, 0, 3]
        np.testing.assert_array_equal(bars.customdata, slopes)
        np.testing.assert_array_equal(np.sign(bars.y), np.sign(slopes))


def test_an_overview_is_the_mean_between_the_ends_of_its_band() -> None:
    found = read("gru")
    layer = found.layers[0]
    named = {each.name: each for each in strips(found, layer, UnitRows("overview")).data}
    for symbol in "rznh":
        values = layer.values[symbol][:, 0]
        label = next(each.label for each in CELLS["gru"] if each.symbol == symbol)
        np.testing.assert_allclose(named[f"{label}, mean"].y, values.mean(axis=1), atol=1e-6)
        low, high = named[f"{symbol}, 10th percentile"].y, named[f"{symbol}, 90th percentile"].y
        assert ((values.min(axis=1) <= low) & (low <= high) & (high <= values.max(axis=1))).all()


def test_the_figure_opens_with_the_given_steps_step_and_gradients() -> None:
    found = read("lstm")
    figure = strips(found, found.layers[0], opening=Opening((1.5, 3.5), 2, "cf"))
    axes = [axis for axis in figure.layout if axis.startswith("xaxis")]
    assert len(axes) == len(CELLS["lstm"]) + 2
    assert {tuple(figure.layout[axis].range) for axis in axes} == {(1.5, 3.5)}
    # One line in every row.
    assert [(line.x0, line.x1) for line in figure.layout.shapes] == [(2, 2)] * len(axes)
    drawn = {each.name for each in figure.data if isinstance(each, go.Scatter) and each.visible is True}
    assert drawn == {"‖∂L/∂c‖", "‖∂L/∂f‖"}


def test_without_an_opening_all_steps_are_visible() -> None:
    found = read("gru")
    assert strips(found, found.layers[0]).layout.xaxis.range is None


@pytest.mark.parametrize(("low", "high"), [(0.0, 6.0), (2.0, -2.0)])
def test_coloured_tokens_are_a_row_at_the_top(low: float, high: float) -> None:
    found = read("lstm")
    values = np.linspace(0.0, 1.0, len(TEXT))
    colors = TokenColors(values, low, high, low > high, "by surprise")
    figure = strips(found, found.layers[0], steps=StepRows(colors=colors))
    first, *others = heatmaps(figure)
    np.testing.assert_array_equal(first.z, [values])
    assert (first.zmin, first.zmax, bool(first.reversescale)) == (min(low, high), max(low, high), low > high)
    assert [each.name for each in others] == [each.label for each in CELLS["lstm"]]
    assert figure.layout.annotations[0].text == "text, coloured by surprise"
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
