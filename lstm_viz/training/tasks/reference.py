"""`python -m lstm_viz reference …`: gate statistics over a long text, counted once and shipped beside the model."""

from __future__ import annotations

import random
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch

from lstm_viz.models.catalog import WEIGHTS, load, models
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.reference_stats import Reference, reference_path, write
from lstm_viz.models.serialization import UnreadableModel
from lstm_viz.reader import trace
from lstm_viz.trace import Trace
from lstm_viz.training.data.formal_languages import Brackets, Counting, Language
from lstm_viz.training.data.text_sources import split, standard_library
from lstm_viz.units.stats import Saturation, saturation

#: The languages of the shipped models that were trained on one, as named in their cards.
LANGUAGES: dict[str, Language] = {"counting": Counting(20), "brackets": Brackets(32, depth=3)}
#: Number of random strings, and number of tokens read at once.
STRINGS, WINDOW = 1000, 1000
_HEADING = "## Reference"


@click.command()
@click.argument("model")
@click.option("--text", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A text file; its last 10% are read.")
@click.option("--library", type=int, help="Read the held-out part of the standard library, cut as in training: N characters.")
def reference(model: str, text: Path | None, library: int | None) -> None:
    """Count how often each gate of a model is open or closed, over a text, and note it beside the weights.

    Models of a formal language read random strings of it.
    """
    torch.set_num_threads(1)
    try:
        loaded = load(model)
    except (KeyError, UnreadableModel) as error:
        raise click.ClickException(error.args[0]) from error
    weights = WEIGHTS / f"{model}.safetensors" if model in models() else Path(model)
    corpus, pieces = _corpus(model, loaded, text, library)
    result = count(loaded, pieces, corpus)
    write(reference_path(weights), result)
    _note(weights.with_suffix(".md"), reference_path(weights).name, result)
    click.echo(f"{reference_path(weights).name}: {result.steps:,} symbols of {corpus}")


def count(model: LanguageModel, texts: Sequence[str], corpus: str) -> Reference:
    """Read each text from the zero state and count how often every gate was near an end of its range."""
    totals: dict[tuple[int, str], Saturation] = {}
    for text in texts:
        for window_trace in windows(model, text):
            for layer in window_trace.layers:
                for symbol, result in saturation(layer).items():
                    key = layer.layer, symbol
                    totals[key] = totals[key] + result if key in totals else result
    counts = {
        (*key, end): getattr(result, end).astype(np.uint32) for key, result in totals.items() for end in ("low", "high")
    }
    return Reference(corpus, sum(map(len, texts)), counts)


def windows(model: LanguageModel, text: str, size: int = WINDOW) -> Iterator[Trace]:
    """Read a long text in windows, carrying the state; only one window is in memory."""
    state: Any = None
    for start in range(0, len(text), size):
        window_trace = trace(model, text[start : start + size], state=state)
        yield window_trace
        hidden = torch.from_numpy(np.stack([layer.h[-1] for layer in window_trace.layers]))
        if model.config.kind == "lstm":
            state = hidden, torch.from_numpy(np.stack([layer.c[-1] for layer in window_trace.layers]))
        else:
            state = hidden


def _corpus(name: str, model: LanguageModel, text: Path | None, library: int | None) -> tuple[str, list[str]]:
    """Return the texts to read and a description of them."""
    if text is not None:
        held_out = split(text.read_text(encoding="utf-8")).held_out
        return f"the last 10% of {text.name}, which training never saw", [held_out]
    if library is not None:
        held_out = standard_library(int(model.metadata.get("seed", 1)), library).held_out
        return "the standard library's files that training never saw", [held_out]
    if name in LANGUAGES:
        draw = random.Random("reference")
        return f"{STRINGS:,} random strings of the language", [LANGUAGES[name].string(draw) for _ in range(STRINGS)]
    raise click.ClickException(f"{name} has no text to read: give one by --text, or the standard library by --library")


def _note(card: Path, file: str, result: Reference) -> None:
    """Add the reference to the end of the card, replacing an older one."""
    before = card.read_text(encoding="utf-8").split(f"\n{_HEADING}\n")[0] if card.exists() else f"# {card.stem}\n"
    command = f"`python -m lstm_viz {shlex.join(sys.argv[1:])}`"
    row = f"{file}: how often each gate stood below 0.1 and above 0.9 over {result.steps:,} symbols of {result.corpus}; {command}"
    card.write_text(f"{before}\n{_HEADING}\n\n{row}\n", encoding="utf-8")
