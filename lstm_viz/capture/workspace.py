"""Gates as oneDNN's LSTM leaves them: its training pass stores i f g o of every step, so they need not be recomputed.

The memory layout is not documented. Callers must check that the gates reproduce the hidden states, as
`cells.lstm.from_gates` does, and recompute them otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

#: PyTorch's constant for the LSTM among oneDNN's recurrent kernels.
_LSTM = 2
#: None if PyTorch was built without oneDNN.
_KERNEL = getattr(torch.ops.aten, "mkldnn_rnn_layer", None) if torch.backends.mkldnn.is_available() else None


def can_run(x: Tensor, parameters: Mapping[str, Tensor]) -> bool:
    """Return True if PyTorch runs an LSTM layer over x [time, batch, input] by oneDNN in single precision."""
    return (
        _KERNEL is not None
        and "hr" not in parameters
        and torch._C._get_mkldnn_enabled()
        and not torch.is_autocast_enabled("cpu")
        and x.numel() > 0
        and all(each.dtype is torch.float32 and each.is_cpu for each in (x, *parameters.values()))
    )


def run(x: Tensor, parameters: Mapping[str, Tensor], h0: Tensor, c0: Tensor) -> tuple[Tensor, Tensor]:
    """Return one layer's hidden states [time, batch, unit], and the workspace for a backward pass as bytes."""
    weights = [each.detach().contiguous() for each in parameters.values()]
    if "b_ih" not in parameters:
        weights += [torch.zeros_like(weights[1][:, 0])] * 2
    assert _KERNEL is not None, "check can_run first"
    with torch.enable_grad():  # without it no workspace is kept
        h, _, _, workspace = _KERNEL(
            x.detach().contiguous(), *weights, h0.contiguous(), c0.contiguous(),
            False, [], _LSTM, h0.shape[1], 1, True, False, False, True,
        )  # fmt: skip
    return h, workspace


def gates_in(workspace: Tensor, steps: int, batch: int, units: int) -> Float[np.ndarray, "time batch 4 unit"] | None:
    """Return a copy of i f g o; None if the workspace is too small to hold them.

    They are at its beginning, one row for each step and batch entry. A row is padded to whole cache lines of 64 bytes, plus
    one line if it would be a multiple of 1 KiB (oneDNN's `get_good_ld`). The rest, three times as large, is discarded.
    """
    width = -(-4 * units // 16) * 16
    width += 16 * (width % 256 == 0)
    numbers = workspace.numpy()[: 4 * steps * batch * width].view(np.float32)
    if len(numbers) < steps * batch * width:
        return None
    rows = numbers.reshape(steps * batch, width)[:, : 4 * units]
    return rows.copy().reshape(steps, batch, 4, units)
