"""Plotly figures from data: colours, and figures that can be exported and tested as data."""
