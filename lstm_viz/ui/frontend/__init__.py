"""The live view: one component that owns the text area, the strips, the cell's diagram and what is expected next."""

from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack

__all__ = ["mount", "pack"]
