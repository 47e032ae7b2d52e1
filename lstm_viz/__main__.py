"""The command line: `lstm-viz app` starts the explorer, `lstm-viz train …` reproduces the shipped models."""

from __future__ import annotations

import sys
from importlib import import_module

import click

#: Commands that import PyTorch and are therefore imported lazily, with their help lines.
LAZY = {
    "forecast": "Measure a forecaster on the held-out part of its series.",
    "judge": "Measure a sentiment classifier on a treebank's whole sentences.",
    "name-units": "Name each unit of a network by the text feature that it tracks best.",
    "reference": "Count how often each gate of a model is open or closed, over a text.",
    "score": "Measure a model on the last 10% of a text.",
    "train": "Train a model: characters, sentiment, series, delays.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `--help` is fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, None if there is none."""
        if cmd_name not in LAZY:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module("lstm_viz.training.cli.commands"), cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._short_help(name)) for name in self.list_commands(ctx)])

    def _short_help(self, name: str) -> str:
        return LAZY[name] if name in LAZY else self.commands[name].get_short_help_str(80)


@click.group(cls=LazyGroup)
def main() -> None:
    """The LSTM gate explorer: see what a trained recurrent network does at every character."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--host", metavar="ADDRESS", help="The address to listen on; 0.0.0.0 for every network of this computer.")
@click.option("--class", "for_class", is_flag=True, help="Print the addresses by which a class reaches the app, with a QR code.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def app(options: tuple[str, ...], host: str | None, for_class: bool) -> None:
    """Start the explorer in the browser; further options go to Streamlit, such as --server.port 8502."""
    from lstm_viz.ui.server.launch import launch

    try:
        sys.exit(launch(options, host, for_class))
    except ValueError as refused:
        raise click.UsageError(str(refused)) from refused


if __name__ == "__main__":
    main()
