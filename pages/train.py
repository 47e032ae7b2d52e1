"""Train: a network learns one's own text while one watches."""

from lstm_viz.ui.pages.train.page import render

render()
