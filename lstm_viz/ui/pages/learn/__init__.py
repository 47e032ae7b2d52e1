"""The learn page: how LSTMs work, one idea and one figure per section."""
