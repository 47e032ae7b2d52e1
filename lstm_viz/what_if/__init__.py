"""What would happen if: a network reads on with gates clamped, units cut out or states overwritten."""

from lstm_viz.what_if.ablation_scan import Scan, scan, scan_text
from lstm_viz.what_if.continuation import continuation
from lstm_viz.what_if.interventions import Ablate, Change, Clamp, Overwrite, check, holds
from lstm_viz.what_if.rerun import WhatIf, rerun, what_if

__all__ = [
    "Ablate", "Change", "Clamp", "Overwrite", "Scan", "WhatIf", "check", "continuation", "holds", "rerun", "scan", "scan_text",
    "what_if",
]  # fmt: skip
