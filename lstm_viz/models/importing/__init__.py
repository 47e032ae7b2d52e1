"""Import checkpoints of other projects: opened without running anything, inferred from shapes, converted to this format."""

from lstm_viz.models.importing.convert import load_checkpoint, load_checkpoint_bytes
from lstm_viz.models.importing.errors import NoVocabulary, UnsafeCheckpoint, UnsupportedCheckpoint

__all__ = ["NoVocabulary", "UnsafeCheckpoint", "UnsupportedCheckpoint", "load_checkpoint", "load_checkpoint_bytes"]
