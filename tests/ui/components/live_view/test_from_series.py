"""A forecaster's reading as a frame: every number against the reading, in a window and out of one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstm_viz.series.forecasting import forecast
from lstm_viz.series.reading import SeriesTrace, read_series
from lstm_viz.ui.components.live_view.coloring import token_coloring
from lstm_viz.ui.components.live_view.from_series import ForecastSteps, SeriesLabels, scene_from_series, slice_trace
from lstm_viz.ui.components.live_view.scene import Captions, LiveScene, SeriesCurve
from lstm_viz.ui.state.view import View
from tests.facts import states
from tests.series.small_series import VALUES, small
from tests.ui.components.live_view.test_payload import drawn

DESIGN: dict[str, Any] = {"layers": 2, "level": True, "season": 4}
LABELS = [f"week {week}" for week in range(80)]
START, KNOWN, AHEAD = 41, 60, 6


def seen(window: slice = slice(START, None), **changes: Any) -> tuple[LiveScene, SeriesTrace]:
    """The last steps of a series with its forecast; the gradients are of the forecast made after the chosen step."""
    model = small(**DESIGN)
    coming = forecast(model, VALUES, AHEAD, residuals=np.array([-0.5, 0.5]), paths=20)
    view = View("", "", **{"layer": 1, "unit": 2, "step": 7, "colour": "error", **changes})
    asked = window.start + view.step
    reading = read_series(model, np.concatenate((VALUES, coming.values)), asked)
    shown = scene_from_series(
        view, model, reading, SeriesLabels("Rain", "mm", LABELS), Captions("Rain · LSTM", "Look."), target_step=asked,
        window=window, forecast=ForecastSteps(KNOWN, coming.low, coming.high),
    )  # fmt: skip
    return shown, reading


def test_the_curve_is_the_series_and_each_forecast_stands_at_its_place() -> None:
    shown, reading = seen()
    header, arrays = drawn(shown)
    assert header["stepUnit"] == "series"
    assert header["curve"]["labels"] == LABELS[START : KNOWN + AHEAD]
    assert (header["curve"]["name"], header["curve"]["unit"], header["curve"]["border"]) == ("Rain", "mm", KNOWN - START)
    np.testing.assert_array_equal(arrays["curve"], reading.values[START:])
    # What is forecast after step t is drawn at step t + 1.
    np.testing.assert_array_equal(arrays["curve_expected"], reading.expected[START - 1 : -1])
    assert header["curve"]["nextForecast"] == reading.expected[-1]
    assert np.isnan(arrays["curve_low"][: KNOWN - START]).all()
    assert (arrays["curve_low"][KNOWN - START :] <= arrays["curve_high"][KNOWN - START :]).all()
    drawn_numbers = np.concatenate([arrays[name] for name in ("curve", "curve_expected", "curve_low", "curve_high")])
    assert header["curve"]["low"] == np.nanmin(drawn_numbers)
    assert header["curve"]["high"] == np.nanmax(drawn_numbers)
    assert states(header["objective"], f"week {START + 7}")
    assert not {"expect_id", "expect_p", "score"} & arrays.keys()


def test_errors_are_how_far_off_the_forecasts_were_and_none_in_the_future() -> None:
    shown, reading = seen()
    found = token_coloring(shown)
    off = np.abs(reading.values[1:] - reading.expected[:-1])
    np.testing.assert_allclose(found.values[: KNOWN - START], off[START - 1 : KNOWN - 1])
    assert np.isnan(found.values[KNOWN - START :]).all()
    assert found.label == "by error, in mm"
    assert found.low == 0.0
    assert found.high >= np.nanmax(found.values)


def test_a_window_shows_what_the_whole_reading_holds() -> None:
    shown, reading = seen()
    header, arrays = drawn(shown)
    whole = reading.trace.layers[1]
    assert whole.grads is not None
    for row, quantity in enumerate(header["quantities"]):
        np.testing.assert_array_equal(arrays["unit"][row], whole[quantity["symbol"]][START:, 0, 2])
        np.testing.assert_array_equal(arrays["unit_grads"][row], whole.grads[quantity["symbol"]][START:, 0, 2])
    # The states before the window are those that were reached there, not zeros.
    assert arrays["before"][:, 0].tolist() == [whole.c[START - 1, 0, 2], whole.h[START - 1, 0, 2]]


def test_the_first_layers_inputs_are_named_and_add_up() -> None:
    shown, reading = seen(layer=0)
    header, _ = drawn(shown)
    design = small(**DESIGN).config
    x = reading.trace.layers[0].x[START + 7, 0]
    for block, gate in enumerate("ifgo"):
        terms = header["terms"]["gates"][gate]
        assert [name for name, _ in terms["inputs"]] == list(design.inputs)
        products = shown.display.weights.ih[block * design.hidden + 2] * x
        assert [value for _, value in terms["inputs"]] == pytest.approx(products.tolist())
        assert sum(value for _, value in terms["inputs"]) == pytest.approx(terms["input"])


def test_the_whole_series_begins_with_nothing_forecast() -> None:
    shown, reading = seen(slice(0, 50), step=3)
    header, arrays = drawn(shown)
    assert np.isnan(arrays["curve_expected"][0])
    assert header["curve"]["border"] is None
    assert header["curve"]["nextForecast"] == reading.expected[49]
    assert not arrays["before"][:, 0].any()


def test_a_view_from_elsewhere_is_moved_to_where_there_is_something() -> None:
    model = small()
    reading = read_series(model, VALUES)
    view = View("", "", layer=9, unit=99, step=500, colour="surprise", zoom="units")
    shown = scene_from_series(view, model, reading, SeriesLabels("Rain", "mm", LABELS), Captions("", ""))
    assert (shown.view.layer, shown.view.unit, shown.view.step, shown.view.colour) == (0, 4, 59, "mean.f")
    header, arrays = drawn(shown)
    assert sorted(arrays["order"].tolist()) == list(range(5))
    assert header["objective"] == ""


def test_cutting_a_trace_keeps_the_states_before_it() -> None:
    whole = read_series(small(kind="gru"), VALUES, 30).trace
    part = slice_trace(whole, 10, 40)
    assert len(part.tokens) == part.layers[0].steps == 30
    np.testing.assert_array_equal(part.layers[0].h0, whole.layers[0].h[9])
    assert part.layers[0].c0 is None
    assert slice_trace(whole, 0, 5).layers[0].h0 is whole.layers[0].h0


@pytest.mark.parametrize(
    ("values", "ends"), [([3.0, np.nan, 5.0], (3.0, 5.0)), ([2.0, 2.0], (1.5, 2.5)), ([], (0.0, 1.0)), ([np.nan], (0.0, 1.0))]
)
def test_a_scale_has_room_between_its_ends(values: list[float], ends: tuple[float, float]) -> None:
    numbers = np.array(values)
    assert SeriesCurve("a", "b", (), numbers, np.full(len(numbers), np.nan)).ends == ends
