"""What the page says of tasks and races, against the races themselves."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lstm_viz.delays.results import DelayResult, shipped
from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.training.tasks.delay_training import DelayExperiment, DelaySnapshot
from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui.pages.delays.task_text import TITLES, describe_result, example_html, explain_rnn

RACE = DelayExperiment("copy", longest=20, steps=200)


def ended(step: int, reach: int, right: float, over: bool = True) -> str:
    shares = dict.fromkeys(RACE.tested, right)
    return describe_result(DelayResult(RACE, (DelaySnapshot("gru", step, 1.25, reach, shares, over, {} if over else None),)))


def test_each_ending_has_its_sentence() -> None:
    assert ended(150, 20, 0.9) == (
        "The **GRU** **mastered a delay of 20** after 150 steps (1.2 s); at 40, never trained on, 90% of its answers are right."
    )
    assert "is at step 50 and trains on delays up to 7; at 20 it is right 30% of the time, guessing gives 25%." in ended(
        50, 7, 0.3, over=False
    )
    assert "never got beyond its first delay of 4** in 200 steps (1.2 s): at 20 it is right 25%" in ended(200, 4, 0.25)
    assert "got no further than a delay of 9**" in ended(200, 9, 0.5)
    assert "reached a delay of 20 but does not always answer right after 200 steps" in ended(200, 20, 0.9)


def test_what_a_plain_network_manages_and_what_it_does_not_is_explained() -> None:
    failed, managed = explain_rnn(shipped("copy")), explain_rnn(shipped("recall"))
    assert failed is not None
    assert "gates that can leave a state alone" in failed
    assert managed is not None
    assert "latching" in managed
    assert "plain RNN** **mastered a delay of 100" in describe_result(shipped("recall"))
    begun = DelayResult(RACE, (DelaySnapshot("rnn", 50, 1.0, 4, dict.fromkeys(RACE.tested, 0.3), False, None),))
    assert explain_rnn(begun) is None
    alone = DelayResult(RACE, (DelaySnapshot("rnn", 200, 1.0, 4, dict.fromkeys(RACE.tested, 0.3), True, {}),))
    assert explain_rnn(alone) is None


def test_every_task_has_a_title() -> None:
    assert set(TITLES) == set(TASKS)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_an_example_shows_what_is_kept_and_what_is_due(palette: object) -> None:
    shown = example_html(TASKS["add"], "+31+2<?", "5", palette)  # type: ignore[arg-type]
    assert "<?" not in shown
    coloured = re.findall(r"background:(#\w+)[^>]*>(.)<", shown)
    assert coloured == [(palette.roles["cell"], "3"), (palette.roles["cell"], "2"), (palette.roles["read"], "5")]  # type: ignore[attr-defined]


def test_a_plain_rnn_that_copies_is_not_told_that_it_cannot() -> None:
    result = shipped("copy")
    longest = result.experiment.longest
    snapshots = tuple(
        replace(each, right={**each.right, longest: 0.99}) if each.kind == "rnn" else each for each in result.snapshots
    )
    told = explain_rnn(replace(result, snapshots=snapshots))
    assert told is not None
    assert "cannot" not in told
    assert "only one thing" not in told


def test_a_task_that_is_not_always_done_is_only_nearly_managed() -> None:
    assert not shipped("add").mastered("rnn")
    assert "nearly manages" in str(explain_rnn(shipped("add")))
    assert "nearly" not in str(explain_rnn(shipped("recall")))
