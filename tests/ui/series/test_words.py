"""Whatever somebody calls a column, it is written as it is called."""

from lstm_viz.ui.series.words import in_figure, plain


def test_no_letter_is_markup() -> None:
    assert plain("a|b *c* $d$ :smile:") == "a\\|b \\*c\\* \\$d\\$ \\:smile\\:"
    assert plain("Größe in °C\nnext") == "Größe in °C next"
    assert plain("<b>[x](y)") == "\\<b\\>\\[x\\]\\(y\\)"


def test_a_figure_takes_no_html() -> None:
    assert in_figure('<a href="x">5 & 6</a>') == '&lt;a href="x"&gt;5 &amp; 6&lt;/a&gt;'
