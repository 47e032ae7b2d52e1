"""Memory: what each character writes into the cell state, and how long it stays."""

from lstm_viz.ui.pages.memory.page import render

render()
