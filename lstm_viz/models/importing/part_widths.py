"""How many numbers a part reads and gives."""

from __future__ import annotations

import re

from lstm_viz.models.parts import Part


def width_in(part: Part) -> int:
    """Return how many numbers a part reads."""
    weight = part.tensors["weight_ih_l0" if part.sort == "recurrent" else "weight"]
    return int(weight.shape[-1])


def width_out(part: Part) -> int:
    """Return how many numbers a part gives."""
    if part.sort == "recurrent":
        return int(part.tensors["weight_hh_l0"].shape[1]) * (2 if "weight_ih_l0_reverse" in part.tensors else 1)
    if part.sort == "norm" and "weight" not in part.tensors:
        return int(part.tensors["bias"].shape[0])
    weight = part.tensors["weight"]
    return int(weight.shape[1] if part.sort == "embedding" else weight.shape[0])


def units_of(part: Part) -> int:
    """Return how many units a recurrent part has: those of its cell, before a projection."""
    projection = part.tensors.get("weight_hr_l0")
    return int(part.tensors["weight_hh_l0"].shape[1] if projection is None else projection.shape[1])


def stem_of(part: Part) -> str:
    """Return the name of a part's module."""
    return re.sub(r" layer \d+$", "", part.name)
