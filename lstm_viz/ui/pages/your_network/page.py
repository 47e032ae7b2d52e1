"""The page of the user's own network: files, questions, its card, and what it does."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import LanguageModel
from lstm_viz.ui import components
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.components.navigation import open_network
from lstm_viz.ui.pages.your_network import answers, card, examples, files, numbers, questions, reading
from lstm_viz.ui.pages.your_network.opening import Network, Opened, Request
from lstm_viz.ui.state.markdown import escape_block

_ENDINGS = ".pt .pth .pkl .ckpt .bin .safetensors .npz .keras .h5 .hdf5, or no ending: the content decides"
_TAKES = f"""
| | What it is | Any of |
|---|---|---|
| **weights** | an LSTM, GRU or plain RNN that reads characters, words or numbers | {_ENDINGS} |
| **vocabulary** | its tokens and their ids, if no other file has them | vocab.pkl, .json, .csv, .txt |
| **text** | its training text or a similar one: shows whether everything was read correctly | .txt and most documents |
| **numbers** | a table, if it reads numbers | .csv, .json, .xlsx, .ods, .xls |
"""
_SAVE = 'torch.save(model.state_dict(), "weights.pt")   # or torch.save(model, …), model.save("weights.keras")'
_CAPTURE = """with lstm_viz.capture(module) as captured:
    module(x)
captured.layers[0].f        # every gate of every layer, [time, batch, unit]"""


def render() -> None:
    """Draw the page."""
    page_setup()
    page_header(
        "What does my own network do?",
        "Drop the files of a network that you trained elsewhere, in PyTorch or Keras. Nothing in them is executed.",
        terms=("vocabulary", "token", "nat", "surprise"),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        stored = files.upload()
    if stored is None:
        with right:
            examples.buttons()
        _introduce()
    else:
        request = Request(stored.files, tuple(sorted(answers.answers().items())), answers.vocabulary())
        opened = files.opened_files(request)
        with right:
            files.show_roles(opened.files if opened is not None else ())
        if opened is not None:
            _show(opened, stored.ids)
    components.sync_address_bar("network_address", unsaved=stored is not None)


def _introduce() -> None:
    """Draw which files the page takes."""
    st.markdown(_TAKES)
    st.code(_SAVE, language="python")


def _show(opened: Opened, ids: tuple[str, ...]) -> None:
    questions.draw_answered(sorted(answers.answers().items()), opened.vocabulary_note)
    if opened.error:
        st.error(f"{escape_block(opened.error)}.", icon=":material/block:")
        if any(file.role == "weights" for file in opened.files):
            _look_inside()
    elif opened.question is not None:
        questions.ask(opened.question)
    elif opened.missing is not None:
        questions.ask_vocabulary(opened.missing)
    elif opened.network is not None:
        card.render(opened, opened.network)
        _use(opened, opened.network, ids)


def _use(opened: Opened, network: Network, ids: tuple[str, ...]) -> None:
    """Draw what the network can be used for: the explorer, or the live view on this page."""
    title = PurePath(next((file.name for file in opened.files if file.role == "weights"), "Your network")).stem[:40]
    if isinstance(network, LanguageModel) and network.predicts_next_token:
        if st.button("Open it in Explore", icon=":material/keyboard:", type="primary", key="network_open"):
            example = "Its own text" if opened.text else "Its own tokens"
            open_network(network, title, example, example_text(network, opened.text), "loaded")
        st.caption("Then every page that offers a choice of networks offers this one too, during this session.")
    elif isinstance(network, ImportedNetwork) and network.vocabulary is None:
        numbers.render(network, title, opened.files)
    else:
        reading.render(network, title, opened.text, ids)


def _look_inside() -> None:
    st.markdown("Or look inside with three lines of Python, whatever the network is:")
    st.code(_CAPTURE, language="python")


def example_text(model: LanguageModel, text: str = "") -> str:
    """Return an example text: the beginning of the uploaded text, else one made of known tokens."""
    if text.strip():
        return text[:300]
    if model.config.words:
        return " ".join(reading.without_special_tokens(model.vocabulary.tokens[1:])[:24])
    fallback = "The quick brown fox jumps over the lazy dog."
    own = "".join(model.vocabulary.tokens[1:41])
    return fallback if all(symbol in model.vocabulary for symbol in fallback.lower() if symbol != "t") else own
