"""Time series: the forecast, its error, and the gates below the curve."""

from lstm_viz.ui.pages.series.page import render

render()
