"""Train: train a network on your own text and watch it learn."""

from lstm_viz.ui.pages.train.page import render

render()
