"""How long select and match take on a long text, after its scan: writing the levels once, then each search.

Run it with `python -m benchmarks.unit_matching`, which reads a million letters of the running Python's own standard library. A
search is what the page does when a control is moved: the best threshold, the units, all places, the best 200 ranked; median and
worst over stretches spread evenly over the text. Wall time, on one thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch read it

import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click
import numpy as np

import lstm_viz
from lstm_viz import corpus
from lstm_viz.units.matching import best_threshold, find_matches, select_units

#: How many stretches are searched for, and how long each is.
SEARCHES, LENGTH = 40, 12


def source(letters: int) -> str:
    """Return the beginning of the standard library, in the order of its files' names."""
    texts, count = [], 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        texts.append(path.read_text(encoding="utf-8", errors="replace"))
        count += len(texts[-1])
        if count >= letters:
            break
    return "".join(texts)[:letters]


@click.command(help=__doc__)
@click.option("--letters", default=1_000_000, show_default=True, help="How many letters are read.")
@click.option("--model", "name", default="python-lstm", show_default=True, help="Which shipped model reads them.")
@click.option("--layer", default=0, show_default=True, help="The layer whose units are searched for.")
def main(letters: int, name: str, layer: int) -> None:
    """Scan, write the levels, search."""
    model, text = lstm_viz.load(name), source(letters)
    started = perf_counter()
    scan = corpus.scan(model, text)
    scanned = perf_counter() - started
    with TemporaryDirectory() as folder:
        started = perf_counter()
        for _ in corpus.write_levels(model, scan, layer, "h" if scan.cell is None else "c", f"{folder}/levels"):
            pass
        write_seconds = perf_counter() - started
        levels = corpus.open_levels(model, scan, f"{folder}/levels")
        times, units, places = [], [], []
        for start in np.linspace(0, len(text) - LENGTH, SEARCHES).astype(int).tolist():
            started = perf_counter()
            threshold, _ = best_threshold(levels, start, start + LENGTH)
            selection = select_units(levels, start, start + LENGTH, threshold)
            matches = find_matches(levels, selection, share=0.5)
            times.append(perf_counter() - started)
            units.append(len(selection.units))
            places.append(len(matches))
    print("| letters | scan | levels written | file | search p50 / worst | units selected, median / most |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {len(text):,} | {scanned:.0f} s | {write_seconds:.0f} s | {levels.size / 2**20:.0f} MB | {np.median(times):.3f} / "
        f"{max(times):.3f} s | {np.median(units):.0f} / {max(units)} |"
    )


if __name__ == "__main__":
    main()
