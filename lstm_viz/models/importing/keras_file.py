"""Read networks as Keras saves them: .keras, .h5 and .hdf5 of whole models, and .weights.h5; nothing in them is called.

A whole model carries its configuration as JSON, which says what each layer is and does. A file of weights alone has names and
shapes only; what they leave open is a fact that `Part.facts` lacks.

Where each part's weights go in PyTorch's layout stands in `keras_layers`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, permutations, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from lstm_viz.models.importing.errors import UnsafeCheckpoint, UnsupportedCheckpoint, format_list
from lstm_viz.models.importing.keras_layers import (
    KINDS,
    VOCABULARIES,
    KerasLayer,
    convert_layer,
    is_layer,
    recurrent_sort,
    snake_case,
)
from lstm_viz.models.parts import Part

#: The program that reads HDF5; it is run, not imported.
_PROGRAM = Path(__file__).with_name("hdf5_process.py")
SIGNATURE = b"\x89HDF\r\n\x1a\n"
_WEIGHTS = "model.weights.h5"
#: Limits: seconds for reading a file, bytes of a .keras archive's configuration, and the factor by which its parts may unpack.
_SECONDS = 90
_CONFIGURATION = 2**22
_UNPACKED = 20
#: How deeply the description of what a layer reads is followed.
_NESTED = 8
#: The most layers of one sort whose order is looked for by their sizes.
_PERMUTED = 5


@dataclass(frozen=True, eq=False)
class KerasContents:
    """The parts of a Keras file in the order of computation, and the tokens of a layer that looks them up, if there is one."""

    parts: tuple[Part, ...]
    vocabulary: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class _Tree:
    """An HDF5 file's attributes and arrays by path."""

    attributes: Mapping[str, Mapping[str, Any]]
    arrays: Mapping[str, np.ndarray]

    def below(self, path: str) -> dict[str, np.ndarray]:
        """Return the arrays under a path, by their path from there."""
        return {key[len(path) + 1 :]: value for key, value in self.arrays.items() if key.startswith(path + "/")}


def is_keras(path: Path) -> bool:
    """Return True for an HDF5 file, or a zip archive with a Keras model."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(8)
    if head[:4] != b"PK\x03\x04":
        return head == SIGNATURE
    try:
        with zipfile.ZipFile(path) as archive:
            return _WEIGHTS in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read_keras(path: Path, name: str) -> KerasContents:
    """Read a Keras file into parts.

    Args:
        path: An HDF5 file or a .keras archive.
        name: What messages call the file.

    Returns:
        The parts, tensors in float32 or as the file has them, in PyTorch's layout.

    Raises:
        UnsafeCheckpoint: The file refers to other files, or could exhaust the memory.
        UnsupportedCheckpoint: It is damaged, or holds a layer that has no equal here; the message names it.
    """
    with TemporaryDirectory(prefix="lstm_viz-") as folder:
        weights, config, words = path, None, None
        with path.open("rb") as file:
            archive = file.read(4) == b"PK\x03\x04"
        if archive:
            weights, config, words = _unpack(path, Path(folder), name)
        tree = _read_hdf5(weights, Path(folder), name)
    if config is None and isinstance(text := tree.attributes[""].get("model_config"), str):
        config = _json(text, name)
    listed = list(_chain(config, name)) if config is not None else None
    layers = list(_match(tree, listed, name) if listed is not None else _unlisted(tree, name))
    parts = tuple(part for layer in layers for part in convert_layer(layer, name))
    return KerasContents(parts, words or _vocabulary(layers))


def _read_hdf5(path: Path, folder: Path, name: str) -> _Tree:
    """Read an HDF5 file in a process of its own."""
    target = folder / "tree"
    target.mkdir()
    program = [sys.executable, "-I", str(_PROGRAM), str(path), str(target)]
    try:
        ended = subprocess.run(program, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnsupportedCheckpoint(f"{name} could not be read in {_SECONDS} seconds; save it again") from error
    if ended.returncode == 3:
        raise UnsafeCheckpoint(f"{name} {ended.stdout.decode(errors='replace')}; save it again with model.save_weights")
    if ended.returncode or not (target / "tree.json").is_file():
        raise UnsupportedCheckpoint(f"{name} is a damaged HDF5 file; save it again with model.save or model.save_weights")
    tree = json.loads((target / "tree.json").read_text(encoding="utf-8"))
    arrays = {key: np.load(target / f"{number}.npy", allow_pickle=False) for key, number in tree["arrays"].items()}
    return _Tree(tree["attributes"], arrays)


def _unpack(path: Path, folder: Path, name: str) -> tuple[Path, dict[str, Any], tuple[str, ...] | None]:
    """Unpack a .keras archive: its weights into a file, its configuration, and the vocabulary kept beside them."""
    limit = _UNPACKED * path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if "config.json" not in entries or _WEIGHTS not in entries:
                raise UnsupportedCheckpoint(f"{name} is a zip archive without config.json and {_WEIGHTS}, so not a .keras file")
            if entries["config.json"].file_size > _CONFIGURATION or sum(each.file_size for each in entries.values()) > limit:
                raise UnsafeCheckpoint(f"{name} unpacks to more than {limit:,} bytes, which is more than a network needs")
            config = _json(_bounded(archive, entries["config.json"]).decode("utf-8", "replace"), name)
            weights = folder / "weights.h5"
            weights.write_bytes(_bounded(archive, entries[_WEIGHTS]))
            listed = [each for each in entries if each.startswith("assets/") and each.endswith("vocabulary.txt")]
            words = tuple(_bounded(archive, entries[listed[0]]).decode("utf-8", "replace").splitlines()) if listed else None
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, RuntimeError) as error:
        raise UnsupportedCheckpoint(f"{name} is a damaged .keras archive; save it again with model.save") from error
    return weights, config, words


def _bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read an entry, no further than it claims to be long."""
    with archive.open(entry) as file:
        return file.read(entry.file_size)


