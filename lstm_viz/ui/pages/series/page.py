"""The time series page, put together: which series, its curve and future, the verdict, and the chosen question."""

from __future__ import annotations

import math

import streamlit as st

from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.model import Series
from lstm_viz.series.report_text import verdict
from lstm_viz.ui import components
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.pages.series import csv_input, error_table, forecast_chart, gates, model_choice, sensitivity, state, training
from lstm_viz.ui.pages.series.evaluation import Subject
from lstm_viz.ui.pages.series.state import Chosen, Lens, Network

_QUESTIONS: dict[Lens, str] = {
    "good": "How good is it?",
    "gates": "What do its gates do?",
    "hangs": "What does a forecast depend on?",
    "teach": "Train a forecaster",
}
_LENS = "series_lens"
_TITLES = {**{name: one.title for name, one in SHIPPED.items()}, state.OWN: "Your own numbers"}
_SOURCES: dict[Network, str] = {"shipped": "shipped", "taught": "trained here", "file": "from a file"}


def show() -> None:
    """Draw the page; a control reruns the fragment below the heading, and in it the live view and running work their own."""
    tighten()
    head("Forecast a time series", terms=("forecast", "season", "band", "baseline", "mean absolute error", "scaled error"))
    _answer()


@st.fragment
def _answer() -> None:
    training.collect()
    choice = state.current()
    state.bound("series_name", choice.series)
    st.segmented_control(
        "Series", list(_TITLES), key="series_name", format_func=_TITLES.__getitem__, required=True, on_change=_take_series,
        width="content", label_visibility="collapsed",
    )  # fmt: skip
    series: Series | None = None
    if choice.series == state.OWN:
        series = csv_input.bring()
        if series is None:
            _follow(choice)
            return
    try:
        of = model_choice.made(choice, series)
    except ValueError as error:
        csv_input.refuse("This network cannot forecast this series", error)
        of = model_choice.bare(choice, series)
    choice = state.current()
    _shown(of, choice)
    _follow(choice)


def _follow(choice: Chosen) -> None:
    """Keep the settings in the address; the browser asks before numbers or networks of one's own are lost."""
    own_numbers = csv_input.current().name != csv_input.EXAMPLE
    components.follow("series_address", unsaved=own_numbers or model_choice.any_taught(), more=choice.query())


def _shown(of: Subject, choice: Chosen) -> None:
    if choice.series != state.OWN:
        st.caption(of.told.words)
    _network(of, choice)
    ahead = forecast_chart.future(of, choice)
    forecast_chart.show(of, choice, ahead)
    st.markdown(said(of))
    lens = _question(["good", "gates", "hangs", "teach"] if of.judged is not None else ["teach", "good"], choice)
    if lens == "good":
        error_table.show(of)
    elif lens == "gates":
        gates.show(of, choice, ahead)
    elif lens == "hangs":
        sensitivity.show(of, choice, ahead)
    else:
        training.show(of)


def said(of: Subject) -> str:
    """The verdict in bold; for a series that no network has learned, what to do."""
    if of.judged is not None:
        return f"**{verdict(of.judged.report)}**"
    best = min(of.rules.rows, key=lambda row: row.mae if math.isfinite(row.mae) else math.inf)
    return (
        f"**No network has learned this series yet: train one below. It will have to beat the rule “{best.words}” ({best.name}), "
        f"which is off by {best.mae:.3g} on average.**"
    )


def _network(of: Subject, choice: Chosen) -> None:
    sources = model_choice.offered(of.key, choice.series)
    if len(sources) > 1:
        state.bound("series_network", choice.network if choice.network in sources else sources[0])
        st.segmented_control(
            "Network", sources, key="series_network", format_func=_SOURCES.__getitem__, required=True,
            on_change=state.taking("network", "series_network"), width="content",
        )  # fmt: skip


def _question(questions: list[Lens], choice: Chosen) -> Lens:
    """Draw the choice of what the page answers; only the chosen question is computed."""
    asked = choice.lens if choice.lens in questions else questions[0]
    state.bound(_LENS, asked)
    st.segmented_control(
        "What do you want to know?", questions, key=_LENS, format_func=_QUESTIONS.__getitem__, required=True,
        on_change=state.taking("lens", _LENS), width="content",
    )  # fmt: skip
    return asked


def _take_series() -> None:
    state.keep_series(st.session_state["series_name"])
