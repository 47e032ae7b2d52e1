"""Sentiment: positive or negative, and which words decide it."""

from lstm_viz.ui.pages.sentiment.page import render

render()
