"""The unit whose gates the lessons show: one of the shipped network of program code, which is on inside brackets."""

from __future__ import annotations

from functools import lru_cache

from lstm_viz.figures.cell_step import CellStep
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace

MODEL, UNIT = "python-lstm", 243
TEXT = "max(3, 5) + 1"
#: The longest text that a lesson reads.
LONGEST = 24


@lru_cache(maxsize=256)
def unit_steps(text: str) -> tuple[tuple[str, CellStep], ...]:
    """Return each token of a text with the unit's values at that step.

    Args:
        text: At most LONGEST characters are read.

    Returns:
        Tokens with the unit's gates, candidate and old cell state; empty for no text.
    """
    read_text = trace(load(MODEL), text[:LONGEST])
    layer = read_text.layers[0]
    i, f, o, g, c = ([float(value) for value in layer.values[symbol][:, 0, UNIT]] for symbol in "ifogc")
    before = [0.0, *c[:-1]]
    steps = (CellStep(i=i[t], f=f[t], o=o[t], g=g[t], before=before[t]) for t in range(len(c)))
    return tuple(zip(read_text.tokens, steps, strict=True))


def letter_index(text: str, letter: float) -> int:
    """Return the index of a letter counted from 1; beyond the text it is the last one."""
    return min(max(int(letter), 1), len(unit_steps(text))) - 1
