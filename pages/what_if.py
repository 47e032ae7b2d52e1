"""What if: change the network while it runs, and see what follows."""

from lstm_viz.ui.pages.what_if.page import render

render()
