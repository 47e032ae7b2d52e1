"""Delays: how long a plain RNN, a GRU and an LSTM remember, trained side by side."""

from lstm_viz.ui.delays.page import show

show()
