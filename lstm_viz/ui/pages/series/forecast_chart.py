"""The chart of a series, its forecasts and its future, with the controls."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.figures import series as drawn
from lstm_viz.text.numbers import format_number
from lstm_viz.ui import components
from lstm_viz.ui.pages.series import state
from lstm_viz.ui.pages.series.evaluation import EvaluatedSeries, ForecastWindow, forecast_window
from lstm_viz.ui.pages.series.state import Begin, SeriesChoice
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import escape_html
from lstm_viz.ui.state.theme import palette

#: How many values are drawn at once; longer series have a window.
WINDOW = 600
#: The longest forecast on this page.
MAX_STEPS = 150
#: The longest forecast at first, so that it can still be extended.
MAX_FIRST_STEPS = 120

_BEGINS: dict[Begin, str] = {"end": "after the last value", "held": "where the test part begins"}
_STEPS = "series_steps"


def forecast_steps(evaluated: EvaluatedSeries, choice: SeriesChoice) -> int:
    """Return the forecast length: the selected one, by default two seasons or 24 steps."""
    if choice.steps:
        return min(choice.steps, MAX_STEPS)
    return min(2 * evaluated.season or 24, MAX_FIRST_STEPS)


def chosen_forecast(evaluated: EvaluatedSeries, choice: SeriesChoice) -> ForecastWindow:
    """Return the selected forecast of many steps."""
    border, steps = (
        len(evaluated.values) if choice.begin == "end" else evaluated.parts.validation_end,
        forecast_steps(evaluated, choice),
    )
    with st.spinner(f"Forecasting {steps} steps …"):
        return forecast_window(evaluated, border, steps)


def render(evaluated: EvaluatedSeries, choice: SeriesChoice, ahead: ForecastWindow) -> None:
    """Draw the chart and the controls; a click on a point selects its forecast."""
    steps = forecast_steps(evaluated, choice)
    end = max(len(evaluated.values), ahead.border + steps)
    forecast_view = _forecast_view(evaluated, ahead, end)
    start = _window(evaluated, choice, end)
    stop = min(start + WINDOW, end)
    step_index = None if choice.place is None else selected_step(evaluated, choice, ahead)
    figure = drawn.forecast_view(forecast_view, start, stop, step_index, palette())
    components.draw_figure(
        figure, "series_outlook", _alt(evaluated, ahead, steps), _caption(evaluated, ahead), _on_point_click, choice.query()
    )
    _controls(evaluated, choice, ahead)


def selected_step(evaluated: EvaluatedSeries, choice: SeriesChoice, ahead: ForecastWindow) -> int | None:
    """Return the index whose forecast is explained; None if there is no network."""
    if ahead.forecast is None:
        return None
    last = max(len(evaluated.values), ahead.border + len(ahead.forecast.values)) - 1
    return ahead.border if choice.place is None else min(max(choice.place, 1), last)


def as_csv(evaluated: EvaluatedSeries, ahead: ForecastWindow) -> str:
    """Return the forecast as a CSV table: each step, the ends of the band, and the observed value if known."""
    assert ahead.forecast is not None
    predicted = ahead.forecast
    steps = len(predicted.values)
    labels = evaluated.labels(ahead.border + steps)
    ends = [np.full(steps, np.nan) if end is None else end for end in (predicted.low, predicted.high)]
    observed = np.full(steps, np.nan)
    known = evaluated.values[ahead.border : ahead.border + steps]
    observed[: len(known)] = known
    lines = ["step,forecast,low,high,observed"]
    for step in range(steps):
        numbers = (predicted.values[step], ends[0][step], ends[1][step], observed[step])
        cells = ("" if np.isnan(number) else repr(float(number)) for number in numbers)
        lines.append(",".join((labels[ahead.border + step], *cells)))
    return "\n".join(lines) + "\n"


def _controls(evaluated: EvaluatedSeries, choice: SeriesChoice, ahead: ForecastWindow) -> None:
    steps = forecast_steps(evaluated, choice)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        state.set_widget("series_begin", choice.begin)
        st.segmented_control(
            "Forecast many steps ahead", list(_BEGINS), format_func=_BEGINS.__getitem__, required=True,
            width="content", **settings.control_args("series_begin", _on_start_change),
            help="From the test part on, observed values are shown with the forecast. Only earlier values are read.",
        )  # fmt: skip
        state.set_widget(_STEPS, steps)
        st.slider("Steps ahead", 1, MAX_STEPS, width=260, **state.control_args("steps", _STEPS))
        st.button(
            "One step more", key="series_one_more", icon=":material/arrow_forward:", on_click=_on_one_step_more, args=(steps,),
            disabled=steps >= MAX_STEPS,
            help="Each forecast is fed back as the next input.",
        )  # fmt: skip
        if ahead.forecast is not None:
            st.download_button(
                "Forecast (.csv)", lambda: as_csv(evaluated, ahead).encode(), "forecast.csv", icon=":material/download:",
                on_click="ignore",
            )  # fmt: skip


def _window(evaluated: EvaluatedSeries, choice: SeriesChoice, end: int) -> int:
    """Return the start of the window, set by a slider if the series is longer."""
    last = end - WINDOW
    if last <= 0:
        return 0
    by = max(1, last // 200)
    labels = evaluated.labels(0)
    start = last if choice.start is None else min(choice.start, last)
    offers = sorted({*range(0, last, by), start, last})
    state.set_widget("series_start", start)
    st.select_slider(
        f"{WINDOW} of {len(evaluated.values):,} values are drawn, from", offers,
        format_func=labels.__getitem__,
        width=420, **state.control_args("start", "series_start"),
    )  # fmt: skip
    return start


def _forecast_view(evaluated: EvaluatedSeries, ahead: ForecastWindow, end: int) -> drawn.ForecastView:
    values: dict[str, Any] = {}
    if ahead.forecast is not None:
        values = {"future": ahead.forecast.values, "low": ahead.forecast.low, "high": ahead.forecast.high}
    return drawn.ForecastView(
        evaluated.description.title, escape_html(evaluated.description.unit), evaluated.labels(end - len(evaluated.values)),
        evaluated.values, evaluated.parts,
        None if evaluated.backtest is None else evaluated.backtest.expected, ahead.border, again=ahead.seasonal_naive, **values,
    )  # fmt: skip


def _caption(evaluated: EvaluatedSeries, ahead: ForecastWindow) -> str:
    cut = evaluated.parts
    parts = (
        f"the first {cut.train_end:,} of {len(evaluated.values):,} values (training); the next "
        f"{cut.validation_end - cut.train_end:,} choose the weights "
        f"and inputs (validation), and the last {cut.length - cut.validation_end:,} measure its errors (test)."
    )
    if ahead.forecast is None:
        return f"A network will learn from {parts}"
    return (
        "One step ahead, each forecast is made from all observed values before it; many steps ahead, forecasts are read as if "
        "they had been observed, and the band holds 80 of 100 simulated futures. Click a point to see what its forecast depends "
        f"on. The network learned from {parts}"
    )


def _alt(evaluated: EvaluatedSeries, ahead: ForecastWindow, steps: int) -> str:
    if ahead.forecast is None:
        return f"{evaluated.description.title}: the curve of {len(evaluated.values)} values; no network is trained on it yet."
    last = ahead.forecast.values[-1]
    labels = evaluated.labels(ahead.border + steps)
    return (
        f"{evaluated.description.title}: {len(evaluated.values)} values with the forecast of each, and {steps} steps ahead from "
        f"{labels[ahead.border]} to {labels[ahead.border + steps - 1]}, where the forecast is {format_number(last, 4)}."
    )


def _on_start_change(begin: Begin) -> None:
    state.save(begin=begin, place=None)


def _on_one_step_more(steps: int) -> None:
    state.save(steps=steps + 1)


def _on_point_click(click: components.Click) -> None:
    if isinstance(click.customdata, int) and not isinstance(click.customdata, bool) and click.customdata >= 0:
        # Only this question explains a single forecast.
        state.save(place=click.customdata, question="hangs")
