"""Generate: networks continue a prompt; see the alternatives for each token."""

from lstm_viz.ui.pages.generate.page import render

render()
