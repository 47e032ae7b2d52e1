"""The reader's place in the course: in the link, in the session, and, through the browser, in its storage."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import streamlit as st

from lstm_viz.ui.pages.learn.course import progress
from lstm_viz.ui.pages.learn.course.lesson import Lesson
from lstm_viz.ui.pages.learn.course.measures import MEASURES
from lstm_viz.ui.pages.learn.course.picture import Measured
from lstm_viz.ui.pages.learn.course.progress import Answer
from lstm_viz.ui.pages.learn.course.shipped import shipped_lessons
from lstm_viz.ui.state import address, settings

_ANSWERS, _OWN, _MOVED, _TURNED = "learn_answers", "learn_own_lesson", "learn_moved", "learn_turned"
#: Presses of Next (n) and Back (b) in one message.
_TURNS = re.compile("[nb]{1,50}")
#: The number of a teacher's own lesson, before the shipped ones.
OWN = 0


def _read_done(text: str) -> tuple[int, ...]:
    done = progress.read_done(text, len(shipped_lessons()))
    if done is None:
        raise settings.InvalidSetting(f"numbers of lessons, from 1 to {len(shipped_lessons())}, joined by dots")
    return done


LESSON = settings.number("learn_lesson", "lesson", 0, 10, 1)
STEP = settings.number("learn_step", "step", 1, 12, 1, without_view=True)
DONE: settings.Setting[tuple[int, ...]] = settings.Setting("learn_done", "done", (), _read_done, progress.write_done)


def own_lesson() -> Lesson | None:
    """Return the lesson that was opened from a file in this session."""
    lesson: Lesson | None = st.session_state.get(_OWN)
    return lesson


def open_own(lesson: Lesson | None) -> None:
    """Open a teacher's own lesson at its first step; None closes it."""
    if lesson is not None and lesson.id in {each.id for each in shipped_lessons()}:
        # A file that was made from a shipped lesson: the answers of that one are left alone.
        lesson = replace(lesson, id=f"own-{lesson.id}")
    st.session_state[_OWN] = lesson
    if lesson is not None:
        for index in range(len(lesson.steps)):
            answers().pop(progress.answer_key(lesson, index), None)
    go(OWN if lesson is not None else 1, 0)


def all_lessons() -> tuple[Lesson, ...]:
    """Return the lessons that can be played: the shipped ones, and the teacher's own one if there is one."""
    own = own_lesson()
    return shipped_lessons() if own is None else (own, *shipped_lessons())


def current() -> tuple[int, Lesson, int]:
    """Return the number of the lesson, the lesson, and the step from 0: an earlier one where a prediction is missing."""
    number, own = int(LESSON.value()), own_lesson()
    if number == OWN and own is None:
        number = 1
    lesson = own if number == OWN and own is not None else shipped_lessons()[min(number, len(shipped_lessons())) - 1]
    return number, lesson, progress.reachable(lesson, int(STEP.value()) - 1, answers())


def answers() -> dict[str, Answer]:
    """Return the session's answers, by `progress.answer_key`; it is changed in place."""
    saved: dict[str, Answer] = st.session_state.setdefault(_ANSWERS, {})
    return saved


def give(lesson: Lesson, step: int, answer: Answer) -> None:
    """Record the reader's answer to a step, from 0; the step stays, also where a link has asked for a later one."""
    answers()[progress.answer_key(lesson, step)] = answer
    STEP.save(step + 1)
    mark_moved()


def answers_to_store() -> dict[str, progress.StoredAnswer]:
    """Return the session's answers as the browser stores them."""
    return progress.answers_to_store(answers(), all_lessons())


def go(lesson: int, step: int) -> None:
    """Go to a lesson and a step, counted from 0."""
    LESSON.save(lesson)
    STEP.save(step + 1)
    mark_moved()


def mark_moved() -> None:
    """Record that the reader has done something here."""
    st.session_state[_MOVED] = True


def has_moved() -> bool:
    """Return True once the reader has gone anywhere, so that the place may be stored as theirs."""
    return bool(st.session_state.get(_MOVED, False)) or not {"lesson", "step"}.isdisjoint(address.visit().requested)


def turned() -> int:
    """Return the number of the last press of Next or Back that was followed."""
    number: int = st.session_state.get(_TURNED, 0)
    return number


def turn(presses: object, last: object) -> None:
    """Follow the presses of Next and Back that are new, one by one.

    Args:
        presses: The browser's latest presses, "n" or "b" each; some may have been followed before.
        last: The number of the last of them.
    """
    if not isinstance(presses, str) or not _TURNS.fullmatch(presses) or not isinstance(last, int) or last <= turned():
        return
    fresh = presses[turned() - last :]
    st.session_state[_TURNED] = last
    for press in fresh:
        (go_on if press == "n" else go_back)()


def go_on() -> None:
    """Go to the next step, unless this one waits for an answer; the last one of a lesson ends it."""
    number, lesson, step = current()
    if lesson.steps[step].asks and progress.answer_key(lesson, step) not in answers():
        return
    if number == OWN:
        go(*((OWN, step + 1) if step + 1 < len(lesson.steps) else (1, 0)))
        return
    following, step, ended = progress.after(number, step, lengths())
    if ended:
        DONE.save(tuple(sorted({*DONE.value(), number})))
    go(following, step)


def go_back() -> None:
    """Go to the step before."""
    number, _, step = current()
    go(*((OWN, max(step - 1, 0)) if number == OWN else progress.before(number, step, lengths())))


def lengths() -> list[int]:
    """Return the shipped lessons' numbers of steps."""
    return [len(each.steps) for each in shipped_lessons()]


def merge_stored(stored: object) -> None:
    """Merge the progress that the browser stored on an earlier visit; this session's own answers take precedence."""
    if not isinstance(stored, dict):
        return
    done = progress.read_done(str(stored.get("done", ""))[:100], len(shipped_lessons()))
    if done:
        DONE.save(tuple(sorted({*DONE.value(), *done})))
    stored_answers = stored.get("answers")
    sizes = {
        step.measure: len(measured(step.measure).names)
        for each in all_lessons()
        for index, step in enumerate(each.steps)
        if step.act == "draw" and progress.stored_key(each, index) in (stored_answers if isinstance(stored_answers, dict) else {})
    }
    valid = progress.valid_answers(stored_answers, all_lessons(), sizes)
    st.session_state[_ANSWERS] = valid | answers()


@cache
def measured(name: str) -> Measured:
    """Return a measure, computed once."""
    return MEASURES[name]()
