"""Weights that another project trained: opened without running anything, understood by their shapes, read like our own."""

from lstm_viz.models.importing.convert import load_checkpoint, load_checkpoint_bytes
from lstm_viz.models.importing.errors import NoVocabulary, UnsafeCheckpoint, UnsupportedCheckpoint

__all__ = ["NoVocabulary", "UnsafeCheckpoint", "UnsupportedCheckpoint", "load_checkpoint", "load_checkpoint_bytes"]
