"""Sampling settings, kept across pages and in the link."""

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
#: Letters per second; 0 is immediate.
PACES = {12: "slow", 30: "reading pace", 80: "fast", 0: "at once"}
SEEDS = 9999
_COUNTS = [60, 120, 240, 400, MAX_LENGTH]
#: Two controls of this width fit side by side on a phone.
_WIDTH = 165


@dataclass(frozen=True)
class Settings:
    """The values of the controls; `top_k` and `top_p` may be "all", `pace` is in letters per second."""

    temperature: float = 0.7
    top_k: int | str = _ALL
    top_p: float | str = _ALL
    seed: int = 1
    count: int = 240
    pace: int = 30
    colour: Colour = "surprise"

    @property
    def sampling(self) -> Sampling:
        """The sampling parameters of the library."""
        top_k, top_p = (None if value == _ALL else value for value in (self.top_k, self.top_p))
        return Sampling(self.temperature, top_k, top_p)  # type: ignore[arg-type]

    @property
    def lead(self) -> int:
        """How many letters are generated ahead of those shown: one second's worth."""
        return max(self.pace, 12) if self.pace else 60


_PLAIN = Settings()
#: Each setting with its control and link parameter.
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
    """Return the current settings."""
    return Settings(**{name: setting.value() for name, setting in _EACH.items()})


def change(**values: Any) -> None:
    """Change some settings."""
    for name, value in values.items():
        _EACH[name].save(value)


def controls(on_seed: Callable[[], None]) -> None:
    """Draw the sampling controls; a new seed calls `on_seed`."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.slider(
            "Temperature", 0.05, 2.0, step=0.05, width=_WIDTH, **widget_args("temperature"),
            help="The logits are divided by this before sampling. Near 0 the likeliest letter is always taken; 1 keeps "
            "the probabilities; above 1 unlikely letters are drawn more often.",
        )  # fmt: skip
        st.select_slider(
            "Top-k", _KS, width=_WIDTH, **widget_args("top_k"),
            help="Only the k likeliest letters can be drawn (Fan, Lewis & Dauphin 2018).",
        )  # fmt: skip
        st.select_slider(
            "Top-p", _PS, width=_WIDTH, **widget_args("top_p"),
            help="Only the smallest set of letters with total probability p can be drawn (nucleus, Holtzman et al. 2020).",
        )  # fmt: skip
        st.number_input(
            "Seed", 0, SEEDS, width=_WIDTH, **widget_args("seed", on_seed),
            help="Start of the random numbers. The same seed and settings give the same text.",
        )  # fmt: skip
        st.select_slider("Letters to write", _COUNTS, width=_WIDTH, **widget_args("count"))
        st.select_slider("Pace", list(PACES), width=_WIDTH, format_func=PACES.__getitem__, **widget_args("pace"))


def widget_args(name: str, then: Callable[[], None] | None = None) -> dict[str, Any]:
    """Return the keyword arguments that bind a control to the setting with this name; the setting survives leaving the page."""
    return _EACH[name].widget_args(then)
