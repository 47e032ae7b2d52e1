"""Read networks as Keras saves them: .keras, .h5 and .hdf5 of whole models, and .weights.h5; nothing in them is called.

A whole model carries its configuration as JSON, which says what each layer is and does. A file of weights alone has names and
shapes only; what they leave open is a fact that `Part.facts` lacks.

Where each part's weights go in PyTorch's layout stands in `keras_layers`; files of weights alone are in `keras_shapes`.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lstm_viz.models.importing.assembly import Fact
from lstm_viz.models.importing.errors import UnsafeCheckpoint, UnsupportedCheckpoint, format_list
from lstm_viz.models.importing.hdf5_tree import Hdf5Tree, read_hdf5, weights_of
from lstm_viz.models.importing.keras_layers import (
    KINDS,
    VOCABULARIES,
    KerasLayer,
    convert_layer,
    is_layer,
    snake_case,
)
from lstm_viz.models.importing.keras_shapes import layers_by_shapes
from lstm_viz.models.importing.norm_places import place_norms
from lstm_viz.models.parts import Part

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_WEIGHTS = "model.weights.h5"
#: Limits: bytes of a .keras archive's configuration, and the factor by which its parts may unpack.
_CONFIGURATION = 2**22
_UNPACKED = 20
#: Keras's own classes of models, which list their layers.
_MODELS = ("Sequential", "Functional", "Model")
_GUESSED = (
    "the file does not describe its layers: their order is taken from their names and sizes, and layers without weights cannot "
    "be seen"
)
_DEFAULTS = Fact("settings of the layers", "Keras's defaults: tanh, sigmoid, read forwards", "assumed")
#: How deeply the description of what a layer reads is followed.
_NESTED = 8


@dataclass(frozen=True, eq=False)
class KerasContents:
    """The parts of a Keras file in the order of computation.

    Attributes:
        parts: The parts.
        vocabulary: The tokens of a layer that looks them up; None if there is none.
        notes: What was guessed, and what Keras does beside.
        facts: What is assumed of the layers.
        described: True if the file describes its layers, False if it holds weights alone.
    """

    parts: tuple[Part, ...]
    vocabulary: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    described: bool = True


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


def read_keras(path: Path, name: str, answers: Mapping[str, str] | None = None) -> KerasContents:
    """Read a Keras file into parts.

    Args:
        path: An HDF5 file or a .keras archive.
        name: What messages call the file.
        answers: Answers by the question's id: `norm:<layer>` where a file of weights alone has a norm.

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
        tree = read_hdf5(weights, Path(folder), name)
    if config is None and isinstance(text := tree.attributes[""].get("model_config"), str):
        config = _json(text, name)
    described = list(_chain(config, name)) if config is not None and not _of_own_class(config) else None
    layers = list(_match(tree, described) if described is not None else layers_by_shapes(tree, name))
    parts = tuple(part for layer in layers for part in convert_layer(layer, name))
    vocabulary, masks = words or _vocabulary(layers), tuple(_masks(layers))
    if described is not None:
        return KerasContents(parts, vocabulary, masks)
    norms = [part for part in parts if part.sort == "norm"]
    row = [part for part in parts if part.sort != "norm"]
    parts = tuple(place_norms(row, norms, [part.name for part in parts], answers or {}, False, name)) if norms else parts
    return KerasContents(parts, vocabulary, (_GUESSED,), (_DEFAULTS,), False)


def _masks(layers: Sequence[KerasLayer]) -> Iterator[str]:
    """Yield notes on steps that Keras leaves out when it reads: its layers then keep their states, which is not done here."""
    for layer in layers:
        config = layer.config or {}
        if layer.sort == "Embedding" and config.get("mask_zero"):
            yield "Keras skips each token of id 0, as padding (mask_zero); here it is read like any other"
        if layer.sort == "Masking":
            value = config.get("mask_value", 0.0)
            yield f"Keras skips each step of which all numbers are {value} (Masking); leave such steps out"


