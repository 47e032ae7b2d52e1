"""The scale of coloured letters, and links to the explorer."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstm_viz.ui.components import TokenColors, page_link
from lstm_viz.ui.state.view import View

NUMBERS = arrays(np.float64, st.integers(0, 9), elements=st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf]))


@given(NUMBERS, st.booleans())
def test_a_fitted_scale_ends_at_the_largest_number(values: np.ndarray, signed: bool) -> None:
    letters = TokenColors.fitted(values, "any", signed)
    there = [abs(value) for value in values.tolist() if np.isfinite(value)]
    assert letters.high == (max(there, default=0.0) or 1.0)
    assert letters.low == (-letters.high if signed else 0.0)
    assert letters.scale() == {"low": letters.low, "high": letters.high, "signed": signed, "label": "any"}


@given(st.text(max_size=40))
def test_a_jump_leads_to_its_view(text: str) -> None:
    view = View(text, "counting", layer=1, unit=7, step=3, zoom="unit", colour="unit.c", aim="symbol", symbol="a")
    address = urlsplit(page_link(view))
    assert (address.scheme, address.netloc, address.path) == ("", "", "./")
    assert View("", "").with_query(dict(parse_qsl(address.query, keep_blank_values=True))) == view
