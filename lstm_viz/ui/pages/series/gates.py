"""What do its gates do? The live view of the series, continued into the forecast."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lstm_viz.series.reading import read_series
from lstm_viz.ui.components.live_view import live_view as live
from lstm_viz.ui.components.live_view.downloads import download_buttons
from lstm_viz.ui.components.live_view.from_series import ForecastSteps, SeriesLabels, scene_from_series
from lstm_viz.ui.components.live_view.scene import Captions, LiveScene
from lstm_viz.ui.pages.series import state
from lstm_viz.ui.pages.series.evaluation import Backtest, EvaluatedSeries, ForecastWindow
from lstm_viz.ui.pages.series.state import SeriesChoice
from lstm_viz.ui.state.live_session import live_session
from lstm_viz.ui.state.view import View

#: How many steps are shown at once.
WINDOW = 150
LIVE_VIEW_KEY = "series_live"
_START = "series_gates_start"


def render(evaluated: EvaluatedSeries, choice: SeriesChoice, ahead: ForecastWindow) -> None:
    """Draw the live view."""
    if evaluated.backtest is None or ahead.forecast is None:
        return
    st.markdown(
        "**The network reads the curve value by value. Below: each gate and the cell state at that value. After the border it "
        "reads its own forecasts.**"
    )
    start = _window(evaluated, choice, len(ahead.forecast.reading.values))
    # A long series takes a moment; show that work is in progress.
    with st.spinner("Reading the series"):
        live.live_view(partial(scene, evaluated, evaluated.backtest, ahead, start), LIVE_VIEW_KEY, linked=True)
    download_buttons(live_session(LIVE_VIEW_KEY), "series")


def scene(evaluated: EvaluatedSeries, model_backtest: Backtest, ahead: ForecastWindow, start: int, view: View) -> LiveScene:
    """Return the scene from `start` on; the gradients are of the forecast made after the view's step."""
    assert ahead.forecast is not None
    values = ahead.forecast.reading.values
    stop = min(start + WINDOW, len(values))
    target_step = start + view.step_in(stop - start)
    reading = read_series(model_backtest.model, values, target_step)
    title, unit = evaluated.description.title, evaluated.description.unit
    return scene_from_series(
        view, model_backtest.model, reading,
        SeriesLabels(title, unit, evaluated.labels(len(values))[: len(values)]),
        Captions(
            title=f"{title} · {model_backtest.model.config.kind.upper()}",
            hint="Move along the curve: each step shows the value, the gates, and the forecast for the next.",
        ),
        target_step=target_step,
        window=slice(start, stop),
        forecast=ForecastSteps(ahead.border, ahead.forecast.low, ahead.forecast.high),
    )  # fmt: skip


def _window(evaluated: EvaluatedSeries, choice: SeriesChoice, steps: int) -> int:
    """Return the start of the window; its last position ends with the forecast."""
    last = steps - WINDOW
    if last <= 0:
        return 0
    by = max(1, last // 100)
    start = last if choice.gates is None else min(choice.gates, last)
    offers = sorted({*range(0, last, by), start, last})
    labels = evaluated.labels(steps)
    state.set_widget(_START, start)
    st.select_slider(
        f"{WINDOW} steps at once, from", offers, format_func=labels.__getitem__,
        width=420, **state.control_args("gates", _START),
    )  # fmt: skip
    return start
