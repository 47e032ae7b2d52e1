"""A small untrained forecaster and a series for tests of what is done with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from lstm_viz.models.forecaster import Forecaster, ForecasterConfig, Normalization

VALUES = 20.0 + np.cumsum(np.random.default_rng(3).normal(size=60)) * 0.5


def small(seed: int = 5, **design: Any) -> Forecaster:
    """Ready for reading; larger weights than the initialisation's, so that gates open and close."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        shape = ForecasterConfig(**{"hidden": 5, **design})
        model = Forecaster(shape, Normalization.of(torch.from_numpy(VALUES), shape.form))
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.7)
    return model.eval().requires_grad_(False)
