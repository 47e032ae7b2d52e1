"""What an imported network is made of: its parts in the order in which they compute, with their tensors and facts.

A file's reader makes parts of whatever its format calls layers; from there on all formats are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import Tensor

Sort = Literal["embedding", "recurrent", "linear", "norm", "activation"]


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a network.

    Attributes:
        name: What the file calls it.
        sort: What it does.
        tensors: Its parameters by PyTorch's names and in PyTorch's layout: `weight` [row, column] and `bias` [row];
            `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0` of a recurrent layer, `weight_ih_l0_reverse` and so on of
            its reverse direction.
        facts: What the file says beside them: `kind` and `nonlinearity` of a recurrent layer, `activation` of an activation,
            `eps` of a norm, `sequences` False where only the last step is passed on.
    """

    name: str
    sort: Sort
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
