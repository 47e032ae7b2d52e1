"""Data in, Plotly figure out: the colours and the figures that are kept, exported and tested as data."""
