"""Passages of a long text as colored tokens; a click returns the step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.text.labels import label
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.state.messages import component_message
from lstm_viz.ui.state.theme import PALETTES_BY_THEME


@dataclass(frozen=True, eq=False)
class Passage:
    """Tokens of a text, letters or words, from step `first` on, with one number each, NaN for none.

    `title` is shown above; `chosen` is outlined, and `unknown` are the tokens outside the vocabulary, both counted from 0.
    """

    title: str
    first: int
    text: Sequence[str]
    values: Float[np.ndarray, " time"]
    chosen: int
    unknown: tuple[int, ...] = ()


def passages(
    items: Sequence[Passage], scale: TokenColors, key: str, on_click: Callable[[int], None], opened: int | None = None
) -> None:
    """Draw passages on one scale (its own values are not drawn); `on_click` receives the step of a clicked token.

    `opened` is the index of the passage that is shown elsewhere on the page.
    """

    def on_message() -> None:
        message = component_message(key) or {}
        start, step = message.get("start"), message.get("step")
        if isinstance(start, int) and isinstance(step, int):
            on_click(start + step)

    header = {
        "passages": [
            {
                "title": each.title, "first": each.first, "tokens": [label(token) for token in each.text],
                "unknown": list(each.unknown), "chosen": each.chosen,
            }
            for each in items
        ],
        "scale": scale.scale(), "palette": PALETTES_BY_THEME, "open": opened,
    }  # fmt: skip
    arrays = {f"values{number}": np.asarray(each.values, np.float32) for number, each in enumerate(items)}
    mount(pack(header, arrays), key, on_message, part="passages")
