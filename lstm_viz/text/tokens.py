"""The tokens of a text, with their positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from lstm_viz.results import Result


@dataclass(frozen=True, eq=False, repr=False)
class Tokens(Result):
    """The tokens of a text in order; what is between two of them (blanks, a hyphen) is not read.

    `surface[t]` is token t as the text has it, `normalized[t]` as a vocabulary looks it up, and text[start:end] with
    (start, end) = `spans[t]` is `surface[t]`; spans count code points and never overlap.
    """

    surface: tuple[str, ...]
    normalized: tuple[str, ...]
    spans: Int[np.ndarray, "time 2"]


def of_characters(text: str) -> Tokens:
    """Return every code point as a token in its own form."""
    positions = np.arange(len(text))
    characters = tuple(text)
    return Tokens(characters, characters, np.stack((positions, positions + 1), axis=1))
