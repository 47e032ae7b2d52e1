"""The memory cell with its labels, and filled with what a real unit does as it reads a text."""

from __future__ import annotations

from lstm_viz.figures.memory_cell import HEIGHT, memory_cell
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.value_strip import HEIGHT as STRIP
from lstm_viz.figures.value_strip import value_strip
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_fixed
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Picture, Settings, Slider, Text
from lstm_viz.ui.pages.learn.course.pictures.bracket_unit import LONGEST, MODEL, TEXT, UNIT, letter_index, unit_steps

#: The letters among which a lesson asks where the input gate opens: indices in TEXT.
ASKED = (0, 1, 3)


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the cell, with the unit's numbers at a letter if they are shown."""
    if settings["numbers"] == "hidden":
        return Drawing(memory_cell(None, palette), "")
    steps = unit_steps(str(settings["text"]))
    now = letter_index(str(settings["text"]), float(settings["letter"]))
    tokens, values = [token for token, _ in steps], [step.c for _, step in steps]
    strip = value_strip(values, tokens, now, HEIGHT, palette.roles["cell"])
    caption = f"Unit {UNIT} of this app's network `{MODEL}`. The bars are its cell state after each letter."
    return Drawing(memory_cell(steps[now][1], palette, tokens[now], strip, STRIP), "", caption)


def _value(symbol: str, settings: Settings) -> str:
    text = str(settings["text"])
    return format_fixed(float(getattr(unit_steps(text)[letter_index(text, float(settings["letter"]))][1], symbol)))


def _token(settings: Settings) -> str:
    text = str(settings["text"])
    return f"‘{label(unit_steps(text)[letter_index(text, float(settings['letter']))][0])}’"


def widest_letter() -> int:
    """Return the number, from 1, of the letter in `ASKED` that opens the input gate widest."""
    openings = [unit_steps(TEXT)[index][1].i for index in ASKED]
    return openings.index(max(openings)) + 1


PICTURE = Picture(
    draw,
    controls={
        "text": Text("Text", TEXT, LONGEST),
        "letter": Slider("Letter", 1, LONGEST, 1, 4),
        "numbers": Choice("Numbers", {"shown": "of a real unit", "hidden": "none"}, "shown"),
    },
    facts={
        "i": lambda settings: _value("i", settings),
        "f": lambda settings: _value("f", settings),
        "o": lambda settings: _value("o", settings),
        "c": lambda settings: _value("c", settings),
        "before": lambda settings: _value("before", settings),
        "token": _token,
        "widest": lambda settings: str(widest_letter()),
    },
    right_options={"widest": len(ASKED)},
    highest={"letter": lambda settings: len(unit_steps(str(settings["text"])))},
    relevant=lambda settings: ("text", "letter") if settings["numbers"] == "shown" else ("numbers",),
)
