"""What the network does with a text: the live view of a layer and direction, and the verdict after each token."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from lstm_viz.figures.output_curves import MAX_CURVES, class_curves
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import LanguageModel
from lstm_viz.network_reading import BEGINNINGS
from lstm_viz.reader import trace
from lstm_viz.text.numbers import format_percent
from lstm_viz.text.vocabulary import UNKNOWN
from lstm_viz.ui import components
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.live_view import live_view as live
from lstm_viz.ui.components.live_view.downloads import download_buttons
from lstm_viz.ui.components.live_view.from_network import scene_from_network_text
from lstm_viz.ui.components.live_view.network_view import NetworkView
from lstm_viz.ui.components.live_view.scene import LiveScene
from lstm_viz.ui.components.polling import poll_fragment
from lstm_viz.ui.pages.your_network.opening import Network
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.live_session import live_session
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

#: The key of the live view, with a view of its own.
KEY = "network_live"
_SHOWN, _READ_FILES = "network_shown", "network_read_files"
#: How much of a text is put into the box at first, in characters; and seconds between two updates of the verdicts.
_BEGINNING, _EVERY = 120, 0.5
#: Special tokens: <pad>, <unk>, <|endoftext|>, [CLS].
_SPECIAL_TOKEN = re.compile(r"<[^<>\s]+>|\[[A-Z]+\]")


def render(network: Network, title: str, text: str, files: tuple[str, ...]) -> None:
    """Draw the live view; typing reruns only its fragment. What was typed stays while the `files` are the same."""
    if explain_missing_gates(network):
        return
    display = _prepare_view(network, title, text, files)
    choose_layer(KEY, display)
    live.live_view(partial(scene_from_network_text, display=display), KEY, below=partial(_verdicts, display))
    download_buttons(live_session(KEY))


def explain_missing_gates(network: Network) -> bool:
    """Return True, and draw the reason, for a network whose layers cannot be drawn."""
    if not isinstance(network, ImportedNetwork) or not any(each.proj_size for each in network.recurrent):
        return False
    st.info(
        "Its gates cannot be drawn: its head reads the maximum over all steps of a projection (proj_size), so h has fewer "
        "entries than c. If its head reads something else, choose that above; in Python, lstm_viz.trace(network, text) has all "
        "values.",
        icon=":material/info:",
    )
    return True


def choose_layer(key: str, display: NetworkView) -> None:
    """Draw the choice of the layer and direction, if there are several."""
    titles = display.layer_titles
    if len(titles) < 2:
        return
    widget = f"{key}_layer"

    def save(layer: int) -> None:
        live.save_view(key, replace(live.current_view(key), layer=layer))

    st.segmented_control(
        "Layer", range(len(titles)), format_func=lambda index: titles[index].capitalize(),
        default=min(live.current_view(key).layer, len(titles) - 1), required=True,
        width="content", **settings.control_args(widget, save),
    )  # fmt: skip


def _prepare_view(network: Network, title: str, text: str, files: tuple[str, ...]) -> NetworkView:
    """Prepare a network once; its view begins with the uploaded text, or one of its own tokens."""
    # What was typed about these files.
    tab_work.keep(_READ_FILES, live.view_key(KEY))
    display: NetworkView | None = st.session_state.get(_SHOWN)
    if display is None or display.network is not network:
        beginning = first_text(network, text)
        reference = trace(network, beginning[:_BEGINNING])
        display = st.session_state[_SHOWN] = NetworkView(network, title, reference)
        st.session_state.pop(f"{KEY}_layer", None)
        if st.session_state.get(_READ_FILES) != files:
            st.session_state[_READ_FILES] = files
            colour = "surprise" if network.predicts_next_token else "verdict"
            live.set_view(KEY, View(beginning[:_BEGINNING], "", colour=colour))
    return display


def first_text(network: Network, text: str) -> str:
    """Return a text to begin with: the uploaded one, else a sentence that the network knows, else its own tokens."""
    if text.strip():
        return text
    vocabulary = network.vocabulary
    assert vocabulary is not None
    sentence = "The quick brown fox jumps over the lazy dog."
    in_vocabulary = [form in vocabulary for form in vocabulary.split(sentence).normalized]
    if sum(in_vocabulary) > len(in_vocabulary) / 2:
        return sentence
    own = without_special_tokens([token for token in vocabulary.tokens if token != UNKNOWN])[:24]
    return (" " if any(len(token) > 1 for token in own) else "").join(own)


def without_special_tokens(tokens: Sequence[str]) -> list[str]:
    """Return the tokens of a vocabulary without special ones such as <pad> and [CLS]; all if nothing is left.

    Examples:
        >>> without_special_tokens(["<pad>", "[UNK]", "a", "<", "[sic]", "lamp"])
        ['a', '<', '[sic]', 'lamp']
    """
    return [token for token in tokens if token and not _SPECIAL_TOKEN.fullmatch(token)] or list(tokens)


def _verdicts(display: NetworkView, scene: LiveScene) -> None:
    """Draw the verdict after each token below the live view."""
    if display.network.predicts_next_token or not len(scene.trace.tokens):
        return
    poll_fragment(_draw_verdicts, display, scene, every=_EVERY, awaited=bool(display.verdicts_missing()))


def _draw_verdicts(display: NetworkView, scene: LiveScene) -> None:
    network, trace_read = display.network, scene.trace
    before = display.verdicts_missing()
    if before:
        display.compute_verdicts(_EVERY / 2)
        if not display.verdicts_missing():
            st.rerun()
    best = int(trace_read.probs[-1].argmax())
    verdict = f"{escape_inline(network.outputs[best])}, {format_percent(float(trace_read.probs[-1, best]))}"
    st.markdown(f"**After the last token: {verdict}.** {_about(display, scene)}")
    components.draw_figure(
        class_curves(trace_read.probs, network.outputs, trace_read.tokens, palette()), "network_verdicts",
        "The probability of each class after each token.",
    )  # fmt: skip


def _about(display: NetworkView, scene: LiveScene) -> str:
    """Describe the curves in a sentence."""
    steps, missing = len(scene.trace.tokens), display.verdicts_missing()
    classes = len(display.network.outputs)
    which = (
        f"The {MAX_CURVES} likeliest of {classes} classes after each token"
        if classes > MAX_CURVES
        else "Each class after each token"
    )
    if isinstance(display.network, LanguageModel) or display.verdicts is None:
        if isinstance(display.network, ImportedNetwork) and not display.network.causal and steps > BEGINNINGS:
            return f"For a text of more than {BEGINNINGS} tokens only the verdict on the whole text is computed."
        return f"{which}."
    if missing:
        return f"The network reads each beginning separately: {steps - missing:,} of {steps:,} verdicts computed."
    return f"{which}; the network reads each beginning of the text separately."
