"""The live view: one component that owns the text area, the strips, the cell's diagram and what is expected next."""

from lstm_viz.ui.live.component import mount, received
from lstm_viz.ui.live.frame import pack

__all__ = ["mount", "pack", "received"]
