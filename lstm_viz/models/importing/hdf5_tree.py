"""The attributes and arrays of an HDF5 file, read in a process of its own, and where Keras puts each layer's weights in them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstm_viz.models.importing.errors import UnsafeCheckpoint, UnsupportedCheckpoint

#: The program that reads HDF5; it is run, not imported.
_PROGRAM = Path(__file__).with_name("hdf5_process.py")
#: The most seconds for reading a file.
_SECONDS = 90


@dataclass(frozen=True, eq=False)
class Hdf5Tree:
    """An HDF5 file's attributes and arrays by path."""

    attributes: Mapping[str, Mapping[str, Any]]
    arrays: Mapping[str, np.ndarray]

    def below(self, path: str) -> dict[str, np.ndarray]:
        """Return the arrays under a path, by their path from there."""
        return {key[len(path) + 1 :]: value for key, value in self.arrays.items() if key.startswith(path + "/")}


def read_hdf5(path: Path, folder: Path, name: str) -> Hdf5Tree:
    """Read an HDF5 file in a process of its own."""
    target = folder / "tree"
    target.mkdir()
    program = [sys.executable, "-I", str(_PROGRAM), str(path), str(target)]
    try:
        result = subprocess.run(program, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnsupportedCheckpoint(f"{name} could not be read in {_SECONDS} seconds; save it again") from error
    if result.returncode == 3:
        raise UnsafeCheckpoint(f"{name} {result.stdout.decode(errors='replace')}; save it again with model.save_weights")
    if result.returncode or not (target / "tree.json").is_file():
        raise UnsupportedCheckpoint(f"{name} is a damaged HDF5 file; save it again with model.save or model.save_weights")
    tree = json.loads((target / "tree.json").read_text(encoding="utf-8"))
    arrays = {key: np.load(target / f"{number}.npy", allow_pickle=False) for key, number in tree["arrays"].items()}
    return Hdf5Tree(tree["attributes"], arrays)


def weights_of(tree: Hdf5Tree, layer_name: str, place: str) -> list[np.ndarray]:
    """Return a layer's weights in Keras's order: by its name in older files, by its class and number (`place`) in newer ones."""
    for root in ("model_weights/", ""):
        names = tree.attributes.get(f"{root}{layer_name}", {}).get("weight_names")
        if isinstance(names, list):
            return [tree.arrays[key] for each in names if (key := f"{root}{layer_name}/{each}") in tree.arrays]
    own = "_layer_checkpoint_dependencies/"
    below = place.removeprefix("layers/")
    for path in (place, f"layers/{layer_name}", f"{own}{below}", f"{own}{layer_name}"):
        if path in tree.attributes:
            return ordered_arrays(tree.below(path))
    return []


def ordered_arrays(arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """Return `…/vars/0`, `…/vars/1` in order; a wrapper's forward layer comes before its backward one."""
    keys = [key for key in arrays if re.fullmatch(r"(.*/)?vars/\d{1,6}", key) and "seed_generator" not in key]

    def rank(key: str) -> tuple[bool, str, int]:
        return "backward" in key, key.rpartition("/")[0], int(key.rpartition("/")[2])

    return [arrays[key] for key in sorted(keys, key=rank)]
