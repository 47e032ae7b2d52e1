"""`python -m lstm_viz train …`: the commands that train the shipped models, as named in their cards."""

from __future__ import annotations

import math
import platform
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import click
import numpy as np
import torch

from lstm_viz.models.catalog import load
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.serialization import UnreadableModel, read, save
from lstm_viz.text.decoding import UnreadableText, read_text
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.cli.delays import delays
from lstm_viz.training.cli.series import series
from lstm_viz.training.data.formal_languages import Brackets, Counting
from lstm_viz.training.data.text_dataset import UnusableText, prepare_text
from lstm_viz.training.data.text_sources import Corpus, split, standard_library
from lstm_viz.training.loop.checkpointing import TrainingRun
from lstm_viz.training.loop.model_card import ModelCard, describe
from lstm_viz.training.loop.recorded_run import save_recorded_run
from lstm_viz.training.loop.trainer import Trainer, TrainerConfig
from lstm_viz.training.tasks.char_lm_config import CharLMConfig, prepare
from lstm_viz.training.tasks.charlm import BpttConfig
from lstm_viz.training.tasks.formal_language_task import LanguageTask, accuracy
from lstm_viz.training.tasks.train_text import TrainingSpec

#: Maximum size of a text file for training, in bytes.
FILE_LIMIT = 2**30

TASK_TEXTS = {
    "counting": "aⁿbⁿ: as many b as a, then the end of the line",
    "brackets": "nested round and square brackets, at most {depth} open at once",
}


@click.group()
def train() -> None:
    """Train a model; Ctrl-C keeps the best weights so far, and the same command resumes."""


train.add_command(series)
train.add_command(delays)


@click.command()
@click.argument("model")
@click.option("--text", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
def score(model: str, text: Path) -> None:
    """Measure a shipped model, or one from a file, on the last 10% of a text."""
    torch.set_num_threads(1)
    try:
        loaded = load(model)
    except (KeyError, UnreadableModel) as error:
        raise click.ClickException(error.args[0]) from error
    if not loaded.predicts_next_token:
        raise click.ClickException(f"{model} is a classifier and predicts no next token; measure it with `judge`")
    held_out = loaded.vocabulary.encode(split(text.read_text(encoding="utf-8")).held_out)
    click.echo(f"{model}: {contiguous_loss(loaded, held_out):.4f} nats/char on {len(held_out):,} characters")


class PositiveOrNone(click.ParamType):
    """A parameter type: a number above 0, or the word none."""

    name = "number|none"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        """Return the number, None for none."""
        if value is None or value == "none":
            return None
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and number > 0.0):
            self.fail(f"{value} came; a number above 0 or the word none was wanted", param, ctx)
        return number


