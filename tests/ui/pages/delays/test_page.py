"""The page on delays as Streamlit runs it, training done in the test's own process and keystrokes put in by hand."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.delay_results import shipped
from lstm_viz.models.language import LanguageModel
from lstm_viz.recall_probe import best_unit, predict_answer, retention
from lstm_viz.training.tasks import delay_training
from lstm_viz.training.tasks.delay_training import DelayExperiment, train_side_by_side
from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui.pages.delays import query, training
from lstm_viz.ui.pages.delays.page import QUESTIONS
from lstm_viz.ui.pages.delays.query import TypedQuestion
from lstm_viz.ui.pages.delays.task_text import describe_result
from tests.ui.page_testing import PAGES

PAGE = PAGES / "delays.py"
WHO, ASK = QUESTIONS


def opened(lens: str = WHO, task: str = "copy") -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.session_state["delays_lens"] = lens
    page.session_state["delays_task"] = task
    return ran(page.run())


def ran(page: AppTest) -> AppTest:
    assert not page.exception, [each.value for each in page.exception]
    return page


def words(page: AppTest) -> str:
    return "\n".join(str(each.value) for kind in ("markdown", "caption", "info") for each in page.get(kind))


def html(page: AppTest) -> str:
    return "\n".join(each.proto.body for each in page.get("html"))


def figures(page: AppTest) -> list[dict[str, Any]]:
    found = []
    for each in page.get("bidi_component"):
        if each.proto.bytes[:1] == b"{" and b"\n" in each.proto.bytes:
            said, figure = each.proto.bytes.split(b"\n", 1)
            assert json.loads(said)["alt"]
            found.append(json.loads(figure))
    return found


def typed(page: AppTest, text: str, task: str = "copy") -> AppTest:
    """The page after this was typed."""
    push = page.session_state[f"delays_box_{task}_text_push"]
    page.session_state[f"delays_box_{task}"] = {"view": {"text": text, "textRevision": push, "seq": 1}}
    return ran(page.run())


@pytest.mark.parametrize("task", TASKS)
def test_before_anybody_trains_the_shipped_race_is_shown(task: str) -> None:
    page = opened(task=task)
    outcome = shipped(task)
    assert describe_result(outcome) in words(page)
    accuracy, reach = figures(page)
    for kind, drawn in zip(outcome.experiment.kinds, accuracy["data"][:3], strict=True):
        assert drawn["y"] == pytest.approx(list(outcome.latest()[kind].right.values()))
    assert max(max(drawn["y"]) for drawn in reach["data"]) == outcome.experiment.longest
    assert f"took {outcome.seconds:.0f} seconds" in words(page)
    assert ("latching" in words(page)) == (task != "copy")


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
    page.select_slider(key="delays_units").set_value(16)
    page.select_slider(key="delays_longest").set_value(20)
    page.number_input(key="delays_seed").set_value(4).run()
    page.button(key="delays_run_copy_start").click().run()
    wanted = DelayExperiment("copy", seed=4, units=16, longest=20, steps=40, every=20)
    own = {each.kind: each for each in train_side_by_side(wanted)}
    for kind, drawn in zip(wanted.kinds, figures(page)[0]["data"][:3], strict=True):
        assert drawn["y"] == pytest.approx(list(own[kind].right.values()))
    assert "Below: the run that ships" not in words(page)

    page.session_state["delays_lens"] = ASK
    ran(page.run())
    assert "that you have just trained: 16 units each, delays up to 20, seed 4" in words(page)
    text = page.session_state["delays_box_copy_text"]
    for kind in wanted.kinds:
        assert predict_answer(delay_training.restore_model(own[kind], wanted), text, 4).symbols in alt(page, kind)

    page.session_state["delays_lens"] = WHO
    next(each for each in ran(page.run()).button if "Back to" in each.label).click().run()
    assert describe_result(shipped("copy")) in words(ran(page))


def alt(page: AppTest, kind: str) -> str:
    """What is said of one network's map."""
    sent = [each.proto.bytes for each in page.get("bidi_component")]
    packed = [each for each in sent if each[:1] == b"{" and b"\n" in each]
    told: str = json.loads(packed[["rnn", "gru", "lstm"].index(kind)].split(b"\n", 1)[0])["alt"]
    return told


def test_a_race_stopped_before_any_network_was_done_leaves_the_shipped_ones_to_ask(quick: Callable[[int | None], None]) -> None:
    quick(1)
    page = opened()
    page.button(key="delays_run_copy_start").click().run()
    assert "is at step 20 and trains on delays up to 4" in words(ran(page))
    page.session_state["delays_lens"] = ASK
    assert "The networks that ship with this app" in words(ran(page.run()))


