"""The page on delays as Streamlit runs it, training done in the test's own process and keystrokes put in by hand."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from html import unescape
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.delays.recall_probe import best_unit, predict_answer, retention
from lstm_viz.delays.results import shipped
from lstm_viz.models.language import LanguageModel
from lstm_viz.text.numbers import format_percent
from lstm_viz.training.tasks import delay_training
from lstm_viz.training.tasks.delay_training import DelayExperiment, train_side_by_side
from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui.pages.delays import query, training
from lstm_viz.ui.pages.delays.page import QUESTIONS
from lstm_viz.ui.pages.delays.query import TypedQuestion
from lstm_viz.ui.pages.delays.task_text import describe_result
from tests.ui.page_testing import APP, PageDriver, numbers

WHO, ASK = QUESTIONS


def opened(question: str = WHO, task: str = "copy") -> PageDriver:
    return PageDriver("delays", question, {"delays_task": task})


def question_text(page: PageDriver, task: str = "copy") -> str:
    """What stands in the box of this task's questions."""
    text: str = page.state[f"delays_box_{task}_text"]
    return text


def typed(page: PageDriver, text: str) -> PageDriver:
    """The page after this was typed into the box for copying."""
    sent = {"text": text, "textRevision": page.state["delays_box_copy_text_revision"], "seq": 1}
    page.state["delays_box_copy"] = {"view": sent}
    return page.run()


def says(page: PageDriver, *counts: int) -> bool:
    """Whether one of the page's sentences has all these numbers."""
    said = [set(map(int, re.findall(r"\d+", each))) for kind in ("markdown", "caption") for each in page.messages(kind)]
    return any(set(counts) <= each for each in said)


def shows_shipped_run(page: PageDriver, task: str = "copy") -> bool:
    """Whether the accuracies that are drawn are those of the run that ships."""
    outcome = shipped(task)
    drawn = [numbers(each["y"]) for each in page.figures[0]["data"][:3]]
    wanted = [list(outcome.latest()[kind].right.values()) for kind in outcome.experiment.kinds]
    return all(len(one) == len(other) and np.allclose(one, other) for one, other in zip(drawn, wanted, strict=True))


@pytest.mark.parametrize("task", TASKS)
def test_before_anybody_trains_the_shipped_race_is_shown(task: str) -> None:
    page = opened(task=task)
    outcome = shipped(task)
    assert describe_result(outcome) in page.words
    assert shows_shipped_run(page, task)
    _, reach = page.figures
    assert max(max(drawn["y"]) for drawn in reach["data"]) == outcome.experiment.longest
    assert f"{outcome.seconds:.0f} seconds" in page.words
    assert ("latching" in page.words) == (task != "copy")


class AtOnce:
    """Work that is over as soon as it was looked at once."""

    error, waiting, state, done = None, 0, "done", False

    def __init__(self, items: list[Any]) -> None:
        self._items: list[Any] = items
        self.stopped = False

    def poll(self) -> list[Any]:
        given, self._items, self.done = self._items, [], True
        return given

    def stop(self) -> None:
        self.done = self.stopped = True


def started(
    function: Callable[..., Iterator[Any]], *args: Any, shared: bool, present: Callable[[], bool] | None, turns: int | None
) -> AtOnce:
    assert shared
    return AtOnce(list(function(*args))[:turns])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Races of 40 steps, of which so many turns are trained."""
    monkeypatch.setattr("lstm_viz.jobs.warm", lambda: None)

    choose = training._choose
    monkeypatch.setattr(training, "_choose", lambda task: replace(choose(task), steps=40, every=20))

    def train(turns: int | None) -> None:
        monkeypatch.setattr("lstm_viz.jobs.start", partial(started, turns=turns))

    return train


def test_one_s_own_race_is_drawn_as_it_comes_and_then_asked(quick: Callable[[int | None], None]) -> None:
    quick(None)
    page = opened()
    page.choose("delays_units", 16).choose("delays_longest", 20).choose("delays_seed", 4).press("delays_run_copy_start")
    wanted = DelayExperiment("copy", seed=4, units=16, longest=20, steps=40, every=20)
    own = {each.kind: each for each in train_side_by_side(wanted)}
    for kind, drawn in zip(wanted.kinds, page.figures[0]["data"][:3], strict=True):
        assert drawn["y"] == pytest.approx(list(own[kind].right.values()))
    assert not shows_shipped_run(page)

    text = question_text(page.ask(ASK))
    assert says(page, wanted.units, wanted.longest, wanted.seed)
    for kind in wanted.kinds:
        assert predict_answer(delay_training.restore_model(own[kind], wanted), text, 4).symbols in alt(page, kind)

    next(each for each in page.ask(WHO).app.button if "Back to" in each.label).click()
    assert shows_shipped_run(page.run())


def alt(page: PageDriver, kind: str) -> str:
    """What is said of one network's map."""
    told: str = page.figures[["rnn", "gru", "lstm"].index(kind)]["told"]["alt"]
    return told


def test_a_race_stopped_before_any_network_was_done_leaves_the_shipped_ones_to_ask(quick: Callable[[int | None], None]) -> None:
    quick(1)
    page = opened().press("delays_run_copy_start")
    assert not shows_shipped_run(page)
    # One turn of 20 steps, at the first delay of up to 4.
    assert says(page, 20, 4)
    text = question_text(page.ask(ASK))
    for kind, model in shipped("copy").networks.items():
        assert predict_answer(model, text, 4).symbols in alt(page, kind)


