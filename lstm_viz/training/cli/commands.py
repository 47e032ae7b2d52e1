"""The commands of `python -m lstm_viz` that train and measure."""

from __future__ import annotations

from lstm_viz.training.cli.language_models import score, train
from lstm_viz.training.cli.sentiment import judge, sentiment
from lstm_viz.training.cli.series import forecast
from lstm_viz.training.cli.unit_names import name_units
from lstm_viz.training.tasks.reference import reference

__all__ = ["forecast", "judge", "name_units", "reference", "score", "train"]

train.add_command(sentiment)
