"""What depends on what: objectives, and what is read off their derivatives."""

from lstm_viz.gradients.attribution import Attribution, gradient_times_input, integrated_gradients
from lstm_viz.gradients.flow import Flow, flow
from lstm_viz.gradients.gradient_decay import Decay, Fading, fading
from lstm_viz.gradients.gradient_paths import Roads, roads
from lstm_viz.gradients.objectives import ClassLogit, LikeliestNext, NextSymbol, Objective, TextLoss, fix_target
from lstm_viz.gradients.ranking import Dependence, ranking

__all__ = [
    "Attribution", "ClassLogit", "Decay", "Dependence", "Fading", "Flow", "LikeliestNext", "NextSymbol", "Objective", "Roads",
    "TextLoss", "fading", "fix_target", "flow", "gradient_times_input", "integrated_gradients", "ranking", "roads",
]  # fmt: skip
