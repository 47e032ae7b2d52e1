"""A stretch marked in the live view is the one whose units are asked for; what is no stretch of the text is passed over."""

from __future__ import annotations

import pytest

from lstm_viz.ui.pages.explore.page import marked_stretch


def test_the_marked_stretch_of_the_text_is_taken() -> None:
    assert marked_stretch({"text": "to be", "marked": [1, 4]}, "to be", 5) == (1, 4)
    assert marked_stretch({"text": "to be", "marked": [2, 2]}, "to be", 5) == (2, 2)


@pytest.mark.parametrize("message", [
    {}, {"marked": None}, {"marked": "12"}, {"marked": [1]}, {"marked": [3, 1]}, {"marked": [-1, 2]}, {"marked": [1, 5]},
    {"marked": [1.0, 2]}, {"marked": [True, 2]}, {"marked": {"a": 1, "b": 2}}, {"text": "to", "marked": [0, 1]},
])  # fmt: skip
def test_what_is_no_stretch_of_this_text_is_passed_over(message: dict[str, object]) -> None:
    assert marked_stretch(message, "to be", 5) is None
