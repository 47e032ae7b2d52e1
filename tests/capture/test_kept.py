"""A training run under `capture` keeps no more after many steps than after few."""

from __future__ import annotations

import gc
import weakref

import torch
from torch import Tensor, nn

from lstm_viz.capture import capture
from lstm_viz.capture.record import Record


def alive() -> int:
    """How many tensors and records there are."""
    return sum(issubclass(type(each), Tensor | Record) for each in gc.get_objects())


def test_two_hundred_steps_with_dropout_keep_nothing() -> None:
    torch.manual_seed(0)
    module = nn.LSTM(3, 4, 3, dropout=0.5)
    optimizer = torch.optim.Adam(module.parameters())
    gone: list[weakref.ref[object]] = []
    counts = []
    gc.collect()
    gc.disable()  # what only a collection of cycles would free has to show
    try:
        for step in range(200):
            optimizer.zero_grad()
            with capture(module) as cap:
                module(torch.randn(9, 2, 3))[0].pow(2).mean().backward()
            optimizer.step()
            if step % 2:
                assert all(layer.grads is not None for layer in cap.layers)
            gone += [weakref.ref(cap), *(weakref.ref(layer) for layer in cap._layers)]
            del cap
            if step % 40 == 39:
                counts.append(alive())
        assert all(each() is None for each in gone)
        assert counts == counts[:1] * 5
    finally:
        gc.enable()
