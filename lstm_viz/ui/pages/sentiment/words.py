"""What does each word do? The verdict so far, the word alone, gradient × input, and occlusion, one row each."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.sentiment import WordRow, word_rows
from lstm_viz.text.numbers import format_signed
from lstm_viz.ui import components
from lstm_viz.ui.pages.sentiment.sentiment_state import SentimentState
from lstm_viz.ui.pages.sentiment.verdict import nearest_class
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette

SO_FAR, ALONE, SHARE, LEFT_OUT = "The text so far", "The word alone", "Its share: gradient × input", "If this word is left out"


def render(state: SentimentState) -> None:
    """Draw the figure and its explanation."""
    st.markdown(f"**Up, blue: positive. Down, orange-red: negative. Click a word to look at it.** {describe(state)}")
    result, visible = state.result, state.visible
    table = rows(state)
    figure = word_rows(table, state.tokens[visible], state.known[visible], state.first, state.step, palette())
    pairs = zip(state.tokens[visible], result.score[visible], strict=True)
    scores = ", ".join(f"{token} {format_signed(float(value), 1)}" for token, value in pairs)
    components.draw_figure(
        figure, "sentiment_words", f"The verdict after each word, from −2 to 2: {scores}.", on_click=on_bar_click
    )
    st.caption(
        f"All four rows use the verdict's scale, from −2, very negative, to +2, very positive{describe_scale(table)}."
        f"{state.window_note} "
        f"**{SO_FAR}**: the verdict after that word. **{ALONE}**: the verdict on that word alone. "
        f"**{SHARE}**: the gradient of the last verdict with respect to the word's embedding, times the embedding. "
        f"**{LEFT_OUT}**: by how much the last verdict falls when the word is deleted."
    )
    st.caption(
        "The last two may disagree: a gradient describes small changes only and is small where the verdict is saturated; "
        "deleting a word also changes what later words mean."
    )


def rows(state: SentimentState) -> list[WordRow]:
    """Return the rows; the last two share one scale, so that they can be compared."""
    result, visible = state.result, state.visible
    share, occlusion = result.input_x_gradient[visible], result.occlusion[visible]
    largest = float(np.abs([share, occlusion]).max())
    end = next(end for end in (0.5, 1.0, 2.0, math.ceil(largest)) if end >= largest)
    return [
        WordRow(SO_FAR, result.score[visible], 2.0), WordRow(ALONE, result.isolated[visible], 2.0),
        WordRow(SHARE, share, end), WordRow(LEFT_OUT, occlusion, end),
    ]  # fmt: skip


def describe_scale(table: list[WordRow]) -> str:
    """Describe the scale of the lower rows, if it differs."""
    end, whole = table[-1].end, table[0].end
    if end == whole:
        return ""
    return f"; the two lower ones {f'are drawn {whole / end:g} times as high' if end < whole else f'reach to {end:g}'}"


def describe(state: SentimentState) -> str:
    """Describe the effect of the selected word."""
    result, step = state.result, state.step
    alone, after = float(result.isolated[step]), float(result.score[step])
    before = float(result.score[step - 1]) if step else result.initial
    moved = f"takes the verdict from {format_signed(before, 1)} to {format_signed(after, 1)}"
    here = f"leaves the verdict at {format_signed(after, 1)}" if format_signed(before, 1) == format_signed(after, 1) else moved
    whole = float(result.score[-1])
    without = whole - float(result.occlusion[step])
    would = "much the same" if abs(whole - without) < 0.1 else f"{format_signed(without, 1)}, not {format_signed(whole, 1)}"
    without_sentence = f"Without it the last verdict would be {would}."
    alone_is = f"{state.format_step(step)} alone is {nearest_class(state, alone)} ({format_signed(alone, 1)})"
    return f"{alone_is}; here it {here}. {without_sentence}"


def on_bar_click(click: components.Click) -> None:
    """Select the word whose bar was clicked."""
    data = click.customdata
    if isinstance(data, list) and data and isinstance(data[0], int | float) and data[0] >= 0:
        session.save(replace(session.current(), step=int(data[0])))
