"""Learn: how LSTMs work, in pictures that can be touched."""

from lstm_viz.ui.learn.page import show

show()
