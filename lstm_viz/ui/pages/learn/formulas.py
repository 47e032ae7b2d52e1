"""Convert the plain formulas of `lstm_viz.gates` to TeX, so that each is written once."""

from __future__ import annotations

import re

_SIGNS = {"−": "-", "σ": r"\sigma", "tanh": r"\tanh", "·": r"\cdot", "‖": r"\Vert ", "∂": r"\partial ", "Σ": r"\sum "}


def as_tex(formula: str) -> str:
    """Convert a formula such as `i_t = σ(W_ii x_t + b_ii)` to TeX: symbols by name, long indices in braces."""
    for plain, tex in _SIGNS.items():
        formula = formula.replace(plain, tex)
    return re.sub(r"_([a-z]{2})\b", r"_{\1}", formula)
