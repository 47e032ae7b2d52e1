"""The learn page, put together: one section after another, from the folded network to the list of words."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.layout import tighten
from lstm_viz.ui.learn import cell, clipping, fading, glossary, recurrence, squashing, uses

#: What leads to the sections, by their anchors.
SECTIONS = {
    "recurrence": "Folded and unrolled",
    "cell": "The memory cell",
    "curves": "σ and tanh",
    "bptt": "Backpropagation through time",
    "clipping": "The cap",
    "uses": "What it is for",
    "words": "Cheat sheet",
}


def show() -> None:
    """Draw the page; each section is a fragment, so that moving a slider redraws its own picture only."""
    tighten()
    st.header("What stands behind it", anchor=False)
    st.markdown(
        "You have seen gates open and close while a network reads. Here is each idea by itself, with something to move. "
        "Numbers that are called measured come from the networks that this app ships, and most sections lead to the page that "
        "shows their matter live."
    )
    st.markdown(" · ".join(f"[{title}](#{anchor})" for anchor, title in SECTIONS.items()))
    for section in (recurrence, cell, squashing, fading, clipping, uses, glossary):
        section.show()
