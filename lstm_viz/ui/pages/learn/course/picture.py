"""What a lesson can show and ask for: pictures with controls and facts, and measured values to predict; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.palette import Palette

#: A picture's control values by name: a number for a slider, an option for a choice, a text for a text.
Settings = Mapping[str, float | str]


class InvalidValue(ValueError):
    """A view gives a control a value that it cannot have; the message lists what it can."""


@dataclass(frozen=True)
class Slider:
    """A number from `low` to `high` in steps of `step`; whole if all of them are."""

    label: str
    low: float
    high: float
    step: float
    default: float

    def read(self, text: str) -> float:
        """Parse a value of a view. Raises InvalidValue."""
        try:
            value = float(text) if len(text) <= 12 else math.nan
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high or (self.is_whole and value != int(value)):
            raise InvalidValue(f"a {'whole ' * self.is_whole}number from {self.low:g} to {self.high:g}")
        return int(value) if self.is_whole else value

    @property
    def is_whole(self) -> bool:
        """True if the bounds and the step are whole numbers."""
        return all(isinstance(each, int) for each in (self.low, self.high, self.step, self.default))


@dataclass(frozen=True)
class Choice:
    """One of a few options; `options` maps what a view says to what the screen says."""

    label: str
    options: Mapping[str, str]
    default: str

    def read(self, text: str) -> str:
        """Parse a value of a view. Raises InvalidValue."""
        if text not in self.options:
            raise InvalidValue(" or ".join(self.options))
        return text


@dataclass(frozen=True)
class Text:
    """A text that the reader may change, of at most `longest` characters."""

    label: str
    default: str
    longest: int = 60

    def read(self, text: str) -> str:
        """Parse a value of a view. Raises InvalidValue."""
        if not 1 <= len(text) <= self.longest:
            raise InvalidValue(f"a text of 1 to {self.longest} characters")
        return text


Control = Slider | Choice | Text


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure, or an SVG that this app has drawn, with a description for screen readers and a caption in Markdown."""

    content: go.Figure | str
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """A live picture: how it is drawn, what can be moved, and what it measures.

    `facts` are computed only when a shown sentence names them; each returns plain text. `right_options` lists those facts that
    count the right one of a step's options, with how many options they count. `relevant` names the controls that change what is
    drawn at some settings; all of them by default. `highest` returns where a slider ends at some settings, by its name; at its
    own `high` by default.
    """

    draw: Callable[[Settings, Palette], Drawing]
    controls: Mapping[str, Control] = field(default_factory=dict)
    facts: Mapping[str, Callable[[Settings], str]] = field(default_factory=dict)
    relevant: Callable[[Settings], Sequence[str]] | None = None
    right_options: Mapping[str, int] = field(default_factory=dict)
    highest: Mapping[str, Callable[[Settings], float]] = field(default_factory=dict)

    def movable(self, settings: Settings) -> list[str]:
        """Return the names of the controls that change what is drawn at these settings."""
        return list(self.controls if self.relevant is None else self.relevant(settings))


@dataclass(frozen=True, eq=False)
class Measured:
    """What a network did, or what a formula gives, to be predicted first: one value for each name.

    `names` are tokens for a curve and short titles for bars; `values` are within `low` … `high`; `log` says that the axis is
    logarithmic, `share` that values are written as percentages; `label` says what is measured, `role` is its colour's role;
    `found` says how the values were found.
    """

    names: Sequence[str]
    values: Float[np.ndarray, " name"]
    label: str
    low: float = 0.0
    high: float = 1.0
    style: Literal["curve", "bars"] = "curve"
    log: bool = False
    share: bool = False
    role: str = "keep"
    found: Literal["measured", "computed"] = "measured"

    def __post_init__(self) -> None:
        if len(self.names) != len(self.values):
            raise ValueError(f"{len(self.values)} values for {len(self.names)} names; one is wanted for each")
        if self.log and self.low <= 0:
            raise ValueError(f"a logarithmic axis starts above 0, not at {self.low:g}")


Measure = Callable[[], Measured]
