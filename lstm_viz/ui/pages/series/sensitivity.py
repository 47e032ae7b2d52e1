"""What does a forecast depend on? Its derivative with respect to every earlier value."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.series import sensitivity_bars
from lstm_viz.series.reading import read_series
from lstm_viz.text.numbers import format_number
from lstm_viz.ui import components
from lstm_viz.ui.pages.series import state
from lstm_viz.ui.pages.series.evaluation import EvaluatedSeries, ForecastWindow
from lstm_viz.ui.pages.series.forecast_chart import selected_step
from lstm_viz.ui.pages.series.state import SeriesChoice
from lstm_viz.ui.state.markdown import escape_html
from lstm_viz.ui.state.theme import palette

#: How many values are drawn; the rest is summarized.
WINDOW = 60
#: How many forecasts the slider offers; a click on the curve reaches all.
CHOICE = 240
_PLACE = "series_place"


def render(evaluated: EvaluatedSeries, choice: SeriesChoice, ahead: ForecastWindow) -> None:
    """Draw the figure and its explanation."""
    step_index = selected_step(evaluated, choice, ahead)
    if evaluated.backtest is None or ahead.forecast is None or step_index is None:
        return
    # Read observed values where they exist, forecasts otherwise.
    values = evaluated.values if step_index < ahead.border else ahead.forecast.reading.values
    labels = evaluated.labels(len(values))
    st.markdown(
        "**Each bar: how much the forecast would change if the value above had been 1 higher. The nearest values count most; "
        "how far back the bars reach shows the network's memory.**"
    )
    first = max(1, min(step_index - CHOICE // 2, len(values) - CHOICE))
    state.set_widget(_PLACE, step_index)
    st.select_slider(
        "The forecast for", range(first, min(first + CHOICE, len(values))), format_func=labels.__getitem__,
        width=420, help="Or click a point of the curve above.", **state.control_args("place", _PLACE),
    )  # fmt: skip
    reading = read_series(evaluated.backtest.model, values[:step_index], -1)
    assert reading.gradient_by_value is not None
    start = max(0, step_index - WINDOW)
    predicted = (float(reading.expected[-1]), labels[step_index])
    summary = describe(reading.gradient_by_value, labels, predicted, start)
    figure = sensitivity_bars(
        labels[start:step_index], values[start:step_index], reading.gradient_by_value[start:], start,
        escape_html(evaluated.description.unit), predicted, palette()
    )  # fmt: skip
    st.markdown(summary)
    components.draw_figure(figure, "series_hangs_on", summary.replace("**", ""))
    own = " Values from the forecast itself count as if they had been observed." if step_index > ahead.border else ""
    st.caption(f"The total derivative of the forecast by each value, by backpropagation through time.{own}")


def describe(derivatives: np.ndarray, labels: tuple[str, ...], predicted: tuple[float, str], start: int) -> str:
    """Describe the values with the largest derivatives [time]; those from `start` on are drawn."""
    most = np.argsort(-np.abs(derivatives), kind="stable")[:3]
    named = ", ".join(f"{labels[index]} ({format_number(float(derivatives[index]), 2, sign=True)})" for index in most)
    value, label = predicted
    before = ""
    if start > 0:
        together = format_number(float(derivatives[:start].sum()), 2, sign=True)
        before = f" All {start:,} values before {labels[start]} together: {together}."
    return f"The forecast for **{label}** is **{format_number(value, 4)}**. It depends most on {named}.{before}"
