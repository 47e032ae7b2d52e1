"""Generate: networks write on from a prompt, and what else they could have written."""

from lstm_viz.ui.pages.generate.page import render

render()
