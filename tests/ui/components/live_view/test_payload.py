"""Every number of a frame against the trace that it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from lstm_viz.capture.layers import layers_of
from lstm_viz.gates import CELLS, PACKED, Kind
from lstm_viz.gradients import TextLoss
from lstm_viz.reader import trace
from lstm_viz.text.labels import label
from lstm_viz.ui.components.live_view.payload import MAX_PREDICTIONS, build_payload
from lstm_viz.ui.components.live_view.scene import STRIPS, Captions, LayerDisplay, LiveScene, OutputLabels
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.state.scales import scales
from lstm_viz.ui.state.view import LIMIT, View, Zoom
from tests.tiny import KINDS, TEXT, tiny
from tests.ui.page_testing import unpack

ORDER = np.array([3, 0, 4, 1, 2])


def scene(kind: Kind = "lstm", text: str = TEXT, *, zoom: Zoom = "units", gradients: bool = True, **changes: Any) -> LiveScene:
    """A frame's scene: layer 2, unit 2, and rows in an order of their own."""
    model = tiny(kind)
    view = View(text, "tiny", **{"layer": 1, "unit": 2, "zoom": zoom, "colour": "surprise", **changes})
    read = trace(model, view.input_text, TextLoss() if gradients and view.input_text else None)
    return LiveScene(
        trace=read, view=view, outputs=OutputLabels(model.outputs), captions=Captions("Tiny", "Look."),
        display=LayerDisplay(
            layers_of(model.rnn)[view.layer].weights, lambda: ORDER, scales(trace(model, TEXT).layers[view.layer])
        ),
    )  # fmt: skip


def drawn(shown: LiveScene) -> tuple[Mapping[str, Any], Mapping[str, np.ndarray]]:
    """The frame as the browser gets it: the header through JSON, every array of a kind that a frame carries."""
    header, arrays = build_payload(shown)
    return unpack(pack(header, arrays))[0], arrays


@pytest.mark.parametrize("kind", KINDS)
def test_strips_and_curves_are_the_traces(kind: Kind) -> None:
    shown = scene(kind)
    header, arrays = drawn(shown)
    layer = shown.trace.layers[1]
    symbols = [each["symbol"] for each in header["quantities"]]
    assert "".join(symbols) == STRIPS[kind]
    assert sorted(symbols) == sorted(each.symbol for each in CELLS[kind])
    for row, symbol in enumerate(symbols):
        values = layer[symbol][:, 0]
        np.testing.assert_allclose(arrays["mean"][row], values.mean(axis=1), atol=1e-6)
        np.testing.assert_array_equal(arrays["low"][row], values.min(axis=1))
        np.testing.assert_array_equal(arrays["high"][row], values.max(axis=1))
        np.testing.assert_array_equal(arrays["unit"][row], values[:, 2])
    np.testing.assert_array_equal(arrays["surprise"], shown.trace.surprise)
    np.testing.assert_array_equal(arrays["tint"], shown.trace.surprise)


@pytest.mark.parametrize("kind", KINDS)
def test_colours_decode_to_the_values_within_half_a_step(kind: Kind) -> None:
    shown = scene(kind)
    header, arrays = drawn(shown)
    assert arrays["units"].dtype == np.uint8
    assert arrays["order"].tolist() == ORDER.tolist()
    for row, quantity in enumerate(header["quantities"]):
        low, high = quantity["low"], quantity["high"]
        decoded = low + arrays["units"][:, row].T / 255 * (high - low)
        values = shown.trace.layers[1][quantity["symbol"]][:, 0, ORDER].T
        np.testing.assert_allclose(decoded, values.clip(low, high), atol=(high - low) / 510 + 1e-6)


@pytest.mark.parametrize("zoom", ["overview", "unit"])
def test_all_units_travel_only_where_they_are_shown(zoom: Zoom) -> None:
    _, arrays = drawn(scene(zoom=zoom))
    assert {"units", "order"} & arrays.keys() == set()


def test_a_single_units_scale_holds_its_whole_curve() -> None:
    shown = scene(zoom="unit")
    header, arrays = drawn(shown)
    for row, quantity in enumerate(header["quantities"]):
        assert quantity["low"] <= arrays["unit"][row].min()
        assert arrays["unit"][row].max() <= quantity["high"]


@pytest.mark.parametrize("kind", KINDS)
def test_states_before_each_step_are_the_states_shifted(kind: Kind) -> None:
    shown = scene(kind)
    _, arrays = drawn(shown)
    layer = shown.trace.layers[1]
    for row, symbol in enumerate("ch" if kind == "lstm" else "h"):
        assert arrays["before"][row, 0] == 0.0
        np.testing.assert_array_equal(arrays["before"][row, 1:], layer[symbol][:-1, 0, 2])


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_rows_are_norms_and_the_units_own_derivatives(kind: Kind) -> None:
    shown = scene(kind)
    header, arrays = drawn(shown)
    grads = shown.trace.layers[1].grads
    assert grads is not None
    symbols = [each["symbol"] for each in header["gradients"]]
    assert set(symbols) == {*STRIPS[kind], "x"}
    for row, symbol in enumerate(symbols):
        np.testing.assert_allclose(arrays["norms"][row], np.sqrt((grads.values[symbol][:, 0] ** 2).sum(axis=1)), rtol=1e-5)
    for row, symbol in enumerate(STRIPS[kind]):
        np.testing.assert_array_equal(arrays["unit_grads"][row], grads.values[symbol][:, 0, 2])
    for row, symbol in enumerate(PACKED[kind]):
        np.testing.assert_array_equal(arrays["unit_pre_grads"][row], grads.values[f"{symbol}_pre"][:, 0, 2])


