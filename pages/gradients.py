"""Gradients: what an output depends on, and how far back."""

from lstm_viz.ui.pages.gradients.page import render

render()
