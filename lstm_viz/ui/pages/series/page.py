"""The time series page: the series, its chart and forecast, the verdict, and the selected question."""

from __future__ import annotations

import math

import streamlit as st

from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.model import Series
from lstm_viz.series.report_text import report_text
from lstm_viz.text.numbers import format_number
from lstm_viz.ui import components
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.pages.series import (
    csv_input,
    error_table,
    forecast_chart,
    gates,
    match,
    model_choice,
    sensitivity,
    state,
    training,
)
from lstm_viz.ui.pages.series.evaluation import EvaluatedSeries
from lstm_viz.ui.pages.series.state import Network, QuestionId, SeriesChoice
from lstm_viz.ui.state import settings

QUESTION_TITLES: dict[QuestionId, str] = {
    "good": "How good is it?",
    "gates": "What do its gates do?",
    "match": "Which units know a stretch?",
    "hangs": "What does a forecast depend on?",
    "teach": "Train a forecaster",
}
_QUESTION_KEY = "series_ask"
_TITLES = {**{name: one.title for name, one in SHIPPED.items()}, state.OWN: "Your own numbers"}
_SOURCES: dict[Network, str] = {"shipped": "shipped", "taught": "trained here", "file": "from a file"}


def render() -> None:
    """Draw the page; a control reruns the fragment below the title, the live view and running jobs their own."""
    page_setup()
    page_header("Forecast a time series", terms=("forecast", "season", "band", "baseline", "mean absolute error", "scaled error"))
    _answer()


@st.fragment
def _answer() -> None:
    training.collect_trained()
    choice = state.current()
    state.set_widget("series_name", choice.series)
    st.segmented_control(
        "Series", list(_TITLES), key="series_name", format_func=_TITLES.__getitem__, required=True,
        on_change=settings.saver("series_name", state.save_series), width="content", label_visibility="collapsed",
    )  # fmt: skip
    series: Series | None = None
    if choice.series == state.OWN:
        series = csv_input.series_input()
        if series is None:
            _follow(choice)
            return
    try:
        evaluated = model_choice.with_model(choice, series)
    except ValueError as error:
        csv_input.show_error("This network cannot forecast this series", error)
        evaluated = model_choice.without_model(choice, series)
    choice = state.current()
    _content(evaluated, choice)
    _follow(choice)


def _follow(choice: SeriesChoice) -> None:
    """Update the address; ask before the user's own numbers or networks are lost."""
    own_numbers = csv_input.current().name != csv_input.EXAMPLE
    unsaved = own_numbers or model_choice.has_trained_models()
    components.sync_address_bar("series_address", unsaved, choice.query() | dict.fromkeys(state.OLD_PARAMETERS.values()))


def _content(evaluated: EvaluatedSeries, choice: SeriesChoice) -> None:
    if choice.series != state.OWN:
        st.caption(evaluated.description.summary)
    _network(evaluated, choice)
    ahead = forecast_chart.chosen_forecast(evaluated, choice)
    forecast_chart.render(evaluated, choice, ahead)
    with components.answer_container("verdict"):
        st.markdown(describe_verdict(evaluated))
    # A link names the stretch of the series that is shown, also while another question is.
    match.stretch_setting(evaluated).value()
    questions: list[QuestionId] = ["good", "gates", "match", "hangs", "teach"]
    if evaluated.backtest is None:
        questions = ["teach", "good"]
    question = _question(questions, choice)
    if question == "teach":
        training.render(evaluated)
        return
    with components.answer_container():
        if question == "good":
            error_table.render(evaluated)
        elif question == "gates":
            gates.render(evaluated, choice, ahead)
        elif question == "match":
            match.render(evaluated)
        else:
            sensitivity.render(evaluated, choice, ahead)


def describe_verdict(evaluated: EvaluatedSeries) -> str:
    """Return the verdict in bold; without a network, what to do."""
    if evaluated.backtest is not None:
        return f"**{report_text(evaluated.backtest.report)}**"
    best = min(evaluated.rules.rows, key=lambda row: row.mae if math.isfinite(row.mae) else math.inf)
    return (
        f"**No network is trained on this series yet: train one below. The baseline to beat is “{best.description}” "
        f"({best.name}), "
        f"which is off by {format_number(best.mae)} on average.**"
    )


def _network(evaluated: EvaluatedSeries, choice: SeriesChoice) -> None:
    sources = model_choice.available_sources(evaluated.key, choice.series)
    if len(sources) > 1:
        state.set_widget("series_network", choice.network if choice.network in sources else sources[0])
        st.segmented_control(
            "Network", sources, key="series_network", format_func=_SOURCES.__getitem__, required=True,
            on_change=state.saver("network", "series_network"), width="content",
        )  # fmt: skip


def _question(questions: list[QuestionId], choice: SeriesChoice) -> QuestionId:
    """Draw the choice of the question; only the selected one is computed."""
    question = choice.question if choice.question in questions else questions[0]
    state.set_widget(_QUESTION_KEY, question)
    st.segmented_control(
        "What do you want to know?", questions, key=_QUESTION_KEY, format_func=QUESTION_TITLES.__getitem__, required=True,
        on_change=state.saver("question", _QUESTION_KEY), width="content",
    )  # fmt: skip
    return question
