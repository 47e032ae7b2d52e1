"""What does each word do? The verdict so far, the word alone, and what it brings to the whole, one row each."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.sentiment import Row, word_rows
from lstm_viz.ui import components
from lstm_viz.ui.pages.sentiment.scene import Scene, signed
from lstm_viz.ui.pages.sentiment.verdict import nearest
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette

SO_FAR, ALONE, SHARE, LEFT_OUT = "The text so far", "The word alone", "Its share: gradient × input", "If this word is left out"


def show(scene: Scene) -> None:
    """Draw the lens."""
    st.markdown(f"**Up, blue: positive. Down, red: negative. Click a word to look at it.** {told(scene)}")
    found, shown = scene.found, scene.shown
    drawn = rows(scene)
    figure = word_rows(drawn, scene.tokens[shown], scene.known[shown], scene.first, scene.step, palette())
    scores = ", ".join(
        f"{token} {signed(float(value))}" for token, value in zip(scene.tokens[shown], found.score[shown], strict=True)
    )
    components.picture(figure, "sentiment_words", f"The verdict after each word, from −2 to 2: {scores}.", on_click=take)
    st.caption(
        f"All four rows count on the verdict's scale, from −2, very negative, to +2, very positive{magnified(drawn)}."
        f"{scene.window_note} "
        f"**{SO_FAR}**: the verdict after that word. **{ALONE}**: the verdict on that word with nothing around it. "
        f"**{SHARE}**: how steeply the last verdict would change with the numbers that stand for the word, times these numbers. "
        f"**{LEFT_OUT}**: by how much the last verdict falls when the word is deleted."
    )
    st.caption(
        "The last two may disagree: a gradient speaks of small changes only, and says little where the verdict is as sure as it "
        "gets; and a word that is deleted also changes what the words behind it mean."
    )


def rows(scene: Scene) -> list[Row]:
    """What is drawn; the two that speak of the last verdict share one scale, so that they can be compared."""
    found, shown = scene.found, scene.shown
    share, gone = found.by_gradient[shown], found.left_out[shown]
    largest = float(np.abs([share, gone]).max())
    end = next(end for end in (0.5, 1.0, 2.0, math.ceil(largest)) if end >= largest)
    return [
        Row(SO_FAR, found.score[shown], 2.0), Row(ALONE, found.alone[shown], 2.0),
        Row(SHARE, share, end), Row(LEFT_OUT, gone, end),
    ]  # fmt: skip


def magnified(drawn: list[Row]) -> str:
    """That the lower rows are drawn on a scale of their own, where they are."""
    end, whole = drawn[-1].end, drawn[0].end
    if end == whole:
        return ""
    return f"; the two lower ones {f'are drawn {whole / end:g} times as high' if end < whole else f'reach to {end:g}'}"


def told(scene: Scene) -> str:
    """What the chosen word does, in words."""
    found, step = scene.found, scene.step
    alone, after = float(found.alone[step]), float(found.score[step])
    before = float(found.score[step - 1]) if step else found.before
    moved = f"takes the verdict from {signed(before)} to {signed(after)}"
    here = f"leaves the verdict at {signed(after)}" if signed(before) == signed(after) else moved
    whole = float(found.score[-1])
    without = whole - float(found.left_out[step])
    would = "much the same" if abs(whole - without) < 0.1 else f"{signed(without)}, not {signed(whole)}"
    rest = f"Without it the last verdict would be {would}."
    return f"{scene.named(step)} alone is {nearest(scene, alone)} ({signed(alone)}); here it {here}. {rest}"


def take(click: components.Click) -> None:
    """Go to the word whose bar was clicked."""
    data = click.customdata
    if isinstance(data, list) and data and isinstance(data[0], int | float) and data[0] >= 0:
        session.keep(replace(session.current(), step=int(data[0])))
