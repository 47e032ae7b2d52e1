"""Class: everybody's lines on one wall, and votes."""

from lstm_viz.ui.pages.classroom.page import render

render()
