"""Networks to try the page with: this project's own, saved as other projects save theirs."""

from __future__ import annotations

import io
import json
from functools import cache

import streamlit as st
import torch

from lstm_viz.models.catalog import load
from lstm_viz.ui.pages.your_network import files
from lstm_viz.ui.state.examples import COUNTING, PYTHON

#: The models by what their button says.
EXAMPLES = {"python-lstm": "A network of program code", "counting": "One of 4 units that counts"}
_TEXTS = {"counting": COUNTING[0].text * 4, "python-lstm": "".join(preset.text for preset in PYTHON[3:])}


def buttons() -> None:
    """Draw a button for each example."""
    st.caption("No file at hand? Try one of this site's networks, saved as a state dict by `torch.save`, with its vocabulary:")
    with st.container(horizontal=True, gap="xsmall"):
        for name, title in EXAMPLES.items():
            st.button(title, key=f"network_example_{name}", on_click=_on_example_click, args=(name,))


@cache
def example_files(name: str) -> tuple[tuple[str, bytes], ...]:
    """Return a model's weights as a state dict without anything else, its vocabulary as JSON, and a text."""
    model = load(name)
    packed = io.BytesIO()
    torch.save(model.state_dict(), packed)
    vocabulary = json.dumps(list(model.vocabulary.tokens))
    return (
        (f"{name}.pt", packed.getvalue()), ("vocabulary.json", vocabulary.encode()), ("text.txt", _TEXTS[name].encode()),
    )  # fmt: skip


def _on_example_click(name: str) -> None:
    files.store_files(example_files(name), name)
