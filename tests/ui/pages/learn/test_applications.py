"""The numbers that the learn page gives for each use, measured again or read from the cards by other means."""

from __future__ import annotations

import math
import random
import re

import pytest
import torch

from lstm_viz.delays.results import shipped
from lstm_viz.models.catalog import WEIGHTS, load
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.backtesting import Split, backtest
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui.pages.learn.applications import FORECASTER, SENTIMENT_MODEL, WRITER, _search_scores, applications, errors


def words(title: str) -> str:
    (found,) = (use.words for use in applications() if use.title.startswith(title))
    return found


def test_sentiment_s_share_is_that_of_the_card() -> None:
    card = (WEIGHTS / f"{SENTIMENT_MODEL}.md").read_text("utf-8")
    (share,) = re.findall(r"\*\*([\d.]+)%\*\*", words("Sentiment"))
    assert f"test: {share}% of 1,821 sentences" in card
    assert "1,821" in words("Sentiment")


def test_the_writer_hesitates_between_e_to_its_nats_characters() -> None:
    card = (WEIGHTS / f"{WRITER}.md").read_text("utf-8")
    nats = float(card.split("| scores | ")[1].split(" nats")[0])
    assert f"**{round(math.exp(nats), 1)}** characters, of the {len(load(WRITER).vocabulary.tokens)}" in words("Writing")


def test_the_forecaster_s_errors_are_measured_again() -> None:
    model, values = load_forecaster(FORECASTER), SHIPPED[FORECASTER].read().values
    report = backtest(model, values, Split.of(len(values)), model.config.season or 12)
    told = errors(model.metadata["scores"])
    assert list(told) == [row.name for row in report.rows]
    for row in report.rows:
        assert told[row.name] == pytest.approx(row.mae, rel=1e-3)
    best = report.best_baseline
    assert f"**{report.forecaster.mae:.2g} ppm**" in words("Time")
    assert f"({best.name}) by {best.mae:.2g}" in words("Time")


@torch.no_grad()
def test_what_is_repeated_after_the_delay_is_counted_again() -> None:
    task, race, draw = TASKS["copy"], shipped("copy"), random.Random("test 100")
    drawn = [task.example(100, draw) for _ in range(500)]
    for kind, shown in (("lstm", "**{:.1f}%**"), ("rnn", "a plain RNN {:.1f}%")):
        model = race.networks[kind]  # type: ignore[index]
        read = torch.stack([torch.from_numpy(model.vocabulary.encode(text + answer[:-1])) for text, answer in drawn], dim=1)
        said = model.decoder(model.rnn(model.embedding(read))[0][-4:]).argmax(-1)
        right = sum(
            model.vocabulary.tokens[said[place, number]] == answer[place]
            for number, (_, answer) in enumerate(drawn)
            for place in range(4)
        )
        assert shown.format(right / 20) in words("Long")


def test_a_card_without_its_score_is_named() -> None:
    with pytest.raises(ValueError, match="the metadata of some-model says 'nothing'"):
        _search_scores("test: (.)", "some-model", "nothing")
