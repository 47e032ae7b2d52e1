"""`python -m lstm_viz name-units …`: the text feature that each unit of a network tracks best."""

from __future__ import annotations

import random
import shlex
import sys
from itertools import accumulate
from pathlib import Path

import click
import torch

from lstm_viz.models.catalog import WEIGHTS, load, models
from lstm_viz.models.serialization import UnreadableModel
from lstm_viz.text.decoding import UnreadableText, read_text
from lstm_viz.training.data.text_sources import split, standard_library
from lstm_viz.training.tasks.reference import LANGUAGES, STRINGS
from lstm_viz.unit_names import Feature, UnitNames, naming, regex_feature
from lstm_viz.unit_names.stored import names_path, write_names


@click.command()
@click.argument("model")
@click.argument("text", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--held-out", is_flag=True, help="Read the text's last 10% only, which training never saw.")
@click.option("--library", type=int, help="Read the held-out part of the standard library, cut as in training: N characters.")
@click.option("--source", default="", help="What the text is, in words.")
@click.option("--regex", "patterns", multiple=True, help="A regular expression as a feature of your own; may be repeated.")
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write every unit's name to this file.")
@click.option("--ship", is_flag=True, help="Write the names beside the weights, where the app finds them.")
def name_units(
    model: str, text: Path | None, held_out: bool, library: int | None, source: str, patterns: tuple[str, ...],
    csv: Path | None, ship: bool,
) -> None:  # fmt: skip
    """Name each unit of MODEL by the feature of TEXT that it tracks best: chosen on one half, scored on the other.

    Models of a formal language read random strings of it if no text is given.
    """
    torch.set_num_threads(1)
    try:
        loaded = load(model)
        corpus, content, parts = _corpus(model, int(loaded.metadata.get("seed", 1)), text, held_out, library)
        own = [_own_feature(number, pattern) for number, pattern in enumerate(patterns, 1)]
        with click.progressbar(length=100, file=sys.stderr) as bar:
            for item in naming(loaded, content, own, parts=parts, source=source or corpus):
                if isinstance(item, UnitNames):
                    names = item
                else:
                    bar.update(item - bar.pos)
            bar.update(100 - bar.pos)
    except (KeyError, UnreadableModel, UnreadableText, ValueError) as error:
        raise click.ClickException(str(error.args[0])) from error
    for each in names.by_feature():
        click.echo(f"layer {each.layer + 1}, {each.symbol} {each.unit:>4}: {each.describe()}")
    click.echo(f"{int(names.tracks.sum()):,} of {len(names):,} track a feature of {names.source}")
    if csv is not None:
        names.to_csv(csv)
    if ship:
        weights = WEIGHTS / f"{model}.safetensors" if model in models() else Path(model)
        write_names(names_path(weights), names, f"python -m lstm_viz {shlex.join(sys.argv[1:])}")


def _own_feature(number: int, pattern: str) -> Feature:
    feature = regex_feature(pattern)
    return Feature(f"own-{number}", feature.description, feature.measure, feature.compute, "both", ahead=feature.ahead)


def _corpus(
    model: str, seed: int, path: Path | None, held_out: bool, library: int | None
) -> tuple[str, str, list[int] | None]:  # fmt: skip
    """Return a description of the text, the text, and where its parts begin."""
    if path is not None:
        file = read_text(path.read_bytes())
        parts = list(file.starts) if len(file.starts) > 1 else None
        if held_out:
            return f"the last 10% of {path.name}, which training never saw", split(file.text).held_out, None
        return path.name, file.text, parts
    if library is not None:
        return "the standard library's files that training never saw", standard_library(seed, library).held_out, None
    if model in LANGUAGES:
        draw = random.Random("reference")
        strings = [LANGUAGES[model].string(draw) for _ in range(STRINGS)]
        return f"{STRINGS:,} random strings of the language", "".join(strings), [0, *accumulate(map(len, strings[:-1]))]
    raise ValueError(f"{model} has no text to read: give one, or the standard library by --library")
