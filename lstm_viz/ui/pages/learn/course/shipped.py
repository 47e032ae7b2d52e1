"""The lessons that ship with the app, in their order."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lstm_viz.ui.pages.learn.course.lesson import InvalidLesson, Lesson, parse_lesson
from lstm_viz.ui.pages.learn.course.measures import MEASURES
from lstm_viz.ui.pages.learn.course.pictures import PICTURES

FOLDER = Path(__file__).parent / "lessons"


@cache
def shipped_lessons() -> tuple[Lesson, ...]:
    """Return the shipped lessons. Raises InvalidLesson, with the file's name, if one of them is not valid."""
    lessons = []
    for file in sorted(FOLDER.glob("*.toml")):
        try:
            lessons.append(parse_lesson(file.read_bytes(), PICTURES, MEASURES))
        except InvalidLesson as error:
            raise InvalidLesson(f"{file.name}: {error}") from error
    return tuple(lessons)
