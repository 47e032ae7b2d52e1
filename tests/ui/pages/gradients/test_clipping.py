"""Gradient clipping as Streamlit runs it, its training done in the test's own process."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.training.tasks.exploding_gradients import ClippingStep, ExplodingSetting, TrainingHistory, train
from lstm_viz.training.tasks.gradient_clipping import GradientClip, Size
from lstm_viz.ui.pages.gradients.clipping import describe_outcome


class AtOnce:
    """Work that is over as soon as it starts."""

    done, error, waiting, state = True, None, 0, "done"

    def __init__(self, function: Callable[..., Iterator[Any]], args: tuple[Any, ...]) -> None:
        self._function, self._args, self._given = function, args, False

    def poll(self) -> list[Any]:
        given, self._given = self._given, True
        return [] if given else list(self._function(*self._args))

    def stop(self) -> None:
        """Over already."""


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    def start(function: Callable[..., Iterator[Any]], *args: Any, shared: bool, present: Callable[[], bool]) -> AtOnce:
        assert shared
        assert present is not None
        job = AtOnce(function, args)
        job.done = False
        return job

    monkeypatch.setattr("lstm_viz.jobs.start", start)
    monkeypatch.setattr("lstm_viz.jobs.warm", lambda: None)

    def script() -> None:
        from lstm_viz.ui.pages.gradients.clipping import render

        render()

    at = AppTest.from_function(script, default_timeout=120).run()
    assert not at.exception
    return at


def said(page: AppTest) -> str:
    assert not page.exception, [each.value for each in page.exception]
    return "\n".join(str(each.value) for each in page.markdown)


def test_both_runs_are_drawn_and_told(page: AppTest) -> None:
    assert "With clipping:" not in said(page)
    page.button(key="cap_run_start").click().run()
    words = said(page)
    setting = ExplodingSetting("tanh", 0)
    for clip in (None, GradientClip("norm", 0.5)):
        assert describe_outcome(TrainingHistory(tuple(train(setting, clip))), setting) in words
    assert "Without clipping: **not learned in 300 steps**" in words
    assert "With clipping: **learned after" in words


def test_the_controls_say_what_is_trained(page: AppTest) -> None:
    page.segmented_control(key="cap_bend").set_value("relu")
    page.segmented_control(key="cap_by").set_value("value").run()
    page.select_slider(key="cap_size_value").set_value(0.03)
    page.number_input(key="cap_seed").set_value(1).run()
    page.button(key="cap_run_start").click().run()
    setting = ExplodingSetting("relu", 1)
    assert describe_outcome(TrainingHistory(tuple(train(setting, GradientClip("value", 0.03)))), setting) in said(page)
    assert "overflowed" in said(page)


def course(rights: list[float], **last: float) -> TrainingHistory:
    steps = [ClippingStep(number + 1, 1.0, right, Size(2.5, 1.0), Size(1.0, 1.0)) for number, right in enumerate(rights)]
    if last:
        steps.append(ClippingStep(len(steps) + 1, last["loss"], 0.2, Size(1.0, 1.0), Size(1.0, 1.0)))
    return TrainingHistory(tuple(steps))


def test_each_ending_has_its_sentence() -> None:
    setting = ExplodingSetting(steps=40)
    assert describe_outcome(TrainingHistory(), setting) == "nothing yet."
    assert describe_outcome(course([0.25] * 8), setting).startswith("step 8, 25% of the answers are right; guessing gives 25%.")
    assert "**not learned in 40 steps**" in describe_outcome(course([0.25] * 40), setting)
    assert "2.50 at step 1" in describe_outcome(course([0.25] * 40), setting)
    assert describe_outcome(course([1.0] * 40), setting).startswith("**learned after 20 steps**. ")
    assert "lost it again (50% right now)" in describe_outcome(course([1.0] * 20 + [0.5] * 20), setting)
    assert "**the numbers overflowed at step 3**" in describe_outcome(course([0.25] * 2, loss=math.nan), setting)
