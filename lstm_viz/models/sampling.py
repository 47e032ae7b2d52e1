"""A language model writes on: each next symbol is drawn from what the model expects."""

from __future__ import annotations

import math

import torch

from lstm_viz.models.language import LanguageModel

#: Where every vocabulary keeps the symbol for characters never seen.
_UNKNOWN = 0


def sample(model: LanguageModel, prompt: str, count: int, temperature: float = 1.0, seed: int = 0) -> str:
    """Draw `count` symbols that follow the prompt; the same seed draws the same.

    Each is drawn from softmax(logits / temperature): below 1 the model is more careful, above 1 bolder. The symbol for
    unknown characters is never drawn. Raises ValueError for an empty prompt or a temperature that is not above 0.
    """
    if not prompt:
        raise ValueError("the prompt is empty; give at least one character to write on from")
    if not temperature > 0.0:
        raise ValueError(f"the temperature is {temperature}; it must be above 0")
    draw = torch.Generator().manual_seed(seed)
    written: list[int] = []
    with torch.inference_mode():
        logits, state = model(torch.from_numpy(model.vocabulary.encode(prompt))[:, None])
        while len(written) < count:
            scaled = logits[-1, 0] / temperature
            scaled[_UNKNOWN] = -math.inf
            symbol = torch.multinomial(scaled.softmax(-1), 1, generator=draw)
            written.append(int(symbol))
            logits, state = model(symbol[None], state)
    return model.vocabulary.decode(written)
