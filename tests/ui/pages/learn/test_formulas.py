"""Formulas in TeX, from those of the vocabulary."""

import math

import pytest

from lstm_viz.gates import CELLS
from lstm_viz.ui.pages.learn.formulas import as_tex
from lstm_viz.ui.pages.learn.squashing import describe_point
from tests.facts import states


def test_by_hand() -> None:
    assert as_tex("i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1})") == r"i_t = \sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1})"
    assert as_tex("h_t = o_t tanh(c_t)") == r"h_t = o_t \tanh(c_t)"


@pytest.mark.parametrize("formula", [each.formula for cell in CELLS.values() for each in cell])
def test_every_formula_of_the_vocabulary_is_plain_tex(formula: str) -> None:
    written = as_tex(formula)
    assert written.isascii()
    assert written.count("{") == written.count("}")


def test_a_point_below_0_is_written_with_a_minus_sign() -> None:
    values = {"sigmoid": 1 / (1 + math.exp(1.5)), "tanh": math.tanh(1.5)}
    said = describe_point(-1.5)
    assert states(said, "−1.5", f"{values['sigmoid']:.3f}", f"−{values['tanh']:.3f}")
    assert "-" not in said
