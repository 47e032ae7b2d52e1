"""Units: what one unit does, where the same units do the same, and where the state goes."""

from lstm_viz.ui.pages.units.page import render

render()
