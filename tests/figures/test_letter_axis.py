"""An axis of letters: where its length is known every letter is written, or none."""

import pytest

from lstm_viz.figures.letter_axis import SMALLEST, letters_along


@pytest.mark.parametrize(("count", "shown"), [(0, True), (1, True), (20, True), (48, True), (52, False), (500, False)])
def test_all_letters_are_written_or_none_and_none_overlap(count: int, shown: bool) -> None:
    axis = letters_along("x" * count, room=384)
    assert axis["showticklabels"] is shown
    assert axis["dtick"] == 1
    if shown and count:
        assert SMALLEST <= axis["tickfont"]["size"] <= min(12, 384 / count + 0.5)


def test_without_a_known_length_the_browser_leaves_letters_out() -> None:
    axis = letters_along("x" * 500)
    assert "dtick" not in axis
    assert axis["tickfont"]["size"] == 12
