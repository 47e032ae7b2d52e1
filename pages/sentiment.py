"""Sentiment: what a network makes of praise and blame, word by word."""

from lstm_viz.ui.sentiment.page import show

show()
