"""The command line: `lstm-viz app` starts the explorer, `lstm-viz train …` reproduces the shipped models."""

from __future__ import annotations

import sys

import click

from lstm_viz.training.cli.language_models import score, train
from lstm_viz.training.cli.sentiment import judge, sentiment
from lstm_viz.training.cli.series import forecast
from lstm_viz.training.tasks.reference import reference


@click.group()
def main() -> None:
    """The LSTM gate explorer: see what a trained recurrent network does at every character."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def app(options: tuple[str, ...]) -> None:
    """Start the explorer in the browser; further options go to Streamlit, as --server.port 8502."""
    from lstm_viz.ui.server.launch import launch

    sys.exit(launch(options))


main.add_command(train)
main.add_command(score)
main.add_command(reference)
main.add_command(judge)
main.add_command(forecast)
train.add_command(sentiment)

if __name__ == "__main__":
    main()
