"""The choice at a place as data: lengths, names and what is faint."""

from __future__ import annotations

from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.figures.token_alternatives import DRAWN, EXPECTED, alternative_bars
from lstm_viz.generation import Alternative

FOUND = (Alternative(" ", 3, 0.5, 0.8), Alternative("a", 7, 0.3, 0.2), Alternative("\n", 1, 0.1, 0.0))


def test_each_symbol_has_both_its_numbers() -> None:
    expected, drawn = alternative_bars(FOUND, None, LIGHT).data
    assert (expected.name, drawn.name) == (EXPECTED, DRAWN)
    assert list(expected.x) == [0.5, 0.3, 0.1]
    assert list(drawn.x) == [0.8, 0.2, 0.0]
    assert list(expected.customdata) == list(drawn.customdata) == [3, 7, 1]
    assert expected.hovertext[0] == "‘␣’: expected with 50.0%, drawn with 80.0%"


def test_what_was_cut_off_is_faint_and_said() -> None:
    for trace in alternative_bars(FOUND, None, DARK).data:
        first, second, cut = trace.marker.opacity
        assert first == second > 2 * cut
        assert "cut off" in trace.hovertext[2]


def test_the_written_symbol_is_named() -> None:
    names = alternative_bars(FOUND, 7, LIGHT).layout.yaxis.ticktext
    assert names[0] == "␣"
    assert "a ◂ written" in names[1]
    assert not any("written" in name for name in alternative_bars(FOUND, 99, LIGHT).layout.yaxis.ticktext)


def test_the_likeliest_stands_on_top_and_the_axis_holds_still() -> None:
    layout = alternative_bars(FOUND, 7, LIGHT).layout
    assert layout.yaxis.range[0] > layout.yaxis.range[1]
    assert layout.xaxis.range[0] == 0
    assert 1 <= layout.xaxis.range[1] < 1.1
