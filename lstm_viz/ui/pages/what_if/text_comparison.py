"""Compare two texts: where the states diverge, what differs, and where they converge again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from lstm_viz.comparison import NEAR, Comparison, LayerComparison, compare
from lstm_viz.figures.text_comparison import GAP, differences_map, distance_curve, letters_of, unit_differences_map
from lstm_viz.reader import trace
from lstm_viz.text.numbers import format_count
from lstm_viz.trace import Trace
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import LINK_LIMIT, View

_COPIES = "what_if_copies"
_WHOSE = settings.choice("what_if_difference", "differs", ["mean", "unit"], "mean")
#: The second text, unless it is the default.
_SECOND = settings.text("what_if_second", "second", longest=LINK_LIMIT)
#: How many letters of each text are compared.
WINDOW = 300
#: Replacements that make the default second text: small changes with a visible effect.
_SWAPS = (("old", "young"), ("not", "now"), ("(", "["), ("light", "sound"), ("return", "raise"), ("The", "A"), ("aaab", "aab"))


@dataclass(frozen=True, eq=False)
class ComparedTexts:
    """Both texts as read by the network, and their comparison."""

    one: Trace
    other: Trace
    comparison: Comparison


def render(view: View) -> None:
    """Draw the second box, and how its text differs from the first."""
    st.markdown(
        "**The same network reads both texts: their states diverge at the first difference, and converge again as its "
        "influence fades.**"
    )
    pair = _compared_texts(view)
    layer = pair.comparison.layers[min(view.layer, len(pair.comparison.layers) - 1)]
    second = components.second_text_box(
        _box(view),
        "The second text: change a word and see how long it matters.",
        _initial(view),
        _second_token_colors(view, pair, layer),
    )
    st.button("Copy the first text with one change", on_click=_copy, icon=":material/content_copy:")
    if not pair.one.tokens or not pair.other.tokens:
        st.info("Type something into both boxes, and they are compared here.", icon=":material/keyboard:")
        return
    st.markdown(_describe(pair, layer))
    if max(len(view.text), len(second)) > WINDOW:
        st.caption(f"The first {WINDOW} letters of each text are compared.")
    components.draw_figure(
        distance_curve(layer, pair.comparison.alignment, pair.one.tokens, pair.other.tokens, palette()), "what_if_distance",
        _describe(pair, layer),
        "Each column is a letter of the first text above the one of the second; 0 means the same state, about 1.4 unrelated "
        f"ones. Within the band (below {NEAR}) they count as equal.",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "What differs?", ["mean", "unit"], required=True, width="content", **_WHOSE.widget_args(),
            format_func={"mean": "all units of the layer", "unit": "one unit"}.__getitem__,
        )  # fmt: skip
        if _WHOSE.value() == "unit":
            controls.unit(view)
    _draw_differences(view, pair, layer)


def _draw_differences(view: View, pair: ComparedTexts, layer: LayerComparison) -> None:
    """Draw how gates and states differ, of one unit or on average over the layer's units."""
    config = get_model(view.model).model.config
    colours, texts = palette(), (pair.one.tokens, pair.other.tokens)
    if _WHOSE.value() == "unit":
        unit = min(view.unit, config.hidden - 1)
        figure = unit_differences_map(layer, config.kind, unit, pair.comparison.alignment, *texts, colours)
        words = f"Unit {unit}: orange-red where the second text's value is higher, blue where it is lower."
    else:
        figure = differences_map(layer, config.kind, pair.comparison.alignment, *texts, colours)
        words = "The stronger the colour, the more that gate or state differs, on average over the layer's units."
    components.draw_figure(figure, "what_if_differences", words, words)


def token_colors(view: View) -> TokenColors | None:
    """Color the first text by the distance of the states."""
    pair = _compared_texts(view)
    if not pair.one.tokens:
        return None
    layer = pair.comparison.layers[min(view.layer, len(pair.comparison.layers) - 1)]
    return _distances(layer, pair.comparison.alignment.one, _count(view, view.input_text))


def default_second_text(view: View) -> str:
    """Return the default second text: the shared text with one change."""
    text = view.input_text
    for old, new in _SWAPS:
        if old in text:
            return text.replace(old, new, 1)
    return text[:1].swapcase() + text[1:]


def _box(view: View) -> str:
    """Return the second box's key: one per network and reset."""
    return f"what_if_other_{view.model}_{st.session_state.get(_COPIES, 0)}"


def _copy() -> None:
    st.session_state[_COPIES] = st.session_state.get(_COPIES, 0) + 1
    _SECOND.forget()


def _initial(view: View) -> str:
    """Return the initial second text: the link's, else the default."""
    return _SECOND.value() or default_second_text(view)


def _second(view: View) -> str:
    """Return the part of the second text that is read."""
    text = components.second_text(_box(view), _initial(view))
    own = "" if text == default_second_text(view) else text
    if own != _SECOND.value() and len(own) <= LINK_LIMIT:
        _SECOND.save(own)
    return View(text, "").input_text


def _compared_texts(view: View) -> ComparedTexts:
    one = session.reader(view.model).read(view.input_text[:WINDOW])
    other = trace(get_model(view.model).model, _second(view)[:WINDOW])
    return ComparedTexts(one, other, compare(one, other))


def _second_token_colors(view: View, pair: ComparedTexts, layer: LayerComparison) -> TokenColors | None:
    """Color the second text by the distance of the states."""
    return _distances(layer, pair.comparison.alignment.other, _count(view, _second(view)))


def _count(view: View, text: str) -> int:
    """Return the number of tokens of a text for the view's network."""
    return len(get_model(view.model).model.vocabulary.split(text).surface)


def _distances(layer: LayerComparison, steps: np.ndarray, count: int) -> TokenColors:
    """Color each letter of one text by the distance in its column; blank where the other text has none."""
    values = np.full(count, np.nan)
    paired = steps >= 0
    values[steps[paired]] = layer.distance[paired]
    return TokenColors(values, 0.0, 1.0, False, "by the distance of the states")


def _describe(pair: ComparedTexts, layer: LayerComparison) -> str:
    """Describe where the states diverge and converge."""
    columns = np.flatnonzero(~pair.comparison.alignment.same)
    if layer.diverges_at is None:
        if not len(columns):
            return "Both texts are the same, and so are the states."
        return f"The texts differ, but the states of layer {layer.layer + 1} do not: their distance stays below {NEAR}."
    above, below = letters_of(pair.comparison.alignment, pair.one.tokens, pair.other.tokens)

    def format_column(column: int) -> str:
        if GAP in (above[column], below[column]) and not pair.comparison.alignment.paired[column]:
            first = below[column] == GAP
            return f"‘{above[column] if first else below[column]}’, which only the {'first' if first else 'second'} text has,"
        return f"‘{above[column]}’" if above[column] == below[column] else f"‘{above[column]}’ against ‘{below[column]}’"

    number = layer.layer + 1
    sentence = f"The states of layer {number} diverge at {format_column(layer.diverges_at)}"
    if layer.reconverges_at is None:
        return f"{sentence} and are **still different** at the end."
    letters = format_count(layer.reconverges_at - int(columns[-1]), "letter")
    return f"{sentence} and converge at {format_column(layer.reconverges_at)}, **{letters}** after the last difference."
