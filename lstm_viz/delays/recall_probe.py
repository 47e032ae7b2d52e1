"""A network's answer to a typed example of a delay task, and how well its state retains the relevant symbols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.capture.layers import layers_of
from lstm_viz.comparison import relative_distance
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import Reader, read_layer
from lstm_viz.results import Result
from lstm_viz.trace import Trace
from lstm_viz.training.tasks.delays import DelayTask


@dataclass(frozen=True, eq=False, repr=False)
class PredictedAnswer(Result):
    """An answer, token by token, with the probability of each; `trace` is of the text followed by the answer."""

    symbols: str
    probabilities: Float[np.ndarray, " symbol"]
    trace: Trace

    def right(self, expected: str) -> int:
        """Return how many tokens are correct at their positions."""
        return sum(one == other for one, other in zip(self.symbols, expected, strict=False))


def predict_answer(model: LanguageModel, text: str, count: int) -> PredictedAnswer:
    """Let a network answer with `count` tokens: at each position the most likely one, which is then its next input.

    Raises ValueError for an empty text, for which there is no prediction.
    """
    if not text:
        raise ValueError("an empty text came; a question of at least one symbol is wanted")
    reader, answer_text, sure = Reader(model), "", []
    for _ in range(count):
        expected = reader.read(text + answer_text).probs[-1]
        # The unknown token has id 0 and is never an answer.
        likeliest = 1 + int(expected[1:].argmax())
        answer_text += model.vocabulary.tokens[likeliest]
        sure.append(float(expected[likeliest]))
    return PredictedAnswer(answer_text, np.array(sure), reader.read(text + answer_text))


def retention(model: LanguageModel, task: DelayTask, text: str) -> Float[np.ndarray, "place time"]:
    """Measure how well the state still distinguishes each symbol that the answer depends on: 0 if it no longer does.

    For each of the task's `memory_positions`, after each step: the relative distance (see `comparison`) of the state, an
    LSTM's cell state, from the nearest state with another symbol at that position.
    """
    positions = task.memory_positions(text)
    variants = [_variants(task, text, position) for position in positions]
    states = _states(model, [text, *(variant for each in variants for variant in each)])
    distances, first = np.zeros((len(variants), len(text))), 1
    for row, each in enumerate(variants):
        apart = [relative_distance(states[:, 0], states[:, other]) for other in range(first, first + len(each))]
        distances[row], first = np.min(apart, axis=0), first + len(each)
        # The texts are equal up to here; a kernel's sums may differ in the last bit by position in the batch.
        distances[row, : positions[row]] = 0.0
    return distances


def best_unit(model: LanguageModel, task: DelayTask, text: str) -> int:
    """Return the unit that best distinguishes, at the text's end, the first relevant symbol; 0 if there is none.

    An LSTM's cell is compared by its tanh, as the output gate reads it: beyond ±1 differences no longer matter.
    """
    positions = task.memory_positions(text)
    if not positions:
        return 0
    end = np.tanh(_states(model, [text, *_variants(task, text, positions[0])])[-1])
    return int(np.abs(end[1:] - end[0]).min(axis=0).argmax())


def _variants(task: DelayTask, text: str, position: int) -> list[str]:
    """Return the same text with each other symbol at one position."""
    return [text[:position] + other + text[position + 1 :] for other in task.alphabet if other != text[position]]


def _states(model: LanguageModel, texts: list[str]) -> Float[np.ndarray, "time batch unit"]:
    """Return the states of the topmost layer over texts of one length, read as one batch."""
    x = torch.from_numpy(np.stack([model.vocabulary.encode(text) for text in texts], axis=1))
    with torch.inference_mode():
        steps = model.embedding(x)
        for layer in layers_of(model.rnn):
            zeros = np.zeros((len(texts), model.config.hidden), np.float32)
            values = read_layer(layer, steps, zeros, zeros if layer.kind == "lstm" else None)
            steps = torch.from_numpy(values["h"])
    return values[MEMORY_STATE[model.config.kind]]
