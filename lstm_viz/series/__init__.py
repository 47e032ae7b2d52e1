"""Numeric series: reading anybody's table, filling gaps, baselines that every forecaster must beat, and forecasts."""
