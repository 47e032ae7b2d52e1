"""A network is taught, stopped, kept and loaded again; what is no network is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.figures.series import AHEAD, CAME, NEXT
from lstm_viz.models.forecaster import ForecasterConfig
from lstm_viz.models.forecaster_serialization import pack, unpack
from lstm_viz.series.backtesting import Split, backtest
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.report_text import report_text
from lstm_viz.training.tasks.series import ForecasterTrainingConfig, Progress, TrainedForecaster, candidate_configs, train
from lstm_viz.ui.pages.series import training
from lstm_viz.ui.pages.series.evaluation import evaluate, shipped
from lstm_viz.ui.pages.series.model_choice import MAX_MODELS, model_file
from lstm_viz.ui.pages.series.page import QUESTION_TITLES
from lstm_viz.ui.pages.series.training import best_weights, describe_progress, error_curves
from tests.facts import states
from tests.series.small_series import small
from tests.ui.page_testing import PageDriver, curves, numbers

Open = Callable[..., PageDriver]

STEPS = np.arange(80)
WAVE = (30 + 9 * np.sin(2 * np.pi * STEPS / 10) + np.random.default_rng(2).normal(0, 0.5, 80)).round(3)


def quick(page: PageDriver) -> PageDriver:
    """Settings with which a run takes a moment."""
    page.control("series_lesson").set_value(50)
    return page.choose("series_units", 8)


@pytest.fixture
def own(opened: Open) -> PageDriver:
    return quick(opened(series="own").choose("series_paste", "\n".join(map(str, WAVE))))


def taught(page: PageDriver) -> PageDriver:
    page.press("series_run_start")
    # The end of the work draws the whole page anew.
    return page.run()


@cache
def the_same() -> tuple[list[Any], TrainedForecaster]:
    """The very run that the page makes, made here."""
    parts = Split.of(80)
    *steps, end = train(WAVE, candidate_configs(WAVE, parts, ForecasterConfig(hidden=8)), ForecasterTrainingConfig(50))
    assert isinstance(end, TrainedForecaster)
    return steps, end


@pytest.mark.parametrize(("pace", "duration"), [(0.001, "1 second"), (0.5, "25 seconds"), (4.0, "3.3 minutes")])
def test_before_it_starts_the_page_says_what_it_will_take(
    pace: float, duration: str, monkeypatch: pytest.MonkeyPatch, opened: Open
) -> None:
    monkeypatch.setattr(training, "_pace", lambda *_: pace)
    words = quick(opened(series="own").choose("series_paste", "\n".join(map(str, WAVE)))).words
    assert f"about {duration} on" in words
    designs = candidate_configs(WAVE, Split.of(80), ForecasterConfig(hidden=8))
    assert states(words, f"{len(designs)} choices", "50 steps")
    assert f"({len(designs)}) the {' and the '.join(designs[-1].inputs)}" in words


def test_what_was_taught_is_what_the_library_teaches(own: PageDriver) -> None:
    assert AHEAD not in curves(own.figures[0])
    page = taught(own)
    steps, end = the_same()
    words = page.words
    assert f"**{report_text(end.report)}**" in words
    best = end.designs.index(end.design)
    maes = (f"{end.one_step_maes[best]:#.4g} one step ahead", f"{end.multi_step_maes[best]:#.4g} many steps ahead")
    assert states(words, f"Inputs ({best + 1})", *maes)
    assert page.control("series_ask").value == "teach"
    assert page.control("series_ask").options == list(QUESTION_TITLES.values())
    forecast, errors, attempt = page.figures
    assert AHEAD in curves(forecast)
    assert [trace["name"] for trace in errors["data"]] == [f"inputs {number}" for number in range(1, len(end.designs) + 1)]
    scores = [item.validation_loss for item in steps if item.design == 1]
    np.testing.assert_allclose(numbers(errors["data"][1]["y"]), scores)
    drawn = curves(attempt)
    np.testing.assert_allclose(numbers(drawn[CAME]["y"]), WAVE[44:68])
    np.testing.assert_allclose(numbers(drawn[NEXT]["y"]), steps[-1].expected[43:67])
    for question in ("good", "gates", "hangs"):
        page.ask(question)


@pytest.mark.parametrize("opened", [False], indirect=True)
def test_a_run_that_is_stopped_keeps_the_best_so_far(own: PageDriver) -> None:
    own.press("series_run_start")
    own.run()
    assert "step 50 of 50" in own.words or "step 40 of 50" in own.words
    assert states(own.words, "No network")
    own.press("series_run_stop")
    words = own.words
    assert "Stopped after" in words
    steps, _ = the_same()
    seen = int(re.search(r"Stopped after (\d+) of", words)[1])
    weights = best_weights(steps[:seen])
    model = unpack(weights)
    report = backtest(model, WAVE, Split.of(80), model.config.season or 10)
    assert f"**{report_text(report)}**" in words


def test_a_shipped_series_has_two_networks_then(opened: Open) -> None:
    page = quick(opened(series="yearly-sunspots").ask("teach"))
    before = report_text(shipped("yearly-sunspots").backtest.report)
    taught(page)
    assert before not in page.words
    control = page.control("series_network")
    assert control.options == ["shipped", "trained here"]
    page.choose("series_network", "shipped")
    assert before in page.words
    assert before in page.choose("series_name", "co2").choose("series_name", "yearly-sunspots").words


def test_the_network_of_ones_own_series_is_there_on_the_way_back(own: PageDriver) -> None:
    words = report_text(the_same()[1].report)
    page = taught(own)
    assert words in page.choose("series_name", "co2").choose("series_name", "own").words


def test_a_kept_network_is_the_same_when_loaded_again(own: PageDriver) -> None:
    of = shipped("co2")
    data = model_file(of)
    again = unpack(data)
    assert again.metadata["data"] == SHIPPED["co2"].title
    assert f"MAE {of.rules.forecaster.mae:.4g}" in again.metadata["scores"]
    assert evaluate(of.description, of.series, again).rules == of.rules
    with pytest.raises(ValueError, match="no network"):
        model_file(evaluate(of.description, of.series, None))
    page = own.choose("series_name", "co2").ask("teach").choose("series_network_file", ("kept.safetensors", data, ""))
    assert not page.messages("error")
    assert page.control("series_network").value == "file"
    assert f"**{report_text(of.rules)}**" in page.words


def hostile() -> list[tuple[bytes, str]]:
    good = pack(small(), {})
    length = int.from_bytes(good[:8], "little")
    header = json.loads(good[8 : 8 + length])
    header["__metadata__"]["design"] = json.dumps({"kind": "lstm", "hidden": 10**9})
    forged = json.dumps(header).encode()
    return [
        (b"", "is not a safetensors file"),
        (b"hello", "is not a safetensors file"),
        (good[:-9], "is not a safetensors file"),
        (b"\x80\x04cos\nsystem\n" + bytes(64), "is not a safetensors file"),
        (len(forged).to_bytes(8, "little") + forged + good[8 + length :], "hidden = 1000000000"),
    ]


@pytest.mark.parametrize("place", range(5))
def test_what_is_no_network_is_refused_and_the_page_stays(opened: Open, place: int) -> None:
    data, reason = hostile()[place]
    page = opened().ask("teach").choose("series_network_file", ("evil.safetensors", data, ""))
    (error,) = page.messages("error")
    assert reason in error.replace("\\", "")
    assert report_text(shipped("yearly-sunspots").backtest.report) in page.words


def test_a_network_that_cannot_read_the_series_is_told_and_left_aside(opened: Open) -> None:
    page = opened(series="own").choose("series_paste", "\n".join(map(str, WAVE - WAVE.mean()))).ask("teach")
    data = pack(small(form="log"), {})
    page.choose("series_network_file", ("log.safetensors", data, ""))
    assert states(page.messages("error")[0], "logarithms", 0)
    assert states(page.words, "No network")


def test_only_so_many_networks_are_kept() -> None:
    def script() -> None:
        from lstm_viz.ui.pages.series.model_choice import MAX_MODELS, StoredModel, store_model

        for number in range(MAX_MODELS + 2):
            store_model(f"series {number}", "taught", StoredModel(b"", str(number)))

    page = AppTest.from_function(script, default_timeout=120).run()
    kept = page.session_state["series_networks"]
    assert len(kept) == MAX_MODELS
    assert ("series 0", "taught") not in kept
    assert kept[f"series {MAX_MODELS + 1}", "taught"].name == str(MAX_MODELS + 1)


def test_the_words_of_a_run_are_its_numbers() -> None:
    steps, end = the_same()
    assert best_weights([]) is None
    assert best_weights([*steps, end]) == end.weights
    assert best_weights(steps[:1]) == steps[0].weights
    first = steps[0]
    assert isinstance(first, Progress)
    told = describe_progress([first], None)
    assert re.findall(r"[\d.]+", told)[:5] == ["1", str(len(end.designs)), "20", "50", f"{first.validation_loss:.4g}"]
    assert ("not less yet" in told) == (first.best >= first.naive)
    assert error_curves(steps)["inputs 2"] == ([20, 40, 50], [item.validation_loss for item in steps if item.design == 1])
