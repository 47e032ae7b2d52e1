"""Import networks of other projects: files read as data, architectures inferred, converted to this project's models."""

from lstm_viz.models.importing.errors import NeedsAnswer, NoVocabulary, UnsafeCheckpoint, UnsupportedCheckpoint
from lstm_viz.models.importing.loading import load_checkpoint, load_checkpoint_bytes

__all__ = ["NeedsAnswer", "NoVocabulary", "UnsafeCheckpoint", "UnsupportedCheckpoint", "load_checkpoint", "load_checkpoint_bytes"]
