"""The order of the gates in matrices of all gates, where a file's names are PyTorch's but its class may be another."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from lstm_viz.models.importing.architecture import is_recurrent

#: The orders in the programs that people learn from, PyTorch's first, by how many blocks of rows the matrices have: of an LSTM,
#: whose g is the candidate, the block with tanh; and of a GRU.
GATE_ORDERS = {
    4: ("i f g o", "i f o g", "i g f o", "f i g o", "f i o g", "g i f o"),
    3: ("r z n", "z r n"),
}
#: The answer of those whose cell has another equation.
OTHERWISE = "otherwise"
_LAYER = re.compile(r"_l\d{1,3}(_reverse)?$")


def reorder_gates(tensors: Mapping[str, Tensor], answers: Mapping[str, str]) -> dict[str, Tensor]:
    """Return a state dict whose recurrent weights are in PyTorch's order, from the order that was answered, if any was.

    Args:
        tensors: The state dict.
        answers: Answers by the question's id; `gates` is an order such as "i f o g".

    Returns:
        The state dict; other tensors are unchanged.
    """
    order = answers.get("gates", "").split()
    usual = next((row[0].split() for row in GATE_ORDERS.values() if sorted(row[0].split()) == sorted(order)), None)
    if usual is None or order == usual:
        return dict(tensors)
    places = [order.index(gate) for gate in usual]

    def sort(rows: Tensor) -> Tensor:
        fits = rows.ndim and len(rows) % len(places) == 0
        return torch.cat([rows.chunk(len(places))[place] for place in places]) if fits else rows

    return {
        key: sort(value) if is_recurrent(key) and not re.search(r"_hr(_l\d+)?(_reverse)?$", key) else value
        for key, value in tensors.items()
    }


def are_cells(tensors: Mapping[str, Tensor]) -> bool:
    """Return True if recurrent weights have the names of cells, which run in a loop of the program's own."""
    return any(is_recurrent(key) and not _LAYER.search(key) for key in tensors)
