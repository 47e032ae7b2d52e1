"""A page with a stage of its own: a shipped forecaster reads its series on into its forecast."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import forecast
from lstm_viz.series.reading import read_series
from lstm_viz.ui.components.live_view.downloads import download_buttons
from lstm_viz.ui.components.live_view.from_series import ForecastSteps, SeriesLabels, scene_from_series
from lstm_viz.ui.components.live_view.live_view import live_view
from lstm_viz.ui.components.live_view.scene import Captions
from lstm_viz.ui.state.live_session import live_session
from lstm_viz.ui.state.view import View

STEPS, AHEAD = 40, 8

st.set_page_config(layout="wide")
name = st.selectbox("Series", list(SHIPPED))
shipped = SHIPPED[name]
series, model = shipped.read(), load_forecaster(name)
coming = forecast(model, series.values, AHEAD, residuals=np.full(3, 0.4))
values = np.concatenate((series.values, coming.values))
labels = (*series.labels, *(f"+{step + 1}" for step in range(AHEAD)))


def scene(view: View):  # type: ignore[no-untyped-def]  # a page's script
    """The last steps of the series with its forecast; the gradients are of the forecast made after the chosen step."""
    start = len(values) - STEPS
    asked = start + view.step_in(STEPS)
    return scene_from_series(
        view, model, read_series(model, values, asked), SeriesLabels(shipped.title, shipped.unit, labels),
        Captions(f"{name} · LSTM", "Watch the gates follow the curve."), target_step=asked, window=slice(start, None),
        forecast=ForecastSteps(len(series.values), coming.low, coming.high),
    )  # fmt: skip


live_view(scene, "series")
download_buttons(live_session("series"))
