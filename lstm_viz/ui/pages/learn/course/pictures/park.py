"""The amusement park with dials that the reader sets, or with the gates of a real unit as its dials."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_viz.figures.cell_step import CellStep
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.park import open_park, park, people
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_fixed, format_general
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Picture, Settings, Slider
from lstm_viz.ui.pages.learn.course.pictures.bracket_unit import TEXT, UNIT, unit_steps

#: Who arrives in each hour, in hundreds.
ARRIVALS = (1.0, 1.0, 0.0, 0.0, 1.0, 0.0)
#: The dials that the lesson begins with: entrance, exit, board.
ENTER, STAY, TELL = 0.5, 0.8, 1.0
#: The letters among which the lesson asks where the exit shuts: indices in the unit's text.
ASKED = (2, 3, 6)


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the park in one hour."""
    hours, names = park_steps(settings)
    caption = "One figure stands for ten visitors. The bars show how many are in the park after each hour."
    if settings["dials"] == "unit":
        caption = (
            f"The dials are the gates of unit {UNIT}, letter by letter; its cell state, times a hundred, are the visitors. "
            "A number below zero is drawn hollow."
        )
    return Drawing(park(hours, _now(settings), names, palette, gates=settings["dials"] != "park"), "", caption)


def park_steps(settings: Settings) -> tuple[Sequence[CellStep], Sequence[str]]:
    """Return the steps of the park and their names: its hours with the reader's dials, or the real unit's letters."""
    if settings["dials"] == "unit":
        tokens, steps = zip(*unit_steps(TEXT), strict=True)
        return steps, tokens
    dials = (float(settings[name]) for name in ("enter", "stay", "tell"))
    return open_park(ARRIVALS, *dials), [str(hour + 1) for hour in range(len(ARRIVALS))]


def _now(settings: Settings) -> int:
    """Return the index of the hour, or of the letter, that is drawn."""
    return int(settings["letter" if settings["dials"] == "unit" else "hour"]) - 1


def _hour(settings: Settings) -> CellStep:
    return park_steps(settings)[0][_now(settings)]


def _name(settings: Settings) -> str:
    return f"‘{label(park_steps(settings)[1][_now(settings)])}’"


def letter_with_exit_shut() -> int:
    """Return the number, from 1, of the letter in `ASKED` at which the forget gate is lowest."""
    openings = [unit_steps(TEXT)[index][1].f for index in ASKED]
    return openings.index(min(openings)) + 1


PICTURE = Picture(
    draw,
    controls={
        "enter": Slider("entrance (input gate)", 0.0, 1.0, 0.05, ENTER),
        "stay": Slider("exit (forget gate)", 0.0, 1.0, 0.05, STAY),
        "tell": Slider("board (output gate)", 0.0, 1.0, 0.05, TELL),
        "hour": Slider("hour", 1, len(ARRIVALS), 1, 1),
        "letter": Slider("letter", 1, len(TEXT), 1, 4),
        "dials": Choice("Dials", {"park": "your park", "gates": "your park, as a cell", "unit": "a real unit"}, "park"),
    },
    facts={
        "enter": lambda settings: format_general(float(settings["enter"])),
        "stay": lambda settings: format_general(float(settings["stay"])),
        "hour": lambda settings: str(_now(settings) + 1),
        "letter": _name,
        "stayed": lambda settings: people(_hour(settings).retained),
        "entered": lambda settings: people(_hour(settings).added),
        "visitors": lambda settings: people(_hour(settings).c),
        "board": lambda settings: f"{format_fixed(100 * _hour(settings).h, 0)}%",
        "i": lambda settings: f"{_hour(settings).i:.2f}",
        "f": lambda settings: f"{_hour(settings).f:.2f}",
        "shut": lambda settings: str(letter_with_exit_shut()),
    },
    right_options={"shut": len(ASKED)},
    relevant=lambda settings: ("letter", "dials") if settings["dials"] == "unit" else ("hour", "enter", "stay", "tell", "dials"),
)