@pytest.mark.parametrize("task", TASKS)
def test_the_answers_and_maps_are_those_of_the_networks(task: str) -> None:
    page = opened(ASK, task)
    text = page.session_state[f"delays_box_{task}_text"]
    rule = TASKS[task]
    assert text == rule.example(query.FIRST, random.Random(3))[0]
    wanted = rule.solve(text)
    shown = html(page)
    for (kind, model), figure in zip(shipped(task).networks.items(), figures(page), strict=True):
        given = predict_answer(model, text, len(wanted))
        assert f"{given.right(wanted)} of {len(wanted)} right" in shown
        assert f"answers {given.symbols}." in alt(page, kind)
        assert all(f"{sure:.0%}" in shown for sure in given.probabilities)
        assert len(figure["data"][0]["x"]) == len(text) + len(wanted)
    assert html(page).count("✓") + html(page).count("✗") == 3 * len(wanted)


def test_the_map_s_upper_rows_are_what_is_held() -> None:
    page = opened(ASK)
    text = page.session_state["delays_box_copy_text"]
    for model, figure in zip(shipped("copy").networks.values(), figures(page), strict=True):
        expected = retention(model, TASKS["copy"], text)
        drawn = figure["data"][1]["z"]
        values = np.frombuffer(base64.b64decode(drawn["bdata"]), drawn["dtype"]).reshape(expected.shape)
        for place, row in enumerate(values):
            assert np.isnan(row[:place]).all()
            np.testing.assert_allclose(row[place:], expected[place][place:], atol=1e-5)


def test_the_slider_makes_an_example_of_that_delay_and_the_button_another_one() -> None:
    page = opened(ASK)
    before = page.session_state["delays_box_copy_text"]
    page.slider(key="delays_delay").set_value(9).run()
    after = page.session_state["delays_box_copy_text"]
    assert after == before[:4] + "." * 9 + "?"
    next(each for each in page.button if each.label == "Another example").click().run()
    other = page.session_state["delays_box_copy_text"]
    assert len(other) == len(after)
    assert other != after
    ran(page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("AB", "4 letters out of ABCD"),
        ("ABCD..", "one is read behind your text"),
        ("ABCD..?DD", "Text after the ? is not read"),
        ("", "does not fit the task"),
        ("?", "does not fit the task"),
        ("<b>👧 x\n?", "does not fit the task"),
        ("ABCD" + "." * 2000 + "?", "Only the first 249 symbols before the ?"),
    ],
)
def test_whatever_is_typed_is_answered_and_what_is_odd_is_said(text: str, said: str) -> None:
    page = typed(opened(ASK), text)
    assert said in words(page)
    assert len(figures(page)) == 3
    # An emptied box stays empty.
    assert page.run().session_state["delays_box_copy_text"] == text
    judged = "right</p>" in html(page)
    assert judged == text.startswith("ABCD")


def test_a_question_is_cut_at_the_first_question_mark() -> None:
    found = TypedQuestion.of("CABA...?CA?", "copy")
    assert (found.text, found.expected, found.read) == ("CABA...?", "CABA", 8)
    assert TypedQuestion.of("CABA...?", "copy").note is None
    assert TypedQuestion.of("x", "recall").expected is None


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_a_network_goes_to_the_explorer_with_the_text_and_the_unit_that_holds(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def adopt(model: LanguageModel, title: str, examples: Any, key: str) -> str:
        seen.append((model, title, examples, key))
        return f"own-{key}-x"

    monkeypatch.setattr("lstm_viz.ui.pages.delays.query.register_model", adopt)
    monkeypatch.setattr("lstm_viz.ui.pages.delays.query.open_in_explorer", seen.append)
    page = opened(ASK)
    page.button(key=f"delays_open_{kind}").click().run()
    (model, title, examples, key), view = seen
    assert model is shipped("copy").networks[kind]  # type: ignore[index]
    assert key == f"delay-copy-{kind}"
    assert "Copy a word" in title
    text = page.session_state["delays_box_copy_text"]
    assert view.text == text + predict_answer(model, text, 4).symbols
    assert view.unit == best_unit(model, TASKS["copy"], text)
    assert view.step == len(text) - 1
    assert view.colour == ("unit.c" if kind == "lstm" else "unit.h")
    assert [TASKS["copy"].solve(each.text.partition("?")[0] + "?") for each in examples]


def test_who_comes_back_from_another_page_finds_all_as_it_was_left() -> None:
    page = AppTest.from_file(str(PAGE.parents[1] / "app.py"), default_timeout=120)
    page.switch_page("pages/delays.py").run()
    page.segmented_control(key="delays_task").set_value("add").run()
    page.select_slider(key="delays_longest").set_value(50).run()
    page.select_slider(key="delays_units").set_value(16).run()
    page.number_input(key="delays_seed").set_value(7).run()
    page.segmented_control(key="delays_lens").set_value(ASK).run()
    page.slider(key="delays_delay").set_value(9).run()
    text = page.session_state["delays_box_add_text"]
    page.switch_page("pages/learn.py").run()
    ran(page.switch_page("pages/delays.py").run())
    assert page.segmented_control(key="delays_task").value == "add"
    assert page.slider(key="delays_delay").value == 9
    assert page.session_state["delays_box_add_text"] == text
    page.segmented_control(key="delays_lens").set_value(WHO).run()
    left = page.select_slider(key="delays_longest").value, page.select_slider(key="delays_units").value
    assert (*left, page.number_input(key="delays_seed").value) == (50, 16, 7)
