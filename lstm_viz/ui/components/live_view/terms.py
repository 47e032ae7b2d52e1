"""The terms that the live view explains by itself, as it is told them; the cell's own quantities come with each frame."""

from __future__ import annotations

from lstm_viz.ui.components.glossary import find

#: The names, as the glossary has them, of what the live view's parts are called.
NAMES = (
    "unit", "layer", "gradient", "sigmoid", "hyperbolic tangent", "pre-activation", "softmax", "surprise", "nat",
)  # fmt: skip


def glossary() -> dict[str, dict[str, str]]:
    """The terms by name: {name, plain, formula}, each in plain text."""
    return {
        name: {"name": f"{name} {term.symbol}".strip(), "plain": term.plain, "formula": term.formula}
        for name, term in ((name, find(name)) for name in NAMES)
    }
