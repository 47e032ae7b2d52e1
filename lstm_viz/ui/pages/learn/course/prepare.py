"""Compute what a lesson will reveal while its first step is read, so that no answer keeps the reader waiting."""

from __future__ import annotations

from threading import Lock, Thread

from streamlit import runtime

from lstm_viz.figures.palette import PALETTES
from lstm_viz.ui.pages.learn.course import state
from lstm_viz.ui.pages.learn.course.lesson import Lesson, facts_in
from lstm_viz.ui.pages.learn.course.pictures import PICTURES
from lstm_viz.ui.pages.learn.course.shipped import shipped_lessons

_begun: set[str] = set()
_lock = Lock()


def prepare(lesson: Lesson) -> None:
    """Start computing a shipped lesson's measures and facts in the background, once in a server's life."""
    if not runtime.exists() or lesson not in shipped_lessons():
        return
    with _lock:
        if lesson.id in _begun:
            return
        _begun.add(lesson.id)
    Thread(target=compute, args=(lesson,), name=f"lesson {lesson.id}", daemon=True).start()


def compute(lesson: Lesson) -> None:
    """Draw every step of a lesson, and fill in its sentences; the pictures keep what they compute."""
    picture = PICTURES[lesson.picture]
    for index, step in enumerate(lesson.steps):
        if step.measure:
            state.measured(step.measure)
        for done in (False, True):
            settings = lesson.settings(index, done, picture.controls)
            picture.draw(settings, next(iter(PALETTES.values())))
            for name in {*facts_in(" ".join((step.say, step.reveal, *step.options))), step.right}:
                if isinstance(name, str):
                    picture.facts[name](settings)
