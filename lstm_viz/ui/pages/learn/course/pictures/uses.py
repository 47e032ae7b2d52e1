"""What LSTMs are for: sentiment word by word, generated text, a forecast series."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape

import numpy as np
import plotly.graph_objects as go

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.sentiment import WordRow, word_rows
from lstm_viz.models.catalog import load
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.models.sampling import sample
from lstm_viz.reader import Reader
from lstm_viz.sentiment import SentimentResult, classify_sentiment
from lstm_viz.series.baselines import baselines
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.text.numbers import format_signed
from lstm_viz.ui.pages.learn.application_figures import MONTHS, SENTENCE, months
from lstm_viz.ui.pages.learn.applications import FORECASTER, SENTIMENT_MODEL, errors
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Measured, Picture, Settings, Slider, Text

WRITER, PROMPT, COUNT, SEED = "shakespeare-lstm", "MARTHA:\n", 160, 1


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the chosen use."""
    if settings["use"] == "writing":
        text = generate(float(settings["temperature"]))
        return Drawing(
            f'<pre style="white-space:pre-wrap;font-size:1.05rem;margin:0">{escape(text).replace(chr(10), "<br>")}</pre>', "",
            "Written letter by letter by the shipped Shakespeare network, after the prompt “MARTHA:”.",
        )  # fmt: skip
    if settings["use"] == "observed":
        return _observed(palette)
    if settings["use"] == "series":
        figure = months(palette)
        return Drawing(figure.figure, figure.caption, figure.caption)
    result = sentiment_of(str(settings["text"]))
    row = WordRow("The verdict after each word, from −2 to 2", result.score, 2.0)
    figure = word_rows([row], result.trace.tokens, result.trace.known, 0, len(result.trace.tokens) - 1, palette)
    pairs = zip(result.trace.tokens, result.score, strict=True)
    scores = ", ".join(f"{token} {format_signed(float(score), 1)}" for token, score in pairs)
    return Drawing(
        figure, f"The verdict after each word: {scores}.", "Up: positive. Down: negative. Measured on one of this app's networks."
    )


def _observed(palette: Palette) -> Drawing:
    """Draw the last months of the series without any forecast."""
    series = SHIPPED[FORECASTER].read()
    line = go.Scatter(
        x=list(series.labels[-MONTHS:]), y=series.values[-MONTHS:], mode="lines", line={"color": palette.roles["cell"]}
    )
    figure = fast_figure([line], {"title_text": ""}, {"title_text": SHIPPED[FORECASTER].unit}, 330)
    words = f"{SHIPPED[FORECASTER].title}, the last {MONTHS} months on record."
    return Drawing(figure, words, words)


@lru_cache(64)
def sentiment_of(text: str) -> SentimentResult:
    """Return the sentiment after each word of a text."""
    return classify_sentiment(Reader(load(SENTIMENT_MODEL)), text, slice(0))


@lru_cache(64)
def generate(temperature: float) -> str:
    """Return the text that the network writes after the prompt, always with the same seed."""
    return PROMPT + sample(load(WRITER), PROMPT, COUNT, temperature, SEED)


def verdicts() -> Measured:
    """Return the verdict after each word of a sentence that turns."""
    result = sentiment_of(SENTENCE)
    values = np.asarray(result.score, dtype=float)
    return Measured(
        result.trace.tokens, values, "The verdict after each word: −2 very negative, 2 very positive", -2, 2, role="read"
    )


@cache
def _forecast_errors() -> tuple[float, float, str]:
    """Return the error of the network, that of the best simple rule, and the rule's name."""
    rows = errors(load_forecaster(FORECASTER).metadata["scores"])
    network = rows.pop(next(iter(rows)))
    best = min(rows, key=rows.__getitem__)
    return network, rows[best], best


def _describe_rule(name: str) -> str:
    """Say what a simple rule forecasts for a season of twelve months."""
    return next(each.description for each in baselines(load_forecaster(FORECASTER).config.season) if each.name == name)


def _alone(word: str) -> str:
    return format_signed(float(sentiment_of(word).score[-1]), 1)


def _turn() -> int:
    score = sentiment_of(SENTENCE).score
    return int(np.abs(np.diff(score)).argmax()) + 1


def _turns_negative(word: str) -> bool:
    """Return True if a positive word is negative after "not"."""
    return bool(sentiment_of(f"not {word}").score[-1] < 0 < sentiment_of(word).score[-1])


PICTURE = Picture(
    draw,
    controls={
        "use": Choice(
            "What for",
            {"sentiment": "sentiment", "writing": "writing", "observed": "a series", "series": "its forecast"},
            "sentiment",
        ),
        "text": Text("Type words of your own", "good"),
        "temperature": Slider("Temperature", 0.2, 1.5, 0.1, 0.7),
    },
    facts={
        "good": lambda settings: _alone("good"),
        "not_good": lambda settings: _alone("not good"),
        "bad": lambda settings: _alone("bad"),
        "not_bad": lambda settings: _alone("not bad"),
        "not_good_negative": lambda settings: "2" if _turns_negative("good") else "1",
        "turn": lambda settings: sentiment_of(SENTENCE).trace.tokens[_turn()],
        "before_turn": lambda settings: format_signed(float(sentiment_of(SENTENCE).score[_turn() - 1]), 1),
        "after_turn": lambda settings: format_signed(float(sentiment_of(SENTENCE).score[_turn()]), 1),
        "network_error": lambda settings: f"{_forecast_errors()[0]:.2g}",
        "rule_error": lambda settings: f"{_forecast_errors()[1]:.2g}",
        "rule": lambda settings: _forecast_errors()[2],
        "rule_words": lambda settings: _describe_rule(_forecast_errors()[2]),
        "network_wins": lambda settings: "2" if _forecast_errors()[0] < _forecast_errors()[1] else "1",
    },
    right_options={"not_good_negative": 2, "network_wins": 2},
    relevant=lambda settings: {"sentiment": ("text",), "writing": ("temperature",)}.get(str(settings["use"]), ()),
)
