"""Explore: type a sentence and see what the network does at every character."""

from lstm_viz.ui.pages.explore.page import render

render()
