"""Learn: how LSTMs work, in interactive figures."""

from lstm_viz.ui.pages.learn.page import render

render()
