"""Watch a recurrent module at work: its kernels' calls recorded in a `with` block, gates and gradients given back."""

from lstm_viz.capture.context import Capture, capture

__all__ = ["Capture", "capture"]
