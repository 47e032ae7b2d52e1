"""A language model writes on: each next symbol is drawn from what the model expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.models.language import LanguageModel

#: Where every vocabulary keeps the symbol for characters never seen.
_UNKNOWN = 0

Logits = Float[np.ndarray, " vocab"]


def sample(model: LanguageModel, prompt: str, count: int, temperature: float = 1.0, seed: int = 0) -> str:
    """Draw `count` symbols that follow the prompt; the same seed draws the same.

    Each is drawn from softmax(logits / temperature): below 1 the model is more careful, above 1 bolder. The symbol for
    unknown characters is never drawn. Raises ValueError for an empty prompt, a temperature that is not above 0, or a model
    that answers with classes.
    """
    check_foretells(model)
    if not prompt:
        raise ValueError("the prompt is empty; give at least one character to write on from")
    state = None

    def advance(ids: np.ndarray) -> Logits:
        nonlocal state
        with torch.inference_mode():
            logits, state = model(torch.from_numpy(ids)[:, None], state)
        return logits[-1, 0].numpy()

    first = advance(model.vocabulary.encode(prompt))
    return model.vocabulary.decode(islice(draw(first, lambda number: advance(np.array([number])), temperature, seed), count))


def check_foretells(model: LanguageModel) -> None:
    """Raise ValueError where a model answers with classes and so has no next symbol to write."""
    if not model.foretells:
        raise ValueError(f"this model tells {', '.join(model.outputs)} apart and foretells no symbol; take a language model")


def draw(logits: Logits, advance: Callable[[int], Logits], temperature: float = 1.0, seed: int = 0) -> Iterator[int]:
    """Yield symbols without end, each drawn from softmax(logits / temperature); `advance` reads one and gives the next logits.

    The draw is the largest of logits / temperature + noise, with standard Gumbel noise (Gumbel 1954; Maddison et al. 2014).
    The noise depends on the seed and the place alone, so that two models, or one model before and after a change, differ
    in what they write only where they differ in what they expect. Raises ValueError for a temperature that is not above 0.
    """
    if not temperature > 0.0:
        raise ValueError(f"the temperature is {temperature}; it must be above 0")
    return _draw(logits, advance, temperature, np.random.default_rng(seed))


def _draw(logits: Logits, advance: Callable[[int], Logits], temperature: float, dice: np.random.Generator) -> Iterator[int]:
    while True:
        scores = logits.astype(np.float64) / temperature + dice.gumbel(size=len(logits))
        scores[_UNKNOWN] = -np.inf
        symbol = int(scores.argmax())
        yield symbol
        logits = advance(symbol)
