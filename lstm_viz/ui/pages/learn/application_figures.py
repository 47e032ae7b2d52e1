"""Figures of three applications, computed by the pretrained models; no Streamlit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import plotly.graph_objects as go

from lstm_viz.delays.results import shipped
from lstm_viz.figures.delays import accuracy_by_delay
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.sentiment import WordRow, word_rows
from lstm_viz.figures.series import validation_forecast
from lstm_viz.gates import NAMES
from lstm_viz.models.catalog import load
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.reader import Reader
from lstm_viz.sentiment import SentimentResult, classify_sentiment
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.reading import SeriesTrace, read_series
from lstm_viz.text.numbers import format_percent, format_signed
from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui.pages.learn.applications import FORECASTER, SENTIMENT_MODEL, TASK

SENTENCE = "The plot is thin, but the actors are wonderful."
#: How many months are drawn, the last of the test part.
MONTHS = 48


@dataclass(frozen=True, eq=False)
class ApplicationFigure:
    """A figure and its description."""

    figure: go.Figure
    caption: str


def sentence(palette: Palette) -> ApplicationFigure:
    """Return the sentiment after each word of a sentence that turns."""
    result = _sentiment_result()
    row = WordRow("The verdict after each word, from −2 to 2", result.score, 2.0)
    tokens = result.trace.tokens
    turn = int(abs(result.score[1:] - result.score[:-1]).argmax()) + 1
    figure = word_rows([row], tokens, result.trace.known, 0, turn, palette)
    before, after = (format_signed(float(result.score[index]), 1) for index in (turn - 1, turn))
    return ApplicationFigure(
        figure, f"Up: positive. Down: negative. The largest turn comes with ‘{tokens[turn]}’: from {before} to {after}."
    )


def months(palette: Palette) -> ApplicationFigure:
    """Return one-month-ahead forecasts of the last months of the test part, with the observed values."""
    series, forecast_trace = SHIPPED[FORECASTER].read(), _forecast()
    values, expected = series.values[-MONTHS:], forecast_trace.expected[-MONTHS - 1 : -1]
    figure = validation_forecast(series.labels[-MONTHS:], values, expected, 0, SHIPPED[FORECASTER].unit, palette)
    off = abs(values - expected).mean()
    words = (
        f"{SHIPPED[FORECASTER].title}, the last {MONTHS} months on record: here the forecast is off by {off:.2f} ppm on average."
    )
    return ApplicationFigure(figure, words)


def delays(palette: Palette) -> ApplicationFigure:
    """Return the accuracy of three networks by delay, from the shipped run."""
    outcome = shipped(TASK)
    longest = max(outcome.experiment.tested)
    right_shares = ", ".join(f"{NAMES[kind]} {format_percent(last.right[longest])}" for kind, last in outcome.latest().items())
    figure = accuracy_by_delay(outcome, TASKS[TASK].chance_accuracy, palette)
    return ApplicationFigure(
        figure,
        f"Right letters by the length of the delay. After {longest} symbols, twice the longest trained on: {right_shares}.",
    )


#: The figure of an application, by the file of its page.
PICTURES: dict[str, Callable[[Palette], ApplicationFigure]] = {
    "pages/sentiment.py": sentence,
    "pages/series.py": months,
    "pages/delays.py": delays,
}


@cache
def _sentiment_result() -> SentimentResult:
    return classify_sentiment(Reader(load(SENTIMENT_MODEL)), SENTENCE, slice(0))


@cache
def _forecast() -> SeriesTrace:
    return read_series(load_forecaster(FORECASTER), SHIPPED[FORECASTER].read().values)
