"""Everything on one page: each section explains one idea, from recurrence to the glossary."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.components.layout import page_header
from lstm_viz.ui.pages.learn import application_section, cell, clipping, glossary, recurrence, squashing, vanishing

#: The sections' anchors and titles.
SECTIONS = {
    "recurrence": "Folded and unrolled",
    "cell": "The memory cell",
    "curves": "σ and tanh",
    "bptt": "Backpropagation through time",
    "clipping": "Gradient clipping",
    "uses": "Applications",
    "words": "Glossary",
}
#: A line that is comfortable to read, in pixels.
WIDTH = 736


def render() -> None:
    """Draw the sections; each is a fragment, so that a slider redraws only its own figure."""
    with st.container(width=WIDTH):
        page_header("How LSTMs work")
        st.markdown(
            "A recurrent network reads a text one letter at a time and keeps a memory of what it has read. Each section explains "
            "one idea, with something to move, and leads to the page that shows it in a trained network. Measured numbers come "
            "from the networks of this app."
        )
        st.markdown(" · ".join(f"[{title}](#{anchor})" for anchor, title in SECTIONS.items()))
        for section in (recurrence, cell, squashing, vanishing, clipping, application_section, glossary):
            section.render()
