"""Numeric series: reading anybody's table, filling gaps, baselines that every forecaster must beat, and forecasts."""

from lstm_viz.models.forecaster_serialization import forecasters, load_forecaster
from lstm_viz.series.backtesting import Parts, Report, judge, residuals_of
from lstm_viz.series.csv_reader import Table, UnreadableSeries, read_table
from lstm_viz.series.forecasting import Forecast, forecast
from lstm_viz.series.model import Series, choose, of_values
from lstm_viz.series.reading import SeriesTrace, read_series

__all__ = [
    "Forecast", "Parts", "Report", "Series", "SeriesTrace", "Table", "UnreadableSeries", "choose", "forecast", "forecasters",
    "judge", "load_forecaster", "of_values", "read_series", "read_table", "residuals_of",
]  # fmt: skip
