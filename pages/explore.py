"""Explore: type a sentence and see what the network does at every character."""

from lstm_viz.ui.explore.page import show

show()
