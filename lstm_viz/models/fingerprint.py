"""A model's fingerprint, to compare two models."""

from __future__ import annotations

import hashlib

import torch

from lstm_viz.models.language import LanguageModel


def fingerprint(model: LanguageModel) -> str:
    """Return 32 hexadecimal digits of the SHA-256 of a model's weights, vocabulary and architecture."""
    digest = hashlib.sha256(repr((model.config, model.vocabulary.tokens)).encode("utf-8", "surrogatepass"))
    for name, values in model.state_dict().items():
        digest.update(f"{name} {values.dtype} {tuple(values.shape)}".encode())
        digest.update(values.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:32]
