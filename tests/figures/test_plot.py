"""What `plot` draws are the captured numbers, in the order that was asked for, below the tokens that were given."""

import copy
import subprocess
import sys
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import lstm_viz
from lstm_viz import sentiment, series
from lstm_viz.figures import plot as module
from lstm_viz.figures.layer_rows import block_means
from lstm_viz.figures.palette import DARK, LIGHT, Palette
from lstm_viz.gates import CELLS, symbols
from lstm_viz.trace import LayerTrace
from tests.facts import facts


def captured(cell: nn.Module, x: Any, backward: bool = True) -> lstm_viz.Capture:
    torch.manual_seed(1)
    with lstm_viz.capture(cell) as cap:
        output = cell(x)[0]
        if backward:
            (output.data if isinstance(output, nn.utils.rnn.PackedSequence) else output).square().sum().backward()
    return cap


def heat_maps(figure: go.Figure) -> list[go.Heatmap]:
    return [each for each in figure.data if each.type == "heatmap"]


def curves(figure: go.Figure) -> dict[str, np.ndarray]:
    return {each.name: each.y for each in figure.data if each.type == "scatter"}


@pytest.mark.parametrize("cell", [nn.LSTM(3, 4), nn.GRU(3, 5), nn.RNN(3, 2)])
def test_heat_maps_hold_the_captured_numbers(cell: nn.Module) -> None:
    (layer,) = captured(cell, torch.randn(9, 3, 3)).layers
    figure = lstm_viz.plot(layer, batch=2)
    drawn = heat_maps(figure)
    assert [each.name for each in drawn] == [quantity.label for quantity in CELLS[layer.kind]]
    for each, symbol in zip(drawn, symbols(layer.kind), strict=True):
        np.testing.assert_array_equal(each.z, layer[symbol][:, 2].T)
        assert list(each.y) == [f"unit {unit}" for unit in range(layer.units)]
        assert (each.x0, each.dx) == (0, 1)


def test_curves_are_the_norms_of_the_gradients_over_units() -> None:
    (layer,) = captured(nn.LSTM(3, 4), torch.randn(9, 2, 3)).layers
    found = curves(lstm_viz.plot(layer, batch=1))
    assert [*found] == [f"‖∂L/∂{symbol}‖" for symbol in "ifgochx"]
    for symbol in "ifgochx":
        wanted = np.sqrt((layer.grads[symbol][:, 1].astype(np.float64) ** 2).sum(axis=1))
        np.testing.assert_allclose(found[f"‖∂L/∂{symbol}‖"], np.where(wanted > 0, wanted, np.nan), rtol=1e-12)


def test_a_gradient_of_zero_is_a_gap_on_the_logarithmic_axis() -> None:
    with lstm_viz.capture(lstm := nn.LSTM(3, 4)) as cap:
        lstm(torch.randn(9, 1, 3))[0][4].sum().backward()
    norms = curves(lstm_viz.plot(cap))["‖∂L/∂h‖"]
    assert np.isnan(norms[5:]).all()
    assert (norms[:5] > 0).all()


def test_without_a_backward_pass_there_are_no_curves() -> None:
    figure = lstm_viz.plot(captured(nn.GRU(3, 4), torch.randn(5, 1, 3), backward=False))
    assert curves(figure) == {}
    assert len(heat_maps(figure)) == 4


def test_gates_run_from_0_to_1_and_states_around_zero_in_the_palettes_colours() -> None:
    (layer,) = captured(nn.LSTM(3, 4), torch.randn(9, 1, 3)).layers
    themes: tuple[tuple[Literal["light", "dark"], Palette], ...] = (("light", LIGHT), ("dark", DARK))
    for theme, palette in themes:
        maps = heat_maps(lstm_viz.plot(layer, theme=theme))
        ends = {each.name[-1]: (each.zmin, each.zmax, each.colorscale[0][1]) for each in maps}
        assert all(ends[gate] == (0.0, 1.0, palette.sequential[0]) for gate in "ifo")
        assert all(ends[state] == (-1.0, 1.0, palette.diverging[0]) for state in "gh")
        assert ends["c"] == (-2.0, 2.0, palette.diverging[0])


def test_one_cell_state_far_from_all_others_does_not_pale_them_and_is_told() -> None:
    layer = copy.deepcopy(captured(nn.LSTM(3, 4), torch.randn(100, 1, 3)).layers[0])
    layer.values["c"][7, 0, 1] = -90.0
    figure = lstm_viz.plot(layer)
    cell = heat_maps(figure)[4]
    assert (cell.zmin, cell.zmax) == (-2.0, 2.0)
    assert cell.z[1][7] == -90.0
    assert any("largest is 90" in note.text for note in figure.layout.annotations)