def shape_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options shared by all character models."""
    for option in reversed((
        click.option("--kind", type=click.Choice(["lstm", "gru", "rnn"]), default="lstm", show_default=True),
        click.option("--hidden", default=256, show_default=True, help="Units a layer."),
        click.option("--layers", default=2, show_default=True),
        click.option("--embedding", default=64, show_default=True),
        click.option("--dropout", default=0.3, show_default=True),
        click.option("--epochs", default=30.0, show_default=True),
        click.option("--steps", type=int, help="Number of steps, instead of epochs."),
        click.option(
            "--learning-rate", "--rate", "learning_rate", default=3e-3, show_default=True, help="Maximum learning rate."
        ),
        click.option(
            "--max-grad-norm", "--cap", "max_grad_norm", type=PositiveOrNone(), default="1.0", show_default=True,
            help="Maximum gradient norm, or none.",
        ),
        click.option(
            "--cell-state-penalty", "--calm", "cell_state_penalty", default=0.0, show_default=True,
            help="Penalty on an LSTM's squared cell state."
        ),
        click.option("--batch", default=20, show_default=True, help="Number of parallel streams of the text."),
        click.option(
            "--bptt-steps", "--window", "bptt_steps", default=100, show_default=True,
            help="Characters of each stream in one step.",
        ),
        click.option("--score-every", type=int, help="Steps between two validations; default: one epoch."),
        click.option("--seed", default=1, show_default=True),
        click.option("--threads", default=1, show_default=True),
        click.option("--out", type=click.Path(path_type=Path), required=True, help="Path of the .safetensors file."),
    )):  # fmt: skip
        command = option(command)
    return command


@train.command()
@click.option("--text", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--data", "data", default="", help="Description and source of the text, for the model card.")
@click.option("--licence", default="not stated", help="The text's licence, for the model card.")
@click.option("--held-out", type=int, help="Maximum number of held-out characters.")
@click.option("--symbols", type=int, help="Maximum vocabulary size; the most frequent characters are kept.")
@shape_options
def charlm(text: Path, data: str, licence: str, held_out: int | None, symbols: int | None, **options: Any) -> None:
    """Train a character model on a text file: the first 90% for training, the last 10% held out."""
    try:
        corpus = split(read_text(text, limit=FILE_LIMIT).text, most=held_out)
    except UnreadableText as error:
        raise click.ClickException(str(error)) from error
    at_most = "" if held_out is None else f", at most {held_out:,} characters"
    metadata = {
        "data": data or text.name, "licence of the data": licence, "split": f"first 90% training, last 10% validation{at_most}",
    }  # fmt: skip
    train_characters(corpus, corpus.vocabulary(most=symbols), metadata, **options)


@train.command()
@click.option("--text", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--hidden", default=24, show_default=True, help="Units of the one LSTM layer.")
@click.option("--steps", default=1000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The output folder.")
def recorded(text: Path, hidden: int, steps: int, seed: int, out: Path) -> None:
    """Train a character model and record curves, samples and snapshots, as shown in the app."""
    torch.set_num_threads(1)
    try:
        content = read_text(text, limit=FILE_LIMIT).text
        bptt = prepare_text(content).bptt
    except (UnreadableText, UnusableText) as error:
        raise click.ClickException(str(error)) from error
    save_recorded_run(
        TrainingSpec(
            content, text.name, CharLMConfig(units=hidden, steps=steps, max_grad_norm=0.5, seed=seed, score_every=25, bptt=bptt)
        ),
        out,
    )
    click.echo(f"{out}: {sum(file.stat().st_size for file in out.iterdir()):,} bytes")


@train.command()
@click.option("--characters", default=8_000_000, show_default=True, help="Maximum number of characters to read.")
@shape_options
def python(characters: int, **options: Any) -> None:
    """Train a character model on the source of the running Python's standard library."""
    corpus = standard_library(options["seed"], characters)
    metadata = {
        "data": f"{len(corpus.train):,} + {len(corpus.held_out):,} characters of the standard library of Python "
        f"{platform.python_version()} (without tests and generated tables), files in random order",
        "licence of the data": "Python Software Foundation License",
        "split": "90% of the files training, 10% validation",
    }
    train_characters(corpus, corpus.vocabulary(200), metadata, **options)


