"""Objectives, and analyses of their derivatives: attribution, gradient flow, gradient decay, paths, rankings."""

from lstm_viz.gradients.attribution import Attribution, gradient_times_input, integrated_gradients
from lstm_viz.gradients.flow import Flow, flow
from lstm_viz.gradients.gradient_decay import Decay, GradientDecay, gradient_decay
from lstm_viz.gradients.gradient_paths import GradientPaths, gradient_paths
from lstm_viz.gradients.objectives import ClassLogit, LikeliestNext, NextToken, Objective, TextLoss, fix_target
from lstm_viz.gradients.ranking import Dependence, ranking

__all__ = [
    "Attribution",
    "ClassLogit",
    "Decay",
    "Dependence",
    "Flow",
    "GradientDecay",
    "GradientPaths",
    "LikeliestNext",
    "NextToken",
    "Objective",
    "TextLoss",
    "fix_target",
    "flow",
    "gradient_decay",
    "gradient_paths",
    "gradient_times_input",
    "integrated_gradients",
    "ranking",
]  # fmt: skip
