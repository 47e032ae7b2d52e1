"""Capture: record the kernel calls of recurrent modules in a `with` block and return gates and gradients."""

from lstm_viz.capture.context import Capture, capture

__all__ = ["Capture", "capture"]
