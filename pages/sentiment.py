"""Sentiment: positive or negative, and which words decide it."""

from lstm_viz.ui.sentiment.page import show

show()
