"""What the gradients are of, as the page offers it."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_viz.gradients import NextSymbol, Objective, TextLoss
from lstm_viz.reading import Reader
from lstm_viz.ui.view.view import Aim, View

AIMS: dict[Aim, str] = {
    "next": "the likeliest next symbol, at the end",
    "step": "the likeliest next symbol, at the selected step",
    "symbol": "a symbol of my choice, at the selected step",
    "text": "the whole text: mean surprise",
}


def objective(view: View, reader: Reader) -> Objective | None:
    """The view's objective; None for an empty text, where nothing is expected yet."""
    text, symbols = view.read, reader.model.vocabulary.symbols
    if not text:
        return None
    if view.aim == "text":
        return TextLoss()
    step = len(text) - 1 if view.aim == "next" else view.step_in(len(text))
    if view.aim == "symbol":
        return NextSymbol(step, wanted(view, symbols[1:]))
    likeliest = int(reader.read(text).probs[step].argmax())
    return NextSymbol(step, symbols[likeliest])


def wanted(view: View, symbols: Sequence[str]) -> str:
    """The symbol that the view asks for; the first of `symbols` where the model does not have it."""
    return view.symbol if view.symbol in symbols else symbols[0]
