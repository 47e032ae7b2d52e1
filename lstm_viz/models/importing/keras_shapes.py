"""The layers of a Keras file of weights alone: what each is and their order, from names and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, permutations, product

import numpy as np

from lstm_viz.models.importing.errors import UnsupportedCheckpoint, format_list
from lstm_viz.models.importing.hdf5_tree import Hdf5Tree, ordered_arrays, weights_of
from lstm_viz.models.importing.keras_layers import KINDS, KerasLayer, recurrent_sort

#: A layer's own weight, and what its path has behind the layer: the directions of a wrapper, the cell, the weight's number.
_OWN = re.compile(r"^(?!vars/)(?!.*seed_generator).*/vars/\d{1,6}$")
_CELL = re.compile(r"(/(forward_layer|backward_layer))?(/cell)?/vars/\d{1,6}$|/layer/vars/\d{1,6}$")
#: How the paths of a model's numbered layers begin.
_LISTED = re.compile(r"^(layers|_layer_checkpoint_dependencies)/")
#: The most layers of one sort whose order is looked for by their sizes.
_PERMUTED = 5


def layers_by_shapes(tree: Hdf5Tree, name: str) -> Iterator[KerasLayer]:
    """Yield the layers of a file of weights without a configuration: what each is follows from its name and shapes."""
    groups, in_order = _groups(tree)
    layers = [_recognize(layer_name, weights, name) for layer_name, weights in groups if weights]
    if not any(layer.sort in KINDS or layer.sort == "Bidirectional" for layer in layers):
        listing = format_list(layer_name for layer_name, weights in groups if weights) or "no weights at all"
        raise UnsupportedCheckpoint(f"{name} holds {listing}, and no LSTM, GRU or SimpleRNN layer among them")
    yield from _in_order(layers, in_order, name)


def _groups(tree: Hdf5Tree) -> tuple[list[tuple[str, list[np.ndarray]]], bool]:
    """Return each layer's name and weights, and whether they are in the model's order, which names of attributes do not say."""
    for root in ("", "model_weights"):
        names = tree.attributes.get(root, {}).get("layer_names")
        if isinstance(names, list):
            return [(str(each), weights_of(tree, str(each), "")) for each in names], True
    heads = {_CELL.sub("", key) for key in tree.arrays if _OWN.search(key) and not key.startswith(("optimizer/", "_optimizer/"))}
    groups = [(_LISTED.sub("", each), ordered_arrays(tree.below(each))) for each in sorted(heads, key=_natural)]
    return groups, all(map(_LISTED.match, heads))


def _natural(text: str) -> list[tuple[bool, int, str]]:
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d{1,9})", text)]


def _recognize(layer_name: str, weights: Sequence[np.ndarray], name: str) -> KerasLayer:
    shapes = [each.shape for each in weights]
    lower = layer_name.lower()
    if len(shapes) in (4, 6) and shapes[: len(shapes) // 2] == shapes[len(shapes) // 2 :]:
        sort = recurrent_sort(shapes[: len(shapes) // 2])
        if sort is not None:
            _check_reset(sort, shapes[: len(shapes) // 2], layer_name, name)
            return KerasLayer("Bidirectional", layer_name, None, weights)
    if (sort := recurrent_sort(shapes)) is not None:
        _check_reset(sort, shapes, layer_name, name)
        return KerasLayer(sort, layer_name, None, weights)
    if len(shapes) == 1 and len(shapes[0]) == 2 and ("emb" in lower or "dense" not in lower):
        return KerasLayer("Embedding" if "emb" in lower else "Dense", layer_name, None, weights)
    if len(shapes) == 2 and len(shapes[0]) == 2 and shapes[1] == shapes[0][1:]:
        return KerasLayer("Dense", layer_name, None, weights)
    if len(shapes) == 2 and len(shapes[0]) == 1 and shapes[0] == shapes[1] and "norm" in lower:
        return KerasLayer("LayerNormalization", layer_name, None, weights)
    if len(shapes) == 1 and len(shapes[0]) == 2:
        return KerasLayer("Dense", layer_name, None, weights)
    raise UnsupportedCheckpoint(
        f"{name} holds the layer {layer_name[:60]!r} with weights of shapes {', '.join(map(str, shapes))[:120]}, which are those "
        "of no supported layer; supported are Embedding, LSTM, GRU, SimpleRNN, Bidirectional, LayerNormalization and Dense"
    )


def _check_reset(sort: str, shapes: Sequence[tuple[int, ...]], layer_name: str, name: str) -> None:
    """Refuse a GRU whose weights do not say where its reset gate acts; a bias has another shape for either form."""
    if sort == "GRU" and len(shapes) == 2:
        raise UnsupportedCheckpoint(
            f"{name} holds the GRU {layer_name[:60]!r} without a bias, and so does not say whether its reset gate acts before or "
            "after the matrix product; save the whole model as .keras, which says it"
        )


def _in_order(layers: Sequence[KerasLayer], in_order: bool, name: str) -> list[KerasLayer]:
    """Return layers in an order in which each reads what the one before gives: embedding, recurrent layers, norm, dense layers.

    The file's order, where it has one, is taken if sizes allow it; otherwise sizes give it, if they allow one order only.
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
    if in_order and by_name in fitting:
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
