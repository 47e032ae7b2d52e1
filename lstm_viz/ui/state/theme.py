"""The colours of the user's theme: one palette for figures, both for drawings in the browser."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from lstm_viz.figures.palette import PALETTES, Palette

#: Both palettes as sent to the browser, which selects by its own theme; converted once.
PALETTES_BY_THEME = {name: asdict(palette) for name, palette in PALETTES.items()}


def palette() -> Palette:
    """Return the palette of the user's theme."""
    return PALETTES["dark" if st.context.theme.type == "dark" else "light"]
