"""The colours of the person's theme: for figures the palette in use, for the browser's own drawings both."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from lstm_viz.figures.palette import PALETTES, Palette

#: The palettes as they are sent to the browser, which knows its theme best; converted once, not at every keystroke.
PALETTES_BY_THEME = {name: asdict(palette) for name, palette in PALETTES.items()}


def palette() -> Palette:
    """The colours that suit the person's theme."""
    return PALETTES["dark" if st.context.theme.type == "dark" else "light"]
