"""The memory page as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from lstm_viz.cell_decomposition import cell_contributions
from lstm_viz.half_life import half_life
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.ui.components import Click
from lstm_viz.ui.pages.memory import contributions, saturation
from lstm_viz.ui.pages.memory import half_life as half_life_page
from lstm_viz.ui.pages.memory.memory_state import WINDOW
from lstm_viz.ui.pages.memory.page import QUESTIONS
from lstm_viz.ui.state.view import View
from tests.facts import states
from tests.ui.page_testing import PageDriver

CONTRIBUTIONS, HALF_LIFE, SATURATION = QUESTIONS
READERS = ("python-lstm", "shakespeare-gru", "shakespeare-rnn", "counting")


def opened(question: str = CONTRIBUTIONS, **link: str) -> PageDriver:
    return PageDriver("memory", question, **link)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", READERS)
def test_every_question_is_answered_for_every_kind_of_network(name: str, question: str) -> None:
    page = opened(question, model=name)
    if name == "shakespeare-rnn" and question != SATURATION:
        assert states(page.words, "cannot be decomposed", "LSTM", "GRU")
        assert page.figures == []
    else:
        gates_of = {"shakespeare-rnn": 1, "shakespeare-gru": 2}.get(name, 3)
        assert len(page.figures) == (gates_of if question == SATURATION else 2)
        assert page.letters is not None


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("text", ["", "a", "aab" * 400])
@pytest.mark.parametrize("name", ["counting", "shakespeare-rnn"])
def test_any_length_of_text_is_shown(name: str, text: str, question: str) -> None:
    page = opened(question, model=name, text=text)
    assert page.view.text == text
    if not text:
        assert "Type something" in page.words or "plain RNN" in page.words


def test_letters_and_words_tell_what_was_written_into_the_chosen_unit() -> None:
    text = "The cat (old) sat."
    page = opened(CONTRIBUTIONS, model="python-lstm", text=text, unit="243", step="14")
    found = cell_contributions(trace(load("python-lstm"), text).layers[0], 14)
    coloured = page.letters
    assert coloured is not None
    np.testing.assert_allclose(coloured[:15], found.unit(243)[:15], atol=1e-5)
    assert np.isnan(coloured[15:]).all()
    assert f"**{found.state[243]:+.2f}**".replace("-", "−") in page.words
    assert f"‘)’ (step 12) wrote {found.unit(243)[12]:+.2f}".replace("-", "−") in page.words


def test_the_whole_layer_is_told_in_shares() -> None:
    page = opened(CONTRIBUTIONS, model="shakespeare-gru", text="To be, or not")
    page.state["memory_whose"] = "layer"
    page.run()
    coloured = page.letters
    assert coloured is not None
    assert coloured.sum() == pytest.approx(1.0, abs=1e-5)
    assert states(page.words, "layer 1")


@pytest.mark.parametrize(
    ("listener", "customdata", "step"),
    [
        (contributions._on_bar_click, [1, 0.5], 1),
        (contributions._on_bar_click, [-1, 0.5], 4),  # all that is older than the window: no step
        (partial(contributions._on_cell_click, 2), None, 3),
    ],
)
def test_clicks_move_the_step(
    monkeypatch: pytest.MonkeyPatch, listener: Callable[[Click], None], customdata: object, step: int
) -> None:
    kept = [View("aaabbb", "counting", step=4)]
    monkeypatch.setattr("lstm_viz.ui.state.session.current", lambda: kept[-1])
    monkeypatch.setattr("lstm_viz.ui.state.session.save", kept.append)
    listener(Click("0", "1", 0, customdata))
    assert kept[-1].step == step


@pytest.mark.parametrize("listener", [half_life_page._on_unit_click, saturation._on_unit_click])
def test_clicks_choose_the_unit(monkeypatch: pytest.MonkeyPatch, listener: Callable[[Click], None]) -> None:
    kept = [View("aaabbb", "counting", unit=1)]
    monkeypatch.setattr("lstm_viz.ui.state.session.current", lambda: kept[-1])
    monkeypatch.setattr("lstm_viz.ui.state.session.save", kept.append)
    for customdata, unit in ((3, 3), (None, 3), (0, 0)):
        listener(Click(0, 0, 0, customdata))
        assert kept[-1].unit == unit


def test_a_long_text_is_drawn_around_the_chosen_step() -> None:
    text = "ab" * 300
    for step in (0, 50, 300, 599):
        page = opened(CONTRIBUTIONS, model="counting", text=text, step=str(step))
        whole = page.figures[1]
        assert len(whole["data"][0]["x"]) == len(whole["layout"]["xaxis"]["labelalias"]) <= WINDOW
        told = re.search(r"Letters (\d+) to (\d+) of 600 are drawn", str(page.app.get("bidi_component")[-1].proto.bytes))
        assert told is not None
        first, last = map(int, told.groups())
        assert first <= step <= last
        # The chosen step is the one row that is framed.
        (frame,) = whole["layout"]["shapes"]
        assert frame["y0"] + 0.5 == step - first


def test_half_lives_are_those_of_the_text_and_pills_choose_a_unit() -> None:
    text = "The cat (who was very old) sat on a mat."
    page = opened(HALF_LIFE, model="python-lstm", text=text, unit="243")
    found = half_life(trace(load("python-lstm"), text).layers[0])
    assert f"**{found.steps[243]:.1f} letters**" in page.words
    longest = int(found.ranked()[0])
    assert page.app.button_group(key="memory_long").options[0] == str(longest)
    page.app.button_group(key="memory_long").select(longest)
    page.run()
    assert page.view.unit == longest


def test_saturation_is_told_against_the_reference_corpus() -> None:
    page = opened(SATURATION, model="shakespeare-lstm")
    assert len(page.figures) == 3
    for drawn in page.figures:
        assert {"on your text"} < {each.get("name") for each in drawn["data"] if each.get("name")}
    assert states(page.words, "units", "long text")
    assert "111,540" in page.words
    rnn = opened(SATURATION, model="shakespeare-rnn")
    assert states(rnn.words, "no gates")


@pytest.mark.parametrize(("name", "formula"), [("shakespeare-lstm", "i_s g_s · ∏ f"), ("shakespeare-gru", "(1 − z_s) n_s · ∏ z")])
def test_the_sum_over_letters_is_that_of_the_cell(name: str, formula: str) -> None:
    assert formula in opened(CONTRIBUTIONS, model=name, text="O café (3)").words


@pytest.mark.parametrize(("name", "text"), [("brackets", "(((((((((("), ("shakespeare-gru", "Why, café! O gentle night: 3 men")])
def test_the_median_half_life_is_that_of_the_layer(name: str, text: str) -> None:
    values = trace(load(name), text).layers[0].values
    keep = values["f" if "f" in values else "z"][:, 0].astype(np.float64)
    written = np.abs(values["i"] * values["g"] if "f" in values else (1 - values["z"]) * values["n"])[:, 0].astype(np.float64)
    share, half = np.ones(keep.shape[1]), np.full(keep.shape[1], np.inf)
    for lag in range(1, len(keep)):
        before, written = written[: len(keep) - lag], written[: len(keep) - lag] * keep[lag:]
        share, above = share * written.sum(axis=0) / before.sum(axis=0), share
        reached = np.isinf(half) & (share <= 0.5)
        half[reached] = (lag - 1 + np.log(2 * above) / np.log(above / share))[reached]
    median = float(np.median(half))
    told = "longer than this text" if np.isinf(median) else f"{median:.1f} letters"
    assert f"The median of this layer's units: {told}." in opened(HALF_LIFE, model=name, text=text).words