def _of_own_class(config: Mapping[str, Any]) -> bool:
    """Return True for a model of a class of its own, whose configuration lists no layers."""
    inner = config.get("config")
    return isinstance(inner, Mapping) and "layers" not in inner


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
            assets = [each for each in entries if each.startswith("assets/") and each.endswith("vocabulary.txt")]
            words = tuple(_bounded(archive, entries[assets[0]]).decode("utf-8", "replace").splitlines()) if assets else None
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


def _chain(config: Mapping[str, Any], name: str, root: str = "") -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield each layer's class and configuration, of a model whose layers form one chain, and where Keras 3 keeps its weights."""
    inner = config.get("config")
    described = inner if isinstance(inner, list) else (inner or {}).get("layers") if isinstance(inner, Mapping) else None
    if not isinstance(described, list) or not all(is_layer(each) for each in described):
        raise UnsupportedCheckpoint(f"{name} describes no list of layers; save a Sequential or functional model, or its weights")
    before: str | None = None
    states = False
    counts: dict[str, int] = {}
    for each in described:
        layer_name = str(each["config"].get("name", each.get("name", each["class_name"])))
        sources = set(_sources(each.get("inbound_nodes")))
        if sources and {source for source, _ in sources} != {before}:
            raise UnsupportedCheckpoint(
                f"{name} has the layer {layer_name[:60]!r} that reads {format_list({source for source, _ in sources})}; one "
                "chain of layers is supported, each reading the one before"
            )
        # Behind its output a layer gives its last h, which is its output already where it gives the last step alone, and its c.
        if not {number for _, number in sources} <= ({0, 1} if states else {0}):
            raise UnsupportedCheckpoint(
                f"{name} has the layer {layer_name[:60]!r} that reads a state of {str(before)[:60]!r} (return_state); supported "
                "are layers that read the output of the one before"
            )
        before = layer_name
        states = each["class_name"] in KINDS and not each["config"].get("return_sequences")
        base = snake_case(each["class_name"])
        counts[base] = counts.get(base, 0) + 1
        place = f"{root}layers/{base}_{counts[base] - 1}" if counts[base] > 1 else f"{root}layers/{base}"
        if each["class_name"] in _MODELS:
            yield from _chain(each, name, f"{place}/")
        else:
            yield each["class_name"], each["config"], place


def _sources(nodes: Any, depth: int = 0) -> Iterator[tuple[str, int]]:
    """Yield the layers that a layer of a functional model reads, and which output of each, as Keras 3 and Keras 2 write them."""
    if isinstance(nodes, Mapping) and isinstance(history := nodes.get("keras_history"), list) and history:
        yield str(history[0]), _output(history)
    elif depth == 2 and isinstance(nodes, list) and nodes and isinstance(nodes[0], str):
        yield nodes[0], _output(nodes)
    elif depth < _NESTED and isinstance(nodes, (Mapping, list)):
        for each in nodes.values() if isinstance(nodes, Mapping) else nodes:
            yield from _sources(each, depth + 1)


def _output(source: list[Any]) -> int:
    """Return which output is read of a layer: [its name, the number of its call, the number of the output, …]."""
    return source[2] if len(source) > 2 and type(source[2]) is int else 0


def _match(tree: Hdf5Tree, described: Sequence[tuple[str, Mapping[str, Any], str]]) -> Iterator[KerasLayer]:
    """Yield the listed layers with the weights that the file has for each."""
    for sort, config, place in described:
        layer_name = str(config.get("name", sort))
        yield KerasLayer(sort, layer_name, config, weights_of(tree, layer_name, place))


def _vocabulary(layers: Sequence[KerasLayer]) -> tuple[str, ...] | None:
    """Return the tokens of a layer that turns text into numbers, if its configuration has them."""
    for layer in layers:
        tokens = (layer.config or {}).get("vocabulary") if layer.sort in VOCABULARIES else None
        if isinstance(tokens, list) and tokens and all(isinstance(each, str) for each in tokens):
            return tuple(tokens)
    return None
