"""Watch a recurrent module at work: hooks borrowed for a `with` block, gates and gradients given back."""

from lstm_viz.capture.hooks import Capture, capture

__all__ = ["Capture", "capture"]
