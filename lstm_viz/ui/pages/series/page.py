"""The time series page: the series, its chart and forecast, the verdict, and the selected question."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext

import streamlit as st

from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.model import Series
from lstm_viz.series.report_text import report_text
from lstm_viz.text.numbers import format_number
from lstm_viz.ui import components
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.components.questions import Question
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
from lstm_viz.ui.pages.series.evaluation import EvaluatedSeries, ForecastWindow
from lstm_viz.ui.pages.series.state import Network, QuestionId, SeriesChoice
from lstm_viz.ui.state import settings


def _without_forecast(draw: Callable[[EvaluatedSeries], None]) -> Callable[[EvaluatedSeries, SeriesChoice, ForecastWindow], None]:
    """Return a function that draws an answer which does not depend on the forecast shown."""
    return lambda evaluated, choice, ahead: draw(evaluated)


#: The questions by id, which links and sessions use; the text may change, the id must not.
QUESTIONS: dict[QuestionId, Question[[EvaluatedSeries, SeriesChoice, ForecastWindow]]] = {
    "good": Question("How good is it?", _without_forecast(error_table.render)),
    "gates": Question("What do its gates do?", gates.render),
    "match": Question("Which units know a stretch?", _without_forecast(match.render)),
    "hangs": Question("What does a forecast depend on?", sensitivity.render),
    "teach": Question("Train a forecaster", _without_forecast(training.render)),
}
QUESTION_TITLES = {id: question.title for id, question in QUESTIONS.items()}
#: The questions that can be answered while no network is trained on the series.
_WITHOUT_NETWORK: list[QuestionId] = ["teach", "good"]
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
        "Series", list(_TITLES), format_func=_TITLES.__getitem__, required=True,
        width="content", label_visibility="collapsed", **settings.control_args("series_name", state.save_series),
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
    question_id = _question_control(list(QUESTIONS) if evaluated.backtest is not None else _WITHOUT_NETWORK, choice)
    # A lesson hides answers until they are revealed; a training is none.
    with nullcontext() if question_id == "teach" else components.answer_container():
        QUESTIONS[question_id].render(evaluated, choice, ahead)


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
            "Network", sources, format_func=_SOURCES.__getitem__, required=True,
            width="content", **state.control_args("network", "series_network"),
        )  # fmt: skip


def _question_control(offered: list[QuestionId], choice: SeriesChoice) -> QuestionId:
    """Draw the choice of the question and return its id; only the selected one is computed."""
    question = choice.question if choice.question in offered else offered[0]
    state.set_widget(_QUESTION_KEY, question)
    st.segmented_control(
        "What do you want to know?", offered, format_func=QUESTION_TITLES.__getitem__, required=True,
        width="content", **state.control_args("question", _QUESTION_KEY),
    )  # fmt: skip
    return question
