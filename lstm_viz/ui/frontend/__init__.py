"""The browser components, their JavaScript and CSS, and the binary frame format."""

from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack

__all__ = ["mount", "pack"]
