"""Where a reader of the course is, and which lessons are done; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lstm_viz.ui.pages.learn.course.lesson import Lesson

#: A given answer: the index of the chosen option, or the drawn values.
Answer = int | tuple[float, ...]
#: The most answers and values of an answer that are taken from a browser.
_MOST_ANSWERS, _MOST_VALUES = 120, 100
_DONE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2}){0,30}")


def read_done(text: str, count: int) -> tuple[int, ...] | None:
    """Parse the lessons that are done, as in a link; None if it says something else.

    >>> read_done("5.1.2", 10)
    (1, 2, 5)
    """
    if not text:
        return ()
    if not _DONE.fullmatch(text):
        return None
    numbers = {int(each) for each in text.split(".")}
    return tuple(sorted(numbers)) if numbers <= set(range(1, count + 1)) else None


def write_done(done: Sequence[int]) -> str:
    """Format the lessons that are done for a link: `1.2.5`."""
    return ".".join(map(str, sorted(set(done))))


def answer_key(lesson: Lesson, step: int) -> str:
    """Return the key under which the answer of a step (from 0) is stored."""
    return f"{lesson.id}.{step + 1}"


def reachable(lesson: Lesson, step: int, answers: Mapping[str, Answer]) -> int:
    """Return the step that may be shown: this one, or an earlier one that waits for its prediction; steps count from 0."""
    step = min(max(step, 0), len(lesson.steps) - 1)
    for earlier in range(step):
        if lesson.steps[earlier].asks and answer_key(lesson, earlier) not in answers:
            return earlier
    return step


def after(lesson: int, step: int, lengths: Sequence[int]) -> tuple[int, int, bool]:
    """Return the lesson (from 1) and step (from 0) that follow, and whether that ends the lesson.

    The end of the last lesson stays where it is. `lengths` are the lessons' numbers of steps.

    >>> after(1, 4, [5, 6])
    (2, 0, True)
    """
    if step + 1 < lengths[lesson - 1]:
        return lesson, step + 1, False
    return (lesson + 1, 0, True) if lesson < len(lengths) else (lesson, step, True)


def before(lesson: int, step: int, lengths: Sequence[int]) -> tuple[int, int]:
    """Return the lesson and step before; the first step of the first lesson stays."""
    if step > 0:
        return lesson, step - 1
    return (lesson - 1, lengths[lesson - 2] - 1) if lesson > 1 else (1, 0)


def valid_answers(stored: Any, lessons: Sequence[Lesson], sizes: Mapping[str, int]) -> dict[str, Answer]:
    """Return the answers of a browser's storage that fit the lessons; whatever else is in it is left out.

    `sizes` is the number of values of each measure.
    """
    steps_by_key = {answer_key(each, index): step for each in lessons for index, step in enumerate(each.steps) if step.asks}
    answers: dict[str, Answer] = {}
    for key, value in list(stored.items())[:_MOST_ANSWERS] if isinstance(stored, Mapping) else ():
        step = steps_by_key.get(key)
        answer = None if step is None else read_answer(value, len(step.options) or sizes.get(step.measure, 0), step.act)
        if answer is not None:
            answers[key] = answer
    return answers


def read_answer(value: Any, count: int, act: str) -> Answer | None:
    """Return a browser's answer if it is one: an option's index below `count`, or `count` drawn values; else None."""
    if act == "choose":
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count else None
    if not isinstance(value, list | tuple) or len(value) != count or count > _MOST_VALUES:
        return None
    if not all(isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < 1e6 for each in value):
        return None
    return tuple(float(each) for each in value)
