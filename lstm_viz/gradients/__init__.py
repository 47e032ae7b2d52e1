"""What depends on what: objectives, and what is read off their derivatives."""

from lstm_viz.gradients.objectives import ClassLogit, NextSymbol, Objective, TextLoss

__all__ = ["ClassLogit", "NextSymbol", "Objective", "TextLoss"]
