"""What it takes to read a long text once and keep what can be asked of it, beside plain fused forward passes of the same text.

Run it with `python -m benchmarks.corpus` for a made-up text of a million letters, with `--text novel.txt` for your own, or with
`--memory 1000000 --memory 10000000` for what a scan takes of memory, and no times. The plain pass reads the text with the
model's own forward, its logits included, 1,000 letters at a time with the state carried, and keeps nothing; it is timed on the
first 200,000 letters, as its pace is even. Times are the thread's own processor time, on one thread. `kept` is the scan as it
travels from process to process, without the text; `gates` is what every gate would take. `passages` is what the page computes
where it is asked when a unit fires: one quantity of one layer in the passages where it is highest, with 32 letters around each;
the median over 15 units, of the first layer and of the last. For `--memory` each scan runs in a process of its own; its peak is
the operating system's (ru_maxrss), beside the peak before the scan, when libraries, model and text are there already.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch read it

import multiprocessing
import pickle
import random
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import click
import torch

from lstm_viz import corpus
from lstm_viz.gates import symbols
from lstm_viz.models.catalog import load
from lstm_viz.models.language import LanguageModel
from lstm_viz.text.decoding import read_text
from lstm_viz.ui.components.sample_text import sample_text
from lstm_viz.ui.pages.long_text.search import AROUND

#: So much of the text is read plainly.
PLAIN = 200_000
#: The made-up text whose repetitions are read when memory is measured.
REPEATED = 100_000
NAMES = ("shakespeare-lstm", "shakespeare-gru", "shakespeare-rnn", "python-lstm")


def made_up(letters: int) -> str:
    """The tale's sentences in random order, the same ones each time."""
    sentences = sample_text().split(". ")
    draw = random.Random(1)
    text = ". ".join(draw.choice(sentences) for _ in range(letters // 20))
    return text[:letters]


def read_plainly(model: LanguageModel, text: str) -> None:
    """The model's own forward, with the state carried."""
    ids = torch.from_numpy(model.vocabulary.encode(text))
    state: Any = None
    with torch.inference_mode():
        for start in range(0, len(ids), 1000):
            logits, state = model(ids[start : start + 1000, None], state)
            logits.log_softmax(-1)


def clock(way: Callable[[], Any]) -> tuple[float, Any]:
    """The processor time of one run in seconds, and what it gave."""
    begin = time.thread_time()
    result = way()
    return time.thread_time() - begin, result


def read_passages(model: LanguageModel, scan: corpus.Scan, layer: int, unit: int) -> None:
    """One quantity of one layer in the passages where a unit's memory is highest."""
    symbol = "h" if scan.cell is None else "c"
    for hit in scan.top_activations(layer, unit, symbol, False):
        begin = hit.step // corpus.PASSAGE * corpus.PASSAGE
        start, stop = max(0, begin - AROUND), min(begin + corpus.PASSAGE + AROUND, len(scan.text))
        corpus.quantity_window(model, scan, layer, symbol, start, stop)


def peak() -> float:
    """The most memory this process has held so far, in MB; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def measure_memory(name: str, letters: int) -> tuple[float, float, int]:
    """The peak before a scan of a made-up text, repeated, and after it, in MB; and in how many segments it was read."""
    torch.set_num_threads(1)
    # Repeated, so that the peak before is the text's alone and not that of its making.
    model, text = load(name), (made_up(REPEATED) * -(-letters // REPEATED))[:letters]
    before = peak()
    scan = corpus.scan(model, text)
    return before, peak(), scan.segments


def memory(names: tuple[str, ...], lengths: tuple[int, ...]) -> None:
    """Print what scans of these lengths take. A process inherits its parent's peak: nothing is loaded here before."""
    print("| model | letters | segments | before (MB) | peak (MB) | the scan (MB) |\n|---|---|---|---|---|---|")
    for name in names:
        for letters in lengths:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                before, after, segments = pool.apply(measure_memory, (name, letters))
            print(f"| {name} | {letters:,} | {segments} | {before:.0f} | {after:.0f} | {after - before:.0f} |", flush=True)


@click.command(help=__doc__)
@click.option("--text", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A text file of your own.")
@click.option("--letters", default=1_000_000, show_default=True, help="How many letters are read at most.")
@click.option("--model", "names", multiple=True, default=NAMES, show_default=True, help="Which models read it.")
@click.option("--memory", "lengths", type=int, multiple=True, help="Measure memory instead, for a text of so many letters.")
def main(text: Path | None, letters: int, names: tuple[str, ...], lengths: tuple[int, ...]) -> None:
    """Print the table."""
    if lengths:
        memory(names, lengths)
        return
    torch.set_num_threads(1)
    content = made_up(letters) if text is None else read_text(text).text[:letters]
    print(f"{len(content):,} letters\n")
    columns = ["model", "segments", "scan (s)", "letters a second", "plain (s)", "ratio", "kept (MB)", "gates (MB)"]
    columns += ["window of 300 (ms)", "passages (ms)"]
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for name in names:
        model = load(name)
        part = content[:PLAIN]
        slow = clock(partial(read_plainly, model, part))[0] * len(content) / len(part)
        took, scan = clock(partial(corpus.scan, model, content))
        megabytes = (len(pickle.dumps(scan)) - len(content.encode())) / 1e6
        numbers = model.config.layers * model.config.hidden * len(symbols(model.config.kind))
        draw = random.Random(2)
        starts = [draw.randrange(max(1, len(content) - 300)) for _ in range(15)]
        looks = [clock(partial(corpus.window, model, scan, at, min(at + 300, len(content))))[0] for at in starts]
        units = [draw.randrange(model.config.hidden) for _ in range(15)]
        first, last = (
            1000 * median(clock(partial(read_passages, model, scan, layer, unit))[0] for unit in units)
            for layer in (0, model.config.layers - 1)
        )
        print(
            f"| {name} | {scan.segments} | {took:.1f} | {len(content) / took:,.0f} | {slow:.1f} | {took / slow:.2f} | "
            f"{megabytes:.1f} "
            f"| {4e-6 * numbers * len(content):,.0f} | {1000 * median(looks):.0f} | {first:.0f} / {last:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
