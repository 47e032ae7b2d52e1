"""The gates of the generated text."""

from __future__ import annotations

import streamlit as st

from lstm_viz.figures.gate_means import gate_means
from lstm_viz.reader import Reader
from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.pages.generate import output, writing_session
from lstm_viz.ui.pages.generate.drafts import Drafts
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

_READER = "generate_reader"
#: How many letters are drawn, the selected one among them.
WINDOW = 110


def render(view: View, drafts: Drafts) -> None:
    """Draw the mean of each gate over the prompt and the generated text."""
    trace = _reader(drafts).read(drafts.generation.text)
    layer = trace.layers[min(view.layer, len(trace.layers) - 1)]
    begun = layer.steps - len(drafts.generation.tokens)
    step = min(begun + drafts.index, layer.steps - 1)
    first, last = window(layer.steps, step)
    if layer.kind == "rnn":
        heading = "A plain RNN has no gates; drawn is how far its units are from 0 at each letter."
    else:
        model = output.model_phrase(drafts)
        heading = f"The gates of {model} while it read your prompt (shaded) and its own letters: 0 is closed, 1 is open."
    st.markdown(f"**{heading}**")
    controls.layer(view)
    words = "The dotted line is the chosen letter; click anywhere to choose another."
    if last - first < layer.steps:
        words = f"Letters {first + 1} to {last} of {layer.steps}, around the chosen one. {words}"
    figure = gate_means(layer, trace.tokens, first, last, begun, step, palette())
    components.draw_figure(figure, "generate_gates", heading, words, on_click=_on_letter_click)


def window(steps: int, step: int) -> tuple[int, int]:
    """Return the range of at most `WINDOW` steps, as first and end; it stays fixed while the text grows."""
    first = max(min(step - WINDOW // 4, steps - WINDOW), 0) if step >= WINDOW // 4 else 0
    return first, min(first + WINDOW, steps)


def _reader(drafts: Drafts) -> Reader:
    """Return this page's own reader; the shared one reads the prompt and would lose its cache."""
    return remember(_READER, drafts.generation.model, lambda: Reader(drafts.generation.model))


def _on_letter_click(click: components.Click) -> None:
    drafts = writing_session.saved_drafts()
    if drafts is not None and isinstance(click.customdata, int):
        writing_session.choose(click.customdata - len(drafts.generation.model.vocabulary.split(drafts.prompt).surface))
