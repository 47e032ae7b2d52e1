"""Four applications, each with its page and one measured score of its pretrained model; no Streamlit."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from lstm_viz.delays.results import metadata, shipped
from lstm_viz.models.catalog import load
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.text.numbers import format_percent
from lstm_viz.training.tasks.delays import TASKS

WRITER, SENTIMENT_MODEL, FORECASTER, TASK = "shakespeare-lstm", "sst-lstm", "co2", "copy"


@dataclass(frozen=True)
class Application:
    """An application: the file of its page, an icon, a title, and a description in Markdown."""

    page: str
    icon: str
    title: str
    words: str


def applications() -> tuple[Application, ...]:
    """Return the four applications with the scores of the pretrained models.

    Raises ValueError if a model's metadata has no score.
    """
    return (
        Application("pages/sentiment.py", ":material/sentiment_satisfied:", "Sentiment of words and sentences", _sentiment()),
        Application("pages/generate.py", ":material/edit_note:", "Writing sentences", _generation()),
        Application("pages/series.py", ":material/show_chart:", "Time series", _series()),
        Application("pages/delays.py", ":material/hourglass_empty:", "Long-term dependencies", _delays()),
    )


def _sentiment() -> str:
    share, count = _search_scores(
        r"test: ([\d.]+)% of ([\d,]+) sentences", SENTIMENT_MODEL, load(SENTIMENT_MODEL).metadata["scores"]
    )
    return (
        "After each word the state says whether the sentence is positive or negative so far. "
        f"Measured: **{share}%** right on {count} sentences of film reviews that it never saw."
    )


def _generation() -> str:
    model = load(WRITER)
    (nats,) = _search_scores(r"^([\d.]+) nats", WRITER, model.metadata["scores"])
    return (
        "A network that expects the next character can draw one, read it, and go on. Measured: on verses that it never saw it "
        f"has a perplexity of **{math.exp(float(nats)):.1f}** characters, of the {len(model.vocabulary)} that it knows."
    )


def _series() -> str:
    rows = errors(load_forecaster(FORECASTER).metadata["scores"])
    network = rows.pop(next(iter(rows)))
    best = min(rows, key=rows.__getitem__)
    return (
        "Numbers are read like characters, and the next one is forecast. Measured: on years that it never saw it is off by "
        f"**{network:.2g} ppm** of CO₂ a month ahead; the best simple rule ({best}) by {rows[best]:.2g}."
    )


def _delays() -> str:
    delay, scores = shipped(TASK).experiment.longest, metadata(TASK)["scores"]
    (lstm,), (rnn,) = (_search_scores(rf"{kind} [^;]*?([\d.]+)% at {delay}(?!\d)", TASK, scores) for kind in ("LSTM", "RNN"))
    return (
        f"What came first decides what comes last, whatever is in between. Measured: {delay} symbols after a word the LSTM "
        f"still repeats **{lstm}%** of its letters, a plain RNN {rnn}%; guessing gives "
        f"{format_percent(TASKS[TASK].chance_accuracy)}."
    )


def errors(scores: str) -> dict[str, float]:
    """Parse the one-step mean absolute errors of a forecaster and the baselines from a forecaster's metadata."""
    return {name: float(error) for name, error in re.findall(r"(?:^|[:;] )([A-Za-z ]+) ([\d.]+) / [\d.]+ / [\d.]+", scores)}


def _search_scores(pattern: str, name: str, scores: str) -> tuple[str, ...]:
    match = re.search(pattern, scores)
    if match is None:
        raise ValueError(f"the metadata of {name} says {scores!r}; a score like {pattern!r} was expected")
    return match.groups()