def _json(text: str, name: str) -> dict[str, Any]:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnsupportedCheckpoint(f"{name} has a configuration that is no JSON; save it again with model.save") from error
    if not isinstance(config, dict):
        raise UnsupportedCheckpoint(f"{name} has a configuration that is a {type(config).__name__}, a dictionary was expected")
    return config


def _chain(config: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the class and configuration of each layer of a model whose layers form one chain."""
    inner = config.get("config")
    described = inner if isinstance(inner, list) else (inner or {}).get("layers") if isinstance(inner, Mapping) else None
    if not isinstance(described, list) or not all(is_layer(each) for each in described):
        raise UnsupportedCheckpoint(f"{name} describes no list of layers; save a Sequential or functional model, or its weights")
    before: str | None = None
    for each in described:
        called = str(each["config"].get("name", each.get("name", each["class_name"])))
        sources = set(_sources(each.get("inbound_nodes")))
        if sources and sources != {before}:
            raise UnsupportedCheckpoint(
                f"{name} has the layer {called[:60]!r} that reads {format_list(sources)}; one chain of layers is supported, each "
                "reading the one before"
            )
        before = called
        if each["class_name"] in ("Sequential", "Functional", "Model"):
            yield from _chain(each, name)
        else:
            yield each["class_name"], each["config"]


def _sources(nodes: Any, depth: int = 0) -> Iterator[str]:
    """Yield the names of the layers that a layer of a functional model reads, as Keras 3 and Keras 2 write them."""
    if isinstance(nodes, Mapping) and isinstance(history := nodes.get("keras_history"), list) and history:
        yield str(history[0])
    elif depth == 2 and isinstance(nodes, list) and nodes and isinstance(nodes[0], str):
        yield nodes[0]
    elif depth < _NESTED and isinstance(nodes, (Mapping, list)):
        for each in nodes.values() if isinstance(nodes, Mapping) else nodes:
            yield from _sources(each, depth + 1)


def _match(tree: _Tree, listed: Sequence[tuple[str, Mapping[str, Any]]], name: str) -> Iterator[KerasLayer]:
    """Yield the listed layers with the weights that the file has for each."""
    counts: dict[str, int] = {}
    for sort, config in listed:
        called = str(config.get("name", sort))
        base = snake_case(sort)
        number = counts.get(base, 0)
        counts[base] = number + 1
        place = f"{base}_{number}" if number else base
        yield KerasLayer(sort, called, config, _weights_of(tree, called, place))


def _weights_of(tree: _Tree, called: str, place: str) -> list[np.ndarray]:
    """Return a layer's weights in Keras's order: by its name in older files, by its class and number in newer ones."""
    for root in ("model_weights/", ""):
        names = tree.attributes.get(f"{root}{called}", {}).get("weight_names")
        if isinstance(names, list):
            return [tree.arrays[key] for each in names if (key := f"{root}{called}/{each}") in tree.arrays]
    for root in ("layers/", "_layer_checkpoint_dependencies/"):
        for inner in (place, called):
            if f"{root}{inner}" in tree.attributes:
                return _ordered(tree.below(f"{root}{inner}"))
    return []


def _ordered(arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """Return `…/vars/0`, `…/vars/1` in order; a wrapper's forward layer comes before its backward one."""
    keys = [key for key in arrays if re.fullmatch(r"(.*/)?vars/\d{1,6}", key) and "seed_generator" not in key]

    def rank(key: str) -> tuple[bool, str, int]:
        return "backward" in key, key.rpartition("/")[0], int(key.rpartition("/")[2])

    return [arrays[key] for key in sorted(keys, key=rank)]


def _unlisted(tree: _Tree, name: str) -> Iterator[KerasLayer]:
    """Yield the layers of a file of weights without a configuration: what each is follows from its name and shapes."""
    groups = _groups(tree)
    layers = [layer for called, weights in groups if weights and (layer := _recognized(called, weights, name)) is not None]
    if not any(layer.sort in KINDS or layer.sort == "Bidirectional" for layer in layers):
        listing = format_list(called for called, weights in groups if weights) or "no weights at all"
        raise UnsupportedCheckpoint(f"{name} holds {listing}, and no LSTM, GRU or SimpleRNN layer among them")
    yield from _in_order(layers, name)


def _groups(tree: _Tree) -> list[tuple[str, list[np.ndarray]]]:
    """Return each layer's name and weights, in the file's order where it has one."""
    for root in ("", "model_weights"):
        names = tree.attributes.get(root, {}).get("layer_names")
        if isinstance(names, list):
            return [(str(each), _weights_of(tree, str(each), "")) for each in names]
    for root in ("layers", "_layer_checkpoint_dependencies"):
        if root in tree.attributes:
            heads = sorted({key.split("/")[1] for key in tree.attributes if key.startswith(root + "/")}, key=_natural)
            return [(each, _ordered(tree.below(f"{root}/{each}"))) for each in heads]
    return []


def _natural(text: str) -> list[tuple[bool, int, str]]:
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d{1,9})", text)]


