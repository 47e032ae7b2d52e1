"""Weights that a file keeps in another form: weight norm, spectral norm, pruning, and the raw weights of weight dropout."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

_NEW = re.compile(r"^(?P<path>.*?)parametrizations\.(?P<own>[^.]+)\.(?P<rest>original[01]?|0\._[uv])$")
_OLD = re.compile(
    r"^(?P<whole>.*(?:weight|bias)(?:_(?:ih|hh|hr)_l\d{1,3}(?:_reverse)?|_(?:ih|hh))?)_(?P<rest>g|v|u|orig|mask|raw)$"
)
#: Where fastai's embedding with dropout holds the embedding's own matrix once more.
_AGAIN = re.compile(r"encoder_(?:dp|with_dropout)\.emb(?:ed)?\.weight$")
#: Weights of a loss, such as nn.CrossEntropyLoss(weight), which are no part of the network.
_OF_LOSS = re.compile(r"(^|\.)(criterion|loss|loss_?fn|loss_?func\w*)\.(weight|pos_weight)$", re.IGNORECASE)


def plain_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a state dict with every weight under its own name, as the module computes it for use.

    Formulas: weight norm w = g v / |v| (Salimans and Kingma 2016); spectral norm w = w₀ / (uᵀ w₀ v) (Miyato et al. 2018), both as
    in `torch.nn.utils.parametrizations`; pruning w = w₀ · mask as in `torch.nn.utils.prune`; weight dropout (Merity et al.
    2018) drops nothing when a network is used. Its raw weights stand in the module itself or, of fastai, around its `module`.

    Args:
        tensors: A state dict.

    Returns:
        The same, its entries in the same order; what has none of these forms is unchanged. Counters, such as n_averaged, the
        weights of a loss and an embedding's matrix that comes again are left out.
    """
    parts: dict[str, dict[str, Tensor]] = {}
    places: dict[str, str] = {}
    for key, value in tensors.items():
        again = tensors.get(_AGAIN.sub("encoder.weight", key)) if _AGAIN.search(key) else None
        counts = not value.ndim and not value.dtype.is_floating_point
        if counts or (value.ndim == 1 and _OF_LOSS.search(key)) or (again is not None and torch.equal(again, value)):
            continue
        new, old = _NEW.match(key), _OLD.match(key)
        if new is not None:
            whole, rest = f"{new['path']}{new['own']}", new["rest"]
            rest = {"original0": "g", "original1": "v", "original": "orig", "0._u": "u", "0._v": "v"}[rest]
        elif old is not None:
            whole, rest = old["whole"], old["rest"]
            inner = "module.".join(re.split(r"(?=[^.]+$)", whole, maxsplit=1))
            if rest == "raw" and inner.replace("_hh_", "_ih_") in tensors:
                whole = inner
        else:
            places[key] = key
            continue
        parts.setdefault(whole, {})[rest] = value
        places[key] = whole
    result: dict[str, Tensor] = {}
    for key, whole in places.items():
        if whole not in parts:
            result[key] = tensors[key]
            continue
        computed = _weight(parts[whole])
        if computed is None:
            result[key] = tensors[key]
        else:
            result[whole] = computed
    # The raw weights are the true ones where the last dropped ones were saved beside them.
    return {key: _weight(parts[key]) if "raw" in parts.get(key, {}) else value for key, value in result.items()}  # type: ignore[misc]


def _weight(tensors: Mapping[str, Tensor]) -> Tensor | None:
    """Return the weight of one form; None if its parts are of none."""
    if tensors.keys() == {"raw"}:
        return tensors["raw"]
    if tensors.keys() == {"orig", "mask"} and tensors["orig"].shape == tensors["mask"].shape:
        return tensors["orig"] * tensors["mask"]
    if tensors.keys() == {"g", "v"} and tensors["v"].ndim == 2:
        norm = tensors["v"].norm() if tensors["g"].ndim == 0 else tensors["v"].norm(dim=1 - _dim(tensors["g"]), keepdim=True)
        return tensors["v"] * (tensors["g"] / norm)
    if {"orig", "u", "v"} == tensors.keys() and tensors["orig"].ndim == 2:
        sigma = tensors["u"] @ (tensors["orig"] @ tensors["v"])
        return tensors["orig"] / sigma
    return None


def _dim(magnitude: Tensor) -> int:
    """Return which axis a weight norm's magnitude [row, 1] or [1, column] runs along."""
    return int(magnitude.shape[0] == 1 and magnitude.shape[-1] > 1)
