"""What do its gates do? The live view under the curve, on into the forecast, which has gates of its own."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from lstm_viz.series.reading import read_series
from lstm_viz.ui.components.live_view import live_view as live
from lstm_viz.ui.components.live_view.from_series import Told, series_scene
from lstm_viz.ui.components.live_view.scene import Scene
from lstm_viz.ui.pages.series import state
from lstm_viz.ui.pages.series.evaluation import Coming, Judged, Subject
from lstm_viz.ui.pages.series.state import Chosen
from lstm_viz.ui.state.view import View

#: So many steps are shown at once.
WINDOW = 150
STAGE = "series_live"
_START = "series_gates_start"


def show(of: Subject, choice: Chosen, ahead: Coming) -> None:
    """Draw the lens."""
    if of.judged is None or ahead.forecast is None:
        return
    st.markdown(
        "**The network reads the curve value by value. Below it stands what each gate did at that value, and what the cell "
        "remembered; behind the border it reads its own forecasts as if they had come.**"
    )
    start = _window(of, choice, len(ahead.forecast.reading.values))
    # A long series takes a moment, and the page must not look dead meanwhile.
    with st.spinner("Reading the series"):
        live.stage(partial(scene, of, of.judged, ahead, start), STAGE, linked=True)


def scene(of: Subject, judged: Judged, ahead: Coming, start: int, view: View) -> Scene:
    """The reading from `start` on as the explorer shows it; the gradients are of the forecast made after the view's step."""
    assert ahead.forecast is not None
    values = ahead.forecast.reading.values
    stop = min(start + WINDOW, len(values))
    asked = start + view.step_in(stop - start)
    reading = read_series(judged.model, values, asked)
    return series_scene(
        view, judged.model, reading, Told(of.told.title, of.told.unit, of.labels(len(values))[: len(values)]),
        title=f"{of.told.title} · {judged.model.config.kind.upper()}",
        hint="Move along the curve: each step shows the value that was read, the gates at it, and the forecast for the next.",
        asked=asked, window=slice(start, stop), border=ahead.border,
        low=_placed(ahead.forecast.low, ahead.border, len(values)), high=_placed(ahead.forecast.high, ahead.border, len(values)),
    )  # fmt: skip


def _placed(band: np.ndarray | None, border: int, steps: int) -> np.ndarray | None:
    """One end of the forecast's band [step] as an array over the whole reading, NaN where there is no forecast."""
    if band is None:
        return None
    whole = np.full(steps, np.nan)
    whole[border:] = band
    return whole


def _window(of: Subject, choice: Chosen, steps: int) -> int:
    """Where the window begins; at its last place it ends with the forecast."""
    last = steps - WINDOW
    if last <= 0:
        return 0
    by = max(1, last // 100)
    start = last if choice.gates is None else min(choice.gates, last)
    offers = sorted({*range(0, last, by), start, last})
    labels = of.labels(steps)
    state.bound(_START, start)
    st.select_slider(
        f"{WINDOW} steps at once, from", offers, key=_START, format_func=labels.__getitem__,
        on_change=state.taking("gates", _START), width=420,
    )  # fmt: skip
    return start