@pytest.mark.parametrize("task", TASKS)
def test_the_answers_and_maps_are_those_of_the_networks(task: str) -> None:
    page = opened(ASK, task)
    text = question_text(page, task)
    rule = TASKS[task]
    assert text == rule.example(query.FIRST, random.Random(3))[0]
    wanted = rule.solve(text)
    shown = unescape(page.html)
    for (kind, model), figure in zip(shipped(task).networks.items(), page.figures, strict=True):
        given = predict_answer(model, text, len(wanted))
        assert f"{given.right(wanted)} of {len(wanted)} right" in shown
        assert f"answers {given.symbols}." in alt(page, kind)
        assert all(format_percent(sure) in shown for sure in given.probabilities)
        assert len(figure["data"][0]["x"]) == len(text) + len(wanted)
    assert page.html.count("✓") + page.html.count("✗") == 3 * len(wanted)


def test_the_map_s_upper_rows_are_what_is_held() -> None:
    page = opened(ASK)
    text = question_text(page)
    for model, figure in zip(shipped("copy").networks.values(), page.figures, strict=True):
        expected = retention(model, TASKS["copy"], text)
        for place, row in enumerate(numbers(figure["data"][1]["z"]).reshape(expected.shape)):
            assert np.isnan(row[:place]).all()
            np.testing.assert_allclose(row[place:], expected[place][place:], atol=1e-5)


def test_the_slider_makes_an_example_of_that_delay_and_the_button_another_one() -> None:
    page = opened(ASK)
    before = question_text(page)
    page.choose("delays_delay", 9)
    after = question_text(page)
    assert after == before[:4] + "." * 9 + "?"
    next(each for each in page.app.button if each.label == "Another example").click()
    other = question_text(page.run())
    assert len(other) == len(after)
    assert other != after


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("AB", "4 letters out of ABCD"),
        ("ABCD..", "is added"),
        ("ABCD..?DD", "Text after the ? is not read"),
        ("", "not fit"),
        ("?", "not fit"),
        ("<b>👧 x\n?", "not fit"),
        ("ABCD" + "." * 2000 + "?", "Only the first 249 symbols before the ?"),
    ],
)
def test_whatever_is_typed_is_answered_and_what_is_odd_is_said(text: str, said: str) -> None:
    page = typed(opened(ASK), text)
    assert said in page.words
    assert len(page.figures) == 3
    # An emptied box stays empty.
    assert question_text(page.run()) == text
    judged = "right</p>" in page.html
    assert judged == text.startswith("ABCD")


def test_a_question_is_cut_at_the_first_question_mark() -> None:
    found = TypedQuestion.of("CABA...?CA?", "copy")
    assert (found.text, found.expected, found.read_count) == ("CABA...?", "CABA", 8)
    assert TypedQuestion.of("CABA...?", "copy").note is None
    assert TypedQuestion.of("x", "recall").expected is None


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_a_network_goes_to_the_explorer_with_the_text_and_the_unit_that_holds(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def register(model: LanguageModel, title: str, examples: Any, key: str) -> str:
        seen.append((model, title, examples, key))
        return f"own-{key}-x"

    monkeypatch.setattr("lstm_viz.ui.pages.delays.query.register_model", register)
    monkeypatch.setattr("lstm_viz.ui.pages.delays.query.open_in_explorer", seen.append)
    page = opened(ASK)
    page.press(f"delays_open_{kind}")
    (model, title, examples, key), view = seen
    assert model is shipped("copy").networks[kind]  # type: ignore[index]
    assert key == f"delay-copy-{kind}"
    assert "Copy a word" in title
    text = question_text(page)
    assert view.text == text + predict_answer(model, text, 4).symbols
    assert view.unit == best_unit(model, TASKS["copy"], text)
    assert view.step == len(text) - 1
    assert view.colour == ("unit.c" if kind == "lstm" else "unit.h")
    assert [TASKS["copy"].solve(each.text.partition("?")[0] + "?") for each in examples]


def test_who_comes_back_from_another_page_finds_all_as_it_was_left() -> None:
    page = AppTest.from_file(str(APP), default_timeout=120)
    page.switch_page("pages/delays.py").run()
    page.segmented_control(key="delays_task").set_value("add").run()
    page.select_slider(key="delays_longest").set_value(50).run()
    page.select_slider(key="delays_units").set_value(16).run()
    page.number_input(key="delays_seed").set_value(7).run()
    page.segmented_control(key="delays_ask").set_value(ASK).run()
    page.slider(key="delays_delay").set_value(9).run()
    text = page.session_state["delays_box_add_text"]
    page.switch_page("pages/learn.py").run()
    page.switch_page("pages/delays.py").run()
    assert page.segmented_control(key="delays_task").value == "add"
    assert page.slider(key="delays_delay").value == 9
    assert page.session_state["delays_box_add_text"] == text
    page.segmented_control(key="delays_ask").set_value(WHO).run()
    left = page.select_slider(key="delays_longest").value, page.select_slider(key="delays_units").value
    assert (*left, page.number_input(key="delays_seed").value) == (50, 16, 7)
