"""Formulas in TeX, from those of the vocabulary."""

import pytest

from lstm_viz.gates import CELLS
from lstm_viz.ui.pages.learn.formulas import as_tex


def test_by_hand() -> None:
    assert as_tex("i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1})") == r"i_t = \sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1})"
    assert as_tex("h_t = o_t tanh(c_t)") == r"h_t = o_t \tanh(c_t)"


@pytest.mark.parametrize("formula", [each.formula for cell in CELLS.values() for each in cell])
def test_every_formula_of_the_vocabulary_is_plain_tex(formula: str) -> None:
    written = as_tex(formula)
    assert written.isascii()
    assert written.count("{") == written.count("}")
