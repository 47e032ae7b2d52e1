"""What does a forecast depend on? Its derivative by every value that was read before it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.series import hangs_on
from lstm_viz.series.reading import read_series
from lstm_viz.ui import components
from lstm_viz.ui.pages.series import state
from lstm_viz.ui.pages.series.evaluation import Coming, Subject
from lstm_viz.ui.pages.series.forecast_chart import asked
from lstm_viz.ui.pages.series.state import Chosen
from lstm_viz.ui.state.markdown import in_figure, minus
from lstm_viz.ui.state.theme import palette

#: So many values are drawn; what lies further back is told in words.
WINDOW = 60
#: So many places stand on the slider; a click on the curve reaches all of them.
CHOICE = 240
_PLACE = "series_place"


def show(of: Subject, choice: Chosen, ahead: Coming) -> None:
    """Draw the lens."""
    place = asked(of, choice, ahead)
    if of.judged is None or ahead.forecast is None or place is None:
        return
    # Observed values are read where there are some, and the forecasts where they take its place.
    values = of.values if place < ahead.border else ahead.forecast.reading.values
    labels = of.labels(len(values))
    st.markdown(
        "**A bar says how far the forecast would move if the value above it had been 1 higher: to the top, it would rise; to the "
        "bottom, fall. The nearest values count most; how far back it reaches is the network's memory.**"
    )
    first = max(1, min(place - CHOICE // 2, len(values) - CHOICE))
    state.bound(_PLACE, place)
    st.select_slider(
        "The forecast for", range(first, min(first + CHOICE, len(values))), key=_PLACE, format_func=labels.__getitem__,
        on_change=state.taking("place", _PLACE), width=420, help="Or click a point of the curve above.",
    )  # fmt: skip
    reading = read_series(of.judged.model, values[:place], -1)
    assert reading.by_value is not None
    start = max(0, place - WINDOW)
    foretold = (float(reading.expected[-1]), labels[place])
    words = told(reading.by_value, labels, foretold, start)
    figure = hangs_on(
        labels[start:place], values[start:place], reading.by_value[start:], start, in_figure(of.told.unit), foretold, palette()
    )  # fmt: skip
    st.markdown(words)
    components.picture(figure, "series_hangs_on", words.replace("**", ""))
    own = " Values from the forecast itself count as if they had been observed." if place > ahead.border else ""
    st.caption(f"The total derivative of the forecast by each value, by backpropagation through time.{own}")


def told(slopes: np.ndarray, labels: tuple[str, ...], foretold: tuple[float, str], start: int) -> str:
    """The values that weigh most, in a sentence; `slopes` [time] are of all values read, those from `start` on are drawn."""
    most = np.argsort(-np.abs(slopes), kind="stable")[:3]
    named = ", ".join(f"{labels[place]} ({minus(f'{slopes[place]:+.2g}')})" for place in most)
    value, label = foretold
    before = ""
    if start > 0:
        before = f" All {start:,} values before {labels[start]} together: {minus(f'{slopes[:start].sum():+.2g}')}."
    return f"The forecast for **{label}** is **{minus(f'{value:.4g}')}**. It depends most on {named}.{before}"
