"""Your text: a whole book read at once, looked over, searched, and opened anywhere."""

from lstm_viz.ui.your_text.page import show

show()
