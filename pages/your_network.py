"""Your network: open a network that you trained elsewhere, and see what it does."""

from lstm_viz.ui.pages.your_network.page import render

render()
