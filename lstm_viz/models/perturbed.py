"""A copy of a model with scaled recurrent weights or opened forget gates, to observe how gradients change.

Sources: Pascanu et al. 2013 on the spectral radius, Gers et al. 2000 and Jozefowicz et al. 2015 on the forget gate's bias.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.gates import KEEP_GATE, PACKED
from lstm_viz.models.language import LanguageModel

#: The block of rows of the forget gate (LSTM) or update gate (GRU), in PyTorch's order.
_KEEPERS = {kind: PACKED[kind].index(gate) for kind, gate in KEEP_GATE.items()}


def perturbed_copy(model: LanguageModel, scale: float = 1.0, keep: float = 0.0) -> LanguageModel:
    """Return a copy with every W_hh multiplied by `scale` and the forget (or update) gates' bias raised by `keep`.

    Scaling a matrix scales its spectral radius. The original is not changed; unchanged parameters are shared with it, so the
    copy is read-only too. ValueError for numbers that are not finite, a negative scale, or a `keep` other than 0 for a plain
    RNN, which has no such gate.
    """
    kind = model.config.kind
    if not (np.isfinite(scale) and np.isfinite(keep) and scale >= 0.0):
        raise ValueError(f"scale {scale} and keep {keep} must be finite numbers, and the scale not negative")
    if keep and kind not in _KEEPERS:
        raise ValueError("a plain RNN has no gate that keeps its state; leave keep at 0")
    shared = {id(tensor): tensor for name, tensor in model.named_parameters() if not name.startswith("rnn.")}
    twin = copy.deepcopy(model, shared)
    with torch.no_grad():
        for name, parameter in twin.rnn.named_parameters():
            if name.startswith("weight_hh"):
                parameter.mul_(scale)
            elif name.startswith("bias_ih") and keep:
                block = _KEEPERS[kind]
                parameter[block * model.config.hidden : (block + 1) * model.config.hidden] += keep
    return twin


def radii(model: LanguageModel) -> tuple[dict[str, float], ...]:
    """Return the spectral radius of each gate's block of W_hh, by symbol, for each layer: its largest |eigenvalue|."""
    return tuple(
        {
            symbol: float(np.abs(np.linalg.eigvals(block)).max())
            for symbol, block in zip(PACKED[model.config.kind], _blocks(model, layer), strict=True)
        }
        for layer in range(model.config.layers)
    )


def _blocks(model: LanguageModel, layer: int) -> list[Float[np.ndarray, "unit unit"]]:
    matrix = getattr(model.rnn, f"weight_hh_l{layer}").detach().numpy().astype(np.float64)
    return np.split(matrix, len(PACKED[model.config.kind]))
