"""Long text: scan a whole book, search it, and open any position."""

from lstm_viz.ui.pages.long_text.page import render

render()
