"""Numeric series: reading tables (CSV, JSON, spreadsheets), filling gaps, baselines, backtests and forecasts."""

from lstm_viz.models.forecaster_serialization import forecasters, load_forecaster
from lstm_viz.series.backtesting import BacktestReport, Split, backtest, residuals_of
from lstm_viz.series.csv_reader import Table, read_table
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.series.forecasting import Forecast, forecast
from lstm_viz.series.model import Series, of_values, select_series
from lstm_viz.series.reading import SeriesTrace, read_series

__all__ = [
    "BacktestReport",
    "Forecast",
    "Series",
    "SeriesTrace",
    "Split",
    "Table",
    "UnreadableSeries",
    "backtest",
    "forecast",
    "forecasters",
    "load_forecaster",
    "of_values",
    "read_series",
    "read_table",
    "residuals_of",
    "select_series",
]  # fmt: skip
