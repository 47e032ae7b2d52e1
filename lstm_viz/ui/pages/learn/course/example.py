"""The file from which a teacher makes an own lesson: the first lesson, and above it all that a lesson may use."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from textwrap import wrap

from lstm_viz.ui.pages.learn.course.lesson import ELEMENTS, ELEMENTS_ELSEWHERE, PAGES
from lstm_viz.ui.pages.learn.course.measures import MEASURES
from lstm_viz.ui.pages.learn.course.picture import Choice, Control, Picture, Slider
from lstm_viz.ui.pages.learn.course.pictures import PICTURES
from lstm_viz.ui.pages.learn.course.shipped import FOLDER

_HOW = """\
A lesson for the page Learn of lstm_viz. Lines that begin with # are notes; you may delete them.
Save the file as UTF-8. A text stands between straight quotes "…"; **bold** and `code` are the only markup.

id, title, idea (two sentences that stand above every step), picture, and source if you like. Then 1 to 12 steps. Each [[steps]]
has say: one sentence, and act: what the reader does:
  "next": the reader goes on.
  "choose": options = ["…", "…"] and right = the number of the right one.
  "draw": measure = one of those below; the reader draws it first.
  "move steps": moves the control "steps" of the picture; "move enter stay" offers two.
  "open link": page, view and label (the button's text) lead to another page of the app.
reveal: a sentence that is shown once the act is done. view and reveal_view: how the picture's controls stand, before and then,
such as "steps=5&expected=shown"; for another page, what stands after the ? of its address. element: what is outlined.
{steps} in say, reveal or options is replaced by what the picture measures: a fact.
"""


@cache
def example_file() -> bytes:
    """Return the first lesson as a file of one's own, with notes on every key, picture, control, fact and measure."""
    notes = [
        *_HOW.splitlines(), "",
        *_listed("pages", PAGES), *_listed("elements of the lesson", ELEMENTS), *_listed("of other pages", ELEMENTS_ELSEWHERE),
        *_listed("measures to draw", MEASURES), "", "Pictures, with their controls and facts:",
    ]  # fmt: skip
    for name, picture in PICTURES.items():
        notes += _picture(name, picture)
    written = "".join(f"# {line}".rstrip() + "\n" for line in notes)
    lesson = (FOLDER / "01_loop.toml").read_text(encoding="utf-8").replace('id = "loop"', 'id = "my-lesson"', 1)
    return f"{written}\n{lesson}".encode()


def _picture(name: str, picture: Picture) -> list[str]:
    controls = (f"{each} = {_values(control)}" for each, control in picture.controls.items())
    rights = (f"{each} (of {count})" for each, count in picture.right_options.items())
    facts = (each for each in picture.facts if each not in picture.right_options)
    return [
        *_listed(f'"{name}"', controls, "; "), *_listed("  facts", facts),
        *(_listed("  measured right options", rights) if picture.right_options else []),
    ]  # fmt: skip


def _values(control: Control) -> str:
    if isinstance(control, Slider):
        return f"{control.low:g} to {control.high:g}"
    return " or ".join(control.options) if isinstance(control, Choice) else f"a text of up to {control.longest} characters"


def _listed(title: str, names: Iterable[str], separator: str = ", ") -> list[str]:
    return wrap(f"{title}: {separator.join(names)}", 118, subsequent_indent="    ")