def _recognized(called: str, weights: Sequence[np.ndarray], name: str) -> KerasLayer | None:
    shapes = [each.shape for each in weights]
    lower = called.lower()
    if len(shapes) in (4, 6) and shapes[: len(shapes) // 2] == shapes[len(shapes) // 2 :]:
        sort = recurrent_sort(shapes[: len(shapes) // 2])
        return None if sort is None else KerasLayer("Bidirectional", called, None, weights)
    if (sort := recurrent_sort(shapes)) is not None:
        return KerasLayer(sort, called, None, weights)
    if len(shapes) == 1 and len(shapes[0]) == 2 and ("embedding" in lower or "dense" not in lower):
        return KerasLayer("Embedding" if "embedding" in lower else "Dense", called, None, weights)
    if len(shapes) == 2 and len(shapes[0]) == 2 and shapes[1] == shapes[0][1:]:
        return KerasLayer("Dense", called, None, weights)
    if len(shapes) == 2 and len(shapes[0]) == 1 and shapes[0] == shapes[1] and "norm" in lower:
        return KerasLayer("LayerNormalization", called, None, weights)
    if len(shapes) == 1 and len(shapes[0]) == 2:
        return KerasLayer("Dense", called, None, weights)
    raise UnsupportedCheckpoint(
        f"{name} holds the layer {called[:60]!r} with weights of shapes {', '.join(map(str, shapes))[:120]}, which are those of "
        "no supported layer; supported are Embedding, LSTM, GRU, SimpleRNN, Bidirectional, LayerNormalization and Dense"
    )


def _in_order(layers: Sequence[KerasLayer], name: str) -> list[KerasLayer]:
    """Return layers in an order in which each reads what the one before gives: embedding, recurrent layers, norm, dense layers.

    Names give the order if sizes allow it; otherwise sizes do, if they allow one order only.
    """
    sorts = [
        [layer for layer in layers if layer.sort == "Embedding"],
        [layer for layer in layers if layer.sort not in ("Embedding", "LayerNormalization", "Dense")],
        [layer for layer in layers if layer.sort == "LayerNormalization"],
        [layer for layer in layers if layer.sort == "Dense"],
    ]
    if max(map(len, sorts)) > _PERMUTED:
        raise UnsupportedCheckpoint(
            f"{name} holds {len(layers)} layers without saying their order; save it by model.save as .keras"
        )
    fitting = [list(chain(*order)) for order in product(*map(permutations, sorts)) if _sizes_fit(list(chain(*order)))]
    by_name = list(chain(*sorts))
    if by_name in fitting:
        return by_name
    if len(fitting) != 1:
        how = "in no order" if not fitting else f"in {len(fitting)} orders"
        raise UnsupportedCheckpoint(
            f"{name}'s layers fit each other {how} ({format_list(each.name for each in layers)}); save it by model.save as "
            ".keras, which says the order"
        )
    return fitting[0]


def _sizes_fit(layers: Sequence[KerasLayer]) -> bool:
    width: int | None = None
    for layer in layers:
        shape = layer.weights[0].shape
        if width is not None and layer.sort != "Embedding" and shape[0] != width:
            return False
        units = len(layer.weights[1]) if len(layer.weights) > 1 else shape[-1]
        width = {"Embedding": shape[-1], "Dense": shape[-1], "LayerNormalization": shape[0]}.get(
            layer.sort, 2 * units if layer.sort == "Bidirectional" else units
        )
    return True


def _vocabulary(layers: Sequence[KerasLayer]) -> tuple[str, ...] | None:
    """Return the tokens of a layer that turns text into numbers, if its configuration has them."""
    for layer in layers:
        tokens = (layer.config or {}).get("vocabulary") if layer.sort in VOCABULARIES else None
        if isinstance(tokens, list) and tokens and all(isinstance(each, str) for each in tokens):
            return tuple(tokens)
    return None