def test_a_rectified_state_beyond_one_widens_its_scale() -> None:
    (layer,) = captured(nn.RNN(3, 4, nonlinearity="relu"), 9.0 * torch.ones(6, 1, 3)).layers
    (state,) = heat_maps(lstm_viz.plot(layer))
    assert state.zmax > 1.0
    assert state.zmin == -state.zmax


def test_padded_steps_of_a_packed_batch_stay_blank() -> None:
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(8, 2, 3), torch.tensor([8, 5]))
    cap = captured(nn.LSTM(3, 4), packed)
    figure = lstm_viz.plot(cap, batch=1, tokens=list("abcde"))
    for each in heat_maps(figure):
        assert np.isnan(each.z[:, 5:]).all()
        assert np.isfinite(each.z[:, :5]).all()
    assert np.isnan(curves(figure)["‖∂L/∂c‖"][5:]).all()
    assert list(figure.layout.xaxis.ticktext) == [*"abcde", "", "", ""]


def test_a_capture_of_many_layers_is_drawn_from_the_first_to_the_last() -> None:
    cap = captured(nn.LSTM(3, 4, 2, bidirectional=True), torch.randn(6, 1, 3))
    figure = lstm_viz.plot(cap)
    maps = heat_maps(figure)
    assert len(maps) == 24
    for place, layer in enumerate(cap.layers):
        np.testing.assert_array_equal(maps[6 * place + 5].z, layer.h[:, 0].T)
    assert sum("reverse" in note.text for note in figure.layout.annotations) == 14
    np.testing.assert_array_equal(heat_maps(lstm_viz.plot(cap, layer=-1))[4].z, cap.layers[3].c[:, 0].T)
    assert len({each.name for each in figure.data if each.showlegend}) == sum(bool(each.showlegend) for each in figure.data)


def test_rows_do_not_overlap_and_share_their_steps() -> None:
    figure = lstm_viz.plot(captured(nn.LSTM(3, 40, 2), torch.randn(6, 1, 3)))
    domains = sorted(axis.domain for axis in figure.select_yaxes())
    assert all(lower[1] < upper[0] for lower, upper in pairwise(domains))
    assert {axis.matches for axis in figure.select_xaxes()} <= {"x"}


def test_a_trace_brings_its_tokens_its_objective_and_its_surprise() -> None:
    trace = lstm_viz.trace(lstm_viz.load("shakespeare-lstm"), "To be\n", lstm_viz.TextLoss())
    figure = lstm_viz.plot(trace, layer=0)
    assert list(figure.layout.xaxis.ticktext) == ["T", "o", "␣", "b", "e", "\N{RETURN SYMBOL}"]
    assert any(trace.objective in note.text for note in figure.layout.annotations)
    (bars,) = [each for each in figure.data if each.type == "bar"]
    np.testing.assert_array_equal(bars.y, trace.surprise)
    assert heat_maps(figure)[0].customdata[3].tolist() == list(figure.layout.xaxis.ticktext)


def test_words_and_series_are_drawn_with_what_they_were_read_from() -> None:
    judged = sentiment.classify_sentiment(lstm_viz.Reader(lstm_viz.load("sst-lstm")), "A warm, funny film.")
    figure = lstm_viz.plot(judged)
    assert list(figure.layout.xaxis.ticktext) == list(judged.trace.tokens)
    assert not [each for each in figure.data if each.type == "bar"]
    reading = series.read_series(series.load_forecaster("co2"), 350.0 + np.arange(30) % 12, -1)
    np.testing.assert_array_equal(heat_maps(lstm_viz.plot(reading))[1].z, reading.trace.layers[0].f[:, 0].T)


def test_units_stand_in_the_order_that_was_asked_for() -> None:
    (layer,) = captured(nn.LSTM(3, 6), torch.randn(12, 1, 3)).layers
    chosen = heat_maps(lstm_viz.plot(layer, units=[5, 0]))[1]
    assert list(chosen.y) == ["unit 5", "unit 0"]
    np.testing.assert_array_equal(chosen.z, layer.f[:, 0, [5, 0]].T)
    similar = heat_maps(lstm_viz.plot(layer, units="similar"))[1]
    assert sorted(similar.y) == [f"unit {unit}" for unit in range(6)]
    for row, unit in zip(similar.z, similar.y, strict=True):
        np.testing.assert_array_equal(row, layer.f[:, 0, int(unit.split()[1])])


