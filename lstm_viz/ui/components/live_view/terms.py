"""The terms that the live view explains in its tooltips; the cell's own quantities are part of each frame."""

from __future__ import annotations

from lstm_viz.ui.components.glossary import find

#: The glossary names of the live view's parts.
NAMES = (
    "unit", "layer", "gradient", "sigmoid", "hyperbolic tangent", "pre-activation", "softmax", "surprise", "nat",
)  # fmt: skip


def glossary() -> dict[str, dict[str, str]]:
    """Return the terms by name: {name, plain, formula}, in plain text."""
    return {
        name: {"name": f"{name} {term.symbol}".strip(), "plain": term.plain, "formula": term.formula}
        for name, term in ((name, find(name)) for name in NAMES)
    }
