"""What if: intervene in the network while it runs, and compare the results."""

from lstm_viz.ui.pages.what_if.page import render

render()