@train.command()
@click.argument("name", type=click.Choice(["counting", "brackets"]))
@click.option("--hidden", default=4, show_default=True)
@click.option("--depth", default=3, show_default=True, help="Maximum nesting depth of brackets.")
@click.option("--longest", default=20, show_default=True, help="Maximum length of training strings.")
@click.option("--steps", default=6000, show_default=True)
@click.option("--learning-rate", "--rate", "learning_rate", default=1e-2, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def toy(name: str, hidden: int, depth: int, longest: int, steps: int, learning_rate: float, seed: int, out: Path) -> None:
    """Train a tiny LSTM to count (a's and b's) or to match nested brackets."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    language: Counting | Brackets = Counting(longest) if name == "counting" else Brackets(longest, depth=depth)
    longer = replace(language, longest=2 * longest, shortest=longest + 2)
    model = LanguageModel(Config("lstm", len(language.tokens()), hidden), Vocabulary.of(language.tokens()))
    trainer = Trainer(LanguageTask(model, language, seed), TrainerConfig(steps, learning_rate, weight_decay=0.0, score_every=250))
    follow(TrainingRun(out), trainer, "nats/symbol")
    if trainer.best_weights is None:
        return
    model.load_state_dict(trainer.best_weights)
    right = {title: accuracy(model, tested, 1000, seed) for title, tested in (("trained", language), ("longer", longer))}
    metadata = {
        "summary": f"A tiny language model whose memory can be read with the naked eye: {describe(model)}.",
        "task": f"predict the next symbol of {TASK_TEXTS[name].format(depth=depth)}",
        "data": f"random strings of length 2 to {longest}, drawn while training",
        "licence of the data": "none needed: drawn by rule",
        "seed": str(seed),
        "minutes": f"{trainer.seconds / 60:.1f} on one core",
        "scores": f"every allowed next symbol likelier than every forbidden one, at every step: {right['trained']:.1%} of 1,000 "
        f"strings of length 2–{longest}, {right['longer']:.1%} of 1,000 of length {longest + 2}–{2 * longest}",
    }
    publish(model, out, metadata, torch.float32)
    click.echo(f"{out}: {metadata['scores']}")


def train_characters(
    corpus: Corpus, vocabulary: Vocabulary, metadata: dict[str, str], *, kind: Any, hidden: int, layers: int, embedding: int,
    dropout: float, epochs: float, steps: int | None, learning_rate: float, max_grad_norm: float | None,
    cell_state_penalty: float, batch: int, bptt_steps: int, score_every: int | None, seed: int, threads: int, out: Path,
) -> None:  # fmt: skip
    """Train, resume or finish one character model and write its weights and card."""
    torch.set_num_threads(threads)
    bptt = BpttConfig(batch, bptt_steps)
    an_epoch = max(1, bptt.steps_an_epoch(len(corpus.train)))
    config = CharLMConfig(
        kind, hidden, layers, embedding, dropout, round(epochs * an_epoch) if steps is None else steps, learning_rate,
        max_grad_norm, seed, score_every or an_epoch, cell_state_penalty, bptt,
    )  # fmt: skip
    try:
        trainer = prepare(corpus, vocabulary, config)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    follow(TrainingRun(out), trainer, "nats/char")
    finish(trainer, out, vocabulary.encode(corpus.held_out), config.steps / an_epoch, {**metadata, "seed": str(seed)})


def follow(run: TrainingRun, trainer: Trainer, unit: str) -> None:
    """Run the trainer to its end or to Ctrl-C under a progress bar."""
    try:
        if run.resume(trainer):
            click.echo(f"resuming after step {trainer.step}")
    except (RuntimeError, ValueError, KeyError, UnpicklingError) as error:
        advice = "use the options that it was begun with, or move that file away to begin anew"
        raise click.ClickException(f"{run.state} belongs to another run: {advice}") from error
    bar = click.progressbar(length=trainer.config.steps, label="training", file=sys.stderr)
    try:
        with bar:
            bar.update(trainer.step)
            for step in run.steps(trainer):
                bar.update(1)
                if step.validation_loss is not None:
                    scores = f"held out {step.validation_loss:.4f} {unit}, training {step.loss:.4f}"
                    click.echo(f" step {step.number}: {scores}, {step.seconds / 60:.1f} min")
    except KeyboardInterrupt:
        click.echo(f"\nstopped at step {trainer.step}; the same command resumes")


def finish(trainer: Trainer, out: Path, held_out: np.ndarray, epochs: float, metadata: dict[str, str]) -> None:
    """Write the best weights, measure the written file, and write the model card."""
    model = trainer.task.model
    assert isinstance(model, LanguageModel)
    if trainer.best_weights is None:
        click.echo("stopped before the first validation; no weights were written")
        return
    model.load_state_dict(trainer.best_weights)
    save(model, out, {})
    score = contiguous_loss(read(out), held_out)
    metadata |= {
        "summary": f"A character language model: {describe(model)}.",
        "task": "predict the next character",
        "epochs": f"{trainer.step / trainer.config.steps * epochs:.1f}",
        "minutes": f"{trainer.seconds / 60:.0f} on one core",
        "scores": f"{score:.4f} nats a character on the held-out part, read once from start to end, weights as shipped (float16)",
    }
    publish(model, out, metadata, torch.float16)
    click.echo(f"{out}: {score:.4f} nats/char held out, {model.parameter_count:,} parameters, {out.stat().st_size:,} bytes")


def publish(model: LanguageModel, out: Path, metadata: dict[str, str], dtype: torch.dtype) -> None:
    """Write weights and model card, with the metadata common to all runs."""
    metadata = metadata | {
        "command": f"`python -m lstm_viz {shlex.join(sys.argv[1:])}`",
        "parameters": f"{model.parameter_count:,}",
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
    }
    save(model, out, metadata, dtype)
    ModelCard(out.stem, metadata).write(out)


@torch.no_grad()
def contiguous_loss(model: LanguageModel, ids: np.ndarray, window: int = 1000) -> float:
    """Return the mean loss in nats a token over one text read from start to end with the state carried, as `ids` [time]."""
    total, state, symbols = 0.0, None, torch.from_numpy(ids)[:, None]
    for start in range(0, len(ids) - 1, window):
        inputs, targets = symbols[start : start + window], symbols[start + 1 : start + 1 + window, 0]
        logits, state = model(inputs[: len(targets)], state)
        total += torch.nn.functional.cross_entropy(logits[:, 0], targets, reduction="sum").item()
    return total / (len(ids) - 1)
