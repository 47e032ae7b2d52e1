"""See what a recurrent network does at every step: gates, states and gradients, live and exact."""

from typing import TYPE_CHECKING, Any

from lstm_viz.capture import Capture, capture
from lstm_viz.cell_decomposition import half_life, ledger
from lstm_viz.comparison import compare
from lstm_viz.gradients import ClassLogit, NextSymbol, TextLoss, flow, integrated_gradients, ranking, roads
from lstm_viz.models.catalog import load, models
from lstm_viz.models.importing import UnsafeCheckpoint, UnsupportedCheckpoint, load_checkpoint
from lstm_viz.models.sampling import Sampling, sample
from lstm_viz.reader import Reader, trace
from lstm_viz.text.decoding import TextFile, UnreadableText, read_text
from lstm_viz.trace import Gradients, LayerTrace, Trace
from lstm_viz.unit_stats import saturation
from lstm_viz.what_if import Ablate, Clamp, Overwrite, continuation, what_if

if TYPE_CHECKING:
    from lstm_viz.figures.plot import plot

__version__ = "0.1.0"

__all__ = [
    "Ablate", "Capture", "Clamp", "ClassLogit", "Gradients", "LayerTrace", "NextSymbol", "Overwrite", "Reader",
    "Sampling", "TextFile", "TextLoss", "Trace", "UnreadableText", "UnsafeCheckpoint", "UnsupportedCheckpoint", "capture",
    "compare", "continuation", "flow", "half_life", "integrated_gradients", "ledger", "load", "load_checkpoint", "models",
    "plot", "ranking", "read_text", "roads", "sample", "saturation", "trace", "what_if",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Plotly takes longer to import than all else here, and only `plot` needs it."""
    if name != "plot":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lstm_viz.figures.plot import plot

    return plot


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
