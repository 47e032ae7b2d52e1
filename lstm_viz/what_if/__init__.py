"""What would happen if: a network reads on with gates clamped, units cut out or states overwritten."""

from lstm_viz.what_if.changes import Ablate, Change, Clamp, Overwrite
from lstm_viz.what_if.rerun import WhatIf, rerun, what_if

__all__ = ["Ablate", "Change", "Clamp", "Overwrite", "WhatIf", "rerun", "what_if"]
