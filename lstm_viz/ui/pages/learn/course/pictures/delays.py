"""Three networks learn to bridge a delay: the recorded runs of the Delays page, step by step."""

from __future__ import annotations

import numpy as np

from lstm_viz.delays.results import DelayResult, shipped
from lstm_viz.figures.delays import accuracy_by_delay
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import NAMES, Kind
from lstm_viz.text.numbers import format_percent
from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Measured, Picture, Settings, Slider

#: The delay that is asked about, in symbols: the longest one that was trained on.
ASKED = 100
_KINDS: tuple[Kind, ...] = ("rnn", "gru", "lstm")


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the right answers by delay, as they were after so many steps of training."""
    result = result_until(str(settings["task"]), int(settings["trained"]))
    figure = accuracy_by_delay(result, TASKS[str(settings["task"])].chance_accuracy, palette)
    words = ", ".join(f"{NAMES[kind]} {format_percent(last.right[ASKED])}" for kind, last in result.latest().items())
    return Drawing(
        figure, f"Right answers by delay. Over {ASKED} symbols: {words}.",
        f"Right answers on new examples after {int(settings['trained']):,} steps of a recorded training. A network that has "
        "mastered all delays stops early.",
    )  # fmt: skip


def result_until(task: str, step: int) -> DelayResult:
    """Return the recorded results of a task as far as a step of training."""
    result = shipped(task)
    first = min(each.step for each in result.snapshots)
    return DelayResult(result.experiment, tuple(each for each in result.snapshots if each.step <= max(step, first)))


def copy_accuracy() -> Measured:
    """Return the share of right letters over the asked delay at the end of the training, by network."""
    latest = shipped("copy").latest()
    values = np.array([latest[kind].right[ASKED] for kind in _KINDS])
    names = tuple(NAMES[kind] for kind in _KINDS)
    return Measured(names, values, f"Letters repeated correctly after {ASKED} dots", 0.0, 1.0, "bars", share=True, role="cell")


def _right(task: str, kind: Kind, delay: int = ASKED) -> str:
    return format_percent(shipped(task).latest()[kind].right[delay])


def _steps(task: str, kind: Kind) -> str:
    return f"{shipped(task).latest()[kind].step:,}"


PICTURE = Picture(
    draw,
    controls={
        "task": Choice("Task", {"copy": "repeat four letters", "recall": "remember one symbol"}, "copy"),
        "trained": Slider("Steps of training", 25, 3000, 25, 25),
    },
    facts={
        "delay": lambda settings: str(ASKED),
        "beyond": lambda settings: str(2 * ASKED),
        "guessing": lambda settings: format_percent(TASKS["copy"].chance_accuracy),
        "rnn_right": lambda settings: _right("copy", "rnn"),
        "gru_right": lambda settings: _right("copy", "gru"),
        "lstm_right": lambda settings: _right("copy", "lstm"),
        "lstm_beyond": lambda settings: _right("copy", "lstm", 2 * ASKED),
        "lstm_steps": lambda settings: _steps("copy", "lstm"),
        "gru_steps": lambda settings: _steps("copy", "gru"),
        "rnn_steps": lambda settings: _steps("copy", "rnn"),
        "rnn_delay": lambda settings: str(shipped("copy").latest()["rnn"].current_delay),
        "units": lambda settings: str(shipped("copy").experiment.units),
        "rnn_recall": lambda settings: _right("recall", "rnn"),
        "rnn_recall_steps": lambda settings: _steps("recall", "rnn"),
        "rnn_manages_recall": lambda settings: "2" if shipped("recall").mastered("rnn") else "1",
    },
    right_options={"rnn_manages_recall": 2},
)