@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_a_projected_hidden_state_has_units_of_its_own() -> None:
    (layer,) = captured(nn.LSTM(3, 6, proj_size=2), torch.randn(12, 1, 3)).layers
    for units in ("numbered", "similar", [5, 1]):
        maps = heat_maps(lstm_viz.plot(layer, units=units))
        assert len(maps[5].y) == 2
        assert len(maps[4].y) == (2 if units == [5, 1] else 6)


def test_very_many_steps_are_averaged_and_the_title_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CELLS_DRAWN", 4 * 6 * 50)
    (layer,) = captured(nn.LSTM(3, 4), torch.randn(173, 1, 3)).layers
    figure = lstm_viz.plot(layer)
    forget = heat_maps(figure)[1]
    assert forget.z.shape == (4, 44)
    np.testing.assert_allclose(forget.z[:, 3], layer.f[12:16, 0].mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(forget.z[:, 43], layer.f[172, 0], rtol=1e-6)
    assert (forget.x0, forget.dx) == (1.5, 4)
    assert "the mean of 4 steps" in figure.layout.title.text
    assert len(curves(figure)["‖∂L/∂c‖"]) == 173


def test_no_text_of_a_person_is_markup_in_the_figure() -> None:
    layer = captured(nn.ModuleDict({"a$b$": nn.Identity(), "c": nn.LSTM(3, 4)})["c"], torch.randn(3, 1, 3)).layers[0]
    figure = lstm_viz.plot(layer, tokens=["<b>x</b>", "$x^2$", "<br>"])
    ticks = "".join(figure.layout.xaxis.ticktext)
    assert "<" not in ticks
    assert "$" not in ticks


def test_an_empty_text_and_a_diverged_state_can_be_drawn() -> None:
    model = lstm_viz.load("shakespeare-lstm")
    assert len(heat_maps(lstm_viz.plot(lstm_viz.trace(model, "")))) == 12
    layer = copy.deepcopy(captured(nn.LSTM(3, 4), torch.randn(5, 1, 3)).layers[0])
    layer.values["c"][2:] = np.inf
    layer.values["h"][:] = np.nan
    assert heat_maps(lstm_viz.plot(layer, units="similar"))[4].zmax == 2.0


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"batch": 2}, IndexError, "entries 0 to 1"),
        ({"batch": -3}, IndexError, "entries 0 to 1"),
        ({"layer": 1}, IndexError, "choose 0 to 0"),
        ({"units": [4]}, IndexError, "0 to 3"),
        ({"units": [-1]}, IndexError, "0 to 3"),
        ({"tokens": "abc"}, ValueError, facts("3 tokens", "5 steps")),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(options: dict[str, Any], error: type[Exception], told: str) -> None:
    cap = captured(nn.LSTM(3, 4), torch.randn(5, 2, 3))
    with pytest.raises(error, match=told):
        lstm_viz.plot(cap, **options)


@pytest.mark.parametrize("thing", [None, 3, "a text", np.zeros((3, 3)), [1, 2], nn.LSTM(2, 2)])
def test_what_holds_no_layers_is_refused_by_name(thing: Any) -> None:
    with pytest.raises(TypeError, match=f"got {type(thing).__name__}"):
        lstm_viz.plot(thing)


def test_nothing_captured_is_said() -> None:
    with pytest.raises(ValueError, match="nothing was captured"):
        lstm_viz.plot(())


@given(st.integers(1, 60), st.integers(1, 9), st.data())
def test_block_means_leave_out_what_is_not_finite(steps: int, block: int, data: st.DataObject) -> None:
    some = st.sampled_from([0.0, 1.0, -2.5, np.nan, np.inf])
    values = np.array(data.draw(st.lists(some, min_size=steps, max_size=steps)))[:, None]
    means = block_means(values, block)
    for column, start in enumerate(range(0, steps, block)):
        part = values[start : start + block, 0]
        known = part[np.isfinite(part)]
        assert np.isnan(means[column, 0]) if not len(known) else means[column, 0] == pytest.approx(known.mean())


def test_plotly_is_imported_by_the_first_figure_only() -> None:
    told = "import sys, lstm_viz; assert 'plotly' not in sys.modules; assert 'plot' in dir(lstm_viz); lstm_viz.plot"
    subprocess.run([sys.executable, "-c", told], check=True)


def test_a_layer_made_by_hand_is_drawn_too() -> None:
    values = {"h": np.zeros((3, 1, 2)), "x": np.zeros((3, 1, 1))}
    layer = LayerTrace("by hand", "rnn", 0, False, values, np.zeros((1, 2)))
    assert len(heat_maps(lstm_viz.plot([layer, layer]))) == 2
