"""How it is written: the controls of the random draws, remembered across pages and in the link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from lstm_viz.models.sampling import Sampling
from lstm_viz.ui.pages.generate.drafts import MAX_LENGTH
from lstm_viz.ui.state import settings

Colour = Literal["surprise", "entropy"]

_ALL = "all"
_KS: list[int | str] = [1, 2, 3, 5, 8, 12, 20, 40, _ALL]
_PS: list[float | str] = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, _ALL]
#: Letters a second; 0 is as fast as it goes.
PACES = {12: "slow", 30: "reading pace", 80: "fast", 0: "at once"}
SEEDS = 9999
_COUNTS = [60, 120, 240, 400, MAX_LENGTH]
#: Two of a width stand side by side on a phone.
_WIDTH = 165


@dataclass(frozen=True)
class Settings:
    """What the controls say; `top_k` and `top_p` are "all" where nothing is cut off, `pace` is in letters a second."""

    temperature: float = 0.7
    top_k: int | str = _ALL
    top_p: float | str = _ALL
    seed: int = 1
    count: int = 240
    pace: int = 30
    colour: Colour = "surprise"

    @property
    def sampling(self) -> Sampling:
        """How the next letter is drawn."""
        top_k, top_p = (None if value == _ALL else value for value in (self.top_k, self.top_p))
        return Sampling(self.temperature, top_k, top_p)  # type: ignore[arg-type]

    @property
    def lead(self) -> int:
        """How many letters are written ahead of what was shown: a second's worth."""
        return max(self.pace, 12) if self.pace else 60


_PLAIN = Settings()
#: Each setting with the control and the parameter of the address that it belongs to.
_EACH: dict[str, settings.Setting[Any]] = {
    "temperature": settings.number("generate_temperature", "temperature", 0.05, 2.0, _PLAIN.temperature),
    "top_k": settings.choice("generate_top_k", "top-k", _KS, _PLAIN.top_k),
    "top_p": settings.choice("generate_top_p", "top-p", _PS, _PLAIN.top_p),
    "seed": settings.number("generate_seed", "seed", 0, SEEDS, _PLAIN.seed),
    "count": settings.choice("generate_count", "length", _COUNTS, _PLAIN.count),
    "pace": settings.choice(
        "generate_pace", "pace", list(PACES), _PLAIN.pace, {pace: settings.slug(name) for pace, name in PACES.items()}
    ),
    "colour": settings.choice("generate_colour", "letters-by", ["surprise", "entropy"], _PLAIN.colour),
}


def current() -> Settings:
    """The settings as the controls left them, or as a link says."""
    return Settings(**{name: setting.value() for name, setting in _EACH.items()})


def change(**values: Any) -> None:
    """Set some of them."""
    for name, value in values.items():
        _EACH[name].save(value)


def controls(on_seed: Callable[[], None]) -> None:
    """Draw the controls of how letters are drawn; another seed calls `on_seed`."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.slider(
            "Temperature", 0.05, 2.0, step=0.05, width=_WIDTH, **widget_args("temperature"),
            help="What the network expects is divided by this before the draw. Near 0 it always takes the likeliest letter; "
            "1 leaves its expectations as they are; above 1 it dares what it holds for unlikely.",
        )  # fmt: skip
        st.select_slider(
            "Top-k", _KS, width=_WIDTH, **widget_args("top_k"),
            help="All but the k likeliest letters are cut off before the draw (Fan, Lewis & Dauphin 2018).",
        )  # fmt: skip
        st.select_slider(
            "Top-p", _PS, width=_WIDTH, **widget_args("top_p"),
            help="Only the fewest letters that reach the probability p together are left (nucleus, Holtzman et al. 2020).",
        )  # fmt: skip
        st.number_input(
            "Seed", 0, SEEDS, width=_WIDTH, **widget_args("seed", on_seed),
            help="The number that the random draws start from. The same seed and settings write the same text again.",
        )  # fmt: skip
        st.select_slider("Letters to write", _COUNTS, width=_WIDTH, **widget_args("count"))
        st.select_slider("Pace", list(PACES), width=_WIDTH, format_func=PACES.__getitem__, **widget_args("pace"))


def widget_args(name: str, then: Callable[[], None] | None = None) -> dict[str, Any]:
    """What ties a control to the setting of this name: a page that is left forgets its controls, the settings stay."""
    return _EACH[name].widget_args(then)
