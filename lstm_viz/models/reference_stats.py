"""Gate statistics of a model over a reference corpus, counted once and shipped beside its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Int

from lstm_viz.models.catalog import WEIGHTS, models
from lstm_viz.results import Result


@dataclass(frozen=True, eq=False, repr=False)
class Reference(Result):
    """Statistics over a model's reference corpus of `steps` tokens; `corpus` describes it in words.

    `counts[layer, symbol, end]` [unit] is the number of steps at which a quantity was near its "low" or "high" end.
    """

    corpus: str
    steps: int
    counts: Mapping[tuple[int, str, str], Int[np.ndarray, " unit"]]


def reference_path(weights: Path) -> Path:
    """Return the path of the reference of a model's weights."""
    return weights.with_suffix(".reference.npz")


def write(path: Path, reference: Reference) -> None:
    """Write a reference as .npz, its counts under layer1.f.low, …; the file is not executable."""
    arrays = {f"layer{layer + 1}.{symbol}.{end}": counts for (layer, symbol, end), counts in reference.counts.items()}
    with path.open("wb") as file:
        np.savez_compressed(
            file, allow_pickle=False, corpus=np.array(reference.corpus), steps=np.array(reference.steps), **arrays
        )


def read(path: Path) -> Reference:
    """Read a reference that `write` wrote; ValueError for any other file."""
    try:
        with np.load(path, allow_pickle=False) as file:
            corpus, steps = str(file["corpus"]), int(file["steps"])
            counts = {_key(name): file[name] for name in file.files if name.startswith("layer")}
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"{path.name} is not a reference or is damaged ({error}); count it again with lstm_viz") from error
    return Reference(corpus, steps, counts)


@cache
def reference(name: str) -> Reference | None:
    """Return the reference that ships with a model; None if there is none."""
    path = reference_path(WEIGHTS / f"{name}.safetensors")
    return read(path) if name in models() and path.exists() else None


def _key(name: str) -> tuple[int, str, str]:
    layer, symbol, end = name.removeprefix("layer").split(".")
    return int(layer) - 1, symbol, end
