"""Interventions: run a network with gates clamped, units ablated or states overwritten."""

from lstm_viz.what_if.ablation_scan import AblationScan, scan, scan_text
from lstm_viz.what_if.continuation import continuation
from lstm_viz.what_if.interventions import Ablate, Clamp, Intervention, Overwrite, check, is_active
from lstm_viz.what_if.rerun import WhatIf, rerun, what_if

__all__ = [
    "Ablate",
    "AblationScan",
    "Clamp",
    "Intervention",
    "Overwrite",
    "WhatIf",
    "check",
    "continuation",
    "is_active",
    "rerun",
    "scan",
    "scan_text",
    "what_if",
]  # fmt: skip
