"""Your text: a whole book read at once, looked over, searched, and opened anywhere."""

from lstm_viz.ui.pages.long_text.page import render

render()
