"""What would happen if: a network reads on with gates clamped, units cut out or states overwritten."""

from lstm_viz.what_if.changes import Ablate, Change, Clamp, Overwrite, check
from lstm_viz.what_if.continuation import continuation
from lstm_viz.what_if.rerun import WhatIf, rerun, what_if
from lstm_viz.what_if.scan import Scan, scan

__all__ = ["Ablate", "Change", "Clamp", "Overwrite", "Scan", "WhatIf", "check", "continuation", "rerun", "scan", "what_if"]
