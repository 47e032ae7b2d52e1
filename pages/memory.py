"""Memory: what each letter wrote into the cell, and how long it stays."""

from lstm_viz.ui.pages.memory.page import render

render()