def test_what_is_expected_is_sorted_and_complete() -> None:
    shown = scene()
    header, arrays = drawn(shown)
    probs, ids, expected = shown.trace.probs, arrays["expect_id"], arrays["expect_p"]
    assert ids.shape == expected.shape == (len(TEXT), MAX_PREDICTIONS)
    # A network's symbol for all that it does not know comes first.
    assert header["symbols"] == ["any other", *(label(symbol) for symbol in shown.outputs.names[1:])]
    for step in range(len(TEXT)):
        assert expected[step].tolist() == sorted(probs[step].tolist(), reverse=True)[:MAX_PREDICTIONS]
        assert probs[step, ids[step]].tolist() == expected[step].tolist()
        assert 0.0 < expected[step].sum() <= 1.0 + 1e-6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [0, 1])
def test_terms_lead_to_the_gates_value(kind: Kind, number: int) -> None:
    header, _ = drawn(scene(kind, layer=number, step=4))
    terms = header["terms"]
    assert (terms["step"], terms["unit"], list(terms["gates"])) == (4, 2, list(PACKED[kind]))
    for symbol, gate in terms["gates"].items():
        assert gate["input"] + gate["recurrent"] + gate["bias"] == pytest.approx(gate["pre"])
        opened = np.tanh(gate["pre"]) if symbol in "gnh" else 1 / (1 + np.exp(-gate["pre"]))
        assert opened == pytest.approx(gate["value"], abs=1e-5)
        assert [name for name, _ in gate["inputs"]][:1] == ["“c”"] if number == 0 else gate["inputs"][0][0].endswith("of layer 1")


def test_the_header_says_what_is_shown() -> None:
    shown = scene("gru", step=3, colour="mean.r")
    header, _ = drawn(shown)
    model = {"kind": "gru", "name": "tiny", "title": "Tiny", "layer": 1, "layers": 2, "layerTitle": "layer 2", "units": 5}
    assert header["model"] == model
    assert header["view"] == {"zoom": "units", "unit": 2, "step": 3, "colour": "mean.r"}
    assert (header["text"], header["hint"], header["stepUnit"], header["curve"]) == (TEXT, "Look.", "letters", None)
    assert header["objective"] == shown.trace.objective
    assert header["palette"].keys() == {"light", "dark"}
    assert header["tokens"] == [label(symbol) for symbol in TEXT]


def test_characters_that_the_model_never_saw_are_marked() -> None:
    header, _ = drawn(scene(text="Té c😀"))
    assert header["unknown"] == [1, 4]
    assert header["tokens"] == ["T", "é", "␣", "c", "😀"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("zoom", ["overview", "units", "unit"])
@pytest.mark.parametrize("colour", ["unit.h", "norm.h"])
def test_an_empty_text_makes_an_empty_frame(kind: Kind, zoom: Zoom, colour: str) -> None:
    header, arrays = drawn(scene(kind, "", zoom=zoom, colour=colour))
    assert (header["tokens"], header["terms"], header["objective"], header["view"]["step"]) == ([], None, "", -1)
    steps = {name: array.shape for name, array in arrays.items() if 0 not in array.shape}
    assert steps.keys() <= {"order"}


@pytest.mark.parametrize("kind", KINDS)
def test_one_character_makes_a_frame_of_one_step(kind: Kind) -> None:
    header, arrays = drawn(scene(kind, "T"))
    assert (header["tokens"], header["view"]["step"], header["terms"]["step"]) == (["T"], 0, 0)
    assert np.isnan(arrays["surprise"]).tolist() == [True]
    assert not arrays["before"].any()
    assert arrays["unit"].shape == (len(STRIPS[kind]), 1)


def test_without_gradients_the_norms_are_zero() -> None:
    header, arrays = drawn(scene(gradients=False))
    assert arrays["norms"].shape == (len(header["gradients"]), len(TEXT))
    assert not arrays["norms"].any()


def test_of_a_long_text_the_beginning_is_shown_and_all_of_it_kept() -> None:
    text = (TEXT * 100)[: LIMIT + 5]
    header, arrays = drawn(scene(text=text, zoom="overview"))
    assert header["text"] == text
    assert len(header["tokens"]) == arrays["mean"].shape[1] == LIMIT == header["limit"]
    assert header["warning"] is not None
