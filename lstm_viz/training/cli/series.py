"""`python -m lstm_viz train series …` and `forecast …`: train and measure a forecaster of one column, compared with baselines."""

from __future__ import annotations

import platform
import shlex
import sys
from pathlib import Path
from typing import Any

import click
import torch

from lstm_viz.models.forecaster import Forecaster, ForecasterConfig
from lstm_viz.models.forecaster_serialization import load_forecaster, pack, unpack
from lstm_viz.series.backtesting import BacktestReport, Split, backtest, residuals_of
from lstm_viz.series.csv_reader import Table, read_table
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.series.forecasting import FARTHEST
from lstm_viz.series.forecasting import forecast as into_the_future
from lstm_viz.series.missing_values import FILL_METHODS
from lstm_viz.series.model import Series, select_series
from lstm_viz.series.report_text import report_text
from lstm_viz.series.resampling import FREQUENCIES, extend_labels
from lstm_viz.series.seasonality import season
from lstm_viz.training.loop.model_card import ModelCard
from lstm_viz.training.tasks.series import ForecasterTrainingConfig, Progress, TrainedForecaster, candidate_configs, train


@click.command()
@click.option("--csv", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--column", default=None, help="The column to forecast; optional if only one is numeric.")
@click.option("--every", type=click.Choice(list(FREQUENCIES)), default=None, help="Average over calendar periods first.")
@click.option(
    "--gaps", "how", type=click.Choice(list(FILL_METHODS)), default="line", show_default=True, help="How to fill gaps."
)
@click.option("--kind", type=click.Choice(["lstm", "gru", "rnn"]), default="lstm", show_default=True)
@click.option("--hidden", default=24, show_default=True, help="Units a layer.")
@click.option("--layers", default=1, show_default=True)
@click.option("--dropout", default=0.0, show_default=True)
@click.option("--steps", default=400, show_default=True, help="Steps for each candidate configuration.")
@click.option("--learning-rate", "--rate", "learning_rate", default=5e-3, show_default=True, help="Maximum learning rate.")
@click.option("--seed", default=1, show_default=True)
@click.option("--data", "data", default="", help="Description and source of the series, for the model card.")
@click.option("--licence", default="not stated", help="The series' licence, for the model card.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Path of the .safetensors file.")
def series(csv: Path, column: str | None, every: Any, how: Any, data: str, licence: str, out: Path, **options: Any) -> None:
    """Train a forecaster on a numeric series from a CSV or spreadsheet file; its inputs are chosen on the validation part."""
    torch.set_num_threads(1)
    try:
        table = read_table(csv)
        target = _column(table, column, every, how)
    except UnreadableSeries as error:
        raise click.ClickException(str(error)) from error
    for note in (*table.notes, *target.notes):
        click.echo(f"note: {note}")
    training = ForecasterTrainingConfig(options["steps"], options["learning_rate"], seed=options["seed"])
    base = ForecasterConfig(options["kind"], options["hidden"], options["layers"], options["dropout"])
    metadata = {
        "data": (data or csv.name) + "".join(f"; {note}" for note in target.notes),
        "licence of the data": licence,
        "seed": str(training.seed),
    }
    publish(*run(target, base, training), out, metadata)


def run(
    target: Series, base: ForecasterConfig, training: ForecasterTrainingConfig
) -> tuple[Forecaster, BacktestReport, dict[str, str]]:
    """Train to the end, or to Ctrl-C; return the best forecaster, its errors and its metadata."""
    values, split = target.values, Split.of(len(target.values))
    weights, seconds = None, 0.0
    try:
        for item in train(values, candidate_configs(values, split, base), training):
            if isinstance(item, TrainedForecaster):
                errors = zip(item.designs, item.one_step_maes, item.multi_step_maes, strict=True)
                tried_texts = [f"{config.description}: {one:.4g} / {many:.4g}" for config, one, many in errors]
                click.echo("tried (validation error one step ahead / many steps ahead):\n  " + "\n  ".join(tried_texts))
                metadata = {"tried": "; ".join(tried_texts), "minutes": f"{item.seconds / 60:.1f} on one core"}
                return unpack(item.weights), item.report, metadata
            _print_progress(item)
            weights, seconds = item.weights or weights, item.seconds
    except KeyboardInterrupt:
        click.echo("\nstopped; the best forecaster so far is kept")
    if weights is None:
        raise click.ClickException("stopped before the first validation; no weights were written")
    model = unpack(weights)
    metadata = {"minutes": f"{seconds / 60:.1f} on one core, stopped before the end"}
    return model, backtest(model, values, split, model.config.season or season(values[: split.train_end])), metadata


def publish(model: Forecaster, report: BacktestReport, tried_texts: dict[str, str], out: Path, metadata: dict[str, str]) -> None:
    """Write weights and model card."""
    config, cell = model.config, model.config.kind.upper()
    candidates = f", chosen among (error one step ahead / stepwise): {tried_texts.pop('tried')}" if "tried" in tried_texts else ""
    metadata = {
        "summary": f"A forecaster of a numeric series: {config.layers} × {config.hidden} {cell}; it reads {config.description}.",
        "task": "forecast the next value",
        "split": model.metadata["split"] + candidates,
        **metadata,
        **tried_texts,
        "command": f"`python -m lstm_viz {shlex.join(sys.argv[1:])}`",
        "parameters": f"{model.parameter_count:,}",
        "scores": scores(report),
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(pack(model, metadata))
    ModelCard(out.stem, metadata).write(out)
    _print(report)
    not_beaten = [name for name, beaten in report.beats.items() if not beaten]
    click.echo(f"{out}: {'worse than ' + ', '.join(not_beaten) if not_beaten else 'better than every baseline one step ahead'}")


@click.command()
@click.argument("name")
@click.option("--csv", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None, help="Another table.")
@click.option("--column", default=None, help="The column to forecast; optional if only one is numeric.")
@click.option("--every", type=click.Choice(list(FREQUENCIES)), default=None, help="Average over calendar periods first.")
@click.option(
    "--gaps", "how", type=click.Choice(list(FILL_METHODS)), default="line", show_default=True, help="How to fill gaps."
)
@click.option("--steps", type=click.IntRange(1, FARTHEST), default=12, show_default=True, help="Number of steps to forecast.")
def forecast(name: str, csv: Path | None, column: str | None, every: Any, how: Any, steps: int) -> None:
    """Measure a forecaster on the held-out part of its series, compared with baselines, and forecast its next values.

    NAME is a shipped one or a file; one that does not ship needs the table that it was trained on.
    """
    torch.set_num_threads(1)
    try:
        model = load_forecaster(name)
        if csv is None and name not in SHIPPED:
            raise UnreadableSeries(f"{name} brings no series; name its table with --csv")
        target = SHIPPED[name].read() if csv is None else _column(read_table(csv), column, every, how)
        values, split = target.values, Split.of(len(target.values))
        report = backtest(model, values, split, model.config.season or season(values[: split.train_end]))
        coming = into_the_future(model, values, steps, residuals=residuals_of(model, values, split))
    except (KeyError, ValueError) as error:
        raise click.ClickException(str(error.args[0])) from error
    click.echo(split.description)
    _print(report)
    click.echo(report_text(report))
    assert coming.low is not None
    assert coming.high is not None
    for label, value, low, high in zip(extend_labels(target.labels, steps), coming.values, coming.low, coming.high, strict=True):
        click.echo(f"{label:<10} {value:.5g}, in 80 of 100 cases within {low:.5g} to {high:.5g}")


def _column(table: Table, column: str | None, every: Any, how: Any) -> Series:
    if column is None and len(table.columns) > 1:
        raise UnreadableSeries(f"several columns hold numbers; name one with --column: {', '.join(map(repr, table.names))}")
    return select_series(table, column or table.names[0], how, every=every)


def _print(report: BacktestReport) -> None:
    for row in report.rows:
        click.echo(
            f"{row.name:<16} MAE {row.mae:.4g}, MASE {row.mase:.3f}, MAE over the next {report.horizon} {row.multi_step_mae:.4g}"
        )


def scores(report: BacktestReport) -> str:
    """Format all errors in one line, the forecaster's first."""
    rows = "; ".join(f"{row.name} {row.mae:.4g} / {row.mase:.3f} / {row.multi_step_mae:.4g}" for row in report.rows)
    return (
        f"held-out part, MAE one step ahead / MASE (scaled by the last value's MAE before it) / MAE over the next "
        f"{report.horizon} steps forecast stepwise from {report.origins} places: {rows}"
    )


def _print_progress(item: Progress) -> None:
    if item.step % 100 == 0 or item.step == item.of:
        design = f"inputs {item.design + 1} of {len(item.designs)}"
        click.echo(f"{design}, step {item.step}: {item.validation_loss:.4g} on the validation part; last value {item.naive:.4g}")
