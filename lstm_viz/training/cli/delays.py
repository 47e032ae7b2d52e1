"""`python -m lstm_viz train delays …`: train RNN, GRU and LSTM on one task that needs memory."""

from __future__ import annotations

import platform
import shlex
import sys
import time
from pathlib import Path

import click
import torch

from lstm_viz.delays.results import DelayResult, format_parameters, save_result
from lstm_viz.training.loop.model_card import ModelCard
from lstm_viz.training.tasks.delay_training import DelayExperiment, DelaySnapshot, accuracy, train_side_by_side
from lstm_viz.training.tasks.delays import TASKS

#: Number of new examples of each delay for the scores in the card.
EXAMPLES = 500


@click.command()
@click.argument("task", type=click.Choice(list(TASKS)))
@click.option("--units", default=DelayExperiment.units, show_default=True, help="Units of each network's one layer.")
@click.option("--longest", default=DelayExperiment.longest, show_default=True, help="Maximum delay in training.")
@click.option("--steps", default=DelayExperiment.steps, show_default=True, help="Maximum number of steps for each network.")
@click.option("--seed", default=DelayExperiment.seed, show_default=True)
@click.option("--every", default=DelayExperiment.every, show_default=True, help="Steps between two snapshots.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The output folder.")
def delays(task: str, units: int, longest: int, steps: int, seed: int, every: int, out: Path) -> None:
    """Train RNN, GRU and LSTM side by side on a task that needs memory; the delay grows as they succeed."""
    torch.set_num_threads(1)
    try:
        experiment = DelayExperiment(task, seed=seed, units=units, longest=longest, steps=steps, every=every)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    began, snapshots = time.perf_counter(), []
    try:
        for snapshot in train_side_by_side(experiment):
            snapshots.append(snapshot)
            _print_progress(snapshot)
    except KeyboardInterrupt as error:
        raise click.ClickException("stopped before the end; nothing was written") from error
    result = DelayResult(experiment, tuple(snapshots))
    metadata = report(result, time.perf_counter() - began)
    save_result(result, out, metadata)
    ModelCard(f"{task} over a delay", metadata).write(out / task)
    click.echo(f"{out / task}.json: {metadata['scores']}")


def report(result: DelayResult, seconds: float) -> dict[str, str]:
    """Return the metadata of finished results for their card, with newly measured scores."""
    experiment, task = result.experiment, TASKS[result.experiment.task]
    return {
        "summary": f"A plain RNN, a GRU and an LSTM of {experiment.units} units each, trained side by side on a task "
        f"that only memory solves, up to a delay of {experiment.longest} symbols.",
        "task": task.rule,
        "data": "random examples, drawn by rule while training",
        "licence of the data": "none needed: drawn by rule",
        "command": f"`python -m lstm_viz {shlex.join(sys.argv[1:])}`",
        "seed": str(experiment.seed),
        "parameters": format_parameters(result.networks.values()),
        "minutes": f"{seconds / 60:.1f} on one core, measuring included",
        "scores": f"right answer symbols on {EXAMPLES} new examples of each delay (guessing: {task.chance_accuracy:.0%}): "
        + "; ".join(f"{kind.upper()} {scores}" for kind, scores in measured(result).items()),
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
    }


def measured(result: DelayResult) -> dict[str, str]:
    """Return each network's accuracy of answer tokens at each delay, on more examples than a snapshot uses."""
    task = TASKS[result.experiment.task]
    return {
        kind: ", ".join(f"{accuracy(model, task, delay, EXAMPLES):.1%} at {delay}" for delay in result.experiment.tested)
        for kind, model in result.networks.items()
    }


def _print_progress(snapshot: DelaySnapshot) -> None:
    if snapshot.over or snapshot.step % 500 == 0:
        right = ", ".join(f"{share:.0%} at {delay}" for delay, share in snapshot.right.items())
        click.echo(f"{snapshot.kind} step {snapshot.step}: delay {snapshot.current_delay}; accuracy: {right}")
