"""Learn: how LSTMs work, in pictures that can be touched."""

from lstm_viz.ui.pages.learn.page import render

render()
