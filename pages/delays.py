"""Delays: how long a plain RNN, a GRU and an LSTM remember, trained side by side."""

from lstm_viz.ui.pages.delays.page import render

render()
