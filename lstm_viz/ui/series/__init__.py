"""The time series page."""
