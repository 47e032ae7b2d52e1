"""See what a recurrent network does at every step: gates, states and gradients, live and exact."""

from lstm_viz.capture import Capture, capture
from lstm_viz.gradients import ClassLogit, NextSymbol, TextLoss
from lstm_viz.models.catalog import load, models
from lstm_viz.reading import Reader, trace
from lstm_viz.text.decoding import TextFile, UnreadableText, read_text
from lstm_viz.trace import Gradients, LayerTrace, Trace

__all__ = [
    "Capture", "ClassLogit", "Gradients", "LayerTrace", "NextSymbol", "Reader", "TextFile", "TextLoss", "Trace",
    "UnreadableText", "capture", "load", "models", "read_text", "trace",
]  # fmt: skip
