"""Where a reader of the course is, and which lessons are done; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from lstm_viz.ui.pages.learn.course.lesson import Lesson

#: A given answer: the index of the chosen option, or the drawn values.
Answer = int | tuple[float, ...]
#: An answer as a browser stores it: the chosen option as it is written, or the drawn values.
StoredAnswer = str | tuple[float, ...]
#: The most values of an answer that are taken from a browser.
_MOST_VALUES = 100
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
    """Return the key of the answer of a step (from 0) in this session."""
    return f"{lesson.id}.{step + 1}"


def stored_key(lesson: Lesson, step: int) -> str:
    """Return the key of the same answer in a browser's storage: it belongs to the question, wherever that stands by then.

    Of another question at the same place the key is another one, so that an old answer is not taken for its answer.
    """
    question = lesson.steps[step]
    return f"{lesson.id}.{sha256(f'{question.say} {question.measure}'.encode()).hexdigest()[:8]}"


def answers_to_store(answers: Mapping[str, Answer], lessons: Sequence[Lesson]) -> dict[str, StoredAnswer]:
    """Return the session's answers as a browser stores them."""
    stored: dict[str, StoredAnswer] = {}
    for lesson in lessons:
        for index, step in enumerate(lesson.steps):
            answer = answers.get(answer_key(lesson, index))
            if answer is not None:
                stored[stored_key(lesson, index)] = step.options[answer] if isinstance(answer, int) else answer
    return stored


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
    answers: dict[str, Answer] = {}
    for lesson in lessons if isinstance(stored, Mapping) else ():
        for index, step in enumerate(lesson.steps):
            value = stored.get(stored_key(lesson, index))
            answer: Answer | None = None
            if step.act == "choose" and value in step.options:
                answer = step.options.index(value)
            elif step.act == "draw":
                answer = read_drawn(value, sizes.get(step.measure, 0))
            if answer is not None:
                answers[answer_key(lesson, index)] = answer
    return answers


def read_drawn(value: Any, count: int) -> tuple[float, ...] | None:
    """Return what a browser sends as `count` drawn values, if it is that; else None."""
    if not isinstance(value, list | tuple) or len(value) != count or count > _MOST_VALUES:
        return None
    if not all(isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < 1e6 for each in value):
        return None
    return tuple(float(each) for each in value)
