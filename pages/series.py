"""Time series: what comes next, how good the forecast is, and what the gates do under the curve."""

from lstm_viz.ui.pages.series.page import render

render()
